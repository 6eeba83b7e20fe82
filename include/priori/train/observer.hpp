// SPDX-License-Identifier: BSL-1.0
// Observer: what looks on while a learner trains, and may end it.
#pragma once

#include <priori/train/settings.hpp>

#include <cstddef>
#include <cstdint>

namespace priori {

// One evaluation on fresh tasks, while training.
struct evaluation_point {
    std::uint64_t iteration = 0;
    std::size_t tasks = 0;
    double mean = 0;
    double ci95 = 0;      // half the width of the interval
    double diverged = 0;  // the share of the tasks
    bool larger_is_better = false;
};

// Before the first iteration.
struct training_start {
    std::uint64_t first_iteration = 0;
    std::uint64_t iterations = 0;
    std::size_t meta_batch = 0;
    std::size_t threads = 0;
    std::size_t parameters = 0;
    std::size_t bytes = 0;  // taken by the training, beside the learner
    double minutes = 0;
    const evaluation_point* evaluation = nullptr;  // made before the first iteration
};

// After an iteration. Observers are called in the order in which they were given, and see what earlier ones wrote here.
struct training_progress {
    std::uint64_t iteration = 0;   // how many the learner has behind it
    std::uint64_t done = 0;        // of this training
    std::uint64_t iterations = 0;  // of this training, when it finishes
    double loss = 0;               // mean over the tasks of this iteration; see displacement for those without a loss
    double window_loss = 0;        // mean over the last 100 iterations with a loss; NaN before there is one
    double seconds = 0;
    std::uint64_t skipped = 0;
    std::uint64_t rolled_back = 0;
    const evaluation_point* evaluation = nullptr;  // made after this iteration
    const char* stop = nullptr;                    // set to a reason, ends the training
};

// Meaning: is called on the training's own thread, between iterations; all tasks wait for it.
// Requirements: after_iteration(learner, progress). Optional: started(learner, training_start) before the first
// iteration, where memory is taken; finished(learner, report) after the last. They may change the learner's parameters.
// Laws: after_iteration allocates nothing.
// Models: progress_bar, json_log, periodic_evaluation, early_stopping, and any callable of (learner, progress).
// Not a model: what wants to see single tasks, which belong to the executor's threads.
template <class O, class Learner>
concept Observer = requires(O& observer, Learner& learner, training_progress& now) {
    observer.after_iteration(learner, now);
}
|| requires(O& observer, Learner& learner, training_progress& now) { observer(learner, now); };

namespace detail {

template <class O, class Learner>
void tell_started(O& observer, Learner& learner, training_start& start) {
    if constexpr (requires { observer.started(learner, start); }) observer.started(learner, start);
}

template <class O, class Learner>
void tell_iteration(O& observer, Learner& learner, training_progress& now) {
    if constexpr (requires { observer.after_iteration(learner, now); }) {
        observer.after_iteration(learner, now);
    } else {
        observer(learner, now);
    }
}

template <class O, class Learner>
void tell_finished(O& observer, Learner& learner, training_report& report) {
    if constexpr (requires { observer.finished(learner, report); }) observer.finished(learner, report);
}

}  // namespace detail

}  // namespace priori
