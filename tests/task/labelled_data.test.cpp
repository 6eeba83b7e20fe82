// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/core/error.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/labelled_data.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

using priori::error;
using priori::error_kind;
using priori::labelled_data;
using priori::shape;

namespace {

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

// A container that would be gone after the constructor is refused by the compiler.
static_assert(std::is_constructible_v<labelled_data<shape<2>, float>, shape<2>, std::vector<float>&, std::vector<int>>);
static_assert(!std::is_constructible_v<labelled_data<shape<2>, float>, shape<2>, std::vector<float>, std::vector<int>>);

}  // namespace

TEST_CASE("labelled_data finds the examples of each class, and copies none") {
    const std::vector<float> numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    const std::vector<std::int32_t> labels{1, 0, 3, 1, 1};
    const labelled_data data(shape<2>{}, numbers, labels);
    REQUIRE(data.size() == 5);
    REQUIRE(data.class_count() == 4);
    const auto of = [&](std::size_t c) {
        const auto rows = data.examples_of(c);
        return std::vector<std::uint32_t>(rows.begin(), rows.end());
    };
    REQUIRE(of(0) == std::vector<std::uint32_t>{1});
    REQUIRE(of(1) == std::vector<std::uint32_t>{0, 3, 4});
    REQUIRE(of(2).empty());
    REQUIRE(of(3) == std::vector<std::uint32_t>{2});
    REQUIRE(data.example(3).data() == numbers.data() + 6);
}

TEST_CASE("labelled_data takes spans, several kinds of labels and a given number of classes") {
    const std::uint8_t numbers[] = {1, 2, 3};
    const std::uint16_t labels[] = {0, 2, 2};
    const labelled_data data(shape<1>{}, std::span(numbers), std::span(labels), 10);
    static_assert(std::is_same_v<decltype(data)::scalar, std::uint8_t>);
    REQUIRE(data.class_count() == 10);
    REQUIRE(data.examples_of(2).size() == 2);
    REQUIRE(data.examples_of(9).empty());
}

TEST_CASE("labelled_data refuses what does not fit, in one sentence") {
    const std::vector<float> numbers(10);
    const std::vector<int> five{0, 0, 1, 1, 1};
    require_refusal([&] { labelled_data(shape<3>{}, numbers, five); }, error_kind::bad_shape,
                    "labelled_data: 10 numbers are no whole number of examples of 3; look at the shape of an example.");
    const std::vector<int> four{0, 0, 1, 1};
    require_refusal([&] { labelled_data(shape<2>{}, numbers, four); }, error_kind::mismatch,
                    "labelled_data: there are 5 examples and 4 labels; each example takes one label.");
    const std::vector<int> negative{0, 0, -1, 1, 1};
    require_refusal([&] { labelled_data(shape<2>{}, numbers, negative); }, error_kind::bad_value,
                    "labelled_data: example 2 has the label -1; labels run from 0 to 4 here.");
    require_refusal([&] { labelled_data(shape<2>{}, numbers, five, 1); }, error_kind::bad_value,
                    "labelled_data: example 2 has the label 1; labels run from 0 to 0 here.");
    const std::vector<std::int64_t> garbage{0, 0, 1, std::int64_t{1} << 40, 1};
    require_refusal([&] { labelled_data(shape<2>{}, numbers, garbage); }, error_kind::bad_value,
                    "labelled_data: example 3 has the label 1099511627776; labels run from 0 to 4 here.");
}

TEST_CASE("labelled_data shows the names of classes that have one") {
    const std::vector<float> numbers(3);
    const std::vector<int> labels{0, 1, 1};
    labelled_data data(shape<1>{}, numbers, labels);
    REQUIRE(data.shown_class(1) == "class 1");
    data.name_classes({"ape", "bee"});
    REQUIRE(data.shown_class(1) == "class 1 ('bee')");
    REQUIRE(data.shown_class(7) == "class 7");
    require_refusal([&] { data.name_classes({"ape"}); }, error_kind::mismatch,
                    "labelled_data: 1 names are given for 2 classes; give each class one.");
}
