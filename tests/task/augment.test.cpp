// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/augment.hpp>
#include <priori/task/batch.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

using priori::augmented;
using priori::key;
using priori::shape;

namespace {

// Episodes of 2 classes whose images all are the numbers 1, 2, .., row by row.
template <class Image, std::size_t Shots = 4, std::size_t Queries = 6>
struct counted_pixels {
    template <class T>
    using episode_type = priori::episode_of<T, Image, priori::labels<2>, Shots, Queries>;

    template <class T>
    void draw_into(key, episode_type<T>& out) const noexcept {
        put(out.support);
        put(out.query);
    }

    template <class Batch>
    static void put(Batch& batch) noexcept {
        for (std::size_t row = 0; row < Batch::count; ++row) {
            batch.targets.data()[row] = static_cast<std::int32_t>(row % 2);
            for (std::size_t i = 0; i < Image::size; ++i)
                batch.inputs.data()[row * Image::size + i] = static_cast<typename Batch::scalar>(i + 1);
        }
    }
};

using pixels = std::vector<float>;

// The images of an episode: four of the support set and six of the query set.
template <class Source>
std::vector<pixels> images_of(const Source& source, std::uint32_t task = 0) {
    const auto drawn = source.draw(key{1, 2, task});
    constexpr std::size_t size = Source::input_shape::size;
    std::vector<pixels> result;
    const auto add = [&](const auto& batch) {
        for (std::size_t row = 0; row < batch.targets.size(); ++row) {
            const float* begin = batch.inputs.data() + row * size;
            result.emplace_back(begin, begin + size);
            REQUIRE(batch.targets.data()[row] == static_cast<std::int32_t>(row % 2));
        }
    };
    add(drawn.support);
    add(drawn.query);
    return result;
}

template <class Image, class... Changes>
std::set<pixels> seen(Changes... changes) {
    std::set<pixels> result;
    for (std::uint32_t task = 0; task < 40; ++task)
        for (const pixels& image : images_of(augmented(counted_pixels<Image>{}, changes...), task))
            result.insert(image);
    return result;
}

}  // namespace

TEST_CASE("changes of nothing change nothing") {
    const pixels as_it_was{1, 2, 3, 4, 5, 6};
    CHECK(seen<shape<2, 3>>() == std::set{as_it_was});
    CHECK(seen<shape<2, 3>>(priori::random_rotation{.degrees = 0}, priori::random_shift{.pixels = 0},
                            priori::random_flip{.chance = 0}, priori::random_crop{.least = 1},
                            priori::pixel_noise{.deviation = 0}) == std::set{as_it_was});
}

TEST_CASE("quarter turns are counter-clockwise and exact, as the rotations of few_shot") {
    CHECK(seen<shape<2, 2>>(priori::random_quarter_turn{}) ==
          std::set<pixels>{{1, 2, 3, 4}, {2, 4, 1, 3}, {4, 3, 2, 1}, {3, 1, 4, 2}});
    CHECK(seen<shape<2, 2, 2>>(priori::random_quarter_turn{}).count({3, 4, 7, 8, 1, 2, 5, 6}) == 1);
}

TEST_CASE("a quarter turn turns as often as is drawn, from 0 to 3 times, counter-clockwise") {
    for (std::uint32_t number = 0; number < 20; ++number) {
        priori::random_stream stream(key{number});
        priori::random_stream same(key{number});
        priori::detail::augmentation drawn{.height = 3, .width = 3};
        priori::random_quarter_turn{}(drawn, stream);
        const std::uint32_t turn = same.index(4);
        CHECK(drawn.from.yx == (turn == 1 ? 1 : turn == 3 ? -1 : 0));
        CHECK(drawn.from.xx == (turn == 0 ? 1 : turn == 2 ? -1 : 0));
        CHECK(drawn.from.xy == -drawn.from.yx);
    }
}

TEST_CASE("flips mirror left and right, or top and bottom") {
    CHECK(seen<shape<2, 3>>(priori::random_flip{}) == std::set<pixels>{{1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}});
    CHECK(seen<shape<2, 3>>(priori::random_flip{.chance = 1, .up_down = true}) == std::set<pixels>{{4, 5, 6, 1, 2, 3}});
}

TEST_CASE("shifts move whole pixels, and the border is what the border says") {
    const auto shifted = seen<shape<1, 3>>(priori::random_shift{.pixels = 1});
    CHECK(shifted == std::set<pixels>{{1, 2, 3}, {2, 3, 0}, {0, 1, 2}, {0, 0, 0}});
    CHECK(seen<shape<1, 3>>(priori::border{.value = 9}, priori::random_shift{.pixels = 1}).count({9, 1, 2}) == 1);
    CHECK(seen<shape<1, 3>>(priori::border{.edge = true}, priori::random_shift{.pixels = 1}) ==
          std::set<pixels>{{1, 2, 3}, {2, 3, 3}, {1, 1, 2}});
}

TEST_CASE("a rotation is by the share of its degrees that is drawn, counter-clockwise as the quarter turns are") {
    priori::random_stream stream(key{4});
    priori::random_stream same(key{4});
    priori::detail::augmentation drawn{.height = 3, .width = 3};
    priori::random_rotation{.degrees = 90}(drawn, stream);
    const double part = priori::detail::swing(same);
    constexpr double quarter = 1.57079632679489661923;
    CHECK(std::fabs(drawn.from.xx - std::cos(part * quarter)) < 1e-15);
    CHECK(std::fabs(drawn.from.yx - std::sin(part * quarter)) < 1e-15);
    CHECK(std::fabs(drawn.from.xy + std::sin(part * quarter)) < 1e-15);
}

