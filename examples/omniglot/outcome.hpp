// SPDX-License-Identifier: BSL-1.0
// What a run finds.
#pragma once

#include "tester.hpp"

#include <priori/train/settings.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace omniglot {

// Accuracies on test classes, by number of steps.
struct evaluation {
    std::string normalization{};
    std::size_t steps = 0;  // the number that was best on validation classes
    std::vector<score> at{};

    const score& best() const { return *std::ranges::find(at, steps, &score::steps); }
};

// On validation classes.
struct curve_point {
    std::uint64_t iteration = 0;
    double seconds = 0;
    double accuracy = 0;
    double ci95 = 0;
};

// How often the queries of one character were taken for another one.
struct confused {
    std::string truth, prediction;
    std::size_t count = 0;
    std::size_t together = 0;  // queries of the one in episodes that had both
};

// On the episodes of --episodes.
struct given_score {
    std::size_t episodes = 0;
    std::size_t queries = 0;
    score at{};
};

struct outcome {
    pr::training_report report{};
    std::uint64_t iterations = 0;  // in all, those of a loaded file included
    std::size_t parameter_count = 0;
    std::size_t members = 1;
    std::vector<double> inner_rates{};      // the least and the largest of those learned; empty where none are
    std::vector<evaluation> evaluations{};  // the normalization of the training first
    std::vector<curve_point> curve{};
    std::vector<confused> confusion{};
    std::optional<given_score> given{};
};

}  // namespace omniglot
