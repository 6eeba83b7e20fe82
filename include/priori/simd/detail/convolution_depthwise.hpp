// SPDX-License-Identifier: BSL-1.0
// Convolutions with one channel a group: the channels are the lanes.
#pragma once

#include <priori/simd/detail/convolution_shape.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transform.hpp>

#include <cstddef>

namespace priori::detail {

template <class Shape>
inline constexpr bool is_depthwise = Shape::groups > 1 && Shape::in == Shape::groups && Shape::out == Shape::groups;

// target += a b, channel by channel.
template <std::size_t Count, class T>
void add_products(const T* a, const T* b, T* target) noexcept {
    for_each_pack<Count, T>([=]<class P>(std::size_t i) {
        store(target + i, fused(load_as<P>(a + i), load_as<P>(b + i), load_as<P>(target + i)));
    });
}

// Calls f(output pixel, input pixel, tap), all of them indices, for every tap that sees a pixel.
template <class Shape, std::size_t Images, class F>
void for_each_tap(const F& f) noexcept {
    constexpr std::size_t pixels = Images * Shape::output_height * Shape::output_width;
    output_pixel<Shape> at;
    for (std::size_t pixel = 0; pixel < pixels; ++pixel, at.next()) {
        for (std::size_t ky = 0; ky < Shape::kernel_height; ++ky) {
            for (std::size_t kx = 0; kx < Shape::kernel_width; ++kx) {
                std::size_t source = 0;
                if (at.seen_by(ky, kx, source)) f(pixel, source, ky * Shape::kernel_width + kx);
            }
        }
    }
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void depthwise_convolve(const T* x, const T* w, T* y) noexcept {
    constexpr std::size_t channels = Shape::out;
    if constexpr (!Accumulate) set_zero<Images * Shape::output_height * Shape::output_width * channels>(y);
    for_each_tap<Shape, Images>([=](std::size_t pixel, std::size_t source, std::size_t tap) {
        add_products<channels>(x + source * channels, w + tap * channels, y + pixel * channels);
    });
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void depthwise_input_gradient(const T* y_bar, const T* w, T* x_bar) noexcept {
    constexpr std::size_t channels = Shape::out;
    if constexpr (!Accumulate) set_zero<Images * Shape::height * Shape::width * channels>(x_bar);
    for_each_tap<Shape, Images>([=](std::size_t pixel, std::size_t source, std::size_t tap) {
        add_products<channels>(y_bar + pixel * channels, w + tap * channels, x_bar + source * channels);
    });
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void depthwise_weight_gradient(const T* x, const T* y_bar, T* w_bar) noexcept {
    constexpr std::size_t channels = Shape::out;
    if constexpr (!Accumulate) set_zero<Shape::kernel_height * Shape::kernel_width * channels>(w_bar);
    for_each_tap<Shape, Images>([=](std::size_t pixel, std::size_t source, std::size_t tap) {
        add_products<channels>(x + source * channels, y_bar + pixel * channels, w_bar + tap * channels);
    });
}

}  // namespace priori::detail
