// SPDX-License-Identifier: BSL-1.0
// The README's first program with one further dense layer of another shape: what it costs more is the price of a shape.
#include <priori/priori.hpp>

#include <cstdio>

namespace pr = priori;

int main() {
    constexpr auto net = pr::input<1> | pr::dense<40> | pr::relu | pr::dense<40> | pr::relu |  //
                         pr::dense<24> | pr::relu | pr::dense<1>;
    constexpr auto maml = net | pr::mse | pr::adapt<1>(pr::sgd{.rate = 0.001f}) | pr::exact |  //
                          pr::outer(pr::adam{.rate = 1e-3f});

    auto tasks = pr::sinusoids{.shots = pr::count<10>, .queries = pr::count<10>};
    auto learner = pr::learner(maml, tasks, pr::seed{1});
    pr::train(learner, tasks, {.iterations = 70'000, .meta_batch = 25});

    auto task = tasks.draw(pr::key{2});
    auto adapted = learner.adapt<10>(task.support);
    std::printf("error %g, prediction at 1: %g\n", adapted.loss(task.query), adapted(1.0f));
}
