// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/core/shape.hpp>
#include <priori/task/class_split.hpp>
#include <priori/task/few_shot.hpp>
#include <priori/task/glyph_set.hpp>
#include <priori/task/labelled_data.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using priori::count;
using priori::key;

namespace {

std::string refusal(std::size_t classes, std::size_t drawings) {
    try {
        priori::drawn_glyphs(classes, drawings);
    } catch (const priori::error& caught) {
        return caught.what();
    }
    return {};
}

}  // namespace

TEST_CASE("a glyph_set has its drawings class after class, all different, and more classes change none of them") {
    const auto set = priori::drawn_glyphs(6, 3);
    REQUIRE(set.images.size() == 6 * 3 * priori::glyph_set::pixels);
    CHECK(set.labels == std::vector<std::int32_t>{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5});
    const auto more = priori::drawn_glyphs(9, 3);
    CHECK(std::equal(set.images.begin(), set.images.end(), more.images.begin()));
    CHECK(priori::drawn_glyphs(6, 3, 1).images != set.images);
    for (std::size_t a = 0; a < 18; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            const auto* first = set.images.data() + a * priori::glyph_set::pixels;
            const auto* second = set.images.data() + b * priori::glyph_set::pixels;
            REQUIRE(!std::equal(first, first + priori::glyph_set::pixels, second));
        }
    }
}

TEST_CASE("a glyph_set is a data set for few_shot") {
    const auto set = priori::drawn_glyphs(10, 4);
    const priori::labelled_data data(priori::shape<28, 28>{}, set.images, set.labels);
    const auto split = priori::random_split(10, {.train = 5, .test = 5}, priori::seed{1});
    const priori::few_shot source(data, split.test,
                                  priori::way_shot{.ways = count<5>, .shots = count<1>, .queries = count<2>},
                                  {.scale = 1 / 255.0});
    const auto drawn = source.draw(key{1});
    CHECK(*std::max_element(drawn.query.inputs.data(), drawn.query.inputs.data() + drawn.query.inputs.size()) == 1);
}

TEST_CASE("a glyph_set of nothing, or of more than there can be, is refused") {
    CHECK(refusal(0, 3) ==
          "drawn_glyphs: 0 classes of 3 drawings are wanted; ask for at least one of each, and fewer than 2^26 in "
          "all.");
    CHECK(refusal(3, 0).starts_with("drawn_glyphs: 3 classes of 0 drawings are wanted;"));
    CHECK(refusal(1'000'000, 2000).starts_with("drawn_glyphs: 1000000 classes of 2000 drawings are wanted;"));
    CHECK(refusal(1u << 20, 1u << 12).starts_with("drawn_glyphs: 1048576 classes of 4096 drawings are wanted;"));
}

TEST_CASE("a glyph_set of a variation out of range is refused") {
    CHECK_THROWS_AS(priori::drawn_glyphs(1, 1, 0, {.wobble = -1}), priori::error);
}
