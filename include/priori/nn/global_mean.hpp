// SPDX-License-Identifier: BSL-1.0
// global_mean, global_mean_1d: the mean of the places of an image or a signal, a vector of channels.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/image.hpp>

#include <cstddef>

namespace priori {

// y[c] = mean over i, j of x[i, j, c]
// Shapes: x (H, W, C), or (L, C) with OfSignals, y (C).
// Derivative: every place gets y_bar / (H W). Cost: one addition a number; keeps nothing.
template <bool OfSignals = false>
struct global_mean_layer {
    static constexpr auto kind = [] {
        if constexpr (OfSignals) {
            return fixed_string("global_mean_1d");
        } else {
            return fixed_string("global_mean");
        }
    }();
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;
    static constexpr bool in_place = true;  // of one place, the only input of the size of its output

    template <class In>
    static consteval auto refusal() {
        if constexpr (OfSignals) {
            return detail::signal_refusal<kind, In>;
        } else {
            return detail::image_refusal<kind, In>;
        }
    }
    template <class In>
    using output_shape = shape<In::extents[In::rank - 1]>;
    template <class In>
    using parameters = parameter_list<>;

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P>, view<X> x, view<Y> y) const noexcept {
        using T = scalar_of<Y>;
        constexpr std::size_t channels = In::extents[In::rank - 1], places = In::size / channels;
        for (std::size_t n = 0; n < Rows::count; ++n) {
            detail::in_lanes<T>(channels, [&]<class L>(std::size_t c) {
                element_of<X, L> sum(L(T(0)));
                for (std::size_t i = 0; i < places; ++i) {
                    sum = sum + x.template load_lanes<L>((n * places + i) * channels + c);
                }
                y.template set_lanes<L>(n * channels + c, element_of<Y, L>(sum * (T(1) / T(places))));
            });
        }
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X>, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb>) const noexcept {
        if constexpr (is_wanted<view<Xb>>) {
            using T = scalar_of<Yb>;
            constexpr std::size_t channels = In::extents[In::rank - 1], places = In::size / channels;
            for (std::size_t n = 0; n < Rows::count; ++n) {
                detail::in_lanes<T>(channels, [&]<class L>(std::size_t c) {
                    const element_of<Xb, L> share(y_bar.template load_lanes<L>(n * channels + c) * (T(1) / T(places)));
                    for (std::size_t i = 0; i < places; ++i) {
                        x_bar.template set_lanes<L>((n * places + i) * channels + c, share);
                    }
                });
            }
        }
    }
};

inline constexpr global_mean_layer<> global_mean{};
inline constexpr global_mean_layer<true> global_mean_1d{};

}  // namespace priori
