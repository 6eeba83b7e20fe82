// SPDX-License-Identifier: BSL-1.0
// early_stopping: ends a training whose evaluations no longer get better, and keeps the best parameters.
#pragma once

#include <priori/train/observer.hpp>
#include <priori/train/settings.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

namespace priori {

struct early_stopping_settings {
    std::size_t patience = 5;  // evaluations in a row that are not better than the best
    double least_gain = 0;     // by how much the mean must be better
    bool keep_best = true;     // the learner ends with the parameters of the best evaluation (the outer state stays)
};

// Stands behind a periodic_evaluation. An evaluation that is not finite is not better.
class early_stopping {
public:
    explicit early_stopping(const early_stopping_settings& settings = {}) : settings_(settings) {}

    // The best evaluation so far; iteration 0 of no tasks when there was none.
    const evaluation_point& best() const noexcept { return best_; }

    template <class Learner>
    void started(Learner& learner, const training_start& start) {
        kept_.resize(learner.parameters().all().size_bytes());
        best_ = {};
        waited_ = 0;
        saw_any_ = start.evaluation != nullptr;
        if (saw_any_ && is_better(*start.evaluation)) keep(learner, *start.evaluation);
    }

    template <class Learner>
    void after_iteration(Learner& learner, training_progress& now) {
        if (now.evaluation == nullptr) return;
        saw_any_ = true;
        if (is_better(*now.evaluation)) {
            waited_ = 0;
            keep(learner, *now.evaluation);
        } else if (++waited_ >= settings_.patience) {
            now.stop = "the evaluation no longer gets better";
        }
    }

    template <class Learner>
    void finished(Learner& learner, training_report& report) {
        if (!saw_any_)
            report.sentence += " early_stopping saw no evaluation: put a periodic_evaluation before it.";
        if (!settings_.keep_best || best_.tasks == 0) return;
        std::memcpy(learner.parameters().all().data(), kept_.data(), kept_.size());
        if (report.reason == ending::diverged)
            report.sentence += " early_stopping put back those of iteration " + std::to_string(best_.iteration) + ".";
    }

private:
    template <class Learner>
    void keep(Learner& learner, const evaluation_point& point) {
        best_ = point;
        std::memcpy(kept_.data(), learner.parameters().all().data(), kept_.size());
    }
    bool is_better(const evaluation_point& point) const noexcept {
        if (point.mean - point.mean != 0) return false;  // infinite or NaN
        if (best_.tasks == 0) return true;
        const double gain = point.larger_is_better ? point.mean - best_.mean : best_.mean - point.mean;
        return gain > settings_.least_gain;
    }

    early_stopping_settings settings_;
    evaluation_point best_{};
    std::size_t waited_ = 0;
    bool saw_any_ = false;
    std::vector<std::byte> kept_;
};

}  // namespace priori
