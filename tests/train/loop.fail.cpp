// SPDX-License-Identifier: BSL-1.0
// What train cannot work with, it refuses in one sentence.
#include <priori/meta/phases.hpp>
#include <priori/train/loop.hpp>

#include "train/small.hpp"

namespace pr = priori;

int main() {
    auto learner = small::learner();
    constexpr auto unfinished = small::net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01f}) | pr::exact;
    [[maybe_unused]] auto without_rule = pr::learner(unfinished, small::tasks);
    [[maybe_unused]] constexpr auto wider = pr::input<1> | pr::dense<9> | pr::tanh | pr::dense<1> | pr::mse | pr::exact |
                                            pr::outer(pr::sgd{.rate = 0.01f});
#if CASE == 0
    pr::train(learner, small::tasks);
#elif CASE == 1
    // CASE 1: [priori:R601] train: the second argument is not a source of tasks
    pr::train(learner, 3);
#elif CASE == 2
    // CASE 2: [priori:R602] train: the description has no outer rule; append | outer(adam{...}).
    pr::train(without_rule, small::tasks);
#elif CASE == 3
    // CASE 3: [priori:R603] train: the tasks have other shapes than those that the learner was made for
    pr::train(learner, pr::sinusoids{.shots = pr::count<7>, .queries = pr::count<5>});
#elif CASE == 4
    // CASE 4: [priori:R604] train: an observer has no after_iteration(learner, progress)
    pr::train(learner, small::tasks, {}, 3);
#elif CASE == 5
    // CASE 5: [priori:M504] then: the second description has blocks that the first one does not have
    pr::learner(small::maml | pr::then(1, wider), small::tasks);
#endif
    return static_cast<int>(learner.iteration());
}
