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

// From the numbers of one point to those of the next: an odd number of cache lines, for the transforms write all points
// of a few channels together, and a power of two would put them into the same few sets of the nearest cache.
template <class T>
constexpr std::size_t point_stride(std::size_t numbers) {
    constexpr std::size_t line = 64 / sizeof(T);
    return ((numbers + line - 1) / line | 1) * line;
}

// Tiles of so many channels that go through the products together: the more there are, the more seldom the weights are
// read; but all points of them stay in the second cache.
template <std::size_t Edge, std::size_t Channels>
inline constexpr std::size_t most_tiles = (Edge == 2 ? 40 : 24) * (Channels <= 32 ? 2 : 1);

// The outputs of the last tile of a row or column of Size where they are not Edge: 2 or 3 of 4. One that is left takes a
// whole tile.
template <std::size_t Edge, std::size_t Size>
inline constexpr std::size_t last_outputs = Edge == 4 && Size % 4 >= 2 ? Size % 4 : Edge;
template <std::size_t Edge, std::size_t Size>
inline constexpr std::size_t whole_tiles = last_outputs<Edge, Size> < Edge ? Size / Edge : (Size + Edge - 1) / Edge;

// The tiles of Down x Across outputs in images of Height x Width pixels: all whole ones, or the last of each column, of
// each row, or both.
template <std::size_t Edge, std::size_t Height, std::size_t Width, std::size_t Down, std::size_t Across>
struct winograd_tiles {
    static constexpr std::size_t edge = Edge, height = Height, width = Width, outputs_down = Down;
    static constexpr std::size_t outputs_across = Across, points = (Down + 2) * (Across + 2);
    static constexpr std::size_t down = Down < Edge ? 1 : whole_tiles<Edge, Height>;
    static constexpr std::size_t across = Across < Edge ? 1 : whole_tiles<Edge, Width>;

    std::size_t y, x, image;  // of the first output of a tile

    static winograd_tiles number(std::size_t tile) noexcept {
        const std::size_t line = tile / across;
        return {Down < Edge ? Height - Down : line % down * Edge, Across < Edge ? Width - Across : tile % across * Edge,
                line / down};
    }
    // Of product f among the points of the weights.
    static constexpr std::size_t point(std::size_t f) {
        return winograd_input<Edge, Down>::point(f / (Across + 2)) * (Edge + 2) +
               winograd_input<Edge, Across>::point(f % (Across + 2));
    }

    // Calls f.operator()<Tiles, Count>(first tile) for a few tiles at a time.
    template <std::size_t Images, std::size_t Most, class F>
    PRIORI_ALWAYS_INLINE static void for_each_part(const F& f) noexcept {
        constexpr even_parts parts = divide_pixels(Images * down * across, Most);
        std::size_t tile = 0;
        for (std::size_t part = 0; part < parts.larger; ++part, tile += parts.size) {
            f.template operator()<winograd_tiles, parts.size>(tile);
        }
        if constexpr (parts.smaller > 0) {
            for (std::size_t part = 0; part < parts.smaller; ++part, tile += parts.size - 1) {
                f.template operator()<winograd_tiles, parts.size - 1>(tile);
            }
        }
    }
};

// Calls f.operator()<Tiles, Count>(first tile) for all tiles of images, those of one kind after the other, at most Most
// together.
template <std::size_t Edge, std::size_t Height, std::size_t Width, std::size_t Images, std::size_t Most, class F>
PRIORI_ALWAYS_INLINE void for_each_tiles(const F& f) noexcept {
    constexpr std::size_t down = last_outputs<Edge, Height>, across = last_outputs<Edge, Width>;
    constexpr bool rows = whole_tiles<Edge, Height> > 0, columns = whole_tiles<Edge, Width> > 0;
    if constexpr (rows && columns) {
        winograd_tiles<Edge, Height, Width, Edge, Edge>::template for_each_part<Images, Most>(f);
    }
    if constexpr (rows && across < Edge) {
        winograd_tiles<Edge, Height, Width, Edge, across>::template for_each_part<Images, Most>(f);
    }
    if constexpr (down < Edge && columns) {
        winograd_tiles<Edge, Height, Width, down, Edge>::template for_each_part<Images, Most>(f);
    }
    if constexpr (down < Edge && across < Edge) {
        winograd_tiles<Edge, Height, Width, down, across>::template for_each_part<Images, Most>(f);
    }
}

