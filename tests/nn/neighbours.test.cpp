// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "outputs.hpp"

#include <priori/nn/neighbours.hpp>
#include <priori/task/batch.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

namespace pr = priori;
using test::outputs;

TEST_CASE("neighbours counts votes; of equal counts the class of the nearest example wins", "[nn]") {
    // Examples at 0, 1, 2.1, 3.3 and 10 on a line, of the classes 0, 1, 1, 0, 2.
    const std::vector<float> p{0, 1, 2.1f, 3.3f, 10, 0, 1, 1, 0, 2};
    const auto votes = [&](auto layer, float x) {
        const auto y = outputs<pr::rows<1>, pr::shape<1>>(layer, p, std::vector<float>{x});
        std::size_t best = 0;
        for (std::size_t n = 1; n < y.size(); ++n) best = y[n] > y[best] ? n : best;
        return best;
    };
    CHECK(votes(pr::neighbours<1, 3, 5>, 0.4f) == 0);
    CHECK(votes(pr::neighbours<1, 3, 5>, 0.6f) == 1);
    CHECK(votes(pr::neighbours<3, 3, 5>, 0.4f) == 1);  // 0, 1, 1
    CHECK(votes(pr::neighbours<4, 3, 5>, 0.4f) == 0);  // two each: 0 is nearest
    CHECK(votes(pr::neighbours<4, 3, 5>, 0.6f) == 1);
    CHECK(votes(pr::neighbours<2, 3, 5>, 9.0f) == 2);
    const auto y = outputs<pr::rows<1>, pr::shape<1>>(pr::neighbours<3, 3, 5>, p, std::vector<float>{0.4f});
    CHECK(y[0] == Approx(1.0f - 0.0f));
    CHECK(y[1] == Approx(2.0f - 0.25f));
    CHECK(y[2] == Approx(0.0f - 0.75f));
}

TEST_CASE("neighbours takes the earlier of two examples that are as near, and NaN for far", "[nn]") {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const auto y = outputs<pr::rows<1>, pr::shape<1>>(
        pr::neighbours<2, 3, 4>, std::vector<float>{nan, 1, -1, 1, 0, 1, 2, 2}, std::vector<float>{0});
    CHECK(y[1] > y[2]);
    CHECK(y[2] > y[0]);
}

TEST_CASE("neighbours of what is not a number are none", "[nn]") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> p{0, 1, 2, 0, 1, 2};
    const auto y = outputs<pr::rows<2>, pr::shape<1>>(pr::neighbours<2, 3, 3>, p, std::vector<float>{nan, 0.4f});
    for (std::size_t n = 0; n < 3; ++n) CHECK(std::isnan(y[n]));
    for (std::size_t n = 3; n < 6; ++n) CHECK(std::isfinite(y[n]));
}

TEST_CASE("neighbours takes the sizes that are not given from the episode", "[nn]") {
    using episode = pr::episode_of<float, pr::shape<4>, pr::labels<3>, 6, 9>;
    static_assert(std::is_same_v<decltype(pr::neighbours<1, 3>.resolve<episode>()), pr::neighbours_layer<1, 3, 6>>);
    static_assert(std::is_same_v<decltype(pr::neighbours<1, 3, 5>.resolve<episode>()), pr::neighbours_layer<1, 3, 5>>);
}
