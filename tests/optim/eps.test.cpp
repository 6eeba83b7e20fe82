// SPDX-License-Identifier: BSL-1.0
#include <priori/optim/eps.hpp>

#include "catch.hpp"

#include <priori/ad/jet.hpp>

#include <cmath>

namespace pr = priori;

TEST_CASE("eps stands inside the root or outside") {
    CHECK(pr::detail::root<pr::eps_place::inside>(4.0, 0.5) == Approx(std::sqrt(4.5)));
    CHECK(pr::detail::root<pr::eps_place::outside>(4.0, 0.5) == 2.5);
}

TEST_CASE("only inside is the root differentiable at 0") {
    const auto zero = pr::dual<double>::variable(0.0, 0);
    CHECK(pr::detail::root<pr::eps_place::inside>(zero, 0.25).tangent[0] == Approx(1.0));
    CHECK(std::isinf(pr::detail::root<pr::eps_place::outside>(zero, 0.25).tangent[0]));
}
