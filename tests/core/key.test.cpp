// SPDX-License-Identifier: BSL-1.0
// Keys are plain values that differ when any part does.
#include "catch.hpp"

#include <priori/core/key.hpp>

#include <type_traits>

namespace pr = priori;

TEST_CASE("keys are equal when all their parts are") {
    static_assert(std::is_trivially_copyable_v<pr::key> && std::is_aggregate_v<pr::key>);
    const pr::key k{1, 2, 3};
    CHECK(k == pr::key{1, 2, 3});
    CHECK(k != pr::key{9, 2, 3});
    CHECK(k != pr::key{1, 9, 3});
    CHECK(k != pr::key{1, 2, 9});
    CHECK(k != pr::key{1 + (std::uint64_t{1} << 32), 2, 3});  // all 64 bits of the seed count
    CHECK(pr::key{} == pr::key{0, 0, 0});
}
