// SPDX-License-Identifier: BSL-1.0
// ANIL (Raghu et al. 2020): the inner loop moves the head alone.
#include "algorithms.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>

namespace omniglot {

outcome anil(const plan& p) {
    const auto describe = [](auto net) {
        return net | pr::cross_entropy_sum_over_classes | pr::adapt<5>(pr::sgd{.rate = 0.4}, pr::only<"head">) |
               pr::exact | pr::outer(pr::adam{.rate = 1e-3});
    };
    outcome found = with_choices(p, [&]<class Mode, std::size_t Shots>() {
        return train_and_test<Mode, Shots, Shots>(describe, describe, 32, pr::at_steps<0, 1, 5>, p);
    });
    found.loss_convention = "cross entropy, mean over examples times ways; inner rate 0.4";
    return found;
}

}  // namespace omniglot
