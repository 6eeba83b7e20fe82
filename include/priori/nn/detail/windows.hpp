// SPDX-License-Identifier: BSL-1.0
// Windows of an image or a signal that a pooling layer looks at: those that fit, one beside the other.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/config/config.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/core/shape.hpp>
#include <priori/nn/detail/image.hpp>

#include <cstddef>
#include <type_traits>

namespace priori::detail {

// A signal is an image of height 1, and its windows are as high.
template <class In, std::size_t Edge, std::size_t Step, bool OfSignals = false>
struct windows {
    using extents = std::conditional_t<OfSignals, signal<In>, image_extents<In>>;
    static constexpr std::size_t height = extents::height, width = extents::width, channels = extents::channels;
    static constexpr std::size_t edge_down = OfSignals ? 1 : Edge, step_down = OfSignals ? 1 : Step;
    static constexpr std::size_t output_height = height < edge_down ? 0 : (height - edge_down) / step_down + 1;
    static constexpr std::size_t output_width = width < Edge ? 0 : (width - Edge) / Step + 1;
    static constexpr std::size_t count = edge_down * Edge;  // places in a window
    static constexpr bool overlap = Step < Edge;
    static constexpr bool cover = Step == Edge && output_height * edge_down == height && output_width * Edge == width;

    using output = std::conditional_t<OfSignals, shape<output_width, channels>,
                                      shape<output_height, output_width, channels>>;

    // From a window's first place to place j.
    static constexpr std::size_t offset(std::size_t j) { return (j / Edge * width + j % Edge) * channels; }

    // f(first, out): the windows of all images; where they begin and what they become.
    template <class F>
    PRIORI_ALWAYS_INLINE static void each_window(std::size_t images, const F& f) noexcept {
        std::size_t out = 0;
        for (std::size_t n = 0; n < images; ++n) {
            for (std::size_t y = 0; y < output_height; ++y) {
                for (std::size_t x = 0; x < output_width; ++x, out += channels) {
                    f(((n * height + y * step_down) * width + x * Step) * channels, out);
                }
            }
        }
    }
    // f<L>(first, out): the same in lanes L of their channels.
    template <std::size_t Images, class T, class F>
    PRIORI_ALWAYS_INLINE static void each(const F& f) noexcept {
        each_window(Images, [&](std::size_t first, std::size_t out) {
            in_lanes<T>(channels, [&]<class L>(std::size_t c) { f.template operator()<L>(first + c, out + c); });
        });
    }
    // f(first): the places of all images that are in no window; windows do not overlap and leave no gaps.
    template <class F>
    PRIORI_ALWAYS_INLINE static void each_left_over(std::size_t images, const F& f) noexcept {
        constexpr std::size_t rows = output_height * edge_down, columns = output_width * Edge;
        if constexpr (!cover) {
            for (std::size_t n = 0; n < images; ++n) {
                for (std::size_t y = 0; y < height; ++y) {
                    for (std::size_t x = y < rows ? columns : 0; x < width; ++x) {
                        f(((n * height + y) * width + x) * channels);
                    }
                }
            }
        }
    }
};

// In signatures: what shapes do not always tell.
template <std::size_t Edge, std::size_t Step>
inline constexpr auto window_variant = [] {
    if constexpr (Edge == 2 && Step == 2) {
        return fixed_string("");
    } else {
        return join<":window", decimal<Edge>(), "stride", decimal<Step>()>();
    }
}();

template <fixed_string Kind, class In, std::size_t Edge, std::size_t Step, bool OfSignals = false>
consteval auto window_refusal() {
    if constexpr (OfSignals) {
        if constexpr (signal_refusal<Kind, In>.length > 0) {
            return signal_refusal<Kind, In>;
        } else if constexpr (Edge == 0 || Step == 0 || Edge > In::extents[0]) {
            return join<"[priori:N129] ", Kind, ": the input has shape ", text_of<In>, ", and no window of ",
                        decimal<Edge>(), " places, ", decimal<Step>(),
                        " apart, fits into it; take smaller windows or fewer pooling layers.">();
        } else {
            return accepted;
        }
    } else if constexpr (image_refusal<Kind, In>.length > 0) {
        return image_refusal<Kind, In>;
    } else if constexpr (Edge == 0 || Step == 0 || Edge > In::extents[0] || Edge > In::extents[1]) {
        return join<"[priori:N124] ", Kind, ": the input has shape ", text_of<In>, ", and no window of ",
                    decimal<Edge>(), " x ", decimal<Edge>(), " places, ", decimal<Step>(),
                    " apart, fits into it; take smaller windows or fewer pooling layers.">();
    } else {
        return accepted;
    }
}

}  // namespace priori::detail
