// SPDX-License-Identifier: BSL-1.0
// Reptile (Nichol et al. 2018) in its published setting for five ways: five steps of Adam without momentum on
// minibatches of 10 from ten drawings of each class; fifty steps on all of the support set in tests.
#include "algorithms.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/schedule.hpp>
#include <priori/optim/sgd.hpp>

namespace omniglot {

outcome reptile(const plan& p) {
    const pr::linear_schedule rate{.from = 1.0, .to = 0.0, .steps = static_cast<std::size_t>(p.iterations)};
    const auto trained = [rate](auto net) {
        return net | pr::cross_entropy | pr::adapt<5>(pr::adam{.rate = 1e-3, .beta1 = 0.0}, pr::minibatch<10>) |
               pr::displacement | pr::outer(pr::sgd{.rate = rate});
    };
    const auto tried = [](auto net) {
        return net | pr::cross_entropy | pr::adapt<5>(pr::adam{.rate = 1e-3, .beta1 = 0.0}) | pr::displacement;
    };
    outcome found = with_choices(p, [&]<class Mode, std::size_t Shots>() {
        return train_and_test<Mode, Shots, 10>(trained, tried, 5, pr::at_steps<0, 5, 50>, p);
    });
    found.loss_convention = "cross entropy, mean over examples; inner rate 0.001 of adam with beta1 = 0";
    return found;
}

}  // namespace omniglot
