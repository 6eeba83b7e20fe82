// SPDX-License-Identifier: BSL-1.0
// flatten: the same numbers in the same order, there and back, copied or where they lie.
#include "catch.hpp"

#include <priori/nn/flatten.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <type_traits>

namespace pr = priori;

TEST_CASE("flatten keeps numbers and order, forward and backward") {
    using in = pr::shape<2, 3, 2>;
    static_assert(std::is_same_v<pr::flatten_layer::output_shape<in>, pr::shape<12>>);
    std::array<float, 24> x, y{}, x_bar{};
    std::iota(x.begin(), x.end(), 1.0f);
    const auto view = [](auto& numbers) { return pr::view<float>(numbers.data()); };
    pr::flatten.forward<pr::rows<2>, in>(pr::view<void>{}, view(x), view(y));
    CHECK(std::equal(x.begin(), x.end(), y.begin()));
    pr::flatten.vjp<pr::rows<2>, in>(pr::view<void>{}, view(x), view(y), view(y), view(x_bar), pr::view<void>{});
    CHECK(x_bar == x);
    pr::flatten.forward<pr::rows<2>, in>(pr::view<void>{}, view(x), view(x));  // where it lies
    CHECK(x[23] == 24);
    pr::flatten.vjp<pr::rows<2>, in>(pr::view<void>{}, view(x), view(y), view(y), pr::view<void>{}, pr::view<void>{});
}

TEST_CASE("flatten copies tangents too, and a constant gets none") {
    using in = pr::shape<2, 2>;
    pr::storage<pr::dual<double>, 4> x, y;
    y.clear();
    for (std::size_t i = 0; i < 4; ++i) {
        x.values.elements[i] = static_cast<double>(i);
        x.tangents.elements[i] = 10.0 * static_cast<double>(i);
    }
    pr::flatten.forward<pr::rows<1>, in>(pr::view<void>{}, x.all(), y.all());
    CHECK(y.tangents.elements[3] == 30);
    pr::flatten.forward<pr::rows<1>, in>(pr::view<void>{}, x.values.all(), y.all());
    CHECK(y.values.elements[3] == 3);
    CHECK(y.tangents.elements[3] == 0);
}
