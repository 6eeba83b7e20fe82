// SPDX-License-Identifier: BSL-1.0
// Convolutions of arrays of any number: the kernels of simd, and the product rule.
#pragma once

#include <priori/ad/linear.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/simd/convolution.hpp>
#include <priori/simd/winograd.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

// How the sums are formed. minimal: in float by minimal filtering (winograd.hpp) where that pays; it multiplies a
// quarter as often, takes up to 1 MiB of stack at 64 channels, and rounds four times as coarsely. direct: as written.
// Without operating system, where stacks are small, both are direct.
enum class convolution_sums : unsigned char { minimal, direct };

namespace detail {

template <convolution_sums Sums, class T>
inline constexpr bool filters_minimally =
#if defined(PRIORI_FREESTANDING)
    false;
#else
    Sums == convolution_sums::minimal && std::is_same_v<T, float>;
#endif

}  // namespace detail

// y (+)= x * w: x (Images, Height, Width, In), w (KernelHeight, KernelWidth, In / Groups, Out),
// y (Images, output_height, output_width, Out); Shape is a convolution_shape.
template <class Shape, std::size_t Images, bool Accumulate, convolution_sums Sums, class X, class W, class Y>
PRIORI_ALWAYS_INLINE void convolve(view<X> x, view<W> w, view<Y> y) noexcept {
    detail::bilinear<Accumulate>(
        []<bool Add, class T>(const T* a, const T* b, T* c) {
            if constexpr (detail::filters_minimally<Sums, T>) {
                winograd_convolve<Shape, Images, Add>(a, b, c);
            } else {
                convolve<Shape, Images, Add>(a, b, c);
            }
        },
        x, w, y);
}
// x_bar (+)= the pull-back of y_bar to the input.
template <class Shape, std::size_t Images, bool Accumulate, convolution_sums Sums, class Y, class W, class X>
PRIORI_ALWAYS_INLINE void convolve_input_gradient(view<Y> y_bar, view<W> w, view<X> x_bar) noexcept {
    detail::bilinear<Accumulate>(
        []<bool Add, class T>(const T* a, const T* b, T* c) {
            if constexpr (detail::filters_minimally<Sums, T>) {
                winograd_convolve_input_gradient<Shape, Images, Add>(a, b, c);
            } else {
                convolve_input_gradient<Shape, Images, Add>(a, b, c);
            }
        },
        y_bar, w, x_bar);
}
// w_bar (+)= the pull-back of y_bar to the weights.
template <class Shape, std::size_t Images, bool Accumulate, convolution_sums Sums, class X, class Y, class W>
PRIORI_ALWAYS_INLINE void convolve_weight_gradient(view<X> x, view<Y> y_bar, view<W> w_bar) noexcept {
    detail::bilinear<Accumulate>(
        []<bool Add, class T>(const T* a, const T* b, T* c) {
            if constexpr (detail::filters_minimally<Sums, T>) {
                winograd_convolve_weight_gradient<Shape, Images, Add>(a, b, c);
            } else {
                convolve_weight_gradient<Shape, Images, Add>(a, b, c);
            }
        },
        x, y_bar, w_bar);
}

}  // namespace priori
