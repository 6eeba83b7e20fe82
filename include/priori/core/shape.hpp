// SPDX-License-Identifier: BSL-1.0
// shape<N...>: the extents of a value, as a type. The batch dimension is never part of it.
#pragma once

#include <array>
#include <cstddef>

namespace priori {

template <std::size_t... Extents>
struct shape {
    static constexpr std::size_t rank = sizeof...(Extents);
    static constexpr std::size_t size = (std::size_t{1} * ... * Extents);
    static constexpr std::array<std::size_t, rank> extents{Extents...};
};

// An integer as a value whose type carries it: `.shots = count<10>`.
template <std::size_t N>
struct count_t {
    static constexpr std::size_t value = N;
};

template <std::size_t N>
inline constexpr count_t<N> count{};

// A size that the episode settles: `dense<ways>` has as many outputs as the episode has classes.
inline constexpr std::size_t ways = static_cast<std::size_t>(-1);

}  // namespace priori
