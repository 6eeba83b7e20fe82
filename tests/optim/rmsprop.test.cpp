// SPDX-License-Identifier: BSL-1.0
// rmsprop against its equations, with eps inside the root and outside.
#include "optim/equations.hpp"

#include "catch.hpp"

#include <priori/optim/rmsprop.hpp>

#include <cmath>

namespace pr = priori;
using namespace equations;

TEST_CASE("rmsprop follows its equations, with eps inside the root and outside") {
    const auto rmsprop = [](bool inside) {
        return [inside](state& s, double g, int) {
            s.v = 0.9 * s.v + 0.1 * g * g;
            s.p -= 0.05 * g / (inside ? std::sqrt(s.v + 1e-3) : std::sqrt(s.v) + 1e-3);
        };
    };
    const pr::rmsprop r{.rate = 0.05, .decay = 0.9, .eps = 1e-3};
    check(r, rmsprop(true));
    check(r.with_eps_outside(), rmsprop(false));
}
