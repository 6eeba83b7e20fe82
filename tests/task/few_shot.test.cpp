// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/few_shot.hpp>
#include <priori/task/labelled_data.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

using priori::count;
using priori::error;
using priori::error_kind;
using priori::few_shot;
using priori::key;
using priori::labelled_data;
using priori::shape;
using priori::way_shot;

namespace {

// Example e of class c is the one number 100 c + e, so that an input says where it comes from.
struct numbered {
    std::vector<float> numbers;
    std::vector<int> labels;

    numbered(int classes, int examples) {
        for (int e = 0; e < examples; ++e) {
            for (int c = 0; c < classes; ++c) {
                numbers.push_back(static_cast<float>(100 * c + e));
                labels.push_back(c);
            }
        }
    }
};

std::vector<std::size_t> first_classes(std::size_t count) {
    std::vector<std::size_t> classes(count);
    std::iota(classes.begin(), classes.end(), std::size_t{0});
    return classes;
}

template <class Make>
void require_refusal(Make make, error_kind kind, const std::string& sentence) {
    try {
        make();
        FAIL("not refused: " << sentence);
    } catch (const error& e) {
        REQUIRE(e.kind() == kind);
        REQUIRE(std::string(e.what()) == sentence);
    }
}

}  // namespace

TEST_CASE("an episode holds `ways` classes of the list, and support and query share no example") {
    const numbered memory(12, 9);
    const labelled_data data(shape<1>{}, memory.numbers, memory.labels);
    const std::vector<std::size_t> classes{1, 4, 5, 7, 8, 11};
    const few_shot tasks(data, classes, way_shot{.ways = count<4>, .shots = count<2>, .queries = count<3>});
    for (std::uint32_t t = 0; t < 300; ++t) {
        const auto episode = tasks.draw(key{1, 0, t});
        std::set<float> used;
        std::map<int, int> class_of;
        const auto see = [&](const auto& batch, std::size_t rows) {
            for (std::size_t row = 0; row < rows; ++row) {
                const float number = batch.inputs.data()[row];
                const int label = batch.targets.data()[row];
                REQUIRE(label == static_cast<int>(row % 4));
                REQUIRE(used.insert(number).second);
                const int c = static_cast<int>(number) / 100;
                REQUIRE(class_of.try_emplace(label, c).first->second == c);
            }
        };
        see(episode.support, 8);
        see(episode.query, 12);
        std::set<std::size_t> distinct;
        for (const auto& [label, c] : class_of) distinct.insert(static_cast<std::size_t>(c));
        REQUIRE(distinct.size() == 4);
        for (const std::size_t c : distinct) REQUIRE(std::count(classes.begin(), classes.end(), c) == 1);
    }
}

TEST_CASE("every class gets every label and every example both roles, equally often") {
    const numbered memory(6, 5);
    const labelled_data data(shape<1>{}, memory.numbers, memory.labels);
    const few_shot tasks(data, first_classes(6), way_shot{.ways = count<3>, .shots = count<1>, .queries = count<1>});
    std::array<int, 18> label_of_class{};
    std::array<int, 60> role_of_example{};
    for (std::uint32_t t = 0; t < 18000; ++t) {
        const auto episode = tasks.draw(key{2, 0, t});
        for (std::size_t row = 0; row < 3; ++row) {
            const auto support = static_cast<std::size_t>(episode.support.inputs.data()[row]);
            const auto query = static_cast<std::size_t>(episode.query.inputs.data()[row]);
            ++label_of_class[support / 100 * 3 + row];
            ++role_of_example[(support / 100 * 5 + support % 100) * 2];
            ++role_of_example[(query / 100 * 5 + query % 100) * 2 + 1];
        }
    }
    for (const int seen : label_of_class) REQUIRE(std::abs(seen - 3000) < 250);
    for (const int seen : role_of_example) REQUIRE(std::abs(seen - 1800) < 200);
}

TEST_CASE("a class with exactly shots + queries examples gives all of them") {
    const numbered memory(2, 3);
    const labelled_data data(shape<1>{}, memory.numbers, memory.labels);
    const few_shot tasks(data, first_classes(2), way_shot{.ways = count<2>, .shots = count<1>, .queries = count<2>});
    const auto episode = tasks.draw(key{3});
    std::set<float> used(episode.support.inputs.data(), episode.support.inputs.data() + 2);
    used.insert(episode.query.inputs.data(), episode.query.inputs.data() + 4);
    REQUIRE(used == std::set<float>{0, 1, 2, 100, 101, 102});
}

