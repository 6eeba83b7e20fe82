// SPDX-License-Identifier: BSL-1.0
// evaluate(learner, tasks, settings, steps, metric): how well a learner adapts to fresh tasks, by number of steps.
#pragma once

#include <priori/adapt/stage.hpp>
#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/train/detail/no_learner.hpp>
#include <priori/train/keys.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace priori {

// The loss on the query set.
struct query_loss {
    static constexpr bool larger_is_better = false;
    template <class Adapted, class Episode>
    double operator()(const Adapted& adapted, const Episode& task) const noexcept {
        return static_cast<double>(adapted.loss(task.query));
    }
};

// The share of the query examples whose class is right.
struct query_accuracy {
    static constexpr bool larger_is_better = true;
    template <class Adapted, class Episode>
    double operator()(const Adapted& adapted, const Episode& task) const noexcept {
        return static_cast<double>(adapted.accuracy(task.query));
    }
};

// at_steps<0, 1, 5, 10>: which numbers of inner steps an evaluation looks at.
template <std::size_t... Steps>
inline constexpr std::array<std::size_t, sizeof...(Steps)> at_steps{Steps...};

// As many as the description says.
inline constexpr std::array<std::size_t, 1> at_described_steps{as_described};

struct evaluation_settings {
    std::size_t tasks = 600;
    priori::seed seed{};  // other seeds give other draws, and none is a draw of the training; of a finite set, split it
};

struct evaluation_entry {
    std::size_t steps = 0;
    double mean = 0;  // over all tasks, diverged ones included: it may be infinite or NaN
    double median = 0;
    double ci95 = 0;  // mean +- ci95 is the 95 % interval: 1.96 sigma / sqrt(tasks)
    // The share of tasks whose metric or adapted parameters are not finite, or, for an error, whose metric is worse
    // than with no step.
    double diverged = 0;
};

template <std::size_t Count>
struct evaluation {
    std::size_t tasks = 0;
    std::array<evaluation_entry, Count> at;

    const evaluation_entry& operator[](std::size_t i) const noexcept { return at[i]; }
};

namespace detail {

template <class Metric>
inline constexpr bool larger_is_better = [] {
    if constexpr (requires { Metric::larger_is_better; }) {
        return Metric::larger_is_better;
    } else {
        return false;
    }
}();

// Mean, median and interval of the numbers, which are reordered; what is NaN counts as the worst in the median.
inline evaluation_entry summary_of(double* values, std::size_t count, bool larger_is_better) noexcept {
    evaluation_entry result;
    const double n = static_cast<double>(count);
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < count; ++i) sum += values[i];
    result.mean = sum / n;
    for (std::size_t i = 0; i < count; ++i) squares += (values[i] - result.mean) * (values[i] - result.mean);
    result.ci95 = count > 1 ? 1.96 * std::sqrt(squares / (n - 1) / n) : 0;
    const double worst =
        larger_is_better ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < count; ++i) values[i] = std::isnan(values[i]) ? worst : values[i];
    double* const middle = values + count / 2;
    std::nth_element(values, middle, values + count);
    result.median = *middle;
    if (count % 2 == 0) {
        const double below = *std::max_element(values, middle);
        result.median = below == *middle ? below : (below + *middle) / 2;
    }
    return result;
}

}  // namespace detail

namespace detail {

template <class Adapted, class Episode>
inline constexpr std::size_t place_for_queries = [] {
    if constexpr (requires { Adapted::template place_of<Episode::query_type::count>; }) {
        return Adapted::template place_of<Episode::query_type::count>;
    } else {
        return std::size_t{0};
    }
}();

}  // namespace detail

// The memory of evaluations, for one that is made again and again: nothing is allocated after the first.
template <class T, class Tasks, std::size_t Count>
class evaluator {
public:
    using episode_type = typename Tasks::template episode_type<T>;

    // Throws: error (bad_option) for no tasks.
    explicit evaluator(const evaluation_settings& settings, std::array<std::size_t, Count> steps = at_described_steps)
        : settings_(settings), steps_(steps), task_(std::make_unique<episode_type>()), values_(Count * settings.tasks) {
        if (settings.tasks == 0)
            fail(error_kind::bad_option, "evaluate: tasks is 0, expected at least one; set .tasks.");
    }

