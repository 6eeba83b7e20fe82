// SPDX-License-Identifier: BSL-1.0
// The 3x3 convolution of stride and padding 1 of one channel, the first layer's: all nine weights stay in registers.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/detail/convolution_direct.hpp>
#include <priori/simd/detail/convolution_shape.hpp>
#include <priori/simd/detail/tile.hpp>
#include <priori/simd/pack.hpp>

#include <cstddef>

namespace priori::detail {

// Columns of a tile in packs, and its pixels: nine weights a column, the sums and one number of x fill the registers.
inline constexpr std::size_t single_columns = vector_registers == 32 ? 2 : 1;
inline constexpr std::size_t single_pixels = vector_registers == 32 ? 6 : 4;

// `Pixels` neighbours in one row; Left, Right: do they reach the border? `lines` at the first pixel in the three rows
// that the kernel sees.
template <class Shape, std::size_t Pixels, bool Left, bool Right, bool Accumulate, class P, std::size_t Columns,
          class T>
PRIORI_ALWAYS_INLINE void single_tile(const T* const (&lines)[3], const P (&weights)[3][3][Columns],
                                      T* __restrict y) noexcept {
    constexpr std::size_t size = width<P>;
    P sums[Pixels][Columns];
    PRIORI_UNROLL
    for (std::size_t i = 0; i < Pixels; ++i) {
        PRIORI_UNROLL
        for (std::size_t j = 0; j < Columns; ++j) {
            sums[i][j] = Accumulate ? load_as<P>(y + i * Shape::out + j * size) : P(T(0));
        }
    }
    PRIORI_UNROLL
    for (std::size_t ky = 0; ky < 3; ++ky) {
        PRIORI_UNROLL
        for (std::size_t from = Left ? 1 : 0; from < Pixels + (Right ? 1 : 2); ++from) {
            const P left(lines[ky][static_cast<std::ptrdiff_t>(from) - 1]);
            PRIORI_UNROLL
            for (std::size_t kx = 0; kx < 3; ++kx) {
                if (from < kx || from - kx >= Pixels) continue;
                PRIORI_UNROLL
                for (std::size_t j = 0; j < Columns; ++j) {
                    sums[from - kx][j] = fused(left, weights[ky][kx][j], sums[from - kx][j]);
                }
            }
        }
    }
    PRIORI_UNROLL
    for (std::size_t i = 0; i < Pixels; ++i) {
        PRIORI_UNROLL
        for (std::size_t j = 0; j < Columns; ++j) store(y + i * Shape::out + j * size, sums[i][j]);
    }
}

// One strip of output channels of one row; `above` and `below` are zeros outside of the image.
template <class Shape, bool Accumulate, class P, std::size_t Columns, class T>
PRIORI_NO_INLINE void single_row(const T* above, const T* x, const T* below, const T* w, T* y) noexcept {
    P weights[3][3][Columns];
    PRIORI_UNROLL
    for (std::size_t tap = 0; tap < 9; ++tap) {
        PRIORI_UNROLL
        for (std::size_t j = 0; j < Columns; ++j) {
            weights[tap / 3][tap % 3][j] = load_as<P>(w + tap * Shape::out + j * width<P>);
        }
    }
    const T* lines[3] = {above, x, below};
    for_each_chunk<divide_evenly(Shape::width, single_pixels)>([&]<std::size_t Pixels, bool Left,
                                                                   bool Right>() __attribute__((always_inline)) {
        single_tile<Shape, Pixels, Left, Right, Accumulate>(lines, weights, y);
        for (const T*& line : lines) line += Pixels;
        y += Pixels * Shape::out;
    });
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void single_convolve(const T* x, const T* w, T* y) noexcept {
    constexpr std::size_t line = Shape::width;
    static constexpr T zeros[line] = {};
    for (std::size_t row = 0, place = 0; row < Images * Shape::height; ++row) {
        const T* at = x + row * line;
        const T* above = place == 0 ? zeros : at - line;
        place = place + 1 == Shape::height ? 0 : place + 1;
        const T* below = place == 0 ? zeros : at + line;
        for_each_strip<Shape::out, single_columns, T>([=]<class P, std::size_t Columns>(std::size_t channel) {
            single_row<Shape, Accumulate, P, Columns>(above, at, below, w + channel,
                                                      y + row * line * Shape::out + channel);
        });
    }
}

}  // namespace priori::detail
