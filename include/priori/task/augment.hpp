// SPDX-License-Identifier: BSL-1.0
// augmented: a task source whose images are rotated, shifted, flipped, cropped or made noisy at random.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/portable_math.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/concepts.hpp>
#include <priori/task/detail/settings.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace priori {

namespace detail {

// Where a pixel of the new image comes from: (x, y) |-> (xx x + xy y + x0, yx x + yy y + y0), both from the middle of
// the image, x to the right and y down.
struct placement {
    double xx = 1, xy = 0, yx = 0, yy = 1, x0 = 0, y0 = 0;

    // This placement of an image that was placed by `earlier`.
    void after(const placement& earlier) noexcept {
        const placement& e = earlier;
        *this = {std::fma(e.xx, xx, e.xy * yx),
                 std::fma(e.xx, xy, e.xy * yy),
                 std::fma(e.yx, xx, e.yy * yx),
                 std::fma(e.yx, xy, e.yy * yy),
                 std::fma(e.xx, x0, std::fma(e.xy, y0, e.x0)),
                 std::fma(e.yx, x0, std::fma(e.yy, y0, e.y0))};
    }
};

// What is done to one image.
struct augmentation {
    double height;
    double width;
    placement from{};
    double noise = 0;
    bool has_edge = false;
    double outside = 0;

    void then(placement next) noexcept {
        next.after(from);
        from = next;
    }
};

// Uniform in [-1, 1).
inline double swing(random_stream& stream) noexcept { return std::fma(2.0, stream.uniform<double>(), -1.0); }

}  // namespace detail

// With `whole_class` all images of a class in an episode are treated alike, so that it is another class; otherwise each
// image is treated by itself. Where the targets are no labels the whole task is one class.
// `augmented` calls require_settings, where there is one.

// By U(-degrees, degrees).
struct random_rotation {
    double degrees = 15;
    bool whole_class = false;

    void operator()(detail::augmentation& to, random_stream& stream) const noexcept {
        constexpr double quarter = 1.57079632679489661923;
        const double angle = std::fma(degrees * detail::swing(stream), quarter / 90, 0.0);
        const double sine = portable_sin(angle);
        const double cosine = portable_sin(angle + quarter);
        to.then({.xx = cosine, .xy = -sine, .yx = sine, .yy = cosine});
    }

    // Throws: error (bad_option), as those below.
    constexpr void require_settings() const { detail::require_between(degrees, 0, 360, "random_rotation: degrees"); }
};

// By 0, 90, 180 or 270 degrees, counter-clockwise, exactly. Square images only.
struct random_quarter_turn {
    bool whole_class = true;

    void operator()(detail::augmentation& to, random_stream& stream) const noexcept {
        constexpr double cosines[] = {1, 0, -1, 0};
        const std::uint32_t turn = stream.index(4);
        const double cosine = cosines[turn];
        const double sine = cosines[(turn + 3) % 4];
        to.then({.xx = cosine, .xy = -sine, .yx = sine, .yy = cosine});
    }
};

// By a whole number of pixels from -pixels to pixels, both ways.
struct random_shift {
    std::uint32_t pixels = 2;
    bool whole_class = false;

    void operator()(detail::augmentation& to, random_stream& stream) const noexcept {
        const double x = static_cast<double>(stream.index(2 * pixels + 1)) - pixels;
        const double y = static_cast<double>(stream.index(2 * pixels + 1)) - pixels;
        to.then({.x0 = x, .y0 = y});
    }

    constexpr void require_settings() const { detail::require_between(pixels, 0, 65535, "random_shift: pixels"); }
};

// Left becomes right with probability `chance`; with up_down top becomes bottom instead.
struct random_flip {
    double chance = 0.5;
    bool up_down = false;
    bool whole_class = false;

    void operator()(detail::augmentation& to, random_stream& stream) const noexcept {
        const double sign = stream.uniform<double>() < chance ? -1 : 1;
        to.then({.xx = up_down ? 1 : sign, .yy = up_down ? sign : 1});
    }

    constexpr void require_settings() const { detail::require_between(chance, 0, 1, "random_flip: chance"); }
};

