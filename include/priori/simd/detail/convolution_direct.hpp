// SPDX-License-Identifier: BSL-1.0
// The 3x3 convolution of padding 1: tiles of pixels x output channels stay in registers for the whole sum, the image is
// read where it lies, and taps that fall into the padding are skipped.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/detail/convolution_shape.hpp>
#include <priori/simd/detail/tile.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transform.hpp>
#include <priori/simd/transpose.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace priori::detail {

template <class Shape>
inline constexpr bool is_direct = Shape::kernel_height == 3 && Shape::kernel_width == 3 && Shape::padding == 1 &&
                                  Shape::padding_height == 1 && Shape::dilation == 1 && Shape::dilation_height == 1 &&
                                  Shape::groups == 1;

// As many pixels come out as go in.
template <class Shape>
inline constexpr bool keeps_size = is_direct<Shape> && Shape::stride == 1 && Shape::stride_height == 1;

// One axis of a convolution: the pixel of the source that a tap takes for a pixel of the target. The targets of a phase
// are `apart` from each other, their sources `step`: target i * apart + phase takes source i * step + offset.
template <std::size_t Extent, std::size_t Stride>
struct forward_axis {
    static constexpr std::size_t source = Extent, targets = (Extent - 1) / Stride + 1;
    static constexpr std::size_t phases = 1, apart = 1, step = Stride;

    static constexpr bool has(std::size_t, std::size_t) { return true; }
    static constexpr std::ptrdiff_t offset(std::size_t, std::size_t tap) {
        return static_cast<std::ptrdiff_t>(tap) - 1;
    }
    // `source` or more: none.
    static constexpr std::size_t seen(std::size_t target, std::size_t tap) { return target * Stride + tap - 1; }
};

template <std::size_t Extent, std::size_t Stride>
struct gradient_axis {
    static constexpr std::size_t source = (Extent - 1) / Stride + 1, targets = Extent;
    static constexpr std::size_t phases = std::min(Stride, Extent), apart = Stride, step = 1;

    static constexpr bool has(std::size_t phase, std::size_t tap) { return (phase + 1 + 2 * Stride - tap) % Stride == 0; }
    static constexpr std::ptrdiff_t offset(std::size_t phase, std::size_t tap) {
        return (static_cast<std::ptrdiff_t>(phase + 1) - static_cast<std::ptrdiff_t>(tap)) /
               static_cast<std::ptrdiff_t>(Stride);
    }
    static constexpr std::size_t seen(std::size_t target, std::size_t tap) {
        const std::size_t place = target + 1 - tap;  // below zero is too large
        return place % Stride == 0 ? place / Stride : source;
    }
};

template <class Axis>
consteval std::size_t targets_of(std::size_t phase) {
    return (Axis::targets - phase + Axis::apart - 1) / Axis::apart;
}

// Which of a line's first `Pixels` targets, or of its last ones, have a source at this tap: all but one at most.
template <class Axis, std::size_t Phase, std::size_t Tap, std::size_t Pixels, bool Left, bool Right>
struct taken_pixels {
    static constexpr std::ptrdiff_t offset = Axis::offset(Phase, Tap);
    static constexpr bool beyond =
        static_cast<std::ptrdiff_t>((targets_of<Axis>(Phase) - 1) * Axis::step) + offset >=
        static_cast<std::ptrdiff_t>(Axis::source);
    static constexpr std::size_t begin = Left && offset < 0 ? 1 : 0, end = Right && beyond ? Pixels - 1 : Pixels;
    static constexpr bool any = Axis::has(Phase, Tap) && begin < end;
};

// Columns of a tile in packs, and its pixels: their sums, one row of weights and one number of x fill the registers.
inline constexpr std::size_t direct_columns = 2;
inline constexpr std::size_t direct_pixels = (vector_registers - 1 - direct_columns) / direct_columns;

// Calls f.operator()<P, Columns>(index): `Most` packs at a time, and the rest of the channels in narrower packs.
template <std::size_t Channels, std::size_t Most, class T, class F>
PRIORI_ALWAYS_INLINE void for_each_strip(const F& f) noexcept {
    constexpr std::size_t packs = Channels / lanes<T>, rest = Channels % lanes<T>;
    std::size_t index = 0;
    if constexpr (packs > 0) {
        constexpr even_parts parts = divide_evenly(packs, Most);
        for (std::size_t part = 0; part < parts.larger; ++part, index += parts.size * lanes<T>) {
            f.template operator()<pack<T>, parts.size>(index);
        }
        if constexpr (parts.smaller > 0) {
            for (std::size_t part = 0; part < parts.smaller; ++part, index += (parts.size - 1) * lanes<T>) {
                f.template operator()<pack<T>, parts.size - 1>(index);
            }
        }
    }
    if constexpr (rest > 0) {
        auto narrow = [&]<class P>(std::size_t at) { f.template operator()<P, 1>(at); };
        for_the_rest<rest, T, lanes<T>>(narrow, index);
    }
}

