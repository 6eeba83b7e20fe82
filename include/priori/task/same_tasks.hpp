// SPDX-License-Identifier: BSL-1.0
// same_tasks: a finite set of tasks, the same ones in every iteration.
#pragma once

#include <priori/core/key.hpp>
#include <priori/task/concepts.hpp>

namespace priori {

// Task t of every iteration is the source's task t of iteration 0.
// Example: train(learner, same_tasks{sinusoids{}}, {.iterations = 1001, .meta_batch = 20}) sees 20 tasks in all.
template <class Source>
struct same_tasks {
    Source source;

    template <class T>
    using episode_type = typename Source::template episode_type<T>;

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        source.template draw_into<T>(key{k.seed, 0, k.task}, out);
    }
    episode_type<float> draw(key k) const noexcept { return source.draw(key{k.seed, 0, k.task}); }
};

}  // namespace priori
