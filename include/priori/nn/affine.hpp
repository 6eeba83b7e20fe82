// SPDX-License-Identifier: BSL-1.0
// affine: one learned scale and one learned shift for all numbers.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/random.hpp>
#include <priori/nn/concepts.hpp>

#include <cstddef>

namespace priori {

// y = a x + b, a and b scalars, from a = 1 and b = 0. It adjusts the scale of a closed form's logits.
// Shapes: x (In...), a (1), b (1), y (In...).
// Derivative: x_bar = a y_bar, a_bar += sum y_bar x, b_bar += sum y_bar.
// Cost: two operations a number forward, five backward.
// Reference: Bertinetto et al. 2019 (R2-D2), section 3.2, equation 7.
struct affine_layer {
    static constexpr fixed_string kind{"affine"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;

    template <class In>
    using output_shape = In;
    template <class In>
    using parameters = parameter_list<parameter<"scale", shape<1>>, parameter<"shift", shape<1>>>;

    template <class In, class T>
    void initialize(T* p, random_stream&) const noexcept {
        p[0] = T(1);
        p[1] = T(0);
    }

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P> p, view<X> x, view<Y> y) const noexcept {
        const auto a = p[0], b = p[1];
        for (std::size_t i = 0; i < Rows::count * In::size; ++i) y.set(i, element_of<Y>(a * x[i] + b));
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb> p_bar) const noexcept {
        const auto a = p[0];
        element_of<Yb> scale_bar(scalar_of<Yb>(0)), shift_bar(scalar_of<Yb>(0));
        for (std::size_t i = 0; i < Rows::count * In::size; ++i) {
            const auto bar = y_bar[i];
            scale_bar += bar * x[i];
            shift_bar += bar;
            x_bar(i) = element_of<Yb>(a * bar);
        }
        p_bar(0) += scale_bar;
        p_bar(1) += shift_bar;
    }
};

inline constexpr affine_layer affine{};

}  // namespace priori
