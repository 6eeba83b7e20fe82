// SPDX-License-Identifier: BSL-1.0
// ANIL (Raghu et al. 2020), whose inner loop moves the last layer only, and BOIL (Oh et al. 2021), all but the last.
#include "algorithms.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>

namespace sinusoid {

outcome anil(const plan& p) {
    return with_sizes(p, [&](auto shots, auto steps) {
        const auto description = paper_net(p.start) | pr::mse |
                                 pr::adapt<steps.value>(pr::sgd{.rate = p.rate}, pr::only<"dense_2">) | pr::exact |
                                 pr::outer(pr::adam{.rate = 1e-3});
        return train_on_paper_tasks<shots.value>(description, p);
    });
}

outcome boil(const plan& p) {
    return with_sizes(p, [&](auto shots, auto steps) {
        const auto description = paper_net(p.start) | pr::mse |
                                 pr::adapt<steps.value>(pr::sgd{.rate = p.rate}, pr::except<"dense_2">) | pr::exact |
                                 pr::outer(pr::adam{.rate = 1e-3});
        return train_on_paper_tasks<shots.value>(description, p);
    });
}

}  // namespace sinusoid
