// SPDX-License-Identifier: BSL-1.0
// 3x3 convolutions by the minimal filtering algorithms F(2x2, 3x3) and F(4x4, 3x3), as those of convolution.hpp.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/convolution.hpp>
#include <priori/simd/detail/tile.hpp>
#include <priori/simd/detail/winograd_spectra.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transform.hpp>
#include <priori/simd/transpose.hpp>

#include <algorithm>
#include <cstddef>

namespace priori {

namespace detail {

// The tiles of x times the spectra of the weights. Shapes: weights (points, In, Out), points a point_stride apart.
template <std::size_t Edge, std::size_t Height, std::size_t Width, std::size_t Images, std::size_t In, std::size_t Out,
          bool Accumulate, class T>
void winograd_products(const T* x, const T* weights, T* y) noexcept {
    constexpr std::size_t points = (Edge + 2) * (Edge + 2), size = point_stride<T>(In * Out);
    constexpr std::size_t most = most_tiles<Edge, std::max(In, Out)>;
    alignas(64) T sources[points * point_stride<T>(most * In)];
    alignas(64) T products[points * point_stride<T>(most * Out)];
    T *const from = sources, *const to = products;
    for_each_tiles<Edge, Height, Width, Images, most>([=]<class Tiles, std::size_t Count>(std::size_t first) {
        constexpr std::size_t left = point_stride<T>(Count * In), result = point_stride<T>(Count * Out);
        to_spectra<Tiles, winograd_input<Edge, Tiles::outputs_down>, winograd_input<Edge, Tiles::outputs_across>, 1,
                   In>(x, first, Count, left, from);
        for (std::size_t f = 0; f < Tiles::points; ++f) {
            tiled_product<tile_shape<Count, In, Out, In, 1, Out, Out>, tile_start::zero>(
                from + f * left, weights + Tiles::point(f) * size, to + f * result, static_cast<const T*>(nullptr));
        }
        from_spectra<Tiles, Out, Accumulate>(to, first, Count, result, y);
    });
}

template <std::size_t Edge, class Shape, std::size_t Images, bool Accumulate, class T>
void winograd_forward(const T* x, const T* w, T* y) noexcept {
    constexpr std::size_t points = (Edge + 2) * (Edge + 2);
    constexpr std::size_t size = Shape::in * Shape::out, stride = point_stride<T>(size);
    alignas(64) T space[points * stride];
    T* const weights = space;
    for_each_pack<size, T>(
        [=]<class P>(std::size_t i) { weight_spectra<Edge, P, size, stride, false>(w + i, weights + i); });
    winograd_products<Edge, Shape::height, Shape::width, Images, Shape::in, Shape::out, Accumulate>(x, weights, y);
}

template <std::size_t Edge, class Shape, std::size_t Images, bool Accumulate, class T>
void winograd_backward(const T* y_bar, const T* w, T* x_bar) noexcept {
    constexpr std::size_t points = (Edge + 2) * (Edge + 2), stride = point_stride<T>(Shape::in * Shape::out);
    alignas(64) T space[points * stride];
    alignas(64) T strip[9 * lanes<T> * Shape::out];
    T *const weights = space, *const taps = strip;
    for_each_pack<Shape::in, T>([=]<class P>(std::size_t in) {
        constexpr std::size_t columns = width<P>;
        for (std::size_t tap = 0; tap < 9; ++tap) {
            transpose_part<columns, Shape::out, Shape::out, columns>(w + (tap * Shape::in + in) * Shape::out,
                                                                     taps + tap * columns * Shape::out);
        }
        for (std::size_t out = 0; out < Shape::out; ++out) {
            weight_spectra<Edge, P, columns * Shape::out, stride, true>(taps + out * columns,
                                                                        weights + out * Shape::in + in);
        }
    });
    winograd_products<Edge, Shape::height, Shape::width, Images, Shape::out, Shape::in, Accumulate>(y_bar, weights,
                                                                                                    x_bar);
}

template <std::size_t Edge, class Shape, std::size_t Images, bool Accumulate, class T>
void winograd_weights(const T* x, const T* y_bar, T* w_bar) noexcept {
    constexpr std::size_t in = Shape::in, out = Shape::out, size = in * out, points = (Edge + 2) * (Edge + 2);
    constexpr std::size_t stride = point_stride<T>(size);
    alignas(64) T space[points * stride];
    constexpr std::size_t most = most_tiles<Edge, std::max(in, out)>;
    alignas(64) T sources[points * point_stride<T>(most * in)];
    alignas(64) T bars[points * point_stride<T>(most * out)];
    T *const weights = space, *const from = sources, *const bar = bars;
    set_zero<points * stride>(weights);
    for_each_tiles<Edge, Shape::height, Shape::width, Images, most>([=]<class Tiles, std::size_t Count>(
                                                                           std::size_t first) {
        constexpr std::size_t down = Tiles::outputs_down, across = Tiles::outputs_across;
        constexpr std::size_t left = point_stride<T>(Count * in), right = point_stride<T>(Count * out);
        to_spectra<Tiles, winograd_input<Edge, down>, winograd_input<Edge, across>, 1, in>(x, first, Count, left, from);
        to_spectra<Tiles, winograd_output_gradient<Edge, down>, winograd_output_gradient<Edge, across>, 0, out>(
            y_bar, first, Count, right, bar);
        for (std::size_t f = 0; f < Tiles::points; ++f) {
            tiled_product<tile_shape<in, Count, out, 1, in, out, out>, tile_start::target>(
                from + f * left, bar + f * right, weights + Tiles::point(f) * stride, static_cast<const T*>(nullptr));
        }
    });
    for_each_pack<size, T>(
        [=]<class P>(std::size_t i) { weight_spectra_back<Edge, P, size, Accumulate>(weights + i, w_bar + i); });
}

}  // namespace detail

// Where F(4x4, 3x3) pays: the products that it saves are more than its transforms cost, those of the images and, once a
// call, of the weights; and the channels are not so many that the stack would overflow.
template <class Shape, std::size_t Images>
inline constexpr bool winograd_pays = [] {
    constexpr std::size_t tiles = ((Shape::height + 3) / 4) * ((Shape::width + 3) / 4);
    constexpr std::size_t taps = (3 * Shape::height - 2) * (3 * Shape::width - 2);  // not in the padding
    return detail::keeps_size<Shape> && Shape::in >= 16 && Shape::out >= 16 && Shape::in * Shape::out <= 96 * 96 &&
           Images * tiles >= 12 && 50 * tiles <= taps;
}();

// As convolve, convolve_input_gradient and convolve_weight_gradient, which they call where the algorithm does not pay.
// Edge: of a tile of outputs, 4, or 2, which is slower and more exact.
// Cost: 36 / 144 or 16 / 36 of the products, and the transforms. Stack, 64 channels in float: 1 MiB, or 0.6 MiB.
// NaN and infinities reach all of a tile that they lie in or beside, and of a channel's weights, as NaN.
// Rounding in float at 64 channels, root of the mean square by that of the result: 1.6e-6, or 3e-7; direct 4e-7.
template <class Shape, std::size_t Images, bool Accumulate = false, std::size_t Edge = 4, class T>
void winograd_convolve(const T* x, const T* w, T* y) noexcept {
    if constexpr (winograd_pays<Shape, Images>) {
        detail::winograd_forward<Edge, Shape, Images, Accumulate>(x, w, y);
    } else {
        convolve<Shape, Images, Accumulate>(x, w, y);
    }
}

template <class Shape, std::size_t Images, bool Accumulate = false, std::size_t Edge = 4, class T>
void winograd_convolve_input_gradient(const T* y_bar, const T* w, T* x_bar) noexcept {
    if constexpr (winograd_pays<Shape, Images>) {
        detail::winograd_backward<Edge, Shape, Images, Accumulate>(y_bar, w, x_bar);
    } else {
        convolve_input_gradient<Shape, Images, Accumulate>(y_bar, w, x_bar);
    }
}

template <class Shape, std::size_t Images, bool Accumulate = false, std::size_t Edge = 4, class T>
void winograd_convolve_weight_gradient(const T* x, const T* y_bar, T* w_bar) noexcept {
    if constexpr (winograd_pays<Shape, Images>) {
        detail::winograd_weights<Edge, Shape, Images, Accumulate>(x, y_bar, w_bar);
    } else {
        convolve_weight_gradient<Shape, Images, Accumulate>(x, y_bar, w_bar);
    }
}

}  // namespace priori
