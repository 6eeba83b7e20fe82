// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/task/gaussian_blobs.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

using priori::count;
using priori::key;

TEST_CASE("the rows of gaussian_blobs are interleaved by class") {
    const priori::gaussian_blobs tasks{.ways = count<3>, .shots = count<2>, .queries = count<4>, .dimension = count<5>};
    const auto episode = tasks.draw(key{1});
    REQUIRE(episode.support.targets.size() == 6);
    REQUIRE(episode.query.targets.size() == 12);
    for (std::size_t row = 0; row < 12; ++row) {
        REQUIRE(episode.query.targets.data()[row] == static_cast<std::int32_t>(row % 3));
        if (row < 6) REQUIRE(episode.support.targets.data()[row] == static_cast<std::int32_t>(row % 3));
    }
}

TEST_CASE("points of gaussian_blobs scatter with variance 1 around class means of variance spread squared") {
    const priori::gaussian_blobs tasks{
        .ways = count<4>, .shots = count<5>, .queries = count<5>, .dimension = count<3>, .spread = 3};
    double between = 0;
    double within = 0;
    const int count_of_tasks = 1000;
    for (std::uint32_t t = 0; t < count_of_tasks; ++t) {
        const auto means = tasks.task(key{2, 0, t});
        const auto episode = tasks.draw(key{2, 0, t});
        for (const double m : means) between += m * m / (12 * count_of_tasks);
        for (const auto* batch : {&episode.support, &episode.query}) {
            for (std::size_t row = 0; row < 20; ++row) {
                const auto label = static_cast<std::size_t>(batch->targets.data()[row]);
                for (std::size_t i = 0; i < 3; ++i) {
                    const double offset = batch->inputs(row, i) - means[label * 3 + i];
                    within += offset * offset / (120 * count_of_tasks);
                }
            }
        }
    }
    CHECK(std::fabs(between - 9) < 0.6);
    CHECK(std::fabs(within - 1) < 0.02);
}
