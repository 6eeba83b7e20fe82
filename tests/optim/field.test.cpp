// SPDX-License-Identifier: BSL-1.0
#include <priori/optim/field.hpp>

#include "catch.hpp"

#include <priori/optim/schedule.hpp>

namespace pr = priori;

TEST_CASE("a field's value is the number, where it starts, or what its schedule has at the step") {
    CHECK(pr::field_value(0.25, 7) == 0.25);
    CHECK(pr::field_value(pr::learned(0.5), 7) == 0.5);
    CHECK(pr::field_value(pr::linear_schedule{.from = 1.0, .to = 0.0, .steps = 4}, 1) == Approx(0.75));
}

TEST_CASE("a learned field has a value for all, or for each coordinate, layer or step") {
    constexpr auto size = []<class F>(F) { return pr::field_size<F>(12, 3, 5); };
    CHECK(size(0.1) == 0);
    CHECK(size(pr::learned(0.1)) == 1);
    CHECK(size(pr::learned_per<pr::coordinate>(0.1)) == 12);
    CHECK(size(pr::learned_per<pr::layer>(0.1)) == 3);
    CHECK(size(pr::learned_per<pr::step>(0.1)) == 5);
    CHECK(size(pr::learned_per<pr::layer | pr::step>(0.1)) == 15);
    CHECK(size(pr::learned_per<pr::coordinate | pr::step>(0.1)) == 60);
    STATIC_REQUIRE(pr::is_learned_by_step<decltype(pr::learned_per<pr::layer | pr::step>(0.1))>);
    STATIC_REQUIRE_FALSE(pr::is_learned_by_step<decltype(pr::learned_per<pr::layer>(0.1))>);
    STATIC_REQUIRE_FALSE(pr::is_learned_by_step<double>);
}
