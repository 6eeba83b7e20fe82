// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "outputs.hpp"

#include <priori/nn/dense.hpp>
#include <priori/nn/per_class.hpp>

#include <cstddef>
#include <type_traits>
#include <vector>

namespace pr = priori;
using test::number;
using test::outputs;

TEST_CASE("per_class is the inner layer on each part", "[nn]") {
    constexpr auto inner = pr::dense<2>;
    constexpr auto parted = pr::per_class(pr::dense<2>);
    std::vector<double> p(8), x(24);
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = number(i);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = number(50 + i);
    const auto together = outputs<pr::rows<2>, pr::shape<4, 3>>(parted, p, x);
    CHECK(together == outputs<pr::rows<8>, pr::shape<3>>(inner, p, x));
    using of_one = decltype(pr::per_class(pr::dense<1>))::output_shape<pr::shape<4, 3>>;
    static_assert(std::is_same_v<of_one, pr::shape<4>>);
}
