// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/core/error.hpp>
#include <priori/task/class_split.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <vector>

using priori::error;
using priori::error_kind;
using priori::seed;

TEST_CASE("a random split is disjoint, has the counts asked for and covers what they cover") {
    const auto split = priori::random_split(1623, {.train = 1100, .validation = 100, .test = 423}, seed{1});
    REQUIRE(split.train.size() == 1100);
    REQUIRE(split.validation.size() == 100);
    REQUIRE(split.test.size() == 423);
    std::set<std::size_t> all(split.train.begin(), split.train.end());
    all.insert(split.validation.begin(), split.validation.end());
    all.insert(split.test.begin(), split.test.end());
    REQUIRE(all.size() == 1623);
    REQUIRE(*all.rbegin() == 1622);
}

TEST_CASE("a random split is settled by its seed, on every compiler") {
    const priori::split_counts counts{.train = 5, .validation = 2, .test = 2};
    const auto split = priori::random_split(10, counts, seed{7});
    REQUIRE(split.train == priori::random_split(10, counts, seed{7}).train);
    REQUIRE(split.train != priori::random_split(10, counts, seed{8}).train);
    REQUIRE(split.train == std::vector<std::size_t>{0, 2, 6, 9, 1});
}

TEST_CASE("a random split of more classes than there are is refused") {
    try {
        priori::random_split(10, {.train = 8, .validation = 1, .test = 2}, seed{1});
        FAIL("not refused");
    } catch (const error& e) {
        REQUIRE(e.kind() == error_kind::bad_option);
        REQUIRE(std::string(e.what()) == "random_split: 8 + 1 + 2 classes are wanted, there are 10; lower the counts.");
    }
}

TEST_CASE("counts whose sum wraps around are refused as too many") {
    const auto most = std::numeric_limits<std::size_t>::max();
    REQUIRE_THROWS_AS(priori::random_split(10, {.train = 12, .test = most - 1}, seed{1}), error);
    REQUIRE_THROWS_AS(priori::random_split(10, {.train = 1, .validation = most, .test = 1}, seed{1}), error);
    REQUIRE_THROWS_AS(priori::random_split(10, {.train = 5, .validation = 5, .test = 1}, seed{1}), error);
    REQUIRE(priori::random_split(10, {.train = 5, .validation = 5}, seed{1}).test.empty());
}

TEST_CASE("a split by ids puts each class where its id says") {
    const std::array<int, 6> ids{0, 2, 1, 0, 2, 0};
    const auto split = priori::split_by_ids(std::span<const int>(ids));
    REQUIRE(split.train == std::vector<std::size_t>{0, 3, 5});
    REQUIRE(split.validation == std::vector<std::size_t>{2});
    REQUIRE(split.test == std::vector<std::size_t>{1, 4});
}

TEST_CASE("a split id other than 0, 1, 2 is refused") {
    for (const int wrong : {3, -1}) {
        const std::array<int, 2> ids{0, wrong};
        try {
            priori::split_by_ids(std::span<const int>(ids));
            FAIL("not refused");
        } catch (const error& e) {
            REQUIRE(e.kind() == error_kind::bad_value);
            REQUIRE(std::string(e.what()) == "split_by_ids: class 1 has the split id " + std::to_string(wrong) +
                                                 "; 0 is training, 1 validation, 2 testing.");
        }
    }
}

TEST_CASE("lists that share a class, repeat one or name one that does not exist are refused") {
    REQUIRE(priori::split_by_lists(5, {0, 1}, {4}, {2}).test == std::vector<std::size_t>{2});
    try {
        priori::split_by_lists(5, {0, 1}, {4}, {2, 1});
        FAIL("not refused");
    } catch (const error& e) {
        REQUIRE(e.kind() == error_kind::mismatch);
        REQUIRE(std::string(e.what()) ==
                "split_by_lists: class 1 is in the train list and again in the test list; a "
                "class belongs to one part, once.");
    }
    REQUIRE_THROWS_AS(priori::split_by_lists(5, {0, 0}, {}, {}), error);
    try {
        priori::split_by_lists(5, {0}, {5}, {});
        FAIL("not refused");
    } catch (const error& e) {
        REQUIRE(e.kind() == error_kind::bad_value);
        REQUIRE(std::string(e.what()) ==
                "split_by_lists: class 5 of the validation list does not exist; there are 5 classes, counted from 0.");
    }
}
