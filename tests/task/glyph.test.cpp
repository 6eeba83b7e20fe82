// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/task/glyph.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

using priori::glyph;
using priori::glyph_variation;
using priori::key;
using priori::random_stream;
using image = std::array<double, glyph::pixels>;

namespace {

constexpr glyph_variation none{.wobble = 0, .turn = 0, .stretch = 0, .slant = 0, .shift = 0, .thin = 1.6, .thick = 1.6};

image drawn(const glyph& g, std::uint32_t hand_number, const glyph_variation& variation = {}) {
    image out;
    out.fill(-1);
    random_stream hand(key{3, hand_number});
    g.draw(hand, out.data(), variation);
    return out;
}

double distance(const image& a, const image& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum);
}

double sum_of(const image& a) {
    double sum = 0;
    for (const double pixel : a) sum += pixel;
    return sum;
}

}  // namespace

TEST_CASE("drawings of glyphs have black and ink in [0, 1], and strokes of two to four") {
    std::array<bool, 5> seen{};
    for (std::uint32_t number = 0; number < 60; ++number) {
        const glyph g(number);
        REQUIRE(g.strokes() >= 2);
        REQUIRE(g.strokes() <= 4);
        seen[g.strokes()] = true;
        const image a = drawn(g, number);
        REQUIRE(*std::ranges::min_element(a) == 0);
        REQUIRE(*std::ranges::max_element(a) <= 1);
        REQUIRE(sum_of(a) > 15);
        REQUIRE(sum_of(a) < 300);
    }
    CHECK((seen[2] && seen[3] && seen[4]));
}

TEST_CASE("without variation all drawings of a glyph are one, with it they differ, but less than other glyphs do") {
    double within = 0;
    double between = 0;
    for (std::uint32_t number = 0; number < 40; ++number) {
        const glyph g(number);
        REQUIRE(drawn(g, 1, none) == drawn(g, 2, none));
        within += distance(drawn(g, 1), drawn(g, 2));
        between += distance(drawn(g, 1), drawn(glyph(number + 40), 2));
    }
    CHECK(within > 0);
    CHECK(between > 1.1 * within);
}

TEST_CASE("another number or another alphabet is another glyph") {
    CHECK(drawn(glyph(5), 1, none) == drawn(glyph(5), 1, none));
    CHECK(drawn(glyph(5), 1, none) != drawn(glyph(6), 1, none));
    CHECK(drawn(glyph(5), 1, none) != drawn(glyph(5, 1), 1, none));
}

TEST_CASE("each variation alone changes the drawing, a thick pen gives more ink, and nothing is drawn off the paper") {
    const glyph g(11);
    const image plain = drawn(g, 1, none);
    for (double glyph_variation::*field : {&glyph_variation::wobble, &glyph_variation::turn, &glyph_variation::stretch,
                                           &glyph_variation::slant, &glyph_variation::shift}) {
        glyph_variation one = none;
        one.*field = 0.1;
        CHECK(drawn(g, 1, one) != plain);
        CHECK(distance(drawn(g, 1, one), plain) < 6);
        one.*field = 100;
        CHECK(sum_of(drawn(g, 1, one)) >= 0);
    }
    glyph_variation thick = none;
    thick.thin = thick.thick = 3.2;
    CHECK(sum_of(drawn(g, 1, thick)) > 1.4 * sum_of(plain));
}

TEST_CASE("a straight stroke along a row of pixels has ink by its distance to them") {
    using priori::detail::ink;
    const priori::detail::glyph_point a{2, 5};
    const priori::detail::glyph_point b{9, 5};
    CHECK(ink(4, 5, a, b, 1) == 1);
    CHECK(ink(4, 6, a, b, 1) == 0.5);
    CHECK(ink(4, 6, a, b, 1.25) == 0.75);
    CHECK(ink(4, 7, a, b, 1) == 0);
    CHECK(ink(10, 5, a, b, 1) == 0.5);
    CHECK(ink(2, 6, a, a, 1) == 0.5);
}

TEST_CASE("an image of bytes is that of numbers, 255 for ink") {
    const glyph g(3);
    std::array<std::uint8_t, glyph::pixels> bytes{};
    random_stream hand(key{3, 1});
    g.draw(hand, bytes.data());
    const image numbers = drawn(g, 1);
    for (std::size_t i = 0; i < bytes.size(); ++i) REQUIRE(bytes[i] == std::lround(255 * numbers[i]));
}
