// SPDX-License-Identifier: BSL-1.0
#include <priori/optim/segment.hpp>

#include "catch.hpp"

namespace pr = priori;

TEST_CASE("one segment is a plan of one layer, whose numbers stand in the vector as they do in the buffer") {
    using plan = pr::one_segment<7>;
    STATIC_REQUIRE(plan::size == 7);
    STATIC_REQUIRE(plan::layers == 1);
    REQUIRE(plan::segments.size() == 1);
    const pr::segment& all = plan::segments[0];
    CHECK(all.offset == 0);
    CHECK(all.size == 7);
    CHECK(all.start == 0);
    CHECK(all.layer == 0);
}
