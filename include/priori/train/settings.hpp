// SPDX-License-Identifier: BSL-1.0
// train_settings: what a training is told; training_report: what it says at its end.
#pragma once

#include <priori/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace priori {

// What happens when a loss or a gradient is not finite.
enum class divergence : unsigned char {
    stop,       // the training ends; the parameters are those before the bad iteration
    skip_task,  // the mean is taken over the other tasks; the training ends when none is left
    roll_back,  // the last snapshot returns, and the training goes on with the next iteration's tasks
};

enum class ending : unsigned char {
    finished,  // all iterations were done
    stopped,   // the stop token or an observer asked for it
    time,      // the minutes were over
    diverged,  // something was not finite, see the sentence
};

constexpr const char* to_string(ending reason) noexcept {
    switch (reason) {
        case ending::finished:
            return "finished";
        case ending::stopped:
            return "stopped";
        case ending::time:
            return "time";
        case ending::diverged:
            return "diverged";
    }
    return "unknown";
}

struct train_settings {
    std::uint64_t iterations = 1000;  // how many this call does
    std::size_t meta_batch = 4;       // tasks an iteration
    std::size_t threads = 1;
    divergence on_divergence = divergence::stop;
    std::uint64_t snapshot_every = 100;  // iterations, for roll_back
    double minutes = 0;                  // of wall-clock time, beside `iterations`, which end it too; 0 for no limit
    std::stop_token stop{};
    std::optional<std::uint64_t> first_iteration{};  // its number; that of the learner, so that a loaded one goes on
};

struct training_report {
    std::uint64_t iterations = 0;  // done by this call
    double seconds = 0;
    double loss = 0;                // the mean over the last 100 iterations with a loss; NaN if there was none
    std::size_t bytes = 0;          // taken before the first iteration, beside the learner
    std::uint64_t skipped = 0;      // tasks
    std::uint64_t rolled_back = 0;  // times
    ending reason = ending::finished;
    std::string sentence{};

    // Throws: error (diverged) with the sentence, when that is why the training ended.
    const training_report& throw_if_diverged() const {
        if (reason == ending::diverged) fail(error_kind::diverged, sentence);
        return *this;
    }
};

}  // namespace priori
