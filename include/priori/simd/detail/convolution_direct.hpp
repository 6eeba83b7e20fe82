// SPDX-License-Identifier: BSL-1.0
// The 3x3 convolution of stride and padding 1: tiles of pixels x output channels stay in registers for the whole sum,
// the image is read where it lies, and taps that fall into the padding are skipped.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/detail/convolution_shape.hpp>
#include <priori/simd/detail/tile.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transform.hpp>
#include <priori/simd/transpose.hpp>

#include <algorithm>
#include <cstddef>

namespace priori::detail {

template <class Shape>
inline constexpr bool is_direct = Shape::kernel_height == 3 && Shape::kernel_width == 3 && Shape::stride == 1 &&
                                  Shape::stride_height == 1 && Shape::padding == 1 && Shape::padding_height == 1 &&
                                  Shape::dilation == 1 && Shape::dilation_height == 1 && Shape::groups == 1;

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
template <std::size_t Height, std::size_t Width, std::size_t K, std::size_t From, std::size_t Tap, std::size_t Row,
          std::size_t To>
struct direct_shape {
    static constexpr std::size_t height = Height, width = Width, k = K, from = From, tap = Tap, row = Row, to = To;
};

// `Pixels` neighbours in row `row` of `Images` images; Left, Right: do they reach the border? x at the first row of the
// first image, y at its target.
template <class S, std::size_t Images, std::size_t Pixels, bool Left, bool Right, bool Accumulate, class P,
          std::size_t Columns, class T>
PRIORI_ALWAYS_INLINE void direct_tile(const T* __restrict x, const T* __restrict w, T* __restrict y,
                                      std::size_t row) noexcept {
    constexpr std::size_t size = width<P>, image_from = S::height * S::width * S::from,
                          image_to = S::height * S::width * S::to;
    P sums[Images][Pixels][Columns];
    PRIORI_UNROLL
    for (std::size_t n = 0; n < Images; ++n) {
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Pixels; ++i) {
            PRIORI_UNROLL
            for (std::size_t j = 0; j < Columns; ++j) {
                sums[n][i][j] = Accumulate ? load_as<P>(y + n * image_to + i * S::to + j * size) : P(T(0));
            }
        }
    }
    // A loop over the channels for each column of the kernel: in one for all three, the compiler would keep what the
    // columns share of x and spill the sums.
    const auto column = [&]<std::size_t Kx>(const T* line, const T* taps) __attribute__((always_inline)) {
        constexpr std::size_t begin = Left && Kx == 0 ? 1 : 0, end = Right && Kx == 2 ? Pixels - 1 : Pixels;
        for (std::size_t k = 0; k < S::k; ++k, taps += S::row) {
            P right[Columns];
            PRIORI_UNROLL
            for (std::size_t j = 0; j < Columns; ++j) right[j] = load_as<P>(taps + j * size);
            PRIORI_UNROLL
            for (std::size_t n = 0; n < Images; ++n) {
                PRIORI_UNROLL
                for (std::size_t i = begin; i < end; ++i) {
                    const P left(line[static_cast<std::ptrdiff_t>(n * image_from + (i + Kx) * S::from - S::from + k)]);
                    PRIORI_UNROLL
                    for (std::size_t j = 0; j < Columns; ++j) sums[n][i][j] = fused(left, right[j], sums[n][i][j]);
                }
            }
        }
    };
    const std::size_t first = row == 0 ? 1 : 0, last = row + 1 == S::height ? 2 : 3;
    for (std::size_t ky = first; ky < last; ++ky) {
        const T* line = x + (row + ky - 1) * S::width * S::from;
        const T* taps = w + ky * 3 * S::tap;
        if constexpr (!Left || Pixels > 1) column.template operator()<0>(line, taps);
        column.template operator()<1>(line, taps + S::tap);
        if constexpr (!Right || Pixels > 1) column.template operator()<2>(line, taps + 2 * S::tap);
    }
    PRIORI_UNROLL
    for (std::size_t n = 0; n < Images; ++n) {
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Pixels; ++i) {
            PRIORI_UNROLL
            for (std::size_t j = 0; j < Columns; ++j) store(y + n * image_to + i * S::to + j * size, sums[n][i][j]);
        }
    }
}

// Every row of `Images` images, chunk by chunk.
template <class S, std::size_t Images, bool Accumulate, class P, std::size_t Columns, class T>
PRIORI_NO_INLINE void direct_rows(const T* x, const T* w, T* y) noexcept {
    for (std::size_t row = 0; row < S::height; ++row) {
        const T* from = x;
        T* to = y + row * S::width * S::to;
        for_each_chunk<divide_evenly(S::width, direct_pixels)>([&]<std::size_t Pixels, bool Left,
                                                                   bool Right>() __attribute__((always_inline)) {
            direct_tile<S, Images, Pixels, Left, Right, Accumulate, P, Columns>(from, w, to, row);
            from += Pixels * S::from;
            to += Pixels * S::to;
        });
    }
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
        direct_shape<Shape::height, Shape::width, Shape::in, Shape::in, Shape::in * Shape::out, Shape::out, Shape::out>;
    constexpr std::size_t pixels = Shape::height * Shape::width;
    for_each_group<Images, Shape::width>([&]<std::size_t Count>(std::size_t image) {
        const T* from = x + image * pixels * Shape::in;
        T* to = y + image * pixels * Shape::out;
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
        transpose_part<strip, Count, Shape::out, strip>(w + tap * Shape::in * Shape::out,
                                                        buffer + (8 - tap) * Count * strip);
    }
    using shape = direct_shape<Shape::height, Shape::width, Count, Shape::out, Count * strip, strip, Shape::in>;
    constexpr std::size_t pixels = Shape::height * Shape::width;
    for_each_group<Images, Shape::width>([&]<std::size_t Group>(std::size_t image) {
        direct_rows<shape, Group, Accumulate, P, Columns>(y_bar + image * pixels * Shape::out, buffer,
                                                          x_bar + image * pixels * Shape::in);
    });
}

// The output channels, in the parts that are transposed together.
template <class Shape>
struct direct_blocks {
    static constexpr even_parts parts = divide_evenly(Shape::out, 64);
    static constexpr std::size_t size = parts.size, larger = parts.larger, smaller = parts.smaller;
};

// The same convolution of y_bar with turned and transposed weights; those of one strip of input channels and at most 64
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
