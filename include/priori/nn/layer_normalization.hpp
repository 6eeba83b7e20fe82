// SPDX-License-Identifier: BSL-1.0
// layer_normalization: every example to mean 0 and variance 1, then a learned scale and shift.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/sum.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/initializer.hpp>

#include <algorithm>
#include <cstddef>

namespace priori {

// z = (x - mean) r, r = 1 / sqrt(variance + epsilon), y = z scale + shift; the variance divides by the size of In.
// Shapes: x, y, scale, shift (In), In of any rank and normalized as a whole, two numbers or more.
// Derivative: with z_bar = y_bar scale, x_bar = r (z_bar - mean(z_bar) - z mean(z_bar z)).
// Cost: four passes over an example forward, five backward; keeps the mean and r of each example.
// Reference: Ba, Kiros, Hinton, Layer Normalization (2016), equation 4.
struct layer_normalization_layer {
    static constexpr fixed_string kind{"layer_normalization"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;

    double epsilon = 1e-5;

    template <class In>
    static consteval auto refusal() {
        if constexpr (In::size < 2) {
            return join<"[priori:N133] layer_normalization: the input has shape ", detail::text_of<In>,
                        ", an example of it is one number, and nothing would be left; leave it out here, or put it "
                        "behind a wider layer.">();
        } else {
            return detail::accepted;
        }
    }
    template <class In>
    using output_shape = In;
    template <class In>
    using parameters = parameter_list<parameter<"scale", In>, parameter<"shift", In>>;
    template <class Rows, class In>
    static constexpr std::size_t saved_size = 2 * Rows::count;

    template <class In, class T>
    void initialize(T* p, random_stream&) const noexcept {
        std::fill_n(p, In::size, T(1));
        std::fill_n(p + In::size, In::size, T(0));
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P> p, view<X> examples, view<Y> results, view<S> saved) const noexcept {
        using T = scalar_of<X>;
        using E = element_of<X>;
        constexpr std::size_t size = In::size;
        for (std::size_t n = 0; n < Rows::count; ++n) {
            const auto x = examples.at(n * size);
            const auto y = results.at(n * size);
            const E mean = sum_over<X>(size, [&]<class L>(std::size_t i) { return x.template load_lanes<L>(i); }) *
                           (T(1) / T(size));
            const E variance = sum_over<X>(size, [&]<class L>(std::size_t i) {
                                   const auto centered = x.template load_lanes<L>(i) - in_all_lanes<L>(mean);
                                   return centered * centered;
                               }) * (T(1) / T(size));
            const E r = T(1) / square_root(E(variance + T(epsilon)));
            saved.set(2 * n, element_of<S>(mean));
            saved.set(2 * n + 1, element_of<S>(r));
            detail::in_lanes<T>(size, [&]<class L>(std::size_t i) {
                const auto z = (x.template load_lanes<L>(i) - in_all_lanes<L>(mean)) * in_all_lanes<L>(r);
                y.template set_lanes<L>(i, element_of<Y, L>(z * p.template load_lanes<L>(i) +
                                                            p.template load_lanes<L>(size + i)));
            });
        }
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> examples, view<Y>, view<S> saved, view<Yb> result_bars, view<Xb> example_bars,
             view<Pb> p_bar) const noexcept {
        using T = scalar_of<Yb>;
        using E = element_of<Yb>;
        constexpr std::size_t size = In::size;
        for (std::size_t n = 0; n < Rows::count; ++n) {
            const auto x = examples.at(n * size);
            const auto y_bar = result_bars.at(n * size);
            const auto x_bar = example_bars.at(n * size);
            const auto mean = saved[2 * n];
            const auto r = saved[2 * n + 1];
            const auto z_at = [&]<class L>(std::size_t i) {
                return (x.template load_lanes<L>(i) - in_all_lanes<L>(mean)) * in_all_lanes<L>(r);
            };
            const auto z_bar_at = [&]<class L>(std::size_t i) {
                return y_bar.template load_lanes<L>(i) * p.template load_lanes<L>(i);
            };
            if constexpr (is_wanted<view<Pb>>) {
                detail::in_lanes<T>(size, [&]<class L>(std::size_t i) {
                    const auto bar = y_bar.template load_lanes<L>(i);
                    p_bar.template add_lanes<L>(i, element_of<Pb, L>(bar * z_at.template operator()<L>(i)));
                    p_bar.template add_lanes<L>(size + i, element_of<Pb, L>(bar));
                });
            }
            if constexpr (is_wanted<view<Xb>>) {
                const E mean_bar = sum_over<Yb>(size, z_bar_at) * (T(1) / T(size));
                const E slope = sum_over<Yb>(size, [&]<class L>(std::size_t i) {
                                    return z_bar_at.template operator()<L>(i) * z_at.template operator()<L>(i);
                                }) * (T(1) / T(size));
                detail::in_lanes<T>(size, [&]<class L>(std::size_t i) {
                    const auto rest = z_bar_at.template operator()<L>(i) - in_all_lanes<L>(mean_bar) -
                                      z_at.template operator()<L>(i) * in_all_lanes<L>(slope);
                    x_bar.template set_lanes<L>(i, element_of<Xb, L>(rest * in_all_lanes<L>(r)));
                });
            }
        }
    }
};

inline constexpr layer_normalization_layer layer_normalization{};

}  // namespace priori
