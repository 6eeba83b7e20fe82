// SPDX-License-Identifier: BSL-1.0
// periodic_evaluation: the learning curve on draws that the training never makes.
#pragma once

#include <priori/adapt/stage.hpp>
#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/observer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace priori {

struct periodic_settings {
    std::uint64_t every = 1000;  // iterations
    std::size_t tasks = 100;     // the same ones every time, and those of evaluate with the same seed: where the curve
                                 // chooses the parameters, give the test another one
    priori::seed seed{};
    std::size_t steps = as_described;  // inner steps
};

// Evaluates before the first iteration, after every so many, and after the last one that was asked for; a training that
// is stopped before has its last evaluation before that. Later observers see the result in progress.evaluation: put
// this one first. T is the learner's number.
// Throws: error (bad_option) for an evaluation of no tasks, or every 0 iterations.
// Example: periodic_evaluation curve(tasks, {.every = 1000}); train(learner, tasks, {...}, curve, progress_bar{});
template <class Tasks, class Metric = query_loss, class T = float>
class periodic_evaluation {
public:
    explicit periodic_evaluation(const Tasks& tasks, const periodic_settings& settings = {}, const Metric& metric = {})
        : tasks_(tasks),
          settings_(settings),
          metric_(metric),
          evaluator_({.tasks = settings.tasks, .seed = settings.seed}, {settings.steps}) {
        if (settings.every == 0)
            fail(error_kind::bad_option, "periodic_evaluation: every is 0, expected a number of iterations from 1 on.");
    }

    // The learning curve so far.
    std::span<const evaluation_point> history() const noexcept { return history_; }

    template <class Learner>
    void started(Learner& learner, training_start& start) {
        constexpr std::uint64_t most = 1 << 16;  // iterations may be a number that the minutes never let come
        const auto points = static_cast<std::size_t>(std::min(start.iterations / settings_.every, most));
        history_.reserve(history_.size() + points + 3);
        evaluate(learner, start.first_iteration);
        start.evaluation = &history_.back();
    }

    template <class Learner>
    void after_iteration(Learner& learner, training_progress& now) {
        if (now.iteration % settings_.every != 0 && now.done != now.iterations) return;
        evaluate(learner, now.iteration);
        now.evaluation = &history_.back();
    }

private:
    template <class Learner>
    void evaluate(Learner& learner, std::uint64_t iteration) {
        constexpr bool same_number = std::is_same_v<T, typename Learner::scalar>;
        static_assert(same_number,
                      "[priori:R605] periodic_evaluation: the learner has another number than this evaluation; write "
                      "periodic_evaluation<Tasks, Metric, double>.");
        if constexpr (same_number) {
            const evaluation_entry entry = evaluator_(learner, tasks_, metric_)[0];
            history_.push_back(
                {iteration, settings_.tasks, entry.mean, entry.ci95, entry.diverged, detail::larger_is_better<Metric>});
        }
    }

    Tasks tasks_;
    periodic_settings settings_;
    Metric metric_;
    evaluator<T, Tasks, 1> evaluator_;
    std::vector<evaluation_point> history_;
};

}  // namespace priori
