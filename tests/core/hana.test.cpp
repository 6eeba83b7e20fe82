// SPDX-License-Identifier: BSL-1.0
// Tuples of different types, and loops over indices in both directions.
#include "catch.hpp"

#include <priori/core/hana.hpp>

#include <string>
#include <type_traits>

namespace pr = priori;

TEST_CASE("a tuple gives its parts by index, as references to where they are") {
    pr::tuple<int, double, std::string> values(1, 2.5, "three");
    pr::get<2>(values) += "!";
    CHECK(pr::get<2>(values) == "three!");
    const auto& constant = values;
    static_assert(std::is_same_v<decltype(pr::get<0>(constant)), const int&>);
    static_assert(pr::tuple_size<pr::tuple<int, double, std::string>> == 3 && pr::tuple_size<int> == 0);
}

TEST_CASE("appending and joining keep the order and leave the parts as they were") {
    constexpr pr::tuple<int, char> first(1, 'a');
    constexpr auto longer = pr::appended(first, 2.5);
    constexpr auto joined = pr::concatenated(longer, first);
    static_assert(std::is_same_v<std::remove_const_t<decltype(joined)>, pr::tuple<int, char, double, int, char>>);
    static_assert(pr::get<2>(joined) == 2.5 && pr::get<3>(joined) == 1 && pr::get<1>(joined) == 'a');
    static_assert(pr::get<0>(pr::appended(pr::tuple<>(), 7)) == 7);
    SUCCEED();
}

TEST_CASE("each counts up, each_backwards counts down, with indices that are constants") {
    std::string up, down;
    pr::each<4>([&](auto i) {
        static_assert(decltype(i)::value < 4);
        up += static_cast<char>('0' + i);
    });
    pr::each_backwards<4>([&](auto i) { down += static_cast<char>('0' + i); });
    CHECK(up == "0123");
    CHECK(down == "3210");
    pr::each<0>([&](auto) { up += '!'; });
    pr::each_backwards<0>([&](auto) { up += '!'; });
    CHECK(up == "0123");
}
