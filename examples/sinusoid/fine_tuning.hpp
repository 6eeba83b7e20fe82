// SPDX-License-Identifier: BSL-1.0
// Training without an inner loop, then gradient descent on new tasks: what joint training and averaging share.
#pragma once

#include "run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>

#include <limits>
#include <type_traits>

namespace sinusoid {

// What adapts to a new task: an adapter has no outer rule, and takes over anybody's parameters.
template <class Learner, class Net>
auto fine_tuner(const Net& net, double rate) {
    const auto description = net | pr::mse | pr::adapt<1>(pr::sgd{.rate = rate}) | pr::exact;
    using given = std::remove_const_t<decltype(description)>;
    return pr::adapter<float, given, typename Learner::episode_type>(description);
}

// The rate with the lowest error after ten steps on tasks of its own: a baseline shall not suffer from a bad one.
template <class Tasks, class Net, class Learner>
double tuned_rate(const Net& net, const Learner& learner, const plan& p) {
    const pr::evaluation_settings fresh{.tasks = 500, .seed = {p.seed + 2}};
    double best = 1e-4, lowest = std::numeric_limits<double>::infinity();
    for (const double rate : {1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2}) {
        auto tuner = fine_tuner<Learner>(net, rate);
        tuner.import_parameters(learner.parameters().all());
        const double error = pr::evaluate(tuner, Tasks::template test<5>, fresh, pr::at_steps<10>)[0].mean +
                             pr::evaluate(tuner, Tasks::template test<10>, fresh, pr::at_steps<10>)[0].mean;
        if (error < lowest) {
            lowest = error;
            best = rate;
        }
    }
    return best;
}

// Trains the learner, whose description is `net | mse | exact | outer(...)`, and tests how it is fine-tuned.
template <class Tasks, class Net, class Learner, class Source>
outcome train_and_fine_tune(const Net& net, Learner& learner, const Source& source, const plan& p) {
    auto tuner = fine_tuner<Learner>(net, p.rate > 0 ? p.rate : 1e-3);
    const auto with_parameters = [&tuner](auto& trained) -> auto& {
        tuner.import_parameters(trained.parameters().all());
        return tuner;
    };
    learning_curve curve(Tasks::template test<10>, with_parameters, p);

    outcome found{.algorithm = p.algorithm};
    found.report = pr::train(learner, source, settings_of(p), curve, progress_of(p));
    found.parameter_count = Learner::size;
    found.shots = p.shots;
    found.outer = "adam 0.001";
    if (p.draws) found.learning_curve = curve.lines();
    found.rate = p.rate > 0 ? p.rate : tuned_rate<Tasks>(net, learner, p);
    tuner = fine_tuner<Learner>(net, found.rate);
    test<Tasks>(with_parameters(learner), p, found);
    return found;
}

// The net is fitted to all tasks at once: the baseline that the MAML paper compares with.
template <class Tasks, class Net, class Source>
outcome train_jointly(const Net& net, const Source& source, const plan& p) {
    const auto description = net | pr::mse | pr::exact | pr::outer(pr::adam{.rate = 1e-3});
    const auto learner = pr::make_learner(description, source, pr::seed{p.seed});
    return train_and_fine_tune<Tasks>(net, *learner, source, p);
}

}  // namespace sinusoid
