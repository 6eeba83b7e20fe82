// SPDX-License-Identifier: BSL-1.0
// glyph: a made-up character of a few curved strokes, and drawings of it that differ as handwriting does.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/portable_math.hpp>
#include <priori/core/random.hpp>
#include <priori/task/detail/settings.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace priori {

// How much the drawings of one glyph differ. A glyph fills about the square from -1 to 1, 21 pixels wide.
struct glyph_variation {
    double wobble = 0.09;  // standard deviation of every control point, alone
    double turn = 0.25;    // radians: the drawing is turned by U(-turn, turn),
    double stretch = 0.2;  // widened and heightened by U(1 - stretch, 1 + stretch) each,
    double slant = 0.25;   // slanted by U(-slant, slant),
    double shift = 2;      // pixels: and moved by U(-shift, shift) each way
    double thin = 1.2;     // pixels: the pen is U(thin, thick) wide
    double thick = 2.2;

    // Called by glyphs and drawn_glyphs. Throws: error (bad_option) for a number that is not from 0 to 1000, or NaN.
    constexpr void require_settings() const {
        detail::require_between(wobble, 0, 1000, "glyph_variation: wobble");
        detail::require_between(turn, 0, 1000, "glyph_variation: turn");
        detail::require_between(stretch, 0, 1000, "glyph_variation: stretch");
        detail::require_between(slant, 0, 1000, "glyph_variation: slant");
        detail::require_between(shift, 0, 1000, "glyph_variation: shift");
        detail::require_between(thin, 0, 1000, "glyph_variation: thin");
        detail::require_between(thick, 0, 1000, "glyph_variation: thick");
    }
};

namespace detail {

struct glyph_point {
    double x = 0;
    double y = 0;
};

// The point at share t of the way from a to b.
inline glyph_point between(glyph_point a, glyph_point b, double t) noexcept {
    return {std::fma(t, b.x - a.x, a.x), std::fma(t, b.y - a.y, a.y)};
}

// A cubic Bezier curve at t, by de Casteljau's construction.
inline glyph_point point_on(const std::array<glyph_point, 4>& curve, double t) noexcept {
    const glyph_point a = between(curve[0], curve[1], t);
    const glyph_point b = between(curve[1], curve[2], t);
    const glyph_point c = between(curve[2], curve[3], t);
    return between(between(a, b, t), between(b, c, t), t);
}

inline glyph_point random_point(random_stream& stream, double reach) noexcept {
    const double x = stream.uniform(-reach, reach);
    return {x, stream.uniform(-reach, reach)};
}

// Ink of a pixel, from 0 to 1: full within the pen's half width, fading over one pixel at its edge.
inline double ink(double x, double y, glyph_point a, glyph_point b, double half_width) noexcept {
    const double along_x = b.x - a.x;
    const double along_y = b.y - a.y;
    const double length = std::fma(along_x, along_x, along_y * along_y);
    const double reach = std::fma(x - a.x, along_x, (y - a.y) * along_y);
    const double part = length > 0 ? reach / length : 0.0;
    const glyph_point nearest = between(a, b, part < 0 ? 0.0 : part > 1 ? 1.0 : part);
    const double off_x = x - nearest.x;
    const double off_y = y - nearest.y;
    const double covered = half_width + 0.5 - std::sqrt(std::fma(off_x, off_x, off_y * off_y));
    return covered < 0 ? 0.0 : covered > 1 ? 1.0 : covered;
}

}  // namespace detail

// Strokes are cubic Bezier curves: two to four of them, each after the first beginning on an earlier one or anywhere.
// The same number and alphabet give the same glyph on every compiler.
// Example: priori::glyph g(17); float image[784]; priori::random_stream hand(priori::key{1}); g.draw(hand, image);
class glyph {
public:
    static constexpr std::size_t side = 28;
    static constexpr std::size_t pixels = side * side;
    static constexpr std::size_t most_strokes = 4;

    // Different alphabets have nothing in common.
    explicit glyph(std::uint32_t number, std::uint32_t alphabet = 0) noexcept {
        random_stream stream(key{alphabet, number, 0}, purpose::glyph);
        strokes_ = 2 + stream.index(most_strokes - 1);
        for (std::size_t s = 0; s < strokes_; ++s) curves_[s] = curve_from(stream, begin_of(s, stream));
    }

    std::size_t strokes() const noexcept { return strokes_; }

