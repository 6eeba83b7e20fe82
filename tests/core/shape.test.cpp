// SPDX-License-Identifier: BSL-1.0
// Shapes: rank, size and extents, of no extents too.
#include "catch.hpp"

#include <priori/core/shape.hpp>

namespace pr = priori;

TEST_CASE("a shape has the product of its extents as its size; no extents are one number") {
    static_assert(pr::shape<28, 28, 3>::size == 2352 && pr::shape<28, 28, 3>::rank == 3);
    static_assert(pr::shape<>::size == 1 && pr::shape<>::rank == 0);
    static_assert(pr::shape<5, 0>::size == 0);
    CHECK(pr::shape<4, 7>::extents[0] == 4);
    CHECK(pr::shape<4, 7>::extents[1] == 7);
    CHECK(pr::shape<>::extents.empty());
    static_assert(pr::count<10>.value == 10);
    static_assert(pr::ways > 1u << 31);  // no number of classes
}
