// SPDX-License-Identifier: BSL-1.0
// resized: an image of another size, by the filters of the published experiments.
#pragma once

#include <priori/core/error.hpp>
#include <priori/core/portable_math.hpp>
#include <priori/io/detail/picture.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace priori {

// nearest takes the pixel at the centre; area the mean over exactly the area of the new pixel; the others weigh the
// pixels around by a filter that is stretched when the image shrinks, as Pillow's resize does.
enum class resize_filter : std::uint8_t { nearest, area, bilinear, bicubic, lanczos };

namespace detail {

// Reaches from -3 to 3, times sinc(x / 3). Reference: Lanczos' window, as in Duchon, "Lanczos filtering in one and two
// dimensions" (1979).
inline double lanczos3(double x) {
    constexpr double pi = 3.14159265358979323846;
    if (x == 0) return 1;
    if (x < -3 || x >= 3) return 0;
    return 3 * portable_sin(pi * x) * portable_sin(pi * x / 3) / (pi * pi * x * x);
}

// Keys' cubic with a = -1/2. Reference: Keys, "Cubic convolution interpolation for digital image processing" (1981).
inline double keys_cubic(double x) {
    constexpr double a = -0.5;
    const double d = x < 0 ? -x : x;
    if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
    return 0;
}

inline double filter_reach(resize_filter filter) {
    return filter == resize_filter::lanczos ? 3 : filter == resize_filter::bicubic ? 2 : 1;
}

inline double filter_value(resize_filter filter, double x) {
    if (filter == resize_filter::lanczos) return lanczos3(x);
    if (filter == resize_filter::bicubic) return keys_cubic(x);
    return std::max(0.0, 1 - (x < 0 ? -x : x));
}

// For each new pixel of a line, or of `count` of them from `begin` on: the first old one that it is made of, and their
// weights in units of 2^-22.
struct line_weights {
    static constexpr int fraction_bits = 22;  // 8 bits of a pixel and 2 for overshoot leave these of 32
    struct pixel {
        std::size_t first = 0;
        std::vector<std::int32_t> weights;
    };
    std::vector<pixel> pixels;

    line_weights(std::size_t from, std::size_t to, resize_filter filter, std::size_t begin, std::size_t count)
        : pixels(count) {
        const double scale = static_cast<double>(from) / static_cast<double>(to);
        const double stretch = std::max(scale, 1.0);
        for (pixel& made : pixels) {
            const std::size_t i = begin + static_cast<std::size_t>(&made - pixels.data());
            const double middle = (static_cast<double>(i) + 0.5) * scale;
            if (filter == resize_filter::nearest) {
                made = {(2 * i + 1) * from / (2 * to), {1 << fraction_bits}};
                continue;
            }
            std::vector<double> shares;
            if (filter == resize_filter::area) {  // lengths in units of 1 / to, so that they are whole numbers
                made.first = i * from / to;
                for (std::size_t x = made.first; x * to < (i + 1) * from; ++x)
                    shares.push_back(
                        static_cast<double>(std::min((x + 1) * to, (i + 1) * from) - std::max(x * to, i * from)));
            } else {
                const double reach = filter_reach(filter) * stretch;
                made.first = static_cast<std::size_t>(std::max(0.0, middle - reach + 0.5));
                const double end = std::min(static_cast<double>(from), std::floor(middle + reach + 0.5));
                for (std::size_t x = made.first; static_cast<double>(x) < end; ++x)
                    shares.push_back(filter_value(filter, (static_cast<double>(x) - middle + 0.5) / stretch));
            }
            double sum = 0;
            for (const double share : shares) sum += share;
            for (const double share : shares)
                made.weights.push_back(static_cast<std::int32_t>(std::floor(share / sum * (1 << fraction_bits) + 0.5)));
        }
    }

    // The old pixels that are looked at: from `first_used` on, below `end_used`.
    std::size_t first_used() const {
        std::size_t least = pixels.front().first;
        for (const pixel& made : pixels) least = std::min(least, made.first);
        return least;
    }
    std::size_t end_used() const {
        std::size_t end = 0;
        for (const pixel& made : pixels) end = std::max(end, made.first + made.weights.size());
        return end;
    }
};

// Rows of `count` pixels, each `step` bytes after the other, become rows of other pixels. Whole-number arithmetic: the
// bits are the same everywhere.
inline void resize_line(const std::uint8_t* from, std::size_t step, const line_weights& weights, std::uint8_t* to,
                        std::size_t step_to) {
    for (const auto& pixel : weights.pixels) {
        std::int64_t sum = std::int64_t{1} << (line_weights::fraction_bits - 1);
        const std::uint8_t* at = from + pixel.first * step;
        for (const std::int32_t weight : pixel.weights) {
            sum += std::int64_t{weight} * *at;
            at += step;
        }
        *to = static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> line_weights::fraction_bits, 0, 255));
        to += step_to;
    }
}

// A part of a resized image, and the whole where it is as large.
struct resized_part {
    std::size_t whole_height;
    std::size_t whole_width;
    std::size_t top;
    std::size_t left;
    std::size_t height;
    std::size_t width;
};

inline constexpr std::size_t most_pixels = std::size_t{1} << 30;  // of an image that is made, or between

