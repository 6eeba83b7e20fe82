// SPDX-License-Identifier: BSL-1.0
// adam and adamw against their equations, with eps inside the root and outside.
#include "optim/equations.hpp"

#include "catch.hpp"

#include <priori/optim/adam.hpp>
#include <priori/optim/adamw.hpp>

#include <cmath>

namespace pr = priori;
using namespace equations;

TEST_CASE("adam and adamw follow their equations, with eps inside the root and outside") {
    const auto adam = [](double decay, bool inside) {
        return [=](state& s, double g, int t) {
            s.m = 0.8 * s.m + 0.2 * g;
            s.v = 0.95 * s.v + 0.05 * g * g;
            const double m = s.m / (1 - std::pow(0.8, t)), v = s.v / (1 - std::pow(0.95, t));
            s.p -= 0.05 * (m / (inside ? std::sqrt(v + 1e-3) : std::sqrt(v) + 1e-3) + decay * s.p);
        };
    };
    const pr::adam a{.rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3};
    check(a, adam(0, true));
    check(a.with_eps_outside(), adam(0, false));
    const pr::adamw w{.rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3, .decay = 0.3};
    check(w, adam(0.3, true));
    check(w.with_eps_outside(), adam(0.3, false));
}
