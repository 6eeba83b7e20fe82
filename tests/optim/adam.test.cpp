// SPDX-License-Identifier: BSL-1.0
// adam against its equation, with eps inside the root and outside.
#include "optim/equations.hpp"

#include "catch.hpp"

#include <priori/optim/adam.hpp>

namespace pr = priori;
using namespace equations;

TEST_CASE("adam follows its equation, with eps inside the root and outside") {
    const pr::adam a{.rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3};
    check(a, adam_equation(0, true));
    check(a.with_eps_outside(), adam_equation(0, false));
}
