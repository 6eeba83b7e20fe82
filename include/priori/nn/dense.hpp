// SPDX-License-Identifier: BSL-1.0
// dense: every output sees every input.
#pragma once

#include <priori/ad/linear.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/initializer.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

// y = x W + b
// Shapes: x (In), W (In, Units), b (Units), y (Units); In is a vector.
// Derivative: x_bar = y_bar W', W_bar += x' y_bar, b_bar += the sum of y_bar's rows.
// Cost: 2 Rows In Units multiply-adds forward, twice that backward.
template <std::size_t Units, bool Bias = true>
struct dense_layer {
    static constexpr fixed_string kind{"dense"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;
    static constexpr bool finishes = true;
    static constexpr bool writes_first = true;
    static constexpr bool writes_taken = true;
    static constexpr bool writes_over_direction = true;
    static constexpr bool takes_bundles = true;

    initializer initial = he;

    template <class In>
    using output_shape = shape<Units>;
    template <class In>
    using parameters =
        std::conditional_t<Bias,
                           parameter_list<parameter<"weight", shape<In::size, Units>>, parameter<"bias", shape<Units>>>,
                           parameter_list<parameter<"weight", shape<In::size, Units>>>>;

    constexpr dense_layer<Units, false> without_bias() const { return {initial}; }
    constexpr dense_layer with(initializer chosen) const { return {chosen}; }

    template <class In>
    static consteval auto refusal() {
        if constexpr (Units == ways) {
            return fixed_string(
                "[priori:N105] dense<ways>: the number of classes is not known; build a learner, which takes "
                "it from tasks with class labels, or give a number.");
        } else if constexpr (In::rank != 1) {
            return join<"[priori:N103] dense: the input has shape ", detail::text_of<In>, ", dense wants a vector; put "
                        "flatten before it.">();
        } else {
            return detail::accepted;
        }
    }

    template <class Episode>
    constexpr auto resolve() const {
        if constexpr (Units == ways && requires { Episode::support_type::target_shape::ways; }) {
            return dense_layer<Episode::support_type::target_shape::ways, Bias>{initial};
        } else {
            return *this;
        }
    }

    template <class In, class T>
    void initialize(T* p, random_stream& random) const noexcept {
        for (std::size_t i = 0; i < In::size * Units; ++i) p[i] = initial.draw<T>(random, In::size, Units);
        for (std::size_t i = 0; Bias && i < Units; ++i) p[In::size * Units + i] = T(0);
    }

    template <class Rows, class In, class P, class X, class Y, class Finish = detail::unfinished>
    void forward(view<P> p, view<X> x, view<Y> y, const Finish& finish = {}) const noexcept {
        if constexpr (Bias) {
            multiply_add_bias<Rows::count, In::size, Units>(x, p, p.at(In::size * Units), y, finish);
        } else {
            multiply<Rows::count, In::size, Units, false>(x, p, y, finish);
        }
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb,
              class Finish = detail::unfinished>
    void vjp(view<P> p, view<X> x, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb> p_bar,
             const Finish& finish = {}) const noexcept {
        // A taken tangent may be p's own, so it is written last; else x_bar may be x, so that is.
        if constexpr (!detail::takes_tangent<Pb>) weigh<Rows, In>(x, y_bar, p_bar);
        multiply_transposed_right<Rows::count, Units, In::size, false>(y_bar, p, x_bar, finish);
        if constexpr (detail::takes_tangent<Pb>) weigh<Rows, In>(x, y_bar, p_bar);
    }

private:
    template <class Rows, class In, class X, class Yb, class Pb>
    PRIORI_ALWAYS_INLINE static void weigh(view<X> x, view<Yb> y_bar, view<Pb> p_bar) noexcept {
        constexpr bool add = !detail::is_fresh<Pb>;
        const auto w_bar = detail::plain_array(p_bar);
        multiply_transposed_left<In::size, Rows::count, Units, add>(x, y_bar, w_bar, detail::take_of(p_bar));
        if constexpr (Bias) {
            constexpr std::size_t bias = In::size * Units;
            column_sums<Rows::count, Units, add>(y_bar, w_bar.at(bias), detail::take_of(p_bar.at(bias)));
        }
    }
};

template <std::size_t Units>
inline constexpr dense_layer<Units> dense{};

}  // namespace priori
