// SPDX-License-Identifier: BSL-1.0
// 3x3 convolutions by the minimal filtering algorithm F(2x2, 3x3), with the signatures of convolution.hpp.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/convolution.hpp>
#include <priori/simd/detail/tile.hpp>
#include <priori/simd/detail/winograd_transforms.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transform.hpp>
#include <priori/simd/transpose.hpp>

#include <cstddef>

namespace priori {

namespace detail {

// Images of Height x Width pixels in tiles of 2x2 pixels; `Most` of them go through the products together.
template <std::size_t Height, std::size_t Width, std::size_t Images, std::size_t Most>
struct winograd_tiles {
    static constexpr std::size_t height = Height, width = Width, down = (Height + 1) / 2, across = (Width + 1) / 2;
    static constexpr std::size_t count = Images * down * across;
    static constexpr even_parts parts = divide_pixels(count, Most);

    // Calls f.operator()<Count>(first tile) part by part.
    template <class F>
    static void for_each_part(const F& f) noexcept {
        std::size_t tile = 0;
        for (std::size_t part = 0; part < parts.larger; ++part, tile += parts.size) {
            f.template operator()<parts.size>(tile);
        }
        if constexpr (parts.smaller > 0) {
            for (std::size_t part = 0; part < parts.smaller; ++part, tile += parts.size - 1) {
                f.template operator()<parts.size - 1>(tile);
            }
        }
    }
};

// spectra[f][i] = the transform of tile first + i; the tiles are squares of Transform::from pixels of Channels numbers,
// Border pixels of them above and left of the 2x2 pixels of the tile, and zero outside of the image.
// Shapes: images (Images, Height, Width, Channels), spectra (16, Count, Channels).
template <class Tiles, class Transform, std::size_t Border, std::size_t Channels, std::size_t Count, class T>
PRIORI_NO_INLINE void to_spectra(const T* images, std::size_t first, T* spectra) noexcept {
    constexpr std::size_t edge = Transform::from;
    static constexpr T zeros[Channels] = {};
    for (std::size_t i = 0; i < Count; ++i) {
        const std::size_t line = (first + i) / Tiles::across, column = (first + i) % Tiles::across * 2;
        const std::size_t row = line % Tiles::down * 2;
        const T* image = images + line / Tiles::down * Tiles::height * Tiles::width * Channels;
        const T* pixels[edge][edge];
        for (std::size_t a = 0; a < edge; ++a) {
            for (std::size_t b = 0; b < edge; ++b) {
                const std::size_t y = row + a - Border, x = column + b - Border;  // below zero is too large
                pixels[a][b] =
                    y < Tiles::height && x < Tiles::width ? image + (y * Tiles::width + x) * Channels : zeros;
            }
        }
        for_each_pack<Channels, T>([&]<class P>(std::size_t channel) {
            P square[edge][edge], result[4][4];
            PRIORI_UNROLL
            for (std::size_t a = 0; a < edge; ++a) {
                PRIORI_UNROLL
                for (std::size_t b = 0; b < edge; ++b) square[a][b] = load_as<P>(pixels[a][b] + channel);
            }
            transform_square<Transform>(square, result);
            PRIORI_UNROLL
            for (std::size_t f = 0; f < 16; ++f) {
                store(spectra + (f * Count + i) * Channels + channel, result[f / 4][f % 4]);
            }
        });
    }
}

// The tiles from `first` on of the target (+)= their transforms back. Shapes: spectra (16, Count, Channels).
template <class Tiles, std::size_t Channels, std::size_t Count, bool Accumulate, class T>
PRIORI_NO_INLINE void from_spectra(const T* spectra, std::size_t first, T* images) noexcept {
    for (std::size_t i = 0; i < Count; ++i) {
        const std::size_t line = (first + i) / Tiles::across, x = (first + i) % Tiles::across * 2;
        const std::size_t y = line % Tiles::down * 2;
        T* target = images + ((line / Tiles::down * Tiles::height + y) * Tiles::width + x) * Channels;
        for_each_pack<Channels, T>([&]<class P>(std::size_t channel) {
            P square[4][4], result[2][2];
            PRIORI_UNROLL
            for (std::size_t f = 0; f < 16; ++f) {
                square[f / 4][f % 4] = load_as<P>(spectra + (f * Count + i) * Channels + channel);
            }
            transform_square<winograd_output>(square, result);
            PRIORI_UNROLL
            for (std::size_t a = 0; a < 2; ++a) {
                PRIORI_UNROLL
                for (std::size_t b = 0; b < 2; ++b) {
                    if (y + a >= Tiles::height || x + b >= Tiles::width) continue;
                    T* pixel = target + (a * Tiles::width + b) * Channels + channel;
                    store(pixel, Accumulate ? load_as<P>(pixel) + result[a][b] : result[a][b]);
                }
            }
        });
    }
}

// target[f][j] = the transform of Width neighbours in the nine matrices at `taps`, which are Tap apart; turned: the
// last tap first. Shapes: target (16, Size).
template <class P, std::size_t Tap, std::size_t Size, bool Turned, class T>
PRIORI_ALWAYS_INLINE void weight_spectra(const T* taps, T* target) noexcept {
    P square[3][3], result[4][4];
    PRIORI_UNROLL
    for (std::size_t tap = 0; tap < 9; ++tap) {
        square[tap / 3][tap % 3] = load_as<P>(taps + (Turned ? 8 - tap : tap) * Tap);
    }
    transform_square<winograd_weight>(square, result);
    PRIORI_UNROLL
    for (std::size_t f = 0; f < 16; ++f) store(target + f * Size, result[f / 4][f % 4]);
}

// The tiles of x times the spectra of the weights. Shapes: weights (16, In, Out).
template <class Tiles, std::size_t In, std::size_t Out, bool Accumulate, class T>
void winograd_products(const T* x, const T* weights, T* y) noexcept {
    alignas(64) T sources[16 * Tiles::parts.size * In];
    alignas(64) T products[16 * Tiles::parts.size * Out];
    T *const from = sources, *const to = products;
    Tiles::for_each_part([=]<std::size_t Count>(std::size_t first) {
        to_spectra<Tiles, winograd_input, 1, In, Count>(x, first, from);
        for (std::size_t f = 0; f < 16; ++f) {
            tiled_product<tile_shape<Count, In, Out, In, 1, Out, Out>, tile_start::zero>(
                from + f * Count * In, weights + f * In * Out, to + f * Count * Out, static_cast<const T*>(nullptr));
        }
        from_spectra<Tiles, Out, Count, Accumulate>(to, first, y);
    });
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void winograd_forward(const T* x, const T* w, T* y) noexcept {
    constexpr std::size_t size = Shape::in * Shape::out;
    alignas(64) T space[16 * size];
    T* const weights = space;
    for_each_pack<size, T>([=]<class P>(std::size_t i) { weight_spectra<P, size, size, false>(w + i, weights + i); });
    winograd_products<winograd_tiles<Shape::height, Shape::width, Images, 32>, Shape::in, Shape::out, Accumulate>(
        x, weights, y);
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void winograd_input_gradient(const T* y_bar, const T* w, T* x_bar) noexcept {
    constexpr std::size_t size = Shape::in * Shape::out;
    alignas(64) T space[16 * size];
    alignas(64) T strip[9 * lanes<T> * Shape::out];
    T *const weights = space, *const taps = strip;
    for_each_pack<Shape::in, T>([=]<class P>(std::size_t in) {
        for (std::size_t tap = 0; tap < 9; ++tap) {
            transpose_part<width<P>, Shape::out, Shape::out, width<P>>(w + (tap * Shape::in + in) * Shape::out,
                                                                       taps + tap * width<P> * Shape::out);
        }
        for (std::size_t out = 0; out < Shape::out; ++out) {
            weight_spectra<P, width<P> * Shape::out, size, true>(taps + out * width<P>, weights + out * Shape::in + in);
        }
    });
    winograd_products<winograd_tiles<Shape::height, Shape::width, Images, 32>, Shape::out, Shape::in, Accumulate>(
        y_bar, weights, x_bar);
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void winograd_weight_gradient_of(const T* x, const T* y_bar, T* w_bar) noexcept {
    using tiles = winograd_tiles<Shape::height, Shape::width, Images, 48>;
    constexpr std::size_t in = Shape::in, out = Shape::out, size = in * out;
    alignas(64) T space[16 * size];
    alignas(64) T sources[16 * tiles::parts.size * in];
    alignas(64) T bars[16 * tiles::parts.size * out];
    T *const weights = space, *const from = sources, *const bar = bars;
    set_zero<16 * size>(weights);
    tiles::for_each_part([=]<std::size_t Count>(std::size_t first) {
        to_spectra<tiles, winograd_input, 1, in, Count>(x, first, from);
        to_spectra<tiles, winograd_output_gradient, 0, out, Count>(y_bar, first, bar);
        for (std::size_t f = 0; f < 16; ++f) {
            tiled_product<tile_shape<in, Count, out, 1, in, out, out>, tile_start::target>(
                from + f * Count * in, bar + f * Count * out, weights + f * size, static_cast<const T*>(nullptr));
        }
    });
    for_each_pack<size, T>([=]<class P>(std::size_t i) {
        P square[4][4], result[3][3];
        PRIORI_UNROLL
        for (std::size_t f = 0; f < 16; ++f) square[f / 4][f % 4] = load_as<P>(weights + f * size + i);
        transform_square<winograd_weight_gradient>(square, result);
        PRIORI_UNROLL
        for (std::size_t tap = 0; tap < 9; ++tap) {
            T* target = w_bar + tap * size + i;
            const P value = result[tap / 3][tap % 3];
            store(target, Accumulate ? load_as<P>(target) + value : value);
        }
    });
}

}  // namespace detail

// Where it pays: many channels, images that the tiles fill; not so many channels that the stack would overflow.
template <class Shape>
inline constexpr bool winograd_pays = detail::is_direct<Shape>&& Shape::in >= 16 && Shape::out >= 16 &&
                                      Shape::in* Shape::out <= 128 * 128 && Shape::height >= 6 && Shape::width >= 6;

// As convolve, convolve_input_gradient and convolve_weight_gradient, which they call where the algorithm does not pay.
// Cost: 16 / 36 of the products, and transforms; for 64 channels in float 0.6 MiB of stack.
// Rounding: a little below that of the direct sum.
template <class Shape, std::size_t Images, bool Accumulate = false, class T>
void winograd_convolve(const T* x, const T* w, T* y) noexcept {
    if constexpr (winograd_pays<Shape>) {
        detail::winograd_forward<Shape, Images, Accumulate>(x, w, y);
    } else {
        convolve<Shape, Images, Accumulate>(x, w, y);
    }
}

template <class Shape, std::size_t Images, bool Accumulate = false, class T>
void winograd_convolve_input_gradient(const T* y_bar, const T* w, T* x_bar) noexcept {
    if constexpr (winograd_pays<Shape>) {
        detail::winograd_input_gradient<Shape, Images, Accumulate>(y_bar, w, x_bar);
    } else {
        convolve_input_gradient<Shape, Images, Accumulate>(y_bar, w, x_bar);
    }
}

template <class Shape, std::size_t Images, bool Accumulate = false, class T>
void winograd_convolve_weight_gradient(const T* x, const T* y_bar, T* w_bar) noexcept {
    if constexpr (winograd_pays<Shape>) {
        detail::winograd_weight_gradient_of<Shape, Images, Accumulate>(x, y_bar, w_bar);
    } else {
        convolve_weight_gradient<Shape, Images, Accumulate>(x, y_bar, w_bar);
    }
}

}  // namespace priori
