// SPDX-License-Identifier: BSL-1.0
// The keys of the tasks that a training draws, and of those that an evaluation draws: never the same.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/random.hpp>

#include <cstddef>
#include <cstdint>

namespace priori {

namespace detail {

// A seed for one use, far from the small numbers that people choose.
constexpr std::uint64_t derived_seed(seed from, std::uint32_t use) noexcept {
    const auto words = philox4x32({use, 0x7072696f, 0, 0}, {static_cast<std::uint32_t>(from.value),
                                                            static_cast<std::uint32_t>(from.value >> 32)});
    return (std::uint64_t{words[0]} << 32) | words[1];
}

}  // namespace detail

// Task t of iteration i of a training that started from this seed.
constexpr key training_key(seed from, std::uint64_t iteration, std::size_t task) noexcept {
    return {detail::derived_seed(from, 1), static_cast<std::uint32_t>(iteration), static_cast<std::uint32_t>(task)};
}

// Task t of an evaluation: no training has this key, whatever the seeds. What is drawn from a finite set of examples or
// rows is of the same ones all the same: split them (task/class_split.hpp), and evaluate on the other part.
constexpr key evaluation_key(seed from, std::size_t task) noexcept {
    return {detail::derived_seed(from, 2), 0, static_cast<std::uint32_t>(task)};
}

}  // namespace priori
