// SPDX-License-Identifier: BSL-1.0
// written_as: how a layer keeps what a stage writes into it.
#pragma once

#include <cstdint>

namespace priori {

// A layer that is written by a stage such as solve, and keeps it in another way than dense, says `keeps`.
enum class written_as : std::uint8_t {
    weights,         // (features, outputs), then a bias if there is one: dense
    class_features,  // (classes, features): cosine_similarity, beside
    examples,        // (examples, features), then one label for each example: attention, context_attention, neighbours
};

namespace detail {

template <class L>
inline constexpr written_as kept_by = [] {
    if constexpr (requires { L::keeps; }) {
        return L::keeps;
    } else {
        return written_as::weights;
    }
}();

}  // namespace detail

}  // namespace priori
