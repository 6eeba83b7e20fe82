// SPDX-License-Identifier: BSL-1.0
// What few_shot.hpp declares, for any number of inputs.
#pragma once

#include "few_shot.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/core/shape.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/network.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/tabular_tasks.hpp>
#include <priori/train/loop.hpp>
#include <priori/train/progress_bar.hpp>

#include <cstddef>
#include <limits>
#include <type_traits>

namespace own_data {

template <class Learner, class Tasks>
void train(Learner& learner, const Tasks& training, const plan& p, result& found) {
    found.report = pr::train(learner, training,
                             {.iterations = p.iterations,
                              .meta_batch = meta_batch,
                              .threads = p.threads,
                              .on_divergence = pr::divergence::skip_task,
                              .minutes = p.minutes / 2,
                              .stop = p.stop},
                             pr::progress_bar({.quiet = p.quiet}));
    found.parameter_count = Learner::size;
}

template <std::size_t Inputs, std::size_t Shots>
results few_shot(const data& given, const plan& p) {
    constexpr pr::row_shot sizes{.inputs = pr::count<Inputs>, .shots = pr::count<Shots>, .queries = pr::count<queries>};
    const pr::tabular_tasks training(given.table, given.training, sizes);
    const pr::tabular_tasks test(given.table, given.test, sizes);
    const pr::evaluation_settings fresh{.tasks = test_episodes, .seed = {p.seed}};

    constexpr auto objective =
        pr::input<Inputs> | pr::dense<40> | pr::relu | pr::dense<40> | pr::relu | pr::dense<1> | pr::mse;
    const auto maml = objective | pr::adapt<5>(pr::sgd{.rate = p.rate}) | pr::exact | pr::outer(pr::adam{.rate = 1e-3});
    const auto joint = objective | pr::exact | pr::outer(pr::adam{.rate = 1e-3});

    results found;
    const auto learner = pr::make_learner(maml, training, pr::seed{p.seed});
    train(*learner, training, p, found.maml);
    found.maml.rate = p.rate;
    found.maml.test = pr::evaluate(*learner, test, fresh, steps);

    // The jointly trained net is fine-tuned with the rate that serves it best on the training tasks.
    const auto trained = pr::make_learner(joint, training, pr::seed{p.seed});
    train(*trained, training, p, found.joint);
    double lowest = std::numeric_limits<double>::infinity();
    for (const double rate : {1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1}) {
        const auto tuned = objective | pr::adapt<5>(pr::sgd{.rate = rate}) | pr::exact;
        pr::adapter<float, std::remove_const_t<decltype(tuned)>,
                    typename decltype(training)::template episode_type<float>>
            tuner(tuned);
        tuner.import_parameters(trained->parameters().all());
        const double error =
            pr::evaluate(tuner, training, {.tasks = 500, .seed = {p.seed + 1}}, pr::at_steps<5>)[0].mean;
        if (error < lowest) {
            lowest = error;
        } else if (found.joint.rate != 0) {  // the first one counts even where every rate diverges
            continue;
        }
        found.joint.rate = rate;
        found.joint.test = pr::evaluate(tuner, test, fresh, steps);
    }
    return found;
}

template <std::size_t Inputs>
results with_shots(const data& given, const plan& p) {
    return p.shots == 5 ? few_shot<Inputs, 5>(given, p) : few_shot<Inputs, 10>(given, p);
}

}  // namespace own_data
