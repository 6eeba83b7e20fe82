// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/task/linear_maps.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

using priori::count;
using priori::key;

TEST_CASE("linear_maps gives y = W x for the W of its task") {
    const priori::linear_maps tasks{.inputs = count<3>, .outputs = count<2>, .shots = count<4>, .queries = count<5>};
    const auto map = tasks.task(key{1, 2, 3});
    decltype(tasks)::episode_type<double> episode;
    tasks.draw_into<double>(key{1, 2, 3}, episode);
    for (std::size_t row = 0; row < 5; ++row) {
        for (std::size_t o = 0; o < 2; ++o) {
            double expected = 0;
            for (std::size_t i = 0; i < 3; ++i) expected += map.weights[o * 3 + i] * episode.query.inputs(row, i);
            REQUIRE(std::fabs(episode.query.targets(row, o) - expected) < 1e-14);
        }
    }
}

TEST_CASE("linear_maps has weights and inputs of variance 1, and noise of the deviation asked for") {
    const priori::linear_maps tasks{.inputs = count<2>, .outputs = count<2>, .shots = count<10>, .noise = 0.5};
    double weight = 0;
    double input = 0;
    double noise = 0;
    const int count_of_tasks = 2000;
    for (std::uint32_t t = 0; t < count_of_tasks; ++t) {
        const auto map = tasks.task(key{2, 0, t});
        decltype(tasks)::episode_type<double> episode;
        tasks.draw_into<double>(key{2, 0, t}, episode);
        for (const double w : map.weights) weight += w * w / (4 * count_of_tasks);
        for (std::size_t row = 0; row < 10; ++row) {
            const double x[2] = {episode.support.inputs(row, 0), episode.support.inputs(row, 1)};
            double y[2];
            map(x, y);
            for (std::size_t i = 0; i < 2; ++i) {
                const double error = episode.support.targets(row, i) - y[i];
                input += x[i] * x[i] / (20 * count_of_tasks);
                noise += error * error / (20 * count_of_tasks);
            }
        }
    }
    CHECK(std::fabs(weight - 1) < 0.06);
    CHECK(std::fabs(input - 1) < 0.03);
    CHECK(std::fabs(noise - 0.25) < 0.01);
}