// A part of the image, U(least, 1) of its sides, anywhere in it, enlarged to the whole.
struct random_crop {
    double least = 0.8;
    bool whole_class = false;

    void operator()(detail::augmentation& to, random_stream& stream) const noexcept {
        const double share = std::fma(1 - least, stream.uniform<double>(), least);
        const double room = 0.5 * (1 - share);
        const double x = room * to.width * detail::swing(stream);
        const double y = room * to.height * detail::swing(stream);
        to.then({.xx = share, .yy = share, .x0 = x, .y0 = y});
    }

    constexpr void require_settings() const { detail::require_between(least, 0, 1, "random_crop: least"); }
};

// Normal noise on every number, after everything else.
struct pixel_noise {
    double deviation = 0.1;
    static constexpr bool whole_class = false;

    void operator()(detail::augmentation& to, random_stream&) const noexcept { to.noise = deviation; }

    constexpr void require_settings() const { detail::require_between(deviation, 0, 1e30, "pixel_noise: deviation"); }
};

// What is beyond the image's border: `value`, or the nearest pixel of the edge.
struct border {
    double value = 0;
    bool edge = false;
    static constexpr bool whole_class = false;

    void operator()(detail::augmentation& to, random_stream&) const noexcept {
        to.outside = value;
        to.has_edge = edge;
    }

    constexpr void require_settings() const { detail::require_between(value, -1e30, 1e30, "border: value"); }
};

// Something that is done to an image at random.
template <class Change>
concept ImageChange = requires(const Change& change, detail::augmentation& to, random_stream& stream) {
    change(to, stream);
    static_cast<bool>(change.whole_class);
};

template <class Source, class... Changes>
class augmented;

namespace detail {

// How many times the episodes of a source have been changed.
template <class Source>
inline constexpr std::uint64_t augmented_before = 0;
template <class Source, class... Changes>
inline constexpr std::uint64_t augmented_before<augmented<Source, Changes...>> = 1 + augmented_before<Source>;

}  // namespace detail

// The episodes of `source`, all support and query images changed in the order given; the labels stay. The moves of an
// image are made as one, with bilinear interpolation; moves of whole pixels (quarter turns, shifts, flips) are exact.
// Numbers between -1 and 1, pixels of byte images among them, lose nothing that matters: pixels enter as floats.
// The source is kept by value. Cost: a copy of one image on the stack; about 10 ns a pixel; no allocation.
// Throws: error (bad_option) for settings out of range, such as a chance of 7, and for NaN.
// Example: augmented(few_shot(data, split.train, way_shot{}), random_quarter_turn{}, random_shift{.pixels = 2},
//                    random_rotation{.degrees = 10}, pixel_noise{.deviation = 0.05})
template <class Source, class... Changes>
class augmented {
public:
    template <class T>
    using episode_type = typename Source::template episode_type<T>;

    using input_shape = typename episode_type<float>::support_type::input_shape;
    static_assert(
        input_shape::rank == 2 || input_shape::rank == 3,
        "[priori:E122] augmented: images are wanted, shape<height, width> or shape<height, width, channels>.");
    static_assert(
        (ImageChange<Changes> && ...),
        "[priori:E123] augmented: what is done to the images is written as random_rotation{}, random_shift{}, "
        "random_flip{}, random_crop{}, random_quarter_turn{}, pixel_noise{} or border{}.");

    explicit augmented(Source source, Changes... changes) : source_(std::move(source)), changes_(changes...) {
        [[maybe_unused]] const auto check = [](const auto& change) {
            if constexpr (requires { change.require_settings(); }) change.require_settings();
        };
        (check(changes), ...);
    }

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        source_.template draw_into<T>(k, out);
        k.seed ^= detail::augmented_before<Source> * 0x9e3779b97f4a7c15u;  // one inside of another: numbers of its own
        random_stream stream(k, purpose::augmentation);
        std::array<std::uint64_t, classes> class_seeds{};
        for (std::uint64_t& seed : class_seeds) {
            const std::uint64_t high = stream.bits();
            seed = high << 32 | stream.bits();
        }
        change_all(out.support, class_seeds, stream);
        change_all(out.query, class_seeds, stream);
    }

    episode_type<float> draw(key k) const noexcept { return detail::drawn_episode<float>(*this, k); }

