// SPDX-License-Identifier: BSL-1.0
// Names: joined, counted and compared at compile time.
#include "catch.hpp"

#include <priori/core/name.hpp>

#include <string>
#include <type_traits>

namespace pr = priori;
using namespace pr::literals;

TEST_CASE("names are joined without gaps, empty parts included") {
    CHECK(pr::join<"dense_0", ".", "weight">().view() == "dense_0.weight");
    CHECK(pr::join<"", "a", "">().view() == "a");
    CHECK(pr::join<"", "">().view().empty());
    static_assert(pr::join<"ab", "c">().length == 3);
}

TEST_CASE("decimal writes a number as the C library does") {
    CHECK(pr::decimal<0>().view() == "0");
    CHECK(pr::decimal<9>().view() == "9");
    CHECK(pr::decimal<10>().view() == "10");
    CHECK(pr::decimal<1009900>().view() == std::to_string(1009900));
    CHECK(pr::decimal<18446744073709551615u>().view() == "18446744073709551615");
}

TEST_CASE("equal texts are one type, different ones are not") {
    static_assert(std::is_same_v<decltype("head"_s), pr::name<"head">>);
    static_assert(!std::is_same_v<pr::name<"head">, pr::name<"heap">>);
    static_assert(!std::is_same_v<pr::name<"head">, pr::name<"head.">>);
    CHECK(decltype("head"_s)::view() == "head");
}

TEST_CASE("a name lies within itself and within what stands before its dots, never within a mere beginning") {
    CHECK(pr::lies_within("head", "head"));
    CHECK(pr::lies_within("head.weight", "head"));
    CHECK(pr::lies_within("encoder.dense_0.weight", "encoder.dense_0"));
    CHECK_FALSE(pr::lies_within("header.weight", "head"));
    CHECK_FALSE(pr::lies_within("dense_10.weight", "dense_1"));
    CHECK_FALSE(pr::lies_within("head", "head.weight"));
    CHECK_FALSE(pr::lies_within("a.head", "head"));
}
