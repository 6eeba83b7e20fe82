// SPDX-License-Identifier: BSL-1.0
#include <priori/optim/detail/rule_fields.hpp>

#include "catch.hpp"

#include <priori/ad/view.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/detail/rule_parts.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/schedule.hpp>
#include <priori/optim/segment.hpp>
#include <priori/optim/sgd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

namespace pr = priori;

namespace {

struct plan {
    static constexpr std::size_t size = 9, layers = 2;
    static constexpr std::array<pr::segment, 2> segments{
        {{.offset = 0, .size = 5, .start = 0, .layer = 0}, {.offset = 20, .size = 4, .start = 5, .layer = 1}}};
};
constexpr std::size_t steps = 3;

template <class O>
using fields_of = pr::detail::rule_fields<"inner", O>;
template <class O>
using layout_of = typename decltype(fields_of<O>::template blocks_after<plan, steps>())::type;

// Where the rate of the second segment stands at step k.
template <class O>
std::size_t second_rate(std::size_t k) {
    return fields_of<O>::template place<layout_of<O>, plan, steps, 0>(k, plan::segments[1]);
}

constexpr auto by_layer_and_step = pr::sgd{.rate = pr::learned_per < pr::layer | pr::step > (0.4)};
using layer_and_step = std::remove_const_t<decltype(by_layer_and_step)>;

}  // namespace

TEST_CASE("what a rule learns is a block by the names of the rule and the field; what is fixed has none") {
    using layout = layout_of<layer_and_step>;
    STATIC_REQUIRE(layout::size == plan::layers * steps);
    STATIC_REQUIRE(layout::offset_of("inner.rate") == 0);
    STATIC_REQUIRE(layout_of<pr::sgd<>>::size == 0);
    STATIC_REQUIRE(fields_of<layer_and_step>::learns);
    STATIC_REQUIRE(fields_of<layer_and_step>::per_layer);
    STATIC_REQUIRE_FALSE(fields_of<layer_and_step>::per_coordinate);
    STATIC_REQUIRE_FALSE(fields_of<pr::sgd<>>::learns);
    constexpr auto two = pr::adam{.rate = pr::learned_per<pr::coordinate>(0.1), .eps = pr::learned(1e-8)};
    using of_two = layout_of<std::remove_const_t<decltype(two)>>;
    STATIC_REQUIRE(of_two::size == plan::size + 1);
    STATIC_REQUIRE(of_two::offset_of("inner.eps") == plan::size);
}

TEST_CASE("learned fields start at their values, and nothing else is written") {
    std::array<double, plan::layers * steps + 1> theta{};
    fields_of<layer_and_step>::initialize<layout_of<layer_and_step>, plan, steps>(by_layer_and_step, theta.data());
    CHECK(std::count(theta.begin(), theta.end() - 1, 0.4) == static_cast<std::ptrdiff_t>(theta.size() - 1));
    CHECK(theta.back() == 0);
}

TEST_CASE("a field's value stands by step, layer or coordinate, and steps beyond the last have its value") {
    CHECK(second_rate<layer_and_step>(0) == 1);
    CHECK(second_rate<layer_and_step>(1) == 3);
    CHECK(second_rate<layer_and_step>(2) == 5);
    CHECK(second_rate<layer_and_step>(9) == 5);
    CHECK(second_rate<decltype(pr::sgd{.rate = pr::learned(0.1)})>(2) == 0);
    CHECK(second_rate<decltype(pr::sgd{.rate = pr::learned_per<pr::layer>(0.1)})>(2) == 1);
    CHECK(second_rate<decltype(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.1)})>(2) == 5);
    CHECK(second_rate<decltype(pr::sgd{.rate = pr::learned_per < pr::coordinate | pr::step > (0.1)})>(2) == 2 * 9 + 5);
}

TEST_CASE("fixed fields are what their schedules have at the step, and constants are made of them in double") {
    constexpr auto falling = pr::sgd{.rate = pr::linear_schedule{.from = 1.0, .to = 0.0, .steps = 4}};
    float rate[2];
    fields_of<std::remove_const_t<decltype(falling)>>::fixed_values(falling, 1, rate);
    CHECK(rate[0] == 0.75f);
    float h[fields_of<pr::adam<>>::entries];
    fields_of<pr::adam<>>::fixed_values(pr::adam<>{}, 0, h);
    CHECK(h[2] == 0.999f);
    CHECK(h[5] == static_cast<float>(1 - 0.999));  // in float it would be 5e-8 more
    CHECK(h[5] != 1 - h[2]);
}

TEST_CASE("cotangents of a field are added up over its segment, or stand by coordinate") {
    using own = fields_of<layer_and_step>;
    using layout = layout_of<layer_and_step>;
    std::array<double, layout::size> bar{};
    const pr::view<double> theta_bar(bar.data());
    const pr::segment& part = plan::segments[1];
    pr::detail::running_sum<double> sums[own::learned_fields + 1];
    const double pulled[] = {9.0, 9.0, 0.5};  // of p and g, and of the rate
    own::give<layout, plan, steps, double>(1, part, 0, pulled, sums, theta_bar);
    own::give<layout, plan, steps, double>(1, part, 1, pulled, sums, theta_bar);
    CHECK(std::count(bar.begin(), bar.end(), 0.0) == static_cast<std::ptrdiff_t>(bar.size()));
    own::flush<layout, plan, steps>(1, part, sums, theta_bar);
    CHECK(bar == std::array<double, layout::size>{0, 0, 0, 1, 0, 0});

    using each = fields_of<decltype(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.1)})>;
    using each_layout = layout_of<decltype(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.1)})>;
    std::array<double, each_layout::size> by_coordinate{};
    const pr::view<double> each_bar(by_coordinate.data());
    each::give<each_layout, plan, steps, double>(1, part, 2, pulled, sums, each_bar);
    each::flush<each_layout, plan, steps>(1, part, sums, each_bar);
    CHECK(by_coordinate == std::array<double, each_layout::size>{0, 0, 0, 0, 0, 0, 0, 0.5, 0});
}