// Only what the part is made of is computed, so that an image of a hundred thousand to one does not take the memory of
// a whole that nobody sees.
inline image part_of_resized(const image& from, const resized_part& part, resize_filter filter) {
    const std::size_t channels = from.channels;
    const line_weights across(from.width, part.whole_width, filter, part.left, part.width);
    line_weights down(from.height, part.whole_height, filter, part.top, part.height);
    const std::size_t first = part.whole_height == from.height ? part.top : down.first_used();
    const std::size_t end = part.whole_height == from.height ? part.top + part.height : down.end_used();
    if (end - first > most_pixels / part.width || part.height > most_pixels / part.width)
        fail(error_kind::bad_shape, "resized: from " + std::to_string(from.height) + " x " +
                                        std::to_string(from.width) + " pixels to " + std::to_string(part.height) +
                                        " x " + std::to_string(part.width) +
                                        "; more than 2^30 pixels would have to be made, take a smaller image or size.");
    image wide{end - first, part.width, channels, std::vector<std::uint8_t>((end - first) * part.width * channels)};
    for (std::size_t row = 0; row < wide.height; ++row)
        for (std::size_t c = 0; c < channels; ++c)
            resize_line(from.pixels.data() + (first + row) * from.width * channels + c, channels, across,
                        wide.pixels.data() + row * part.width * channels + c, channels);
    if (part.whole_height == from.height) return wide;
    for (auto& pixel : down.pixels) pixel.first -= first;
    image result{part.height, part.width, channels, std::vector<std::uint8_t>(part.height * part.width * channels)};
    for (std::size_t i = 0; i < part.width * channels; ++i)
        resize_line(wide.pixels.data() + i, part.width * channels, down, result.pixels.data() + i,
                    part.width * channels);
    return result;
}

}  // namespace detail

// First the rows, then the columns, rounded to bytes after each. bilinear, bicubic and lanczos give Pillow's bytes;
// where the centre lies between two pixels, nearest takes the later one, Pillow either. Of images with one bit a pixel,
// as Omniglot's are, Pillow takes the nearest pixel whatever filter it is asked for.
// Throws: error (bad_shape) when either image has no pixels, or more than 2^30 would have to be made.
// Reference: Pillow, src/libImaging/Resample.c, for the place and the rounding of the weights.
inline image resized(const image& from, std::size_t height, std::size_t width, resize_filter filter) {
    if (from.pixels.empty() || height == 0 || width == 0)
        fail(error_kind::bad_shape, "resized: from " + std::to_string(from.height) + " x " +
                                        std::to_string(from.width) + " pixels to " + std::to_string(height) + " x " +
                                        std::to_string(width) + "; both sizes have to be positive.");
    if (height > detail::most_pixels || width > detail::most_pixels / height)
        fail(error_kind::bad_shape, "resized: " + std::to_string(height) + " x " + std::to_string(width) +
                                        " pixels are wanted; there can be 2^30 at most.");
    return detail::part_of_resized(from, {height, width, 0, 0, height, width}, filter);
}

namespace detail {

// The part that begins at a row and a column.
inline image cut(const image& from, std::size_t top, std::size_t left, std::size_t height, std::size_t width) {
    image result{height, width, from.channels, {}};
    result.pixels.reserve(height * width * from.channels);
    for (std::size_t row = top; row < top + height; ++row) {
        const auto begin =
            from.pixels.begin() + static_cast<std::ptrdiff_t>((row * from.width + left) * from.channels);
        result.pixels.insert(result.pixels.end(), begin, begin + static_cast<std::ptrdiff_t>(width * from.channels));
    }
    return result;
}

// Half of what is left over, and where that is odd, the even one of the two.
inline std::size_t margin(std::size_t whole, std::size_t part) {
    const std::size_t rest = whole - part;
    return rest / 2 + (rest % 4 == 3);
}

}  // namespace detail

// The largest square in the middle.
inline image middle_square(const image& from) {
    const std::size_t side = std::min(from.height, from.width);
    return detail::cut(from, (from.height - side) / 2, (from.width - side) / 2, side, side);
}

// The whole image in its form with a shorter side of `side` pixels, and of that the middle: torchvision's
// Resize(side) and CenterCrop((height, width)), and with bilinear, bicubic or lanczos their bytes.
// Throws: error (bad_shape) when the image has no pixels, or the part is empty or has more than `side` rows or columns,
// or the whole a side of more than 2^32.
inline image resized_then_cropped(const image& from, std::size_t side, std::size_t height, std::size_t width,
                                  resize_filter filter) {
    if (from.pixels.empty() || height == 0 || width == 0 || height > side || width > side)
        fail(error_kind::bad_shape, "resized_then_cropped: " + std::to_string(height) + " x " + std::to_string(width) +
                                        " pixels of " + std::to_string(from.height) + " x " +
                                        std::to_string(from.width) + ", whose shorter side becomes " +
                                        std::to_string(side) + "; expected a part that is not empty and fits into it.");
    const std::size_t shorter = std::min(from.height, from.width);
    const std::size_t longer = std::max(from.height, from.width);
    constexpr std::size_t longest = std::size_t{1} << 32;
    if (side > longest / longer)
        fail(error_kind::bad_shape, "resized_then_cropped: an image of " + std::to_string(from.height) + " x " +
                                        std::to_string(from.width) + " pixels whose shorter side becomes " +
                                        std::to_string(side) + " is too large; take a smaller side.");
    detail::resized_part part{side * from.height / shorter, side * from.width / shorter, 0, 0, height, width};
    part.top = detail::margin(part.whole_height, height);
    part.left = detail::margin(part.whole_width, width);
    return detail::part_of_resized(from, part, filter);
}

}  // namespace priori