TEST_CASE("moves follow each other: a shift after a flip goes the other way than before it") {
    priori::detail::augmentation to{.height = 1, .width = 5};
    to.then({.x0 = 1});
    to.then({.xx = -1});
    CHECK(to.from.xx == -1);
    CHECK(to.from.x0 == 1);
    priori::detail::augmentation other{.height = 1, .width = 5};
    other.then({.xx = -1});
    other.then({.x0 = 1});
    CHECK(other.from.x0 == -1);
}

TEST_CASE("between pixels the image is interpolated, and a crop is a part of it") {
    // A ramp stays a ramp: cropped to a share s of a line of 9, its step is s and it stays within.
    for (const pixels& image : seen<shape<1, 9>>(priori::border{.edge = true}, priori::random_crop{.least = 0.5})) {
        const float step = image[4] - image[3];
        CHECK(step >= 0.5f);
        CHECK(step <= 1.0f);
        for (std::size_t i = 2; i < 7; ++i) CHECK(std::fabs(image[i + 1] - image[i] - step) < 1e-5f);
        CHECK(image[0] >= 1);
        CHECK(image[8] <= 9);
    }
}

TEST_CASE("each image is treated by itself, or all of a class alike, which changes with the task") {
    const auto alone = images_of(augmented(counted_pixels<shape<9, 9>>{}, priori::random_rotation{}));
    CHECK(std::set<pixels>(alone.begin(), alone.end()).size() == 10);
    const augmented by_class(counted_pixels<shape<9, 9>>{}, priori::random_rotation{.whole_class = true});
    const auto alike = images_of(by_class);
    CHECK(std::set<pixels>(alike.begin(), alike.end()).size() == 2);
    for (std::size_t i = 2; i < alike.size(); ++i) CHECK(alike[i] == alike[i % 2]);
    CHECK(images_of(by_class, 1)[0] != alike[0]);
    const auto both =
        images_of(augmented(counted_pixels<shape<9, 9>>{}, priori::random_quarter_turn{}, priori::random_shift{}));
    CHECK(std::set<pixels>(both.begin(), both.end()).size() > 4);
}

TEST_CASE("what is changed twice is changed by numbers of its own") {
    const augmented inner(counted_pixels<shape<2, 2>>{}, priori::random_flip{});
    const augmented outer(inner, priori::random_flip{.up_down = true});
    std::set<pixels> all;
    for (std::uint32_t task = 0; task < 10; ++task)
        for (const pixels& image : images_of(outer, task)) all.insert(image);
    CHECK(all == std::set<pixels>{{1, 2, 3, 4}, {2, 1, 4, 3}, {3, 4, 1, 2}, {4, 3, 2, 1}});
}

TEST_CASE("noise is normal with the deviation, on every pixel") {
    const augmented noisy(counted_pixels<shape<9, 9>>{}, priori::pixel_noise{.deviation = 0.5});
    double mean = 0;
    double variance = 0;
    for (std::uint32_t task = 0; task < 40; ++task)
        for (const pixels& image : images_of(noisy, task))
            for (std::size_t i = 0; i < image.size(); ++i) {
                const double error = image[i] - static_cast<double>(i + 1);
                mean += error / (40 * 10 * 81);
                variance += error * error / (40 * 10 * 81);
            }
    CHECK(std::fabs(mean) < 0.01);
    CHECK(std::fabs(variance - 0.25) < 0.01);
}

TEST_CASE("settings out of range are refused where the source is built") {
    const auto refused = [](auto change) {
        try {
            augmented(counted_pixels<shape<2, 2>>{}, change);
        } catch (const priori::error& caught) {
            return std::string(priori::to_string(caught.kind())) + ": " + caught.what();
        }
        return std::string();
    };
    const double nan = std::nan("");
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK(refused(priori::random_rotation{.degrees = 400}) ==
          "bad_option: random_rotation: degrees is 400; give a number from 0 to 360.");
    for (const double bad : {nan, infinity, 1e300, -1.0}) {
        CHECK(refused(priori::random_rotation{.degrees = bad}).starts_with("bad_option: random_rotation: degrees is"));
        CHECK(refused(priori::random_flip{.chance = bad}).starts_with("bad_option: random_flip: chance is"));
        CHECK(refused(priori::random_crop{.least = bad}).starts_with("bad_option: random_crop: least is"));
        CHECK(refused(priori::pixel_noise{.deviation = bad}).starts_with("bad_option: pixel_noise: deviation is"));
    }
    CHECK(refused(priori::random_flip{.chance = 7}) ==
          "bad_option: random_flip: chance is 7; give a number from 0 to 1.");
    CHECK(refused(priori::border{.value = nan}).starts_with("bad_option: border: value is nan;"));
    CHECK(refused(priori::border{.value = -1}).empty());
    CHECK(refused(priori::random_shift{.pixels = 1u << 31}).starts_with("bad_option: random_shift: pixels is"));
    CHECK(refused(priori::random_rotation{.degrees = 360}).empty());
}