// Calls f.operator()<Pixels, Left, Right>() for the parts of a row in order; Left, Right: do they reach its border?
template <even_parts Parts, class F>
PRIORI_ALWAYS_INLINE void for_each_chunk(const F& f) noexcept {
    constexpr std::size_t size = Parts.size, smaller = Parts.smaller > 0 ? size - 1 : size;
    if constexpr (Parts.larger + Parts.smaller == 1) {
        f.template operator()<size, true, true>();
    } else {
        f.template operator()<size, true, false>();
        constexpr std::size_t larger_between = Parts.larger - (Parts.smaller == 0 ? 2 : 1);
        if constexpr (larger_between > 0) {
            for (std::size_t part = 0; part < larger_between; ++part) f.template operator()<size, false, false>();
        }
        if constexpr (Parts.smaller > 1) {
            for (std::size_t part = 1; part < Parts.smaller; ++part) f.template operator()<smaller, false, false>();
        }
        f.template operator()<smaller, false, true>();
    }
}

// The sum over K channels of pixels that are From numbers apart; weights are a row of Row numbers for each channel and
// tap, taps Tap apart; the pixels of the target are To apart.
template <class Down, class Across, std::size_t K, std::size_t From, std::size_t Tap, std::size_t Row, std::size_t To>
struct direct_shape {
    using down = Down;
    using across = Across;
    static constexpr std::size_t k = K, from = From, tap = Tap, row = Row, to = To;
    static constexpr std::size_t line_from = Across::source * From, image_from = Down::source * line_from;
    static constexpr std::size_t line_to = Across::targets * To, image_to = Down::targets * line_to;
};

// `Pixels` targets of a phase in line `row` of `Images` images; Left, Right: do they reach the border? x at the first
// line of the first image, y at its target.
template <class S, std::size_t Images, std::size_t Phase, std::size_t Pixels, bool Left, bool Right, bool Accumulate,
          class P, std::size_t Columns, class T>
PRIORI_ALWAYS_INLINE void direct_tile(const T* __restrict x, const T* __restrict w, T* __restrict y,
                                      std::size_t row) noexcept {
    using across = typename S::across;
    constexpr std::size_t size = width<P>, apart = across::apart * S::to;
    P sums[Images][Pixels][Columns];
    PRIORI_UNROLL
    for (std::size_t n = 0; n < Images; ++n) {
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Pixels; ++i) {
            PRIORI_UNROLL
            for (std::size_t j = 0; j < Columns; ++j) {
                sums[n][i][j] = Accumulate ? load_as<P>(y + n * S::image_to + i * apart + j * size) : P(T(0));
            }
        }
    }
    // A loop over the channels for each column of the kernel: in one for all three, the compiler would keep what the
    // columns share of x and spill the sums.
    const auto column = [&]<std::size_t Kx>(const T* line, const T* taps) __attribute__((always_inline)) {
        using taken = taken_pixels<across, Phase, Kx, Pixels, Left, Right>;
        if constexpr (taken::any) {
            for (std::size_t k = 0; k < S::k; ++k, taps += S::row) {
                P right[Columns];
                PRIORI_UNROLL
                for (std::size_t j = 0; j < Columns; ++j) right[j] = load_as<P>(taps + j * size);
                PRIORI_UNROLL
                for (std::size_t n = 0; n < Images; ++n) {
                    PRIORI_UNROLL
                    for (std::size_t i = taken::begin; i < taken::end; ++i) {
                        const std::size_t at = n * S::image_from + i * across::step * S::from + k;
                        const P left(line[static_cast<std::ptrdiff_t>(at) +
                                          taken::offset * static_cast<std::ptrdiff_t>(S::from)]);
                        PRIORI_UNROLL
                        for (std::size_t j = 0; j < Columns; ++j) sums[n][i][j] = fused(left, right[j], sums[n][i][j]);
                    }
                }
            }
        }
    };
    for (std::size_t ky = 0; ky < 3; ++ky) {
        const std::size_t seen = S::down::seen(row, ky);
        if (seen >= S::down::source) continue;
        const T* line = x + seen * S::line_from;
        const T* taps = w + ky * 3 * S::tap;
        column.template operator()<0>(line, taps);
        column.template operator()<1>(line, taps + S::tap);
        column.template operator()<2>(line, taps + 2 * S::tap);
    }
    PRIORI_UNROLL
    for (std::size_t n = 0; n < Images; ++n) {
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Pixels; ++i) {
            PRIORI_UNROLL
            for (std::size_t j = 0; j < Columns; ++j) store(y + n * S::image_to + i * apart + j * size, sums[n][i][j]);
        }
    }
}

// The targets of a phase in every line of `Images` images, chunk by chunk.
template <class S, std::size_t Images, std::size_t Phase, bool Accumulate, class P, std::size_t Columns, class T>
PRIORI_NO_INLINE void direct_lines(const T* x, const T* w, T* y) noexcept {
    using across = typename S::across;
    for (std::size_t row = 0; row < S::down::targets; ++row) {
        const T* from = x;
        T* to = y + row * S::line_to + Phase * S::to;
        for_each_chunk<divide_evenly(targets_of<across>(Phase), direct_pixels)>(
            [&]<std::size_t Pixels, bool Left, bool Right>() __attribute__((always_inline)) {
                direct_tile<S, Images, Phase, Pixels, Left, Right, Accumulate, P, Columns>(from, w, to, row);
                from += Pixels * across::step * S::from;
                to += Pixels * across::apart * S::to;
            });
    }
}

