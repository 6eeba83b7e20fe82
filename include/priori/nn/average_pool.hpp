// SPDX-License-Identifier: BSL-1.0
// average_pool<Window>, average_pool_1d<Window>: the mean of each window of an image or a signal.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/config/config.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/windows.hpp>

#include <cstddef>

namespace priori {

// y[i, j, c] = mean over a, b < Window of x[Stride i + a, Stride j + b, c]; what is left over at the border is dropped.
// Shapes: x (H, W, C), y ((H - Window) / Stride + 1, (W - Window) / Stride + 1, C), rounded down.
// Derivative: every place of a window gets y_bar / Window^2. Cost: one addition a number; keeps nothing.
// With OfSignals: the same of windows of a signal, x (L, C), y ((L - Window) / Stride + 1, C).
template <std::size_t Window, std::size_t Stride = Window, bool OfSignals = false>
struct average_pool_layer {
    static constexpr auto kind = [] {
        if constexpr (OfSignals) {
            return fixed_string("average_pool_1d");
        } else {
            return fixed_string("average_pool");
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

    // Of windows that begin so many places apart; Window unless this says otherwise.
    template <std::size_t Step>
    constexpr average_pool_layer<Window, Step, OfSignals> stride() const {
        return {};
    }

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P>, view<X> x, view<Y> y) const noexcept {
        using T = scalar_of<Y>;
        using places = windows<In>;
        places::template each<Rows::count, T>([&]<class L>(std::size_t first, std::size_t out) {
            element_of<X, L> sum = x.template load_lanes<L>(first);
            PRIORI_UNROLL
            for (std::size_t j = 1; j < places::count; ++j) {
                sum = sum + x.template load_lanes<L>(first + places::offset(j));
            }
            y.template set_lanes<L>(out, element_of<Y, L>(sum * (T(1) / T(places::count))));
        });
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X>, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb>) const noexcept {
        if constexpr (is_wanted<view<Xb>>) {
            using T = scalar_of<Yb>;
            using places = windows<In>;
            if constexpr (!places::cover) fill_zero(Rows::count * In::size, x_bar);
            places::template each<Rows::count, T>([&]<class L>(std::size_t first, std::size_t out) {
                const element_of<Xb, L> share(y_bar.template load_lanes<L>(out) * (T(1) / T(places::count)));
                PRIORI_UNROLL
                for (std::size_t j = 0; j < places::count; ++j) {
                    if constexpr (places::overlap) {
                        x_bar.template add_lanes<L>(first + places::offset(j), share);
                    } else {
                        x_bar.template set_lanes<L>(first + places::offset(j), share);
                    }
                }
            });
        }
    }
};

template <std::size_t Window>
inline constexpr average_pool_layer<Window> average_pool{};
template <std::size_t Window>
inline constexpr average_pool_layer<Window, Window, true> average_pool_1d{};

}  // namespace priori
