// SPDX-License-Identifier: BSL-1.0
// segments: the parts of the flat buffer that a rule moves, side by side in one vector.
#pragma once

#include <array>
#include <cstddef>

namespace priori {

struct segment {
    std::size_t offset = 0;  // in the flat buffer
    std::size_t size = 0;
    std::size_t start = 0;   // in the vector of all that moves
    std::size_t layer = 0;   // counted among the layers that move
};

// What a rule moves, as a type: `Plan::segments`, `Plan::size` numbers, `Plan::layers` layers.
template <std::size_t Size>
struct one_segment {
    static constexpr std::size_t size = Size;
    static constexpr std::size_t layers = 1;
    static constexpr std::array<segment, 1> segments{segment{0, Size, 0, 0}};
};

}  // namespace priori
