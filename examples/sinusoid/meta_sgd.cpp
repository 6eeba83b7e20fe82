// SPDX-License-Identifier: BSL-1.0
// Meta-SGD (Li et al. 2017): MAML with a learned rate for every weight.
#include "algorithms.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/sgd.hpp>

namespace sinusoid {

outcome meta_sgd(const plan& p) {
    return with_sizes(p, [&](auto shots, auto steps) {
        const auto description = paper_net(p.start) | pr::mse |
                                 pr::adapt<steps.value>(pr::sgd{.rate = pr::learned_per<pr::coordinate>(p.rate)}) |
                                 pr::exact | pr::outer(pr::adam{.rate = 1e-3});
        return train_on_paper_tasks<shots.value>(description, p);
    });
}

}  // namespace sinusoid
