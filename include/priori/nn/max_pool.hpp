// SPDX-License-Identifier: BSL-1.0
// max_pool<Window>, max_pool_1d<Window>: the largest number of each window of an image or a signal.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/map.hpp>
#include <priori/config/config.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/innermost.hpp>
#include <priori/nn/detail/windows.hpp>

#include <cstddef>

namespace priori {

// y[i, j, c] = max over a, b < Window of x[Stride i + a, Stride j + b, c]; the first of equals wins. What is left over
// at the lower and right border is dropped.
// Shapes: x (H, W, C), y ((H - Window) / Stride + 1, (W - Window) / Stride + 1, C), rounded down.
// NaN wins, or a network that has diverged would look sound.
// Derivative: y_bar goes to the winner. Winners are those of the values, recorded forward: a tangent takes the same.
// Cost: one comparison a number; keeps a number for each output.
// With OfSignals: the same of windows of a signal, x (L, C), y ((L - Window) / Stride + 1, C).
template <std::size_t Window, std::size_t Stride = Window, bool OfSignals = false>
struct max_pool_layer {
    static constexpr auto kind = [] {
        if constexpr (OfSignals) {
            return fixed_string("max_pool_1d");
        } else {
            return fixed_string("max_pool");
        }
    }();
    static constexpr auto variant = detail::window_variant<Window, Stride>;
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;

    template <class In>
    static consteval auto refusal() {
        return detail::window_refusal<kind, In, Window, Stride, OfSignals>();
    }
    template <class In>
    using windows = detail::windows<In, Window, Stride, OfSignals>;
    template <class In>
    using output_shape = typename windows<In>::output;
    template <class In>
    using parameters = parameter_list<>;
    template <class Rows, class In>
    static constexpr std::size_t saved_size = Rows::count * output_shape<In>::size;

    // Of windows that begin so many places apart; Window unless this says otherwise.
    template <std::size_t Step>
    constexpr max_pool_layer<Window, Step, OfSignals> stride() const {
        return {};
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P>, view<X> x, view<Y> y, view<S> saved) const noexcept {
        using T = scalar_of<Y>;
        using places = windows<In>;
        const auto winners = detail::innermost(saved);
        places::template each<Rows::count, T>([&]<class L>(std::size_t first, std::size_t out) {
            element_of<X, L> best = x.template load_lanes<L>(first);
            if constexpr (detail::computes_value<Y>) {
                L winner(T(0));
                PRIORI_UNROLL
                for (std::size_t j = 1; j < places::count; ++j) {
                    const auto other = x.template load_lanes<L>(first + places::offset(j));
                    const auto larger = exceeds(other, best);
                    best = select(larger, other, best);
                    winner = select(larger, L(T(j)), winner);
                }
                winners.template set_lanes<L>(out, winner);
            } else {
                const L winner = winners.template load_lanes<L>(out);
                PRIORI_UNROLL
                for (std::size_t j = 1; j < places::count; ++j) {
                    best = select(greater(winner, L(T(j) - T(0.5))),
                                  x.template load_lanes<L>(first + places::offset(j)), best);
                }
            }
            y.template set_lanes<L>(out, element_of<Y, L>(best));
        });
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X>, view<Y>, view<S> saved, view<Yb> y_bar, view<Xb> x_bar, view<Pb>) const noexcept {
        if constexpr (is_wanted<view<Xb>>) {
            using T = scalar_of<Yb>;
            using places = windows<In>;
            const auto winners = detail::innermost(saved);
            if constexpr (!places::cover) fill_zero(Rows::count * In::size, x_bar);
            places::template each<Rows::count, T>([&]<class L>(std::size_t first, std::size_t out) {
                using E = element_of<Xb, L>;
                const L winner = winners.template load_lanes<L>(out);
                const E bar(y_bar.template load_lanes<L>(out)), none(L(T(0)));
                PRIORI_UNROLL
                for (std::size_t j = 0; j < places::count; ++j) {
                    const E own = select(less(absolute(L(winner - L(T(j)))), L(T(0.5))), bar, none);
                    if constexpr (places::overlap) {
                        x_bar.template add_lanes<L>(first + places::offset(j), own);
                    } else {
                        x_bar.template set_lanes<L>(first + places::offset(j), own);
                    }
                }
            });
        }
    }
};

template <std::size_t Window>
inline constexpr max_pool_layer<Window> max_pool{};
template <std::size_t Window>
inline constexpr max_pool_layer<Window, Window, true> max_pool_1d{};

}  // namespace priori
