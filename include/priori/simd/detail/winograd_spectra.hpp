// SPDX-License-Identifier: BSL-1.0
// Images and weights of 3x3 convolutions into the domain of minimal filtering, and back.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/detail/convolution_patches.hpp>
#include <priori/simd/detail/tile.hpp>
#include <priori/simd/detail/winograd_transforms.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transform.hpp>

#include <cstddef>

namespace priori::detail {

// Images of Height x Width pixels in tiles of Edge x Edge pixels, a few of which go through the products together.
template <std::size_t Edge, std::size_t Height, std::size_t Width, std::size_t Images>
struct winograd_tiles {
    static constexpr std::size_t edge = Edge, points = (Edge + 2) * (Edge + 2), height = Height, width = Width;
    static constexpr std::size_t down = (Height + Edge - 1) / Edge, across = (Width + Edge - 1) / Edge;
    static constexpr even_parts parts = divide_pixels(Images * down * across, Edge == 2 ? 40 : 24);

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

// spectra[f][i] = the transform of tile first + i: of squares of Transform::from pixels of Channels numbers, Border
// pixels of them above and left of the tile, zero outside of the image.
// Shapes: images (Images, Height, Width, Channels), spectra (points, Count, Channels).
template <class Tiles, class Transform, std::size_t Border, std::size_t Channels, std::size_t Count, class T>
PRIORI_NO_INLINE void to_spectra(const T* images, std::size_t first, T* spectra) noexcept {
    constexpr std::size_t edge = Transform::from, to = Transform::to;
    static constexpr T zeros[Channels] = {};
    for (std::size_t i = 0; i < Count; ++i) {
        const std::size_t line = (first + i) / Tiles::across, column = (first + i) % Tiles::across * Tiles::edge;
        const std::size_t row = line % Tiles::down * Tiles::edge;
        const T* image = images + line / Tiles::down * Tiles::height * Tiles::width * Channels;
        const T* pixels[edge][edge];
        for (std::size_t a = 0; a < edge; ++a) {
            for (std::size_t b = 0; b < edge; ++b) {
                const std::size_t y = row + a - Border, x = column + b - Border;  // below zero is too large
                const bool inside = y < Tiles::height && x < Tiles::width;
                pixels[a][b] = inside ? image + (y * Tiles::width + x) * Channels : zeros;
            }
        }
        for_each_pack<Channels, T>([&]<class P>(std::size_t channel) {
            P square[edge][edge], result[to][to];
            PRIORI_UNROLL
            for (std::size_t a = 0; a < edge; ++a) {
                PRIORI_UNROLL
                for (std::size_t b = 0; b < edge; ++b) square[a][b] = load_as<P>(pixels[a][b] + channel);
            }
            transform_square<Transform>(square, result);
            PRIORI_UNROLL
            for (std::size_t f = 0; f < to * to; ++f) {
                store(spectra + (f * Count + i) * Channels + channel, result[f / to][f % to]);
            }
        });
    }
}

// The tiles from `first` on of the images (+)= their transforms back. Shapes: spectra (points, Count, Channels).
template <class Tiles, std::size_t Channels, std::size_t Count, bool Accumulate, class T>
PRIORI_NO_INLINE void from_spectra(const T* spectra, std::size_t first, T* images) noexcept {
    using transform = winograd_output<Tiles::edge>;
    constexpr std::size_t from = transform::from, edge = Tiles::edge;
    for (std::size_t i = 0; i < Count; ++i) {
        const std::size_t line = (first + i) / Tiles::across, x = (first + i) % Tiles::across * edge;
        const std::size_t y = line % Tiles::down * edge;
        T* target = images + ((line / Tiles::down * Tiles::height + y) * Tiles::width + x) * Channels;
        for_each_pack<Channels, T>([&]<class P>(std::size_t channel) {
            P square[from][from], result[edge][edge];
            PRIORI_UNROLL
            for (std::size_t f = 0; f < from * from; ++f) {
                square[f / from][f % from] = load_as<P>(spectra + (f * Count + i) * Channels + channel);
            }
            transform_square<transform>(square, result);
            PRIORI_UNROLL
            for (std::size_t a = 0; a < edge; ++a) {
                PRIORI_UNROLL
                for (std::size_t b = 0; b < edge; ++b) {
                    if (y + a >= Tiles::height || x + b >= Tiles::width) continue;
                    T* pixel = target + (a * Tiles::width + b) * Channels + channel;
                    store(pixel, Accumulate ? load_as<P>(pixel) + result[a][b] : result[a][b]);
                }
            }
        });
    }
}

// target[f][j] = the transform of width<P> neighbours in the nine matrices at `taps`, which are Tap apart; turned: the
// last tap first. Shapes: target (points, Size).
template <std::size_t Edge, class P, std::size_t Tap, std::size_t Size, bool Turned, class T>
PRIORI_ALWAYS_INLINE void weight_spectra(const T* taps, T* target) noexcept {
    constexpr std::size_t to = Edge + 2;
    P square[3][3], result[to][to];
    PRIORI_UNROLL
    for (std::size_t tap = 0; tap < 9; ++tap) {
        square[tap / 3][tap % 3] = load_as<P>(taps + (Turned ? 8 - tap : tap) * Tap);
    }
    transform_square<winograd_weight<Edge>>(square, result);
    PRIORI_UNROLL
    for (std::size_t f = 0; f < to * to; ++f) store(target + f * Size, result[f / to][f % to]);
}

// The gradients of width<P> neighbours in nine matrices of Size weights (+)= the transform of those of their spectra.
template <std::size_t Edge, class P, std::size_t Size, bool Accumulate, class T>
PRIORI_ALWAYS_INLINE void weight_spectra_back(const T* spectra, T* taps) noexcept {
    constexpr std::size_t from = Edge + 2;
    P square[from][from], result[3][3];
    PRIORI_UNROLL
    for (std::size_t f = 0; f < from * from; ++f) square[f / from][f % from] = load_as<P>(spectra + f * Size);
    transform_square<winograd_weight_gradient<Edge>>(square, result);
    PRIORI_UNROLL
    for (std::size_t tap = 0; tap < 9; ++tap) {
        T* target = taps + tap * Size;
        const P value = result[tap / 3][tap % 3];
        store(target, Accumulate ? load_as<P>(target) + value : value);
    }
}

}  // namespace priori::detail
