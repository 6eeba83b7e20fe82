// SPDX-License-Identifier: BSL-1.0
// momentum against its equations.
#include "optim/equations.hpp"

#include "catch.hpp"

#include <priori/optim/momentum.hpp>

namespace pr = priori;
using namespace equations;

TEST_CASE("momentum follows its equations") {
    check(pr::momentum{.rate = 0.1, .decay = 0.8}, [](state& s, double g, int) {
        s.m = 0.8 * s.m + g;
        s.p -= 0.1 * s.m;
    });
}
