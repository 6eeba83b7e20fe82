// SPDX-License-Identifier: BSL-1.0
// The input of a layer of images or of signals: its extents, and what is said where it is neither.
#pragma once

#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/core/shape.hpp>

#include <cstddef>

namespace priori::detail {

// (height, width, channels); of something else ones, so that it can be asked about.
template <class In>
struct image_extents {
    static constexpr std::size_t height = In::rank == 3 ? In::extents[0] : 1;
    static constexpr std::size_t width = In::rank == 3 ? In::extents[In::rank - 2] : 1;
    static constexpr std::size_t channels = In::rank == 3 ? In::extents[In::rank - 1] : 1;
};

// (length, channels), as an image of height 1; of something else ones.
template <class In>
struct signal {
    static constexpr std::size_t height = 1;
    static constexpr std::size_t width = In::rank == 2 ? In::extents[0] : 1;
    static constexpr std::size_t channels = In::rank == 2 ? In::extents[In::rank - 1] : 1;
    using as_image = shape<height, width, channels>;
};

// Empty for an input of shape (length, channels).
template <fixed_string Kind, class In>
inline constexpr auto signal_refusal = [] {
    if constexpr (In::rank == 1) {
        constexpr auto as_written = join<"input<", decimal<In::extents[0]>(), ", 1>">();
        return join<"[priori:N128] ", Kind, ": the input has shape ", text_of<In>, ", ", Kind,
                    " wants (length, channels); give ", as_written, ".">();
    } else if constexpr (In::rank != 2) {
        return join<"[priori:N128] ", Kind, ": the input has shape ", text_of<In>, ", ", Kind,
                    " wants (length, channels); begin with input<length, channels>.">();
    } else {
        return accepted;
    }
}();

// Empty for an input of shape (height, width, channels).
template <fixed_string Kind, class In>
inline constexpr auto image_refusal = [] {
    if constexpr (In::rank == 2) {
        constexpr auto as_written =
            join<"input<", decimal<In::extents[0]>(), ", ", decimal<In::extents[1]>(), ", 1>">();
        return join<"[priori:N120] ", Kind, ": the input has shape ", text_of<In>, ", ", Kind,
                    " wants (height, width, channels); give ", as_written, ".">();
    } else if constexpr (In::rank != 3) {
        return join<"[priori:N120] ", Kind, ": the input has shape ", text_of<In>, ", ", Kind,
                    " wants (height, width, channels); begin with input<height, width, channels>.">();
    } else {
        return accepted;
    }
}();

}  // namespace priori::detail