private:
    static constexpr std::size_t height = input_shape::extents[0];
    static constexpr std::size_t width = input_shape::rank > 1 ? input_shape::extents[1 % input_shape::rank] : 1;
    static constexpr std::size_t channels = input_shape::size / (height * width);
    static_assert(height == width || !(std::is_same_v<Changes, random_quarter_turn> || ...),
                  "[priori:E124] augmented: quarter turns want square images; take random_flip{} for others.");

    template <class Target>
    static constexpr std::size_t class_count() {
        if constexpr (detail::has_labels<Target>) {
            return Target::ways;
        } else {
            return 1;
        }
    }
    static constexpr std::size_t classes = class_count<typename episode_type<float>::support_type::target_shape>();

    template <class Batch>
    void change_all(Batch& batch, const std::array<std::uint64_t, classes>& class_seeds,
                    random_stream& stream) const noexcept {
        for (std::size_t row = 0; row < Batch::count; ++row) {
            std::size_t label = 0;
            if constexpr (classes > 1) label = static_cast<std::size_t>(batch.targets.data()[row]);
            random_stream of_class(key{class_seeds[label]}, purpose::augmentation);
            detail::augmentation to{.height = static_cast<double>(height), .width = static_cast<double>(width)};
            std::apply([&](const Changes&... change) { (change(to, change.whole_class ? of_class : stream), ...); },
                       changes_);
            change_image(to, stream, batch.inputs.data() + row * input_shape::size);
        }
    }

    // The pixels enter as floats whatever T is: an episode in float is then the one in double, rounded.
    template <class T>
    static void change_image(const detail::augmentation& to, random_stream& stream, T* image) noexcept {
        constexpr double middle_x = 0.5 * static_cast<double>(width - 1);
        constexpr double middle_y = 0.5 * static_cast<double>(height - 1);
        std::array<float, input_shape::size> from{};
        for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<float>(image[i]);
        for (std::size_t row = 0; row < height; ++row) {
            const double y = static_cast<double>(row) - middle_y;
            for (std::size_t column = 0; column < width; ++column) {
                const double x = static_cast<double>(column) - middle_x;
                const double source_x = std::fma(to.from.xx, x, std::fma(to.from.xy, y, to.from.x0)) + middle_x;
                const double source_y = std::fma(to.from.yx, x, std::fma(to.from.yy, y, to.from.y0)) + middle_y;
                for (std::size_t c = 0; c < channels; ++c) {
                    const double value = sample(from.data() + c, source_x, source_y, to);
                    const double error = to.noise == 0 ? 0.0 : stream.normal<double>();
                    *image++ = static_cast<T>(std::fma(to.noise, error, value));
                }
            }
        }
    }

    // Bilinear between the four pixels around (x, y), given from the first pixel.
    static double sample(const float* from, double x, double y, const detail::augmentation& to) noexcept {
        const double left = std::floor(x);
        const double top = std::floor(y);
        const double part_x = x - left;
        const double part_y = y - top;
        const double upper = between(from, left, top, part_x, to);
        if (part_y == 0) return upper;
        return std::fma(part_y, between(from, left, top + 1, part_x, to) - upper, upper);
    }
    static double between(const float* from, double left, double row, double part,
                          const detail::augmentation& to) noexcept {
        const double first = pixel(from, left, row, to);
        if (part == 0) return first;
        return std::fma(part, pixel(from, left + 1, row, to) - first, first);
    }
    static double pixel(const float* from, double column, double row, const detail::augmentation& to) noexcept {
        constexpr double right = static_cast<double>(width - 1);
        constexpr double bottom = static_cast<double>(height - 1);
        const bool is_outside = column < 0 || column > right || row < 0 || row > bottom;
        if (is_outside && !to.has_edge) return to.outside;
        const double x = column < 0 ? 0 : column > right ? right : column;
        const double y = row < 0 ? 0 : row > bottom ? bottom : row;
        return from[(static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)) * channels];
    }

    Source source_;
    std::tuple<Changes...> changes_;
};

}  // namespace priori
