// SPDX-License-Identifier: BSL-1.0
// flatten: an example of any shape as a vector.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/nn/concepts.hpp>

#include <cstddef>

namespace priori {

// Shapes: x (Extents...), y (product of Extents), in the same row-major order.
// Cost: none where it may write over its input, as behind a layer that does not read its output; else a copy.
struct flatten_layer {
    static constexpr fixed_string kind{"flatten"};
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;
    static constexpr bool piecewise_linear = true;
    static constexpr bool in_place = true;

    template <class In>
    using output_shape = shape<In::size>;
    template <class In>
    using parameters = parameter_list<>;

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P>, view<X> x, view<Y> y) const noexcept {
        if (!same_place(x, y)) copy(Rows::count * In::size, x, y);
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X>, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb>) const noexcept {
        if (!same_place(y_bar, x_bar)) copy(Rows::count * In::size, y_bar, x_bar);
    }

private:
    template <class A, class B>
    static bool same_place(view<A> a, view<B> b) noexcept {
        if constexpr (!is_wanted<view<B>>) {
            return true;
        } else if constexpr (depth<A> != depth<B>) {
            return false;
        } else if constexpr (depth<A> == 0) {
            return a.data == b.data;
        } else {
            return same_place(a.tangent, b.tangent);
        }
    }
};

inline constexpr flatten_layer flatten{};

}  // namespace priori
