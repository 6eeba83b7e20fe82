// SPDX-License-Identifier: BSL-1.0
// MAML (Finn et al. 2017), and its first-order variant, which holds the gradients of the inner loop fixed.
#include "algorithms.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>

namespace sinusoid {

outcome maml(const plan& p) {
    return with_sizes(p, [&](auto shots, auto steps) {
        const auto description = paper_net(p.start) | pr::mse | pr::adapt<steps.value>(pr::sgd{.rate = p.rate}) |
                                 pr::exact | pr::outer(pr::adam{.rate = 1e-3});
        return train_on_paper_tasks<shots.value>(description, p);
    });
}

outcome fomaml(const plan& p) {
    return with_sizes(p, [&](auto shots, auto steps) {
        const auto description = paper_net(p.start) | pr::mse | pr::adapt<steps.value>(pr::sgd{.rate = p.rate}) |
                                 pr::first_order | pr::outer(pr::adam{.rate = 1e-3});
        return train_on_paper_tasks<shots.value>(description, p);
    });
}

}  // namespace sinusoid