    const evaluation_settings& settings() const noexcept { return settings_; }

    // The metric is called with (adapted, episode, key) or (adapted, episode); a double, an error unless its type says
    // larger_is_better. Every number of steps starts from the learner's parameters.
    template <class Learner, class Metric>
    evaluation<Count> operator()(Learner& learner, const Tasks& tasks, const Metric& metric) {
        std::array<std::size_t, Count> diverged{};
        using adapted_type = std::remove_cvref_t<decltype(learner.adapt(task_->support, std::size_t{0}))>;
        place_.resize(detail::place_for_queries<adapted_type, episode_type>);
        for (std::size_t t = 0; t < settings_.tasks; ++t) {
            const key k = evaluation_key(settings_.seed, t);
            tasks.template draw_into<T>(k, *task_);
            double before = std::numeric_limits<double>::infinity();
            if constexpr (!detail::larger_is_better<Metric>) before = measured(learner, metric, k, 0).value;
            for (std::size_t s = 0; s < Count; ++s) {
                const measurement m = measured(learner, metric, k, steps_[s]);
                values_[s * settings_.tasks + t] = m.value;
                // Without a step it is the same, but for how the compiler rounds in two places.
                const bool worse = !detail::larger_is_better<Metric> && steps_[s] != 0 && m.value > before;
                diverged[s] += !m.finite || worse;
            }
        }
        evaluation<Count> result;
        result.tasks = settings_.tasks;
        for (std::size_t s = 0; s < Count; ++s) {
            result.at[s] = detail::summary_of(values_.data() + s * settings_.tasks, settings_.tasks,
                                              detail::larger_is_better<Metric>);
            result.at[s].steps = steps_[s];
            result.at[s].diverged = static_cast<double>(diverged[s]) / static_cast<double>(settings_.tasks);
        }
        return result;
    }

private:
    struct measurement {
        double value;
        bool finite;
    };

    template <class Learner, class Metric>
    measurement measured(Learner& learner, const Metric& metric, const key& k, std::size_t steps) {
        auto adapted = learner.adapt(task_->support, steps);
        if constexpr (requires { adapted.lend(std::span<T>(place_)); }) adapted.lend(std::span<T>(place_));
        measurement result{};
        if constexpr (requires { metric(adapted, *task_, k); }) {
            result.value = static_cast<double>(metric(adapted, *task_, k));
        } else {
            result.value = static_cast<double>(metric(adapted, *task_));
        }
        const auto theta = adapted.parameters().all();
        result.finite = std::isfinite(result.value) &&
                        std::all_of(theta.begin(), theta.end(), [](T x) { return std::isfinite(x); });
        return result;
    }

    evaluation_settings settings_;
    std::array<std::size_t, Count> steps_;
    std::unique_ptr<episode_type> task_;
    std::vector<double> values_;
    std::vector<T> place_;  // of predictions that are too large for the stack; the first evaluation takes it
};

namespace detail {

template <class Learner>
struct scalar_of_learner {
    using type = typename Learner::program_type::scalar;
};

}  // namespace detail

// The tasks may have other numbers of shots than those of the training. Learner is a learner or an adapter.
// Cost: one adaptation a task and number of steps, and one prediction without a step.
// Example: evaluate(learner, sinusoids{.shots = count<5>}, {.tasks = 2000}, at_steps<0, 1, 5, 10, 32>);
template <class Learner, class Tasks, std::size_t Count = 1, class Metric = query_loss>
evaluation<Count> evaluate(Learner& learner, const Tasks& tasks, const evaluation_settings& settings = {},
                           const std::array<std::size_t, Count>& steps = at_described_steps,
                           const Metric& metric = {}) {
    constexpr auto text = detail::no_learner<Learner, "evaluate">;
    static_assert(mistake<detail::printed<text>()>::is_corrected);
    if constexpr (text.length == 0) {
        using T = typename detail::scalar_of_learner<Learner>::type;
        return evaluator<T, Tasks, Count>(settings, steps)(learner, tasks, metric);
    } else {
        return {};
    }
}

}  // namespace priori