    // Draws with the hand's next numbers: black is 0 and ink 1, or 255 where the image is of whole numbers.
    // The variation is not checked, for drawing cannot fail; `require_settings` does it.
    // Shapes: image (28, 28), row-major. Cost: about 10 us.
    template <class T>
    void draw(random_stream& hand, T* image, const glyph_variation& variation = {}) const noexcept {
        constexpr std::size_t pieces = 10;  // straight ones to a stroke
        for (std::size_t i = 0; i < pixels; ++i) image[i] = T{};
        const pose of(hand, variation);
        for (std::size_t s = 0; s < strokes_; ++s) {
            std::array<detail::glyph_point, 4> curve = curves_[s];
            for (detail::glyph_point& point : curve) {
                point.x = std::fma(variation.wobble, hand.normal<double>(), point.x);
                point.y = std::fma(variation.wobble, hand.normal<double>(), point.y);
                point = of.on_paper(point);
            }
            detail::glyph_point from = curve[0];
            for (std::size_t i = 1; i <= pieces; ++i) {
                const auto to = detail::point_on(curve, static_cast<double>(i) / static_cast<double>(pieces));
                draw_piece(from, to, of.half_width, image);
                from = to;
            }
        }
    }

private:
    // How a whole drawing lies on the paper.
    struct pose {
        double xx, xy, yx, yy, x, y, half_width;

        pose(random_stream& hand, const glyph_variation& variation) noexcept {
            constexpr double quarter = 1.57079632679489661923;
            constexpr double pixels_of_1 = 10.5;
            const double angle = spread(hand, 0, variation.turn);
            const double wide = pixels_of_1 * spread(hand, 1, variation.stretch);
            const double high = pixels_of_1 * spread(hand, 1, variation.stretch);
            const double slanted = high * spread(hand, 0, variation.slant);
            x = spread(hand, 13.5, variation.shift);
            y = spread(hand, 13.5, variation.shift);
            const double middle = 0.25 * (variation.thin + variation.thick);
            half_width = spread(hand, middle, 0.25 * (variation.thick - variation.thin));
            const double sine = portable_sin(angle);
            const double cosine = portable_sin(angle + quarter);
            xx = wide * cosine;
            yx = wide * sine;
            xy = std::fma(slanted, cosine, -(high * sine));
            yy = std::fma(slanted, sine, high * cosine);
        }

        detail::glyph_point on_paper(detail::glyph_point p) const noexcept {
            return {std::fma(xx, p.x, std::fma(xy, p.y, x)), std::fma(yx, p.x, std::fma(yy, p.y, y))};
        }

        static double spread(random_stream& hand, double middle, double reach) noexcept {
            return std::fma(std::fma(2.0, hand.uniform<double>(), -1.0), reach, middle);
        }
    };

    detail::glyph_point begin_of(std::size_t stroke, random_stream& stream) const noexcept {
        if (stroke == 0 || stream.index(3) == 0) return detail::random_point(stream, 0.9);
        const auto& earlier = curves_[stream.index(static_cast<std::uint32_t>(stroke))];
        return detail::point_on(earlier, 0.5 * static_cast<double>(stream.index(3)));
    }

    // Long enough to be seen: the end lies at least 0.7 from the beginning, unless six draws do not find such a place.
    static std::array<detail::glyph_point, 4> curve_from(random_stream& stream, detail::glyph_point begin) noexcept {
        detail::glyph_point end = begin;
        for (int attempt = 0; attempt < 6; ++attempt) {
            end = detail::random_point(stream, 0.9);
            const double x = end.x - begin.x;
            const double y = end.y - begin.y;
            if (std::fma(x, x, y * y) >= 0.49) break;
        }
        std::array<detail::glyph_point, 4> curve{begin, detail::between(begin, end, 0.3),
                                                 detail::between(begin, end, 0.7), end};
        for (std::size_t i = 1; i < 3; ++i) {
            const detail::glyph_point bend = detail::random_point(stream, 0.7);
            curve[i].x += bend.x;
            curve[i].y += bend.y;
        }
        return curve;
    }

    // The pixels that the piece may touch, kept on the paper: from max(0, low) to min(side, high).
    struct range {
        std::size_t begin, end;

        range(double a, double b, double half_width) noexcept {
            const double margin = half_width + 0.5;
            const double low = (a < b ? a : b) - margin;
            const double high = (a < b ? b : a) + margin + 1;
            constexpr double last = static_cast<double>(side);
            begin = static_cast<std::size_t>(low > 0 ? low < last ? low : last : 0.0);  // of NaN there is no pixel
            end = static_cast<std::size_t>(high > 0 ? high < last ? high : last : 0.0);
        }
    };

    template <class T>
    static void draw_piece(detail::glyph_point a, detail::glyph_point b, double half_width, T* image) noexcept {
        const range rows(a.y, b.y, half_width);
        const range columns(a.x, b.x, half_width);
        for (std::size_t row = rows.begin; row < rows.end; ++row) {
            for (std::size_t column = columns.begin; column < columns.end; ++column) {
                const double amount =
                    detail::ink(static_cast<double>(column), static_cast<double>(row), a, b, half_width);
                const T value = shade<T>(amount);
                T& pixel = image[row * side + column];
                if (value > pixel) pixel = value;
            }
        }
    }

    template <class T>
    static T shade(double amount) noexcept {
        if constexpr (std::integral<T>) {
            return static_cast<T>(std::fma(255.0, amount, 0.5));
        } else {
            return static_cast<T>(amount);
        }
    }

    std::array<std::array<detail::glyph_point, 4>, most_strokes> curves_{};
    std::size_t strokes_ = 0;
};

}  // namespace priori