TEST_CASE("rotations make each quarter turn of a class a class of its own") {
    const std::vector<std::uint8_t> pixels{1, 2, 3, 4, 5, 6, 7, 8, 9};  // one 3 x 3 image
    const std::vector<int> labels{0};
    const labelled_data data(shape<3, 3>{}, pixels, labels);
    const way_shot sizes{.ways = count<4>, .shots = count<1>, .queries = count<0>};
    const few_shot tasks(data, {0}, sizes, {.rotations = true});
    REQUIRE(tasks.class_count() == 4);
    const auto episode = tasks.draw(key{4});
    std::set<std::vector<float>> seen;
    for (std::size_t row = 0; row < 4; ++row) {
        const float* image = episode.support.inputs.data() + row * 9;
        seen.insert(std::vector<float>(image, image + 9));
    }
    REQUIRE(seen == std::set<std::vector<float>>{{1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                 {3, 6, 9, 2, 5, 8, 1, 4, 7},
                                                 {9, 8, 7, 6, 5, 4, 3, 2, 1},
                                                 {7, 4, 1, 8, 5, 2, 9, 6, 3}});
}

TEST_CASE("reflections make each mirror image of a class a class of its own") {
    const std::vector<std::uint8_t> pixels{1, 2, 3, 4, 5, 6, 7, 8, 9};  // one 3 x 3 image
    const std::vector<int> labels{0};
    const labelled_data data(shape<3, 3>{}, pixels, labels);
    const auto seen_in = [&](const auto& episode, std::size_t count) {
        std::set<std::vector<float>> seen;
        for (std::size_t row = 0; row < count; ++row) {
            const float* image = episode.support.inputs.data() + row * 9;
            seen.insert(std::vector<float>(image, image + 9));
        }
        return seen;
    };
    const way_shot pair{.ways = count<2>, .shots = count<1>, .queries = count<0>};
    const few_shot two(data, {0}, pair, {.reflections = true});
    REQUIRE(two.class_count() == 2);
    REQUIRE(seen_in(two.draw(key{4}), 2) == std::set<std::vector<float>>{{1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                                         {3, 2, 1, 6, 5, 4, 9, 8, 7}});
    const few_shot eight(data, {0}, way_shot{.ways = count<8>, .shots = count<1>, .queries = count<0>},
                         {.rotations = true, .reflections = true});
    REQUIRE(eight.class_count() == 8);
    REQUIRE(seen_in(eight.draw(key{4}), 8) == std::set<std::vector<float>>{{1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                                           {3, 6, 9, 2, 5, 8, 1, 4, 7},
                                                                           {9, 8, 7, 6, 5, 4, 3, 2, 1},
                                                                           {7, 4, 1, 8, 5, 2, 9, 6, 3},
                                                                           {3, 2, 1, 6, 5, 4, 9, 8, 7},
                                                                           {1, 4, 7, 2, 5, 8, 3, 6, 9},
                                                                           {7, 8, 9, 4, 5, 6, 1, 2, 3},
                                                                           {9, 6, 3, 8, 5, 2, 7, 4, 1}});
}

TEST_CASE("with one_view a class appears once in an episode, in any of its turns and mirror images") {
    const std::vector<std::uint8_t> pixels{1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19};
    const std::vector<int> labels{0, 1};
    const labelled_data data(shape<3, 3>{}, pixels, labels);
    const way_shot pair{.ways = count<2>, .shots = count<1>, .queries = count<0>};
    const few_shot tasks(data, {0, 1}, pair, {.rotations = true, .reflections = true, .one_view = true});
    REQUIRE(tasks.class_count() == 2);
    std::map<std::vector<float>, int> seen;
    for (std::uint32_t t = 0; t < 8000; ++t) {
        const auto episode = tasks.draw(key{4, 0, t});
        const float* image = episode.support.inputs.data();
        REQUIRE((image[4] == 5) != (image[13] == 5));  // the middles: of either class, 5 and 15
        for (std::size_t row = 0; row < 2; ++row) ++seen[std::vector<float>(image + 9 * row, image + 9 * row + 9)];
    }
    REQUIRE(seen.size() == 16);
    for (const auto& [image, count] : seen) REQUIRE(std::abs(count - 1000) < 130);
    const way_shot three{.ways = count<3>, .shots = count<1>, .queries = count<0>};
    require_refusal([&] { few_shot(data, {0, 1}, three, {.rotations = true, .one_view = true}); },
                    error_kind::bad_option,
                    "few_shot: an episode takes 3 classes, the list gives 2; list more classes or take fewer ways.");
}

TEST_CASE("rotations keep the channels of a pixel together") {
    const std::vector<int> pixels{1, -1, 2, -2, 3, -3, 4, -4};  // 2 x 2 pixels, 2 channels
    const std::vector<int> labels{0};
    const labelled_data data(shape<2, 2, 2>{}, pixels, labels);
    const way_shot sizes{.ways = count<4>, .shots = count<1>, .queries = count<0>};
    const auto episode = few_shot(data, {0}, sizes, {.rotations = true}).draw(key{5});
    std::set<std::vector<float>> seen;
    for (std::size_t row = 0; row < 4; ++row) {
        const float* image = episode.support.inputs.data() + row * 8;
        seen.insert(std::vector<float>(image, image + 8));
    }
    REQUIRE(seen == std::set<std::vector<float>>{{1, -1, 2, -2, 3, -3, 4, -4},
                                                 {2, -2, 4, -4, 1, -1, 3, -3},
                                                 {4, -4, 3, -3, 2, -2, 1, -1},
                                                 {3, -3, 1, -1, 4, -4, 2, -2}});
}

TEST_CASE("inputs are scaled and shifted as they are copied") {
    const std::vector<std::uint8_t> pixels{0, 255};
    const std::vector<int> labels{0, 1};
    const labelled_data data(shape<1>{}, pixels, labels);
    const way_shot sizes{.ways = count<2>, .shots = count<1>, .queries = count<0>};
    const auto episode = few_shot(data, {0, 1}, sizes, {.scale = -0.5, .offset = 1}).draw(key{6});
    const std::set<float> seen(episode.support.inputs.data(), episode.support.inputs.data() + 2);
    REQUIRE(seen == std::set<float>{-126.5, 1});
}

TEST_CASE("few_shot refuses what it cannot draw from, in one sentence") {
    const numbered memory(5, 4);
    const labelled_data data(shape<1>{}, memory.numbers, memory.labels);
    const way_shot small{.ways = count<2>, .shots = count<1>, .queries = count<3>};
    require_refusal(
        [&] {
            few_shot(data, {0, 1}, way_shot{.ways = count<2>, .shots = count<2>, .queries = count<3>});
        },
        error_kind::mismatch,
        "few_shot: class 0 has 4 examples, an episode takes 2 + 3 of each class; take fewer, or leave the "
        "class out of the list.");
    require_refusal([&] { few_shot(data, {3}, small); }, error_kind::bad_option,
                    "few_shot: an episode takes 2 classes, the list gives 1; list more classes or take fewer ways.");
    require_refusal(
        [&] {
            few_shot(data, {3, 5}, small);
        },
        error_kind::bad_value, "few_shot: class 5 does not exist; the data has 5 classes, counted from 0.");
    require_refusal(
        [&] {
            few_shot(data, {3, 3}, small);
        },
        error_kind::mismatch, "few_shot: class 3 is listed twice; list it once.");
    const labelled_data lines(shape<2, 1>{}, memory.numbers, std::vector<int>(10, 0));
    require_refusal([&] { few_shot(lines, {0}, small, {.rotations = true}); }, error_kind::bad_option,
                    "few_shot: rotations want square images, shape<side, side> or shape<side, side, channels>; leave "
                    "them out for this data.");
    require_refusal([&] { few_shot(lines, {0}, small, {.reflections = true}); }, error_kind::bad_option,
                    "few_shot: reflections want square images, shape<side, side> or shape<side, side, channels>; leave "
                    "them out for this data.");
}

// The source borrows the data: a temporary is refused by the compiler.
using line_data = labelled_data<shape<1>, float>;
using two_way = way_shot<priori::count_t<2>, priori::count_t<1>, priori::count_t<1>>;
using two_way_tasks = few_shot<shape<1>, float, priori::count_t<2>, priori::count_t<1>, priori::count_t<1>>;
static_assert(std::is_constructible_v<two_way_tasks, const line_data&, std::vector<std::size_t>, two_way>);
static_assert(!std::is_constructible_v<two_way_tasks, line_data, std::vector<std::size_t>, two_way>);
