// SPDX-License-Identifier: BSL-1.0
// sgd against its equation.
#include "optim/equations.hpp"

#include "catch.hpp"

#include <priori/optim/sgd.hpp>

namespace pr = priori;
using namespace equations;

TEST_CASE("sgd follows its equation") {
    check(pr::sgd{.rate = 0.1}, [](state& s, double g, int) { s.p -= 0.1 * g; });
}
