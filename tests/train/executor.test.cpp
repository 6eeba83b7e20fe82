// SPDX-License-Identifier: BSL-1.0
#include <priori/train/executor.hpp>

#include "catch.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace pr = priori;

TEST_CASE("every piece is run once, by a worker that there is") {
    for (const std::size_t workers : {1, 2, 3, 5}) {
        pr::threads pool(workers);
        REQUIRE(pool.workers() == workers);
        for (const std::size_t count : {0, 1, 2, 3, 7, 100}) {
            std::vector<int> times(count);
            std::vector<std::size_t> by(count);
            pool.run(count, [&](std::size_t worker, std::size_t i) noexcept {
                ++times[i];
                by[i] = worker;
            });
            for (std::size_t i = 0; i < count; ++i) {
                CHECK(times[i] == 1);
                CHECK(by[i] < workers);
            }
        }
    }
}

TEST_CASE("which worker has a piece is the same every time") {
    pr::threads pool(3);
    const auto owners = [&pool] {
        std::array<std::size_t, 10> by{};
        pool.run(by.size(), [&](std::size_t worker, std::size_t i) noexcept { by[i] = worker; });
        return by;
    };
    const auto first = owners();
    for (int i = 0; i < 1000; ++i) REQUIRE(owners() == first);
    CHECK(first[0] == 0);
    CHECK(first[9] == 2);
}

TEST_CASE("what the pieces wrote is there after run, and pools come and go") {
    for (int i = 0; i < 50; ++i) {
        pr::threads pool(4);
        std::vector<double> values(64);
        for (int round = 0; round < 20; ++round)
            pool.run(values.size(), [&](std::size_t, std::size_t at) noexcept { values[at] += 1; });
        for (const double value : values) REQUIRE(value == 20);
    }
}

TEST_CASE("a pool of no workers is one of one") { CHECK(pr::threads(0).workers() == 1); }
