// SPDX-License-Identifier: BSL-1.0
// weight_decay against its equation: the gradient of decay / 2 |p|^2 joins that of the loss.
#include "optim/equations.hpp"

#include "catch.hpp"

#include <priori/optim/adam.hpp>
#include <priori/optim/adamw.hpp>
#include <priori/optim/chain.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/weight_decay.hpp>

#include <cmath>

namespace pr = priori;
using namespace equations;

TEST_CASE("weight_decay adds to the gradient that an optimizer's state sees") {
    check(pr::weight_decay{0.5} | pr::momentum{.rate = 0.1, .decay = 0.8}, [](state& s, double g, int) {
        s.m = 0.8 * s.m + g + 0.5 * s.p;
        s.p -= 0.1 * s.m;
    });
}

TEST_CASE("weight_decay before adam is not adamw") {
    const auto decayed = pr::weight_decay{0.3} | pr::adam{.rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3};
    check(decayed, [](state& s, double g, int t) { adam_equation(0, true)(s, g + 0.3 * s.p, t); });
    CHECK(error<double>(decayed, adam_equation(0.3, true)) > 1e-3);
}
