// SPDX-License-Identifier: BSL-1.0
// Convolutions of any shape as products of matrices: a few output pixels at a time, what they see copied into rows.
#pragma once

#include <priori/simd/detail/convolution_shape.hpp>
#include <priori/simd/detail/tile.hpp>
#include <priori/simd/gemm.hpp>
#include <priori/simd/transpose.hpp>

#include <algorithm>
#include <cstddef>

namespace priori::detail {

// Bytes of the buffer of rows, on the stack; large kernels take more, for a few pixels at least.
inline constexpr std::size_t patch_bytes = 64 * 1024;

// Pixels in equal parts of at most `most`, in parts of one size if the number of pixels has such a divisor.
consteval even_parts divide_pixels(std::size_t pixels, std::size_t most) {
    for (std::size_t size = std::min(most, pixels); 2 * size >= most; --size) {
        if (pixels % size == 0) return {size, pixels / size, 0};
    }
    return divide_evenly(pixels, most);
}

// The sizes of the parts: of one group for the products, and of the pixels that share the buffer.
template <class Shape, std::size_t Images, class T>
struct patch_plan {
    static constexpr std::size_t taps = Shape::kernel_height * Shape::kernel_width;
    static constexpr std::size_t in = Shape::in / Shape::groups, out = Shape::out / Shape::groups;
    static constexpr std::size_t length = taps * in;
    static constexpr std::size_t pixels = Images * Shape::output_height * Shape::output_width;
    static constexpr even_parts parts =
        divide_pixels(pixels, std::clamp<std::size_t>(patch_bytes / sizeof(T) / length, 4, 96));
};

// Calls f.operator()<Count>(first pixel, its place) for the parts from `begin` to `end`.
template <class Shape, even_parts Parts, class F>
void for_each_part(std::size_t begin, std::size_t end, const F& f) noexcept {
    std::size_t pixel = begin * Parts.size - (begin > Parts.larger ? begin - Parts.larger : 0);
    output_pixel<Shape> at = output_pixel<Shape>::number(pixel);
    const auto go = [&]<std::size_t Count>() {
        f.template operator()<Count>(pixel, at);
        pixel += Count;
        for (std::size_t i = 0; i < Count; ++i) at.next();
    };
    for (; begin < end && begin < Parts.larger; ++begin) go.template operator()<Parts.size>();
    if constexpr (Parts.smaller > 0) {
        for (; begin < end; ++begin) go.template operator()<Parts.size - 1>();
    }
}

template <class Shape, even_parts Parts, class F>
void for_each_part(const F& f) noexcept {
    for_each_part<Shape, Parts>(0, Parts.larger + Parts.smaller, f);
}

// rows = what `Count` output pixels see of the channels of one group, x and rows shifted to its first.
// Shapes: rows [Count][taps * in].
template <class Shape, std::size_t Count, class T>
PRIORI_NO_INLINE void gather_patches(const T* x, output_pixel<Shape> at, T* rows) noexcept {
    constexpr std::size_t in = Shape::in / Shape::groups;
    for (std::size_t i = 0; i < Count; ++i, at.next()) {
        for (std::size_t ky = 0; ky < Shape::kernel_height; ++ky) {
            for (std::size_t kx = 0; kx < Shape::kernel_width; ++kx, rows += in) {
                std::size_t source = 0;
                if (at.seen_by(ky, kx, source)) {
                    copy_values<in>(x + source * Shape::in, rows);
                } else {
                    set_zero<in>(rows);
                }
            }
        }
    }
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void patch_convolve(const T* x, const T* w, T* y) noexcept {
    using plan = patch_plan<Shape, Images, T>;
    alignas(64) T rows[plan::parts.size * plan::length];
    for_each_part<Shape, plan::parts>([&]<std::size_t Count>(std::size_t pixel, const output_pixel<Shape>& at) {
        for (std::size_t group = 0; group < Shape::groups; ++group) {
            gather_patches<Shape, Count>(x + group * plan::in, at, rows);
            tiled_product<tile_shape<Count, plan::length, plan::out, plan::length, 1, Shape::out, Shape::out>,
                          Accumulate ? tile_start::target : tile_start::zero>(
                rows, w + group * plan::out, y + pixel * Shape::out + group * plan::out,
                static_cast<const T*>(nullptr));
        }
    });
}

template <class Shape, std::size_t Images, bool Accumulate, class T>
void patch_weight_gradient(const T* x, const T* y_bar, T* w_bar) noexcept {
    using plan = patch_plan<Shape, Images, T>;
    alignas(64) T rows[plan::parts.size * plan::length];
    if constexpr (!Accumulate) set_zero<plan::length * Shape::out>(w_bar);
    for_each_part<Shape, plan::parts>([&]<std::size_t Count>(std::size_t pixel, const output_pixel<Shape>& at) {
        for (std::size_t group = 0; group < Shape::groups; ++group) {
            gather_patches<Shape, Count>(x + group * plan::in, at, rows);
            tiled_product<tile_shape<plan::length, Count, plan::out, 1, plan::length, Shape::out, Shape::out>,
                          tile_start::target>(rows, y_bar + pixel * Shape::out + group * plan::out,
                                              w_bar + group * plan::out, static_cast<const T*>(nullptr));
        }
    });
}

// Bytes of x_bar and y_bar that get the products of all taps before the next ones do: a share of the second cache.
inline constexpr std::size_t scatter_bytes = 256 * 1024;

// Tap by tap and block of channels by block: the weights of one are transposed, and the products are added to the
// pixels that the tap sees.
template <class Shape, std::size_t Images, bool Accumulate, class T>
void patch_input_gradient(const T* y_bar, const T* w, T* x_bar) noexcept {
    using plan = patch_plan<Shape, Images, T>;
    constexpr even_parts parts = divide_pixels(plan::pixels, transposed_block);
    constexpr std::size_t count = parts.larger + parts.smaller;
    constexpr std::size_t together = std::clamp<std::size_t>(
        scatter_bytes / (parts.size * (Shape::out + Shape::stride_height * Shape::stride * Shape::in) * sizeof(T)), 1,
        count);
    constexpr std::size_t edge = transposed_block;
    constexpr std::size_t in_whole = std::min(plan::in, edge), in_rest = plan::in % in_whole;
    constexpr std::size_t out_whole = std::min(plan::out, edge), out_rest = plan::out % out_whole;
    alignas(64) T weights[in_whole * out_whole];
    alignas(64) T rows[parts.size * in_whole];
    if constexpr (!Accumulate) set_zero<Images * Shape::height * Shape::width * Shape::in>(x_bar);

    std::size_t first = 0, last = 0, tap = 0, group = 0;
    const auto block = [&]<std::size_t In, std::size_t Out>(std::size_t in, std::size_t out) {
        out += group * plan::out;
        transpose_part<In, Out, Shape::out, In>(w + (tap * plan::in + in) * Shape::out + out, weights);
        T* target = x_bar + group * plan::in + in;
        for_each_part<Shape, parts>(first, last, [&]<std::size_t Count>(std::size_t pixel, output_pixel<Shape> at) {
            tiled_product<tile_shape<Count, Out, In, Shape::out, 1, In, In>, tile_start::zero>(
                y_bar + pixel * Shape::out + out, weights, rows, static_cast<const T*>(nullptr));
            for (std::size_t i = 0; i < Count; ++i, at.next()) {
                std::size_t seen = 0;
                if (at.seen_by(tap / Shape::kernel_width, tap % Shape::kernel_width, seen)) {
                    add_values<In>(rows + i * In, target + seen * Shape::in);
                }
            }
        });
    };
    const auto strip = [&]<std::size_t In>(std::size_t in) {
        for (std::size_t out = 0; out + out_whole <= plan::out; out += out_whole) {
            block.template operator()<In, out_whole>(in, out);
        }
        if constexpr (out_rest > 0) block.template operator()<In, out_rest>(in, plan::out - out_rest);
    };
    for (first = 0; first < count; first = last) {
        last = std::min(first + together, count);
        for (tap = 0; tap < plan::taps; ++tap) {
            for (group = 0; group < Shape::groups; ++group) {
                for (std::size_t in = 0; in + in_whole <= plan::in; in += in_whole) {
                    strip.template operator()<in_whole>(in);
                }
                if constexpr (in_rest > 0) strip.template operator()<in_rest>(plan::in - in_rest);
            }
        }
    }
}

}  // namespace priori::detail
