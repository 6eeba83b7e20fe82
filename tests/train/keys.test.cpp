// SPDX-License-Identifier: BSL-1.0
// Keys of training and evaluation: one for each task, none for two.
#include "catch.hpp"

#include <priori/train/keys.hpp>

#include <cstdint>
#include <set>
#include <tuple>

namespace pr = priori;

TEST_CASE("tasks of different iterations, places, uses and seeds have different keys") {
    std::set<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>> seen;
    std::size_t count = 0;
    const auto take = [&](pr::key k) {
        seen.insert({k.seed, k.iteration, k.task});
        ++count;
    };
    for (const std::uint64_t s : {0ull, 1ull, 2ull, 1ull << 32, (1ull << 32) + 1, ~0ull}) {
        for (std::uint64_t i = 0; i < 5; ++i) {
            for (std::size_t t = 0; t < 5; ++t) take(pr::training_key(pr::seed{s}, i, t));
        }
        for (std::size_t t = 0; t < 5; ++t) take(pr::evaluation_key(pr::seed{s}, t));
    }
    CHECK(seen.size() == count);
    static_assert(pr::training_key(pr::seed{3}, 1, 2) == pr::training_key(pr::seed{3}, 1, 2));
}
