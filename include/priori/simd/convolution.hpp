// SPDX-License-Identifier: BSL-1.0
// Convolutions of fixed shape, channels last, and their two gradients, on plain pointers.
#pragma once

#include <priori/simd/detail/convolution_depthwise.hpp>
#include <priori/simd/detail/convolution_direct.hpp>
#include <priori/simd/detail/convolution_outer.hpp>
#include <priori/simd/detail/convolution_patches.hpp>
#include <priori/simd/detail/convolution_shape.hpp>  // IWYU pragma: export
#include <priori/simd/detail/convolution_single.hpp>

#include <cstddef>

// Shapes, all contiguous and not overlapping, s a convolution_shape:
//   x (Images, s::height, s::width, s::in), w (s::kernel_height, s::kernel_width, s::in / s::groups, s::out),
//   y (Images, s::output_height, s::output_width, s::out).
// Output channel c sees the input channels of its group, c / (s::out / s::groups).
// Cost: 3x3 kernels of padding 1 skip the taps in the padding and copy nothing; other shapes copy what a few
// pixels see. Stack: 72 KiB at most, more where a kernel sees more than 4096 numbers. The gradient of an input of one
// channel is summed by scalars.

namespace priori {

// y = x * w, or y += x * w: y[n][i][j][c] = the sum over a, b, d of
// x[n][i stride + a dilation - padding][j stride + b dilation - padding][d] w[a][b][d][c], x zero outside; the first
// three numbers are those of the height, the others those of the width.
template <class Shape, std::size_t Images, bool Accumulate = false, class T>
void convolve(const T* x, const T* w, T* y) noexcept {
    if constexpr (detail::is_depthwise<Shape>) {
        detail::depthwise_convolve<Shape, Images, Accumulate>(x, w, y);
    } else if constexpr (detail::keeps_size<Shape> && Shape::in == 1) {
        detail::single_convolve<Shape, Images, Accumulate>(x, w, y);
    } else if constexpr (detail::is_direct<Shape>) {
        detail::direct_convolve<Shape, Images, Accumulate>(x, w, y);
    } else {
        detail::patch_convolve<Shape, Images, Accumulate>(x, w, y);
    }
}

// x_bar = the derivative of the sum of y_bar y by x, or += it.
template <class Shape, std::size_t Images, bool Accumulate = false, class T>
void convolve_input_gradient(const T* y_bar, const T* w, T* x_bar) noexcept {
    if constexpr (detail::is_depthwise<Shape>) {
        detail::depthwise_input_gradient<Shape, Images, Accumulate>(y_bar, w, x_bar);
    } else if constexpr (detail::is_direct<Shape>) {
        detail::direct_input_gradient<Shape, Images, Accumulate>(y_bar, w, x_bar);
    } else {
        detail::patch_input_gradient<Shape, Images, Accumulate>(y_bar, w, x_bar);
    }
}

// w_bar = the derivative of the sum of y_bar y by w, or += it.
template <class Shape, std::size_t Images, bool Accumulate = false, class T>
void convolve_weight_gradient(const T* x, const T* y_bar, T* w_bar) noexcept {
    if constexpr (detail::is_depthwise<Shape>) {
        detail::depthwise_weight_gradient<Shape, Images, Accumulate>(x, y_bar, w_bar);
    } else if constexpr (detail::is_direct<Shape>) {
        detail::direct_weight_gradient<Shape, Images, Accumulate>(x, y_bar, w_bar);
    } else {
        detail::patch_weight_gradient<Shape, Images, Accumulate>(x, y_bar, w_bar);
    }
}

}  // namespace priori
