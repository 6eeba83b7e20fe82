// SPDX-License-Identifier: BSL-1.0
// Channels of many rows, a few registers of each row at once: their moments, and normalizing by them.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>

#include <algorithm>
#include <cstddef>

namespace priori::detail {

// f<L, Packs>(i): the channels from i on, in Packs registers L, as many as there is room for with numbers so deep.
template <std::size_t Channels, class T, std::size_t Depth, class F>
PRIORI_ALWAYS_INLINE void in_channel_blocks(const F& f) noexcept {
    constexpr std::size_t most = Depth == 0 ? 4 : Depth == 1 ? 2 : 1;
    constexpr std::size_t packs = Channels / lanes<T>, blocks = packs / most, rest = packs % most;
    for (std::size_t b = 0; b < blocks; ++b) f.template operator()<pack<T>, most>(b * most * lanes<T>);
    if constexpr (rest > 0) f.template operator()<pack<T>, rest>(blocks * most * lanes<T>);
    for (std::size_t i = packs * lanes<T>; i < Channels; ++i) f.template operator()<T, 1>(i);
}

// Packs registers L of channels, one row after the other.
// Shapes: x, y, bar (count, Channels), all else Packs registers.
template <std::size_t Channels, class L, std::size_t Packs>
struct channel_block {
    template <class N>
    PRIORI_ALWAYS_INLINE static auto at(view<N> rows, std::size_t row, std::size_t b) noexcept {
        return rows.template load_lanes<L>(row * Channels + b * width<L>);
    }

    template <class N, class E>
    PRIORI_ALWAYS_INLINE static void load(view<N> channels, E (&to)[Packs]) noexcept {
        PRIORI_UNROLL
        for (std::size_t b = 0; b < Packs; ++b) to[b] = E(channels.template load_lanes<L>(b * width<L>));
    }
    template <class N, class E>
    PRIORI_ALWAYS_INLINE static void set(view<N> channels, const E (&from)[Packs]) noexcept {
        PRIORI_UNROLL
        for (std::size_t b = 0; b < Packs; ++b) {
            channels.template set_lanes<L>(b * width<L>, element_of<N, L>(from[b]));
        }
    }
    template <class E>
    PRIORI_ALWAYS_INLINE static void fill(E (&numbers)[Packs], const E& value) noexcept {
        PRIORI_UNROLL
        for (std::size_t b = 0; b < Packs; ++b) numbers[b] = value;
    }

    // No tangent at the outermost level.
    template <class E>
    PRIORI_ALWAYS_INLINE static void stop(E (&numbers)[Packs]) noexcept {
        PRIORI_UNROLL
        for (std::size_t b = 0; b < Packs; ++b) numbers[b] = E(decltype(E::value)(numbers[b].value));
    }

