// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/core/error.hpp>
#include <priori/task/glyphs.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

using priori::count;
using priori::glyph;
using priori::key;

namespace {

// The share of queries whose nearest support drawing has their label.
template <class Source>
double nearest_is_right(const Source& source, std::uint32_t tasks) {
    using episode_type = typename Source::template episode_type<float>;
    const auto drawn = std::make_unique<episode_type>();
    std::size_t right = 0;
    for (std::uint32_t t = 0; t < tasks; ++t) {
        source.template draw_into<float>(key{1, 0, t}, *drawn);
        for (std::size_t q = 0; q < Source::query_rows; ++q) {
            const float* query = drawn->query.inputs.data() + q * glyph::pixels;
            float least = 1e30f;
            std::int32_t label = -1;
            for (std::size_t s = 0; s < Source::support_rows; ++s) {
                const float* support = drawn->support.inputs.data() + s * glyph::pixels;
                float distance = 0;
                for (std::size_t i = 0; i < glyph::pixels; ++i) {
                    distance += (query[i] - support[i]) * (query[i] - support[i]);
                }
                if (distance < least) {
                    least = distance;
                    label = drawn->support.targets.data()[s];
                }
            }
            right += label == drawn->query.targets.data()[q];
        }
    }
    return static_cast<double>(right) / static_cast<double>(tasks * Source::query_rows);
}

}  // namespace

TEST_CASE("the rows of glyphs are interleaved by class, and their images are in [0, 1]") {
    const auto source = priori::glyphs{.ways = count<3>, .shots = count<2>, .queries = count<4>};
    const auto drawn = std::make_unique<
        priori::glyphs<priori::count_t<3>, priori::count_t<2>, priori::count_t<4>>::episode_type<float>>();
    source.draw_into<float>(key{1}, *drawn);
    for (std::size_t row = 0; row < 12; ++row) {
        CHECK(drawn->query.targets.data()[row] == static_cast<std::int32_t>(row % 3));
        if (row < 6) CHECK(drawn->support.targets.data()[row] == static_cast<std::int32_t>(row % 3));
    }
    for (std::size_t i = 0; i < drawn->query.inputs.size(); ++i) {
        REQUIRE(drawn->query.inputs.data()[i] >= 0);
        REQUIRE(drawn->query.inputs.data()[i] <= 1);
    }
}

TEST_CASE("an episode of glyphs holds the glyphs of its range and no others") {
    constexpr priori::glyph_variation none{
        .wobble = 0, .turn = 0, .stretch = 0, .slant = 0, .shift = 0, .thin = 1.6, .thick = 1.6};
    const auto source = priori::glyphs{.ways = count<3>,
                                       .shots = count<1>,
                                       .queries = count<1>,
                                       .classes = priori::glyph_range<20, 3>{},
                                       .variation = none};
    const auto drawn = source.draw(key{4});
    std::size_t found = 0;
    for (std::uint32_t number = 20; number < 23; ++number) {
        float image[glyph::pixels];
        priori::random_stream hand(key{1});
        glyph(number).draw(hand, image, none);
        for (std::size_t row = 0; row < 3; ++row) {
            bool same = true;
            for (std::size_t i = 0; i < glyph::pixels; ++i) {
                same = same && drawn.support.inputs.data()[row * glyph::pixels + i] == image[i];
            }
            found += same;
        }
    }
    CHECK(found == 3);
}

TEST_CASE("the ranges to train, validate and test on share no class") {
    using train = decltype(priori::training_glyphs);
    using validation = decltype(priori::validation_glyphs);
    using test = decltype(priori::test_glyphs);
    CHECK(train::first + train::class_count <= validation::first);
    CHECK(validation::first + validation::class_count <= test::first);
}

TEST_CASE("the nearest drawing is right as often as glyphs says: near 60 % at 5 ways and 1 shot, 64 % at 20 and 5") {
    const double share = nearest_is_right(priori::glyphs{.queries = count<3>, .classes = priori::test_glyphs}, 200);
    CHECK(share > 0.55);
    CHECK(share < 0.65);
    const double of_twenty = nearest_is_right(
        priori::glyphs{.ways = count<20>, .shots = count<5>, .queries = count<3>, .classes = priori::test_glyphs}, 20);
    CHECK(of_twenty > 0.6);
    CHECK(of_twenty < 0.69);
}

TEST_CASE("a variation out of range is refused where glyphs are built") {
    const auto refused = [](const priori::glyph_variation& variation) {
        try {
            static_cast<void>(priori::glyphs{.ways = count<2>, .queries = count<1>, .variation = variation});
        } catch (const priori::error& caught) {
            return std::string(priori::to_string(caught.kind())) + ": " + caught.what();
        }
        return std::string();
    };
    CHECK(refused({}).empty());
    CHECK(refused({.turn = std::nan("")}) == "bad_option: glyph_variation: turn is nan; give a number from 0 to 1000.");
    for (const double bad : {std::nan(""), 1e300, -0.1})
        for (double priori::glyph_variation::*field :
             {&priori::glyph_variation::wobble, &priori::glyph_variation::turn, &priori::glyph_variation::stretch,
              &priori::glyph_variation::slant, &priori::glyph_variation::shift, &priori::glyph_variation::thin,
              &priori::glyph_variation::thick}) {
            priori::glyph_variation variation;
            variation.*field = bad;
            CHECK(refused(variation).starts_with("bad_option: glyph_variation: "));
        }
    static_assert(sizeof(priori::glyphs{}) == sizeof(std::uint64_t) + sizeof(priori::glyph_variation));
}
