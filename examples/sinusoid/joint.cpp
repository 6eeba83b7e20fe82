// SPDX-License-Identifier: BSL-1.0
// Learning from several tasks without an inner loop: joint training, and model averaging; both are then fine-tuned.
#include "algorithms.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/concepts.hpp>

#include <limits>

namespace sinusoid {

namespace {

template <std::size_t Shots>
using episode = typename decltype(paper_tasks::training<Shots>)::template episode_type<float>;

// What adapts to a new task: gradient descent from where the training ended.
template <std::size_t Shots>
auto fine_tuner(const plan& p, double rate) {
    const auto description = paper_net(p.start) | pr::mse | pr::adapt<1>(pr::sgd{.rate = rate}) | pr::exact;
    return pr::adapter<float, std::remove_const_t<decltype(description)>, episode<Shots>>(description);
}

// The rate with the lowest error after ten steps on 500 tasks of its own: the baseline shall not suffer from a bad one.
template <std::size_t Shots, class Learner>
double tuned_rate(const Learner& learner, const plan& p) {
    double best = 1e-4, lowest = std::numeric_limits<double>::infinity();
    for (const double rate : {1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2}) {
        auto tuner = fine_tuner<Shots>(p, rate);
        tuner.import_parameters(learner.parameters().all());
        const auto found = pr::evaluate(tuner, paper_tasks::test<Shots>, {.tasks = 500, .seed = {p.seed + 2}},
                                        pr::at_steps<10>);
        if (found[0].mean < lowest) {
            lowest = found[0].mean;
            best = rate;
        }
    }
    return best;
}

// Trains the net without an inner loop on the tasks' query sets, then tests how it fine-tunes.
template <std::size_t Shots, class Learner, class Source>
outcome train_and_fine_tune(Learner& learner, const Source& source, const plan& p) {
    auto tuner = fine_tuner<Shots>(p, p.rate > 0 ? p.rate : 5e-4);
    const auto with_parameters = [&tuner](auto& trained) -> auto& {
        tuner.import_parameters(trained.parameters().all());
        return tuner;
    };
    learning_curve curve(paper_tasks::test<10>, with_parameters, p);

    outcome found{.algorithm = p.algorithm};
    found.report = pr::train(learner, source, settings_of(p), curve, progress_of(p));
    found.parameter_count = Learner::size;
    found.shots = Shots;
    found.outer = "adam 0.001";
    if (p.draws) found.learning_curve = curve.lines();
    found.rate = p.rate > 0 ? p.rate : tuned_rate<Shots>(learner, p);
    tuner = fine_tuner<Shots>(p, found.rate);
    test<paper_tasks>(with_parameters(learner), p, found);
    return found;
}

// A thousand tasks of the training, again and again.
template <class Source>
struct several {
    static constexpr std::uint32_t count = 1000;
    template <class T>
    using episode_type = typename Source::template episode_type<T>;

    Source all{};

    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const noexcept {
        const std::uint64_t number = k.iteration * std::uint64_t{meta_batch} + k.task;
        all.template draw_into<T>({k.seed, 0, static_cast<std::uint32_t>(number % count)}, out);
    }
    auto draw(pr::key k) const noexcept { return pr::detail::drawn_episode<float>(*this, k); }
};

}  // namespace

// The net is fitted to all tasks at once: the baseline that the MAML paper compares with.
outcome joint(const plan& p) {
    const auto with_shots = [&](auto shots) {
        const auto source = paper_tasks::training<shots.value>;
        const auto description = paper_net(p.start) | pr::mse | pr::exact | pr::outer(pr::adam{.rate = 1e-3});
        const auto learner = pr::make_learner(description, source, pr::seed{p.seed});
        return train_and_fine_tune<shots.value>(*learner, source, p);
    };
    return p.shots == 5 ? with_shots(pr::count<5>) : with_shots(pr::count<10>);
}

// A thousand nets start from one point, each is trained on the support set of a task of its own, and their parameters are
// averaged: one outer step of rate 1 on the displacement. The average is fine-tuned on the query sets of those tasks.
outcome averaging(const plan& p) {
    return with_sizes(p, [&](auto shots, auto steps) {
        const several<std::remove_const_t<decltype(paper_tasks::training<shots.value>)>> source;
        const auto objective = paper_net(p.start) | pr::mse;
        const auto average = objective | pr::adapt<100 * steps.value>(pr::sgd{.rate = p.rate}) | pr::displacement |
                             pr::outer(pr::sgd{.rate = 1.0});
        const auto averaged = pr::make_learner(average, source, pr::seed{p.seed});
        pr::train(*averaged, source, {.iterations = 1, .meta_batch = source.count, .threads = p.threads, .stop = p.stop});

        const auto tune = objective | pr::exact | pr::outer(pr::adam{.rate = 1e-3});
        const auto learner = pr::make_learner(tune, source, pr::seed{p.seed});
        std::ranges::copy(averaged->parameters().all(), learner->parameters().all().begin());
        outcome found = train_and_fine_tune<shots.value>(*learner, source, p);
        found.steps = 100 * steps.value;
        return found;
    });
}

}  // namespace sinusoid