    // Pieces of rows that stay in the cache are looked at twice, for their mean and their squares, and joined.
    // Reference: Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm (1979), equations 2.1.
    template <class X, class E>
    PRIORI_ALWAYS_INLINE static void moments(view<X> x, std::size_t count, E (&mean)[Packs],
                                             E (&variance)[Packs]) noexcept {
        using T = scalar_of<X>;
        constexpr std::size_t piece = std::max<std::size_t>(1, 16 * 1024 / (Channels * sizeof(T)));
        const E none(L(T(0)));
        fill(mean, none);
        fill(variance, none);
        for (std::size_t first = 0; first < count; first += piece) {
            const std::size_t rows = std::min(piece, count - first);
            const T share = T(1) / T(rows), part = T(rows) / T(first + rows), weight = T(first) * part;
            E own[Packs], squares[Packs];
            fill(own, none);
            fill(squares, none);
            for (std::size_t n = first; n < first + rows; ++n) {
                PRIORI_UNROLL
                for (std::size_t b = 0; b < Packs; ++b) own[b] = own[b] + at(x, n, b);
            }
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) own[b] = own[b] * share;
            for (std::size_t n = first; n < first + rows; ++n) {
                PRIORI_UNROLL
                for (std::size_t b = 0; b < Packs; ++b) {
                    const E centered = at(x, n, b) - own[b];
                    squares[b] = squares[b] + centered * centered;
                }
            }
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) {
                const E shift = own[b] - mean[b];
                mean[b] = mean[b] + shift * part;
                variance[b] = variance[b] + squares[b] + shift * (shift * weight);  // a first mean, of weight 0, may have a square that overflows
            }
        }
        const T share = T(1) / T(count);
        PRIORI_UNROLL
        for (std::size_t b = 0; b < Packs; ++b) variance[b] = variance[b] * share;
    }

    // The tangents of mean and of r = 1 / sqrt(variance + epsilon), whose values are there.
    template <class X, class E>
    PRIORI_ALWAYS_INLINE static void move_moments(view<X> x, std::size_t count, E (&mean)[Packs],
                                                  E (&r)[Packs]) noexcept {
        using T = scalar_of<X>;
        decltype(E::value) first[Packs], second[Packs];
        fill(first, decltype(E::value)(L(T(0))));
        fill(second, decltype(E::value)(L(T(0))));
        for (std::size_t n = 0; n < count; ++n) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) {
                const auto element = at(x, n, b);
                first[b] = first[b] + element.tangent[0];
                second[b] = second[b] + (element.value - mean[b].value) * element.tangent[0];
            }
        }
        const T share = T(1) / T(count);
        PRIORI_UNROLL
        for (std::size_t b = 0; b < Packs; ++b) {
            mean[b].tangent[0] = first[b] * share;
            r[b].tangent[0] = -(r[b].value * r[b].value * r[b].value * (second[b] * share));
        }
    }

    // y = (x - mean) slope + shift
    template <class X, class Y, class M, class A, class B>
    PRIORI_ALWAYS_INLINE static void normalize(view<X> x, view<Y> y, std::size_t count, const M (&mean)[Packs],
                                               const A (&slope)[Packs], const B (&shift)[Packs]) noexcept {
        for (std::size_t n = 0; n < count; ++n) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) {
                y.template set_lanes<L>(n * Channels + b * width<L>,
                                        element_of<Y, L>((at(x, n, b) - mean[b]) * slope[b] + shift[b]));
            }
        }
    }

    // sum of bar, and of bar (x - mean)
    template <class X, class Y, class M, class E>
    PRIORI_ALWAYS_INLINE static void sums(view<X> x, view<Y> bar, std::size_t count, const M (&mean)[Packs],
                                          E (&plain)[Packs], E (&centered)[Packs]) noexcept {
        const E none(L(scalar_of<Y>(0)));
        fill(plain, none);
        fill(centered, none);
        for (std::size_t n = 0; n < count; ++n) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) {
                const E own = at(bar, n, b);
                plain[b] = plain[b] + own;
                centered[b] = centered[b] + own * (at(x, n, b) - mean[b]);
            }
        }
    }

    // x_bar = bar slope - constant - (x - mean) linear.
    template <class X, class Y, class Xb, class E>
    PRIORI_ALWAYS_INLINE static void pull_back(view<X> x, view<Y> bar, view<Xb> x_bar, std::size_t count,
                                               const E (&mean)[Packs], const E (&slope)[Packs],
                                               const E (&constant)[Packs], const E (&linear)[Packs]) noexcept {
        for (std::size_t n = 0; n < count; ++n) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) {
                const E back = at(bar, n, b) * slope[b] - constant[b] - (at(x, n, b) - mean[b]) * linear[b];
                x_bar.template set_lanes<L>(n * Channels + b * width<L>, element_of<Xb, L>(back));
            }
        }
    }
    // y = x slope
    template <class X, class Y, class E>
    PRIORI_ALWAYS_INLINE static void multiply(view<X> x, view<Y> y, std::size_t count,
                                              const E (&slope)[Packs]) noexcept {
        for (std::size_t n = 0; n < count; ++n) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) {
                y.template set_lanes<L>(n * Channels + b * width<L>, element_of<Y, L>(at(x, n, b) * slope[b]));
            }
        }
    }
};

}  // namespace priori::detail
