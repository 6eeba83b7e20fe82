// SPDX-License-Identifier: BSL-1.0
// nesterov against its paper's equations.
#include "optim/equations.hpp"

#include "catch.hpp"

#include <priori/optim/nesterov.hpp>

namespace pr = priori;
using namespace equations;

TEST_CASE("nesterov follows its equations") {
    // Sutskever et al. 2013, equations 3 and 4: u is the velocity at the point that looks ahead, theta + decay u.
    check(pr::nesterov{.rate = 0.1, .decay = 0.8}, [](state& s, double g, int t) {
        double theta = t == 1 ? s.p : s.p - 0.8 * s.m;  // s.p is the point that looks ahead
        s.m = 0.8 * s.m - 0.1 * g;
        theta += s.m;
        s.p = theta + 0.8 * s.m;
    });
}
