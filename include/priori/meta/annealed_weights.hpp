// SPDX-License-Identifier: BSL-1.0
// annealed_weights: query losses of all inner steps at first, of the last step alone in the end.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace priori {

// Of the losses before step 0, .., K - 1 and after the last: nothing for the first; with f = iteration / iterations,
// v_k = max(1 - f, least) / K for k < K, and v_K what is left of 1. From iteration `iterations` on, v_K = 1.
// Reference: Antoniou et al. 2019 (MAML++), section 4.1, with the floor of its code, least = 0.03, and its epochs
// counted in iterations.
// Example: adapt<5>(sgd{}) | exact | every_step(annealed_weights<5>{.iterations = 5000})
template <std::size_t Steps>
struct annealed_weights {
    static constexpr std::size_t count = Steps + 1;

    std::uint64_t iterations = 1;  // 1 anneals in iteration 0 alone: give it the length of the annealing
    double least = 0.03;

    constexpr std::array<float, count> at(std::uint64_t iteration) const noexcept {
        std::array<float, count> weights{};
        weights[Steps] = 1;
        if (iteration >= iterations) return weights;
        const double left = 1 - static_cast<double>(iteration) / static_cast<double>(iterations);
        const double each = std::max(left, least) / static_cast<double>(Steps);
        for (std::size_t k = 1; k < Steps; ++k) weights[k] = static_cast<float>(each);
        weights[Steps] = static_cast<float>(1 - each * static_cast<double>(Steps - 1));
        return weights;
    }
};

}  // namespace priori