template <class S, std::size_t Images, bool Accumulate, class P, std::size_t Columns, class T>
PRIORI_ALWAYS_INLINE void direct_rows(const T* x, const T* w, T* y) noexcept {
    [&]<std::size_t... Phase>(std::index_sequence<Phase...>) {
        (direct_lines<S, Images, Phase, Accumulate, P, Columns>(x, w, y), ...);
    }(std::make_index_sequence<S::across::phases>{});
}

// Calls f.operator()<Count>(image) for groups of images: where rows are short, a tile takes them from several images.
template <std::size_t Images, std::size_t Width, class F>
PRIORI_ALWAYS_INLINE void for_each_group(const F& f) noexcept {
    constexpr even_parts groups = divide_evenly(Images, std::max<std::size_t>(direct_pixels / Width, 1));
    std::size_t image = 0;
    for (std::size_t group = 0; group < groups.larger; ++group, image += groups.size) {
        f.template operator()<groups.size>(image);
    }
    if constexpr (groups.smaller > 0) {
        for (std::size_t group = 0; group < groups.smaller; ++group, image += groups.size - 1) {
            f.template operator()<groups.size - 1>(image);
        }
    }
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void direct_convolve(const T* x, const T* w, T* y) noexcept {
    using shape =
        direct_shape<forward_axis<Shape::height, Shape::stride_height>, forward_axis<Shape::width, Shape::stride>,
                     Shape::in, Shape::in, Shape::in * Shape::out, Shape::out, Shape::out>;
    for_each_group<Images, Shape::output_width>([&]<std::size_t Count>(std::size_t image) {
        const T* from = x + image * shape::image_from;
        T* to = y + image * shape::image_to;
        for_each_strip<Shape::out, direct_columns, T>([&]<class P, std::size_t Columns>(std::size_t channel) {
            direct_rows<shape, Count, Accumulate, P, Columns>(from, w + channel, to + channel);
        });
    });
}

// x_bar (+)= what a strip of its channels gets from `Count` output channels; pointers at the first of both.
template <class Shape, std::size_t Images, bool Accumulate, class P, std::size_t Columns, std::size_t Count, class T>
void direct_block(const T* y_bar, const T* w, T* x_bar, T* buffer) noexcept {
    constexpr std::size_t strip = Columns * width<P>;
    for (std::size_t tap = 0; tap < 9; ++tap) {
        transpose_part<strip, Count, Shape::out, strip>(w + tap * Shape::in * Shape::out, buffer + tap * Count * strip);
    }
    using shape =
        direct_shape<gradient_axis<Shape::height, Shape::stride_height>, gradient_axis<Shape::width, Shape::stride>,
                     Count, Shape::out, Count * strip, strip, Shape::in>;
    for_each_group<Images, targets_of<typename shape::across>(0)>([&]<std::size_t Group>(std::size_t image) {
        direct_rows<shape, Group, Accumulate, P, Columns>(y_bar + image * shape::image_from, buffer,
                                                          x_bar + image * shape::image_to);
    });
}

// The output channels, in the parts that are transposed together.
template <class Shape>
struct direct_blocks {
    static constexpr even_parts parts = divide_evenly(Shape::out, 64);
    static constexpr std::size_t size = parts.size, larger = parts.larger, smaller = parts.smaller;
};

// A convolution of y_bar with turned and transposed weights; those of one strip of input channels and at most 64
// output channels lie in a buffer on the stack (72 KiB with AVX-512, 36 with AVX).
template <class Shape, std::size_t Images, bool Accumulate, class T>
void direct_input_gradient(const T* y_bar, const T* w, T* x_bar) noexcept {
    using blocks = direct_blocks<Shape>;
    constexpr std::size_t widest = direct_columns * lanes<T>, strip = Shape::in < widest ? Shape::in : widest;
    alignas(64) T space[9 * blocks::size * strip];
    T* const buffer = space;
    for_each_strip<Shape::in, direct_columns, T>([&]<class P, std::size_t Columns>(std::size_t channel) {
        const T *bar = y_bar, *from = w + channel * Shape::out;
        T* target = x_bar + channel;
        direct_block<Shape, Images, Accumulate, P, Columns, blocks::size>(bar, from, target, buffer);
        for (std::size_t block = 1; block < blocks::larger + blocks::smaller; ++block) {
            bar += block <= blocks::larger ? blocks::size : blocks::size - 1;
            from = w + channel * Shape::out + (bar - y_bar);
            if constexpr (blocks::larger > 1) {
                if (block < blocks::larger) {
                    direct_block<Shape, Images, true, P, Columns, blocks::size>(bar, from, target, buffer);
                }
            }
            if constexpr (blocks::smaller > 0) {
                if (block >= blocks::larger) {
                    direct_block<Shape, Images, true, P, Columns, blocks::size - 1>(bar, from, target, buffer);
                }
            }
        }
    });
}

}  // namespace priori::detail
