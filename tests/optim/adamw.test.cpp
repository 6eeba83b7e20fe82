// SPDX-License-Identifier: BSL-1.0
// adamw against its equation: the decay is not seen by the moments.
#include "optim/equations.hpp"

#include "catch.hpp"

#include <priori/optim/adamw.hpp>

namespace pr = priori;
using namespace equations;

TEST_CASE("adamw follows its equation, with eps inside the root and outside") {
    const pr::adamw w{.rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3, .decay = 0.3};
    check(w, adam_equation(0.3, true));
    check(w.with_eps_outside(), adam_equation(0.3, false));
}