// spectra[f][i] = the transform of tile first + i: of rectangles of pixels of Channels numbers, Border pixels of them
// above and left of the tile, zero outside of the image.
// Shapes: images (Images, Height, Width, Channels), spectra (points, count, Channels), points `stride` apart.
template <class Tiles, class Rows, class Columns, std::size_t Border, std::size_t Channels, class T>
PRIORI_NO_INLINE void to_spectra(const T* images, std::size_t first, std::size_t count, std::size_t stride,
                                 T* spectra) noexcept {
    static constexpr T zeros[Channels] = {};
    for (std::size_t i = 0; i < count; ++i, spectra += Channels) {
        const Tiles tile = Tiles::number(first + i);
        const T* image = images + tile.image * Tiles::height * Tiles::width * Channels;
        const T* pixels[Rows::from][Columns::from];
        for (std::size_t a = 0; a < Rows::from; ++a) {
            for (std::size_t b = 0; b < Columns::from; ++b) {
                const std::size_t y = tile.y + a - Border, x = tile.x + b - Border;  // below zero is too large
                const bool inside = y < Tiles::height && x < Tiles::width;
                pixels[a][b] = inside ? image + (y * Tiles::width + x) * Channels : zeros;
            }
        }
        for_each_pack<Channels, T>([&]<class P>(std::size_t channel) {
            P square[Rows::from][Columns::from], result[Rows::to][Columns::to];
            PRIORI_UNROLL
            for (std::size_t a = 0; a < Rows::from; ++a) {
                PRIORI_UNROLL
                for (std::size_t b = 0; b < Columns::from; ++b) square[a][b] = load_as<P>(pixels[a][b] + channel);
            }
            transform_both<Rows, Columns>(square, result);
            PRIORI_UNROLL
            for (std::size_t f = 0; f < Rows::to * Columns::to; ++f) {
                store(spectra + f * stride + channel, result[f / Columns::to][f % Columns::to]);
            }
        });
    }
}

// The tiles from `first` on of the images (+)= their transforms back. Shapes: as to_spectra.
template <class Tiles, std::size_t Channels, bool Accumulate, class T>
PRIORI_NO_INLINE void from_spectra(const T* spectra, std::size_t first, std::size_t count, std::size_t stride,
                                   T* images) noexcept {
    using rows = winograd_output<Tiles::edge, Tiles::outputs_down>;
    using columns = winograd_output<Tiles::edge, Tiles::outputs_across>;
    for (std::size_t i = 0; i < count; ++i, spectra += Channels) {
        const Tiles tile = Tiles::number(first + i);
        T* target = images + ((tile.image * Tiles::height + tile.y) * Tiles::width + tile.x) * Channels;
        for_each_pack<Channels, T>([&]<class P>(std::size_t channel) {
            P square[rows::from][columns::from], result[rows::to][columns::to];
            PRIORI_UNROLL
            for (std::size_t f = 0; f < Tiles::points; ++f) {
                square[f / columns::from][f % columns::from] = load_as<P>(spectra + f * stride + channel);
            }
            transform_both<rows, columns>(square, result);
            PRIORI_UNROLL
            for (std::size_t a = 0; a < rows::to; ++a) {
                PRIORI_UNROLL
                for (std::size_t b = 0; b < columns::to; ++b) {
                    if (tile.y + a >= Tiles::height || tile.x + b >= Tiles::width) continue;
                    T* pixel = target + (a * Tiles::width + b) * Channels + channel;
                    store(pixel, Accumulate ? load_as<P>(pixel) + result[a][b] : result[a][b]);
                }
            }
        });
    }
}

// target[f][j] = the transform of width<P> neighbours in the nine matrices at `taps`, which are Tap apart; turned: the
// last tap first. Shapes: target (points, .), points Stride apart.
template <std::size_t Edge, class P, std::size_t Tap, std::size_t Stride, bool Turned, class T>
PRIORI_ALWAYS_INLINE void weight_spectra(const T* taps, T* target) noexcept {
    constexpr std::size_t to = Edge + 2;
    P square[3][3], result[to][to];
    PRIORI_UNROLL
    for (std::size_t tap = 0; tap < 9; ++tap) {
        square[tap / 3][tap % 3] = load_as<P>(taps + (Turned ? 8 - tap : tap) * Tap);
    }
    transform_square<winograd_weight<Edge>>(square, result);
    PRIORI_UNROLL
    for (std::size_t f = 0; f < to * to; ++f) store(target + f * Stride, result[f / to][f % to]);
}

// The gradients of width<P> neighbours in nine matrices of Size weights (+)= the transform of those of their spectra,
// whose points are a point_stride apart.
template <std::size_t Edge, class P, std::size_t Size, bool Accumulate, class T>
PRIORI_ALWAYS_INLINE void weight_spectra_back(const T* spectra, T* taps) noexcept {
    constexpr std::size_t from = Edge + 2, stride = point_stride<T>(Size);
    P square[from][from], result[3][3];
    PRIORI_UNROLL
    for (std::size_t f = 0; f < from * from; ++f) square[f / from][f % from] = load_as<P>(spectra + f * stride);
    transform_square<winograd_weight_gradient<Edge>>(square, result);
    PRIORI_UNROLL
    for (std::size_t tap = 0; tap < 9; ++tap) {
        T* target = taps + tap * Size;
        const P value = result[tap / 3][tap % 3];
        store(target, Accumulate ? load_as<P>(target) + value : value);
    }
}

}  // namespace priori::detail
