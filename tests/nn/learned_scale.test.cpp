// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "outputs.hpp"

#include <priori/core/random.hpp>
#include <priori/nn/learned_scale.hpp>

#include <vector>

namespace pr = priori;
using test::outputs;

TEST_CASE("learned_scale starts where it is told, and multiplies", "[nn]") {
    float start = 0;
    pr::random_stream random(pr::key{}, pr::purpose::user);
    pr::learned_scale(7.5f).initialize<pr::shape<2>>(&start, random);
    CHECK(start == 7.5f);
    CHECK(outputs<pr::rows<1>, pr::shape<2>>(pr::learned_scale(1), std::vector<float>{3}, std::vector<float>{1, -2}) ==
          std::vector<float>{3, -6});
}
