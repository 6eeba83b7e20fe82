// SPDX-License-Identifier: BSL-1.0
// The gradient of the weights of the 3x3 convolution of padding 1: outer products, a few of the weights
// staying in registers for the sum over the pixels.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/detail/convolution_direct.hpp>
#include <priori/simd/detail/convolution_shape.hpp>
#include <priori/simd/detail/tile.hpp>
#include <priori/simd/pack.hpp>

#include <algorithm>
#include <cstddef>

namespace priori::detail {

// Bytes of x and y_bar that are passed over for all the weights before the next ones are: a share of the second cache.
inline constexpr std::size_t outer_bytes = 256 * 1024;

// The same address, as far as the compiler can tell another one: it would keep in registers what neighbouring pixels
// share of x, and spill the sums.
template <class T>
PRIORI_ALWAYS_INLINE const T* unrelated(const T* address) noexcept {
    asm("" : "+r"(address));
    return address;
}

// The weights of Ky rows of the kernel (all three, or one: row ky), `In` input channels and Columns packs of output
// channels, summed over `rows` rows of y_bar's pixels from row `row` on, counted through all images. x at the first image
// and the first of the input channels, y_bar at the first image and output channel, w_bar at the first weight.
template <class Shape, std::size_t Ky, std::size_t In, class P, std::size_t Columns, class T>
PRIORI_NO_INLINE void outer_products(const T* __restrict x, const T* __restrict y_bar, T* __restrict w_bar,
                                     std::size_t ky, std::size_t row, std::size_t rows, bool add) noexcept {
    using down = forward_axis<Shape::height, Shape::stride_height>;
    using across = forward_axis<Shape::width, Shape::stride>;
    constexpr std::size_t size = width<P>, columns = across::targets, line = Shape::width * Shape::in;
    P sums[Ky][3][In][Columns];
    PRIORI_UNROLL
    for (std::size_t a = 0; a < Ky; ++a) {
        PRIORI_UNROLL
        for (std::size_t b = 0; b < 3; ++b) {
            PRIORI_UNROLL
            for (std::size_t d = 0; d < In; ++d) {
                PRIORI_UNROLL
                for (std::size_t j = 0; j < Columns; ++j) {
                    sums[a][b][d][j] =
                        add ? load_as<P>(w_bar + ((a * 3 + b) * Shape::in + d) * Shape::out + j * size) : P(T(0));
                }
            }
        }
    }
    T zeros[Ky == 1 ? 1 : line] = {};  // the padding above and below, where all rows of the kernel go together
    std::size_t place = row % down::targets;
    const T* image = x + row / down::targets * Shape::height * line;
    for (std::size_t end = row + rows; row < end; ++row) {
        const std::size_t at = place++;
        const T* const first = image;
        if (place == down::targets) {
            place = 0;
            image += Shape::height * line;
        }
        const T* from[Ky][3];
        if constexpr (Ky == 1) {
            const std::size_t seen = down::seen(at, ky);
            if (seen >= Shape::height) continue;
            PRIORI_UNROLL
            for (std::size_t b = 0; b < 3; ++b) from[0][b] = unrelated(first + seen * line);
        } else {
            PRIORI_UNROLL
            for (std::size_t a = 0; a < 3; ++a) {
                const std::size_t seen = down::seen(at, a);
                PRIORI_UNROLL
                for (std::size_t b = 0; b < 3; ++b) from[a][b] = seen < Shape::height ? first + seen * line : zeros;
            }
        }
        const T* bar = y_bar + row * columns * Shape::out;
        const auto step = [&]<std::size_t First, std::size_t Last>(std::size_t column) __attribute__((always_inline)) {
            P right[Columns];
            PRIORI_UNROLL
            for (std::size_t j = 0; j < Columns; ++j) right[j] = load_as<P>(bar + column * Shape::out + j * size);
            PRIORI_UNROLL
            for (std::size_t a = 0; a < Ky; ++a) {
                PRIORI_UNROLL
                for (std::size_t b = First; b < Last; ++b) {
                    PRIORI_UNROLL
                    for (std::size_t d = 0; d < In; ++d) {
                        const P left(from[a][b][(column * across::step + b - 1) * Shape::in + d]);
                        PRIORI_UNROLL
                        for (std::size_t j = 0; j < Columns; ++j) {
                            sums[a][b][d][j] = fused(left, right[j], sums[a][b][d][j]);
                        }
                    }
                }
            }
        };
        constexpr std::size_t last = across::seen(columns - 1, 2) < Shape::width ? 3 : 2;
        if constexpr (columns == 1) {
            step.template operator()<1, last>(0);
        } else {
            step.template operator()<1, 3>(0);
            for (std::size_t column = 1; column + 1 < columns; ++column) step.template operator()<0, 3>(column);
            step.template operator()<0, last>(columns - 1);
        }
    }
    PRIORI_UNROLL
    for (std::size_t a = 0; a < Ky; ++a) {
        PRIORI_UNROLL
        for (std::size_t b = 0; b < 3; ++b) {
            PRIORI_UNROLL
            for (std::size_t d = 0; d < In; ++d) {
                PRIORI_UNROLL
                for (std::size_t j = 0; j < Columns; ++j) {
                    store(w_bar + ((a * 3 + b) * Shape::in + d) * Shape::out + j * size, sums[a][b][d][j]);
                }
            }
        }
    }
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void direct_weight_gradient(const T* x, const T* y_bar, T* w_bar) noexcept {
    constexpr std::size_t all = Images * Shape::output_height;
    constexpr std::size_t line =
        (Shape::stride_height * Shape::width * Shape::in + Shape::output_width * Shape::out) * sizeof(T);
    constexpr std::size_t rows = std::clamp<std::size_t>(outer_bytes / line, std::min<std::size_t>(8, all), all);
    constexpr bool one = Shape::in == 1;  // then y_bar is the most to read, and is read once for all taps
    constexpr std::size_t columns = one ? (vector_registers == 32 ? 2 : 1) : (vector_registers == 32 ? 4 : 2);
    for (std::size_t row = 0; row < all; row += rows) {
        const std::size_t count = std::min(rows, all - row);
        const bool add = Accumulate || row > 0;
        for_each_strip<Shape::out, columns, T>([=]<class P, std::size_t Columns>(std::size_t out) {
            if constexpr (one) {
                outer_products<Shape, 3, 1, P, Columns>(x, y_bar + out, w_bar + out, 0, row, count, add);
            } else {
                for (std::size_t ky = 0; ky < 3; ++ky) {
                    T* target = w_bar + ky * 3 * Shape::in * Shape::out + out;
                    for (std::size_t in = 0; in + 2 <= Shape::in; in += 2) {
                        outer_products<Shape, 1, 2, P, Columns>(x + in, y_bar + out, target + in * Shape::out, ky, row,
                                                                count, add);
                    }
                    if constexpr (Shape::in % 2 != 0) {
                        constexpr std::size_t in = Shape::in - 1;
                        outer_products<Shape, 1, 1, P, Columns>(x + in, y_bar + out, target + in * Shape::out, ky, row,
                                                                count, add);
                    }
                }
            }
        });
    }
}

}  // namespace priori::detail
