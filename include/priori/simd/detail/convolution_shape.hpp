// SPDX-License-Identifier: BSL-1.0
// The shape of a convolution, and which pixel of the input a tap of the kernel sees.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transform.hpp>

#include <cstddef>

namespace priori {

// Images of Height x Width pixels of In channels become images of Out channels; the padding is zeros on both sides.
// Padding, stride and dilation are those of the width, and of the height unless it has its own.
template <std::size_t Height, std::size_t Width, std::size_t In, std::size_t Out, std::size_t KernelHeight = 3,
          std::size_t KernelWidth = 3, std::size_t Stride = 1, std::size_t Padding = 1, std::size_t Dilation = 1,
          std::size_t Groups = 1, std::size_t PaddingHeight = Padding, std::size_t StrideHeight = Stride,
          std::size_t DilationHeight = Dilation>
struct convolution_shape {
    static_assert(Height > 0 && Width > 0 && In > 0 && Out > 0 && KernelHeight > 0 && KernelWidth > 0 && Stride > 0 &&
                      StrideHeight > 0 && Dilation > 0 && DilationHeight > 0 && Groups > 0,
                  "[priori:S102] convolution_shape: an extent, the stride, the dilation or the number of groups is "
                  "zero; all must be at least 1.");
    static_assert(In % Groups == 0 && Out % Groups == 0,
                  "[priori:S103] convolution_shape: the groups do not divide the channels; both the input and the "
                  "output channels must be multiples of the number of groups.");
    static_assert(Height + 2 * PaddingHeight > (KernelHeight - 1) * DilationHeight &&
                      Width + 2 * Padding > (KernelWidth - 1) * Dilation,
                  "[priori:S104] convolution_shape: the kernel is larger than the padded image; give a smaller kernel "
                  "or dilation, or more padding.");

    static constexpr std::size_t height = Height, width = Width, in = In, out = Out;
    static constexpr std::size_t kernel_height = KernelHeight, kernel_width = KernelWidth;
    static constexpr std::size_t stride = Stride, padding = Padding, dilation = Dilation, groups = Groups;
    static constexpr std::size_t stride_height = StrideHeight, padding_height = PaddingHeight;
    static constexpr std::size_t dilation_height = DilationHeight;
    static constexpr std::size_t output_height =
        (Height + 2 * PaddingHeight - (KernelHeight - 1) * DilationHeight - 1) / StrideHeight + 1;
    static constexpr std::size_t output_width = (Width + 2 * Padding - (KernelWidth - 1) * Dilation - 1) / Stride + 1;
};

namespace detail {

// A place among the output pixels of all images, in their order.
template <class Shape>
struct output_pixel {
    std::size_t image = 0, row = 0, column = 0;

    static output_pixel number(std::size_t pixel) noexcept {
        const std::size_t line = pixel / Shape::output_width;
        return {line / Shape::output_height, line % Shape::output_height, pixel % Shape::output_width};
    }

    void next() noexcept {
        if (++column < Shape::output_width) return;
        column = 0;
        if (++row < Shape::output_height) return;
        row = 0;
        ++image;
    }

    // The index of the input pixel that a tap sees, among those of all images; false if it lies in the padding.
    bool seen_by(std::size_t ky, std::size_t kx, std::size_t& index) const noexcept {
        // Below zero wraps around and is too large.
        const std::size_t y = row * Shape::stride_height + ky * Shape::dilation_height - Shape::padding_height;
        const std::size_t x = column * Shape::stride + kx * Shape::dilation - Shape::padding;
        index = (image * Shape::height + y) * Shape::width + x;
        return y < Shape::height && x < Shape::width;
    }
};

template <std::size_t Count, class T>
PRIORI_ALWAYS_INLINE void set_zero(T* target) noexcept {
    for_each_pack<Count, T>([=]<class P>(std::size_t i) { store(target + i, P(T(0))); });
}

template <std::size_t Count, class T>
PRIORI_ALWAYS_INLINE void copy_values(const T* source, T* target) noexcept {
    for_each_pack<Count, T>([=]<class P>(std::size_t i) { store(target + i, load_as<P>(source + i)); });
}

template <std::size_t Count, class T>
PRIORI_ALWAYS_INLINE void add_values(const T* source, T* target) noexcept {
    for_each_pack<Count, T>(
        [=]<class P>(std::size_t i) { store(target + i, load_as<P>(target + i) + load_as<P>(source + i)); });
}

}  // namespace detail

}  // namespace priori
