// SPDX-License-Identifier: BSL-1.0
// train(learner, tasks, settings, observers...): the outer loop.
#pragma once

#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/task/concepts.hpp>
#include <priori/train/detail/no_learner.hpp>
#include <priori/train/detail/training.hpp>
#include <priori/train/executor.hpp>
#include <priori/train/observer.hpp>
#include <priori/train/settings.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <type_traits>

namespace priori {

namespace detail {

// What is a source of tasks but for what draw_into promises.
template <class Tasks, class T>
concept Draws = requires(Tasks& tasks, const key& k, typename Tasks::template episode_type<T>& out) {
    tasks.template draw_into<T>(k, out);
};

// The sentence for arguments of train that do not go together; empty if all is well.
template <class Learner, class Tasks, class... Observers>
consteval auto training_refusal() {
    if constexpr (no_learner<Learner, "train">.length > 0) {
        return no_learner<Learner, "train">;
    } else if constexpr (!TaskSource<Tasks, typename Learner::scalar>) {
        if constexpr (Draws<Tasks, typename Learner::scalar>) {
            return fixed_string(
                "[priori:R607] train: draw_into of the tasks is not const and noexcept, as it has to be; what it draws "
                "follows from the key alone, and nothing fails.");
        } else {
            return fixed_string(
                "[priori:R601] train: the second argument is not a source of tasks; it wants episode_type<T> and "
                "draw_into<T>(key, episode).");
        }
    } else if constexpr (!Learner::learns) {
        return fixed_string("[priori:R602] train: the description has no outer rule; append | outer(adam{...}).");
    } else if constexpr (!std::same_as<typename Tasks::template episode_type<typename Learner::scalar>,
                                       typename Learner::episode_type>) {
        return fixed_string(
            "[priori:R603] train: the tasks have other shapes than those that the learner was made for; make the "
            "learner with these tasks.");
    } else if constexpr (!(Observer<Observers, Learner> && ...)) {
        return fixed_string(
            "[priori:R604] train: an observer has no after_iteration(learner, progress) and cannot be called with "
            "(learner, progress).");
    } else {
        return accepted;
    }
}

}  // namespace detail

// As train, with an executor of the caller's own.
template <class Learner, class Tasks, Executor E, class... Observers>
training_report train_on(E&& executor, Learner& learner, const Tasks& tasks, const train_settings& settings,
                         Observers&&... observers) {
    constexpr auto text = detail::training_refusal<Learner, Tasks, Observers...>();
    static_assert(mistake<detail::printed<text>()>::is_corrected);
    if constexpr (text.length == 0) {
        return detail::training<Learner, Tasks, std::remove_reference_t<E>>(executor, learner, tasks, settings)
            .run(observers...);
    } else {
        return {};
    }
}

// Iteration i draws tasks 0 .. meta_batch - 1 with training_key(seed of the learner, i, t), averages their
// meta-gradients in a fixed order and takes one outer step: the same bits for any number of threads.
// Cost: threads - 1 workspaces, an episode and at most 2 log2(tasks a thread) + 1 gradients a thread, two copies of the parameters and the outer
// state (three with roll_back), taken before the first iteration; the report says the bytes. Nothing is allocated from
// then on. Where tasks are computed several at once (meta/bundled_tasks.hpp), a thread has bundled_tasks in the place of a
// workspace.
// Throws: error (bad_option) for settings, and numbers of optimizers, that make no sense; std::bad_alloc before the
// first iteration; what observers throw.
// Example: train(learner, tasks, {.iterations = 70'000, .meta_batch = 25, .threads = 2}, progress_bar{});
template <class Learner, class Tasks, class... Observers>
training_report train(Learner& learner, const Tasks& tasks, const train_settings& settings = {},
                      Observers&&... observers) {
    constexpr auto text = detail::training_refusal<Learner, Tasks, Observers...>();
    static_assert(mistake<detail::printed<text>()>::is_corrected);
    if constexpr (text.length == 0) {
        const std::size_t at_once = detail::bundles_of<Learner>::tasks_at_once(settings.meta_batch);
        const std::size_t workers = std::min(settings.threads, (settings.meta_batch + at_once - 1) / at_once);
        if (workers <= 1) return train_on(serial{}, learner, tasks, settings, observers...);
        threads pool(workers);
        return train_on(pool, learner, tasks, settings, observers...);
    } else {
        return {};
    }
}

}  // namespace priori
