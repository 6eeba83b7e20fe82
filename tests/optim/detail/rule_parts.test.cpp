// SPDX-License-Identifier: BSL-1.0
#include <priori/optim/detail/rule_parts.hpp>

#include "catch.hpp"

#include <priori/ad/jet.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/clip.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/simd/pack.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace pr = priori;

namespace {

// Two blocks of layer 0, one of layer 1 that follows them in the vector, and one of it behind a gap.
struct plan {
    static constexpr std::array<pr::segment, 4> segments{{{.offset = 0, .size = 3, .start = 0, .layer = 0},
                                                          {.offset = 10, .size = 2, .start = 3, .layer = 0},
                                                          {.offset = 20, .size = 4, .start = 5, .layer = 1},
                                                          {.offset = 40, .size = 1, .start = 12, .layer = 1}}};
};

template <std::size_t Count>
void require_parts(const std::array<pr::segment, Count>& found,
                   const std::array<std::array<std::size_t, 3>, Count>& expected) {
    for (std::size_t i = 0; i < Count; ++i) {
        CHECK(found[i].start == expected[i][0]);
        CHECK(found[i].size == expected[i][1]);
        CHECK(found[i].layer == expected[i][2]);
    }
}

// A rule that says nothing of itself.
struct plain {};

}  // namespace

TEST_CASE("segments that follow each other in the vector are one, or one for each layer where it matters") {
    constexpr auto all = pr::detail::merged_segments<plan, false>;
    STATIC_REQUIRE(all.size() == 2);
    require_parts<2>(all, {{{0, 9, 0}, {12, 1, 1}}});
    constexpr auto by_layer = pr::detail::merged_segments<plan, true>;
    STATIC_REQUIRE(by_layer.size() == 3);
    require_parts<3>(by_layer, {{{0, 5, 0}, {5, 4, 1}, {12, 1, 1}}});
    STATIC_REQUIRE(pr::detail::merged_segments<pr::one_segment<7>, true>.size() == 1);
}

TEST_CASE("a running sum adds numbers and packs, and their lanes at the end") {
    pr::detail::running_sum<double> sum;
    CHECK(sum.total() == 0);
    sum.add(0.5);
    sum.add(2.0);
    CHECK(sum.total() == 2.5);
    using lanes = pr::pack<double>;
    sum.add(lanes(0.25));
    sum.add(lanes(0.5));
    CHECK(sum.total() == 2.5 + 0.75 * static_cast<double>(lanes::size));
}

TEST_CASE("a running sum of duals adds values and tangents") {
    pr::detail::running_sum<pr::dual<double>> sum;
    sum.add(pr::dual<double>::variable(3.0, 0));
    sum.add(pr::dual<double>::variable(-1.0, 0));
    CHECK(sum.total().value == 2.0);
    CHECK(sum.total().tangent[0] == 2.0);
}

TEST_CASE("a rule's fields are found by their number, and those that are learned are counted") {
    STATIC_REQUIRE(pr::detail::nth_name<0, pr::adam<>::field_names>::value.view() == std::string_view("rate"));
    STATIC_REQUIRE(pr::detail::nth_name<3, pr::adam<>::field_names>::value.view() == std::string_view("eps"));
    constexpr auto by_layer = pr::sgd{.rate = pr::learned_per < pr::layer | pr::step > (0.1)};
    using fields = decltype(by_layer.fields());
    STATIC_REQUIRE(pr::detail::count_learned<fields, 1>(pr::granularity::whole) == 1);
    STATIC_REQUIRE(pr::detail::count_learned<fields, 1>(pr::layer) == 1);
    STATIC_REQUIRE(pr::detail::count_learned<fields, 1>(pr::coordinate) == 0);
    STATIC_REQUIRE(pr::detail::count_learned<fields, 0>(pr::granularity::whole) == 0);
    STATIC_REQUIRE(pr::detail::count_learned<decltype(pr::sgd{}.fields()), 1>(pr::granularity::whole) == 0);
}

TEST_CASE("a rule says its constants, its sums and whether it is linear; without a word it has none and is not") {
    STATIC_REQUIRE(pr::detail::constants_of<pr::adam<>> == pr::adam<>::constants);
    STATIC_REQUIRE(pr::detail::constants_of<plain> == 0);
    STATIC_REQUIRE(pr::detail::sums_of<plain> == 0);
    STATIC_REQUIRE(pr::detail::sums_of<pr::clip_by_norm<>> == pr::clip_by_norm<>::sums);
    STATIC_REQUIRE(pr::detail::is_linear<pr::sgd<>>);
    STATIC_REQUIRE_FALSE(pr::detail::is_linear<pr::adam<>>);
    STATIC_REQUIRE_FALSE(pr::detail::is_linear<plain>);
}

TEST_CASE("the tangents of a rule's jets are p, g, its slots, what it learns and its sums") {
    using learned = pr::detail::rule_numbers<decltype(pr::adam{.rate = pr::learned(0.1)})>;
    STATIC_REQUIRE(learned::first_field == 4);
    STATIC_REQUIRE(learned::learned_fields == 1);
    STATIC_REQUIRE(learned::first_sum == 5);
    STATIC_REQUIRE(learned::inputs == 5);
    STATIC_REQUIRE(std::is_same_v<learned::entry<double, double, false>, double>);
    STATIC_REQUIRE(std::is_same_v<learned::entry<double, double, true>, pr::jet<double, 5>>);
    using fixed = pr::detail::rule_numbers<pr::sgd<>>;
    STATIC_REQUIRE(fixed::inputs == 2);
    STATIC_REQUIRE(std::is_same_v<fixed::entry<pr::dual<double>, double, true>, double>);
}
