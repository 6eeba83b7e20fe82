// SPDX-License-Identifier: BSL-1.0
// learned_scale(10.f): one learned factor for all numbers.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/random.hpp>
#include <priori/nn/concepts.hpp>

#include <cstddef>

namespace priori {

// y = a x, a one number that starts at `start`: the inverse temperature of logits. affine has a shift as well.
// Shapes: x (In...), a (1), y (In...).
// Derivative: x_bar = a y_bar, a_bar += sum y_bar x.
// Cost: one operation a number forward, three backward.
// Reference: Lee et al. 2019 (MetaOptNet), equation 12; Gidaris and Komodakis 2018, equation 6.
struct learned_scale_layer {
    static constexpr fixed_string kind{"scale"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;

    float start = 1;

    template <class In>
    using output_shape = In;
    template <class In>
    using parameters = parameter_list<parameter<"", shape<1>>>;

    template <class In, class T>
    void initialize(T* p, random_stream&) const noexcept {
        p[0] = static_cast<T>(start);
    }

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P> p, view<X> x, view<Y> y) const noexcept {
        const auto a = p[0];
        for (std::size_t i = 0; i < Rows::count * In::size; ++i) y.set(i, element_of<Y>(a * x[i]));
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb> p_bar) const noexcept {
        const auto a = p[0];
        element_of<Yb> sum(scalar_of<Yb>(0));
        for (std::size_t i = 0; i < Rows::count * In::size; ++i) {
            const auto bar = y_bar[i];
            sum += bar * x[i];
            x_bar(i) = element_of<Yb>(a * bar);
        }
        p_bar(0) += sum;
    }
};

// Its block is named "scale_0".
constexpr learned_scale_layer learned_scale(float start) { return {start}; }

}  // namespace priori
