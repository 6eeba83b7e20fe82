// SPDX-License-Identifier: BSL-1.0
// Convolutions of arrays of any number: the kernels of simd, and the product rule.
#pragma once

#include <priori/ad/linear.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/simd/convolution.hpp>

#include <cstddef>

namespace priori {

// y (+)= x * w: x (Images, Height, Width, In), w (KernelHeight, KernelWidth, In / Groups, Out),
// y (Images, output_height, output_width, Out); Shape is a convolution_shape.
template <class Shape, std::size_t Images, bool Accumulate, class X, class W, class Y>
PRIORI_ALWAYS_INLINE void convolve(view<X> x, view<W> w, view<Y> y) noexcept {
    detail::bilinear<Accumulate>(
        []<bool Add>(const auto* a, const auto* b, auto* c) { convolve<Shape, Images, Add>(a, b, c); }, x, w, y);
}
// x_bar (+)= the pull-back of y_bar to the input.
template <class Shape, std::size_t Images, bool Accumulate, class Y, class W, class X>
PRIORI_ALWAYS_INLINE void convolve_input_gradient(view<Y> y_bar, view<W> w, view<X> x_bar) noexcept {
    detail::bilinear<Accumulate>(
        []<bool Add>(const auto* a, const auto* b, auto* c) { convolve_input_gradient<Shape, Images, Add>(a, b, c); },
        y_bar, w, x_bar);
}
// w_bar (+)= the pull-back of y_bar to the weights.
template <class Shape, std::size_t Images, bool Accumulate, class X, class Y, class W>
PRIORI_ALWAYS_INLINE void convolve_weight_gradient(view<X> x, view<Y> y_bar, view<W> w_bar) noexcept {
    detail::bilinear<Accumulate>(
        []<bool Add>(const auto* a, const auto* b, auto* c) { convolve_weight_gradient<Shape, Images, Add>(a, b, c); },
        x, y_bar, w_bar);
}

}  // namespace priori
