// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "outputs.hpp"

#include <priori/nn/beside.hpp>

#include <type_traits>
#include <vector>

namespace pr = priori;
using test::outputs;

TEST_CASE("beside puts the class first, then the input, at every place", "[nn]") {
    const std::vector<double> classes{1, 2, 3, 4, 5, 6, 7, 8};  // two classes of shape (2, 2)
    const auto y = outputs<pr::rows<1>, pr::shape<2, 2>>(pr::beside<2>, classes, std::vector<double>{10, 20, 30, 40});
    CHECK(y == std::vector<double>{1, 2, 10, 20, 3, 4, 30, 40, 5, 6, 10, 20, 7, 8, 30, 40});
    using pair = pr::beside_layer<2>::output_shape<pr::shape<2, 2>>;
    static_assert(std::is_same_v<pair, pr::shape<2, 2, 4>>);
}
