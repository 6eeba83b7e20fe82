// SPDX-License-Identifier: BSL-1.0
// Normalizing the channels of images and keeping the largest of each window: one pass instead of two.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>

#include <cstddef>

namespace priori::detail {

// A few registers of channels of each window. Windows do not overlap; Block is a channel_block.
// Shapes: x, x_bar (images, H, W, C), y, y_bar, winners (images, H', W', C), all else registers of channels.
template <class Block, class Windows, class L, std::size_t Packs>
struct pooled_block {
    static constexpr std::size_t channels = Windows::channels;

    template <class N>
    PRIORI_ALWAYS_INLINE static auto at(view<N> rows, std::size_t first, std::size_t b) noexcept {
        return rows.template load_lanes<L>(first + b * width<L>);
    }
    // x at the winner of a window.
    template <class X>
    PRIORI_ALWAYS_INLINE static auto winning(view<X> x, std::size_t first, std::size_t b, const L& winner) noexcept {
        using T = scalar_of<X>;
        auto best = at(x, first, b);
        PRIORI_UNROLL
        for (std::size_t j = 1; j < Windows::count; ++j) {
            best = select(greater(winner, L(T(j) - T(0.5))), at(x, first + Windows::offset(j), b), best);
        }
        return best;
    }

    // y = the largest of (x - mean) slope + shift; the first of equals. Known values keep their winners.
    template <class X, class Y, class W, class M, class A, class B>
    PRIORI_ALWAYS_INLINE static void normalize(view<X> x, view<Y> y, view<W> winners, std::size_t images,
                                               const M (&mean)[Packs], const A (&slope)[Packs],
                                               const B (&shift)[Packs]) noexcept {
        using T = scalar_of<X>;
        Windows::each_window(images, [&](std::size_t first, std::size_t out) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) {
                const auto normal = [&](const auto& from) { return (from - mean[b]) * slope[b] + shift[b]; };
                const std::size_t to = out + b * width<L>;
                if constexpr (computes_value<Y>) {
                    auto best = normal(at(x, first, b));
                    L winner(T(0));
                    PRIORI_UNROLL
                    for (std::size_t j = 1; j < Windows::count; ++j) {
                        const auto other = normal(at(x, first + Windows::offset(j), b));
                        const auto larger = exceeds(other, best);
                        best = select(larger, other, best);
                        winner = select(larger, L(T(j)), winner);
                    }
                    winners.template set_lanes<L>(to, winner);
                    y.template set_lanes<L>(to, element_of<Y, L>(best));
                } else {
                    const L winner = winners.template load_lanes<L>(to);
                    y.template set_lanes<L>(to, element_of<Y, L>(normal(winning(x, first, b, winner))));
                }
            }
        });
    }

    // sum of bar, and of bar (x - mean), where bar is not zero: at the winners.
    template <class X, class Y, class W, class M, class E>
    PRIORI_ALWAYS_INLINE static void sums(view<X> x, view<Y> bar, view<W> winners, std::size_t images,
                                          const M (&mean)[Packs], E (&plain)[Packs], E (&centered)[Packs]) noexcept {
        const E none(L(scalar_of<Y>(0)));
        Block::fill(plain, none);
        Block::fill(centered, none);
        Windows::each_window(images, [&](std::size_t first, std::size_t out) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) {
                const E own = at(bar, out, b);
                plain[b] = plain[b] + own;
                centered[b] = centered[b] + own * (winning(x, first, b, at(winners, out, b)) - mean[b]);
            }
        });
    }

    // x_bar = bar slope - constant - (x - mean) linear, bar at the winners only.
    template <class X, class Y, class W, class Xb, class E>
    PRIORI_ALWAYS_INLINE static void pull_back(view<X> x, view<Y> bar, view<W> winners, view<Xb> x_bar,
                                               std::size_t images, const E (&mean)[Packs], const E (&slope)[Packs],
                                               const E (&constant)[Packs], const E (&linear)[Packs]) noexcept {
        using T = scalar_of<Y>;
        const auto rest = [&](std::size_t place, std::size_t b) {
            return E(-constant[b] - (at(x, place, b) - mean[b]) * linear[b]);
        };
        Windows::each_window(images, [&](std::size_t first, std::size_t out) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) {
                const L winner = at(winners, out, b);
                const E own = at(bar, out, b) * slope[b], none(L(T(0)));
                PRIORI_UNROLL
                for (std::size_t j = 0; j < Windows::count; ++j) {
                    const std::size_t place = first + Windows::offset(j);
                    const E back = select(less(absolute(L(winner - L(T(j)))), L(T(0.5))), own, none) + rest(place, b);
                    x_bar.template set_lanes<L>(place + b * width<L>, element_of<Xb, L>(back));
                }
            }
        });
        Windows::each_left_over(images, [&](std::size_t place) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < Packs; ++b) {
                x_bar.template set_lanes<L>(place + b * width<L>, element_of<Xb, L>(rest(place, b)));
            }
        });
    }
};

}  // namespace priori::detail
