// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/task/sinusoids.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <type_traits>
#include <vector>

using priori::count;
using priori::key;

namespace {

constexpr double pi = 3.14159265358979323846;

// Mean of `value(task)` over 20,000 tasks, and its least and greatest.
struct summary {
    double mean = 0, least = 1e300, greatest = -1e300;
};
template <class Value>
summary over_tasks(Value value) {
    summary result;
    for (std::uint32_t task = 0; task < 20000; ++task) {
        const double x = value(key{1, 0, task});
        result.mean += x / 20000;
        result.least = std::min(result.least, x);
        result.greatest = std::max(result.greatest, x);
    }
    return result;
}

}  // namespace

TEST_CASE("sinusoids has amplitudes in [0.1, 5), phases in [0, pi) and inputs in [-5, 5), uniformly") {
    const priori::sinusoids tasks{.shots = count<5>, .queries = count<3>};
    const summary amplitude = over_tasks([&](key k) { return tasks.task(k).amplitude; });
    CHECK(amplitude.least >= 0.1);
    CHECK(amplitude.least < 0.11);
    CHECK(amplitude.greatest < 5);
    CHECK(amplitude.greatest > 4.99);
    CHECK(std::fabs(amplitude.mean - 2.55) < 0.04);

    const summary phase = over_tasks([&](key k) { return -tasks.task(k).shift; });
    CHECK(phase.least >= 0);
    CHECK(phase.greatest < pi);
    CHECK(phase.greatest > pi - 0.01);
    CHECK(std::fabs(phase.mean - pi / 2) < 0.03);

    const summary input = over_tasks([&](key k) { return tasks.draw(k).query.inputs.data()[2]; });
    CHECK(input.least >= -5);
    CHECK(input.greatest < 5);
    CHECK(std::fabs(input.mean) < 0.08);
}

TEST_CASE("every point of a sinusoid episode lies on the function of its task, A sin(x - phase)") {
    const priori::sinusoids tasks{.shots = count<10>, .queries = count<10>};
    for (std::uint32_t t = 0; t < 100; ++t) {
        const priori::sinusoid function = tasks.task(key{2, 1, t});
        decltype(tasks)::episode_type<double> episode;
        tasks.draw_into<double>(key{2, 1, t}, episode);
        for (const auto* batch : {&episode.support, &episode.query}) {
            for (std::size_t i = 0; i < 10; ++i) {
                const double x = batch->inputs.data()[i];
                const double expected = function.amplitude * std::sin(x - (-function.shift));
                REQUIRE(std::fabs(batch->targets.data()[i] - expected) < 1e-14);
                REQUIRE(batch->targets.data()[i] == function(x));
            }
        }
    }
}

TEST_CASE("counts that are left out of sinusoids are ten, and a source of counts alone is empty") {
    const priori::sinusoids tasks{.queries = count<3>};
    static_assert(decltype(tasks)::episode_type<float>::support_type::count == 10);
    static_assert(decltype(tasks)::episode_type<float>::query_type::count == 3);
    static_assert(std::is_empty_v<decltype(tasks)> || sizeof(tasks) <= 2);
    static_assert(std::is_aggregate_v<decltype(tasks)>);
    REQUIRE(tasks.draw(key{1}).query.inputs.size() == 3);
}

TEST_CASE("reptile_sinusoids has amplitudes in [0.1, 5) and phases in [0, 2 pi), uniformly") {
    const priori::reptile_sinusoids tasks{};
    const summary amplitude = over_tasks([&](key k) { return tasks.task(k).amplitude; });
    CHECK(amplitude.least >= 0.1);
    CHECK(amplitude.greatest < 5);
    CHECK(std::fabs(amplitude.mean - 2.55) < 0.04);
    const summary phase = over_tasks([&](key k) { return tasks.task(k).shift; });
    CHECK(phase.least >= 0);
    CHECK(phase.greatest < 2 * pi);
    CHECK(std::fabs(phase.mean - pi) < 0.06);
}

TEST_CASE("the query set of reptile_sinusoids is the grid of 50 points from -5 to 5, on A sin(x + phase)") {
    const priori::reptile_sinusoids tasks{.shots = count<10>};
    const priori::sinusoid function = tasks.task(key{3});
    decltype(tasks)::episode_type<double> episode;
    tasks.draw_into<double>(key{3}, episode);
    for (std::size_t i = 0; i < 50; ++i) {
        const double x = -5 + 10.0 * static_cast<double>(i) / 49;
        REQUIRE(std::fabs(episode.query.inputs.data()[i] - x) < 1e-14);
        const double expected = function.amplitude * std::sin(x + function.shift);
        REQUIRE(std::fabs(episode.query.targets.data()[i] - expected) < 1e-13);
    }
}

TEST_CASE("the support set of reptile_sinusoids holds different grid points in random order; 50 are a permutation") {
    const priori::reptile_sinusoids all{};
    const auto episode = all.draw(key{4});
    std::vector<float> inputs(episode.support.inputs.data(), episode.support.inputs.data() + 50);
    REQUIRE(!std::is_sorted(inputs.begin(), inputs.end()));
    std::sort(inputs.begin(), inputs.end());
    REQUIRE(std::equal(inputs.begin(), inputs.end(), episode.query.inputs.data()));

    const priori::reptile_sinusoids ten{.shots = count<10>};
    std::set<float> reached;
    for (std::uint32_t t = 0; t < 200; ++t) {
        const auto drawn = ten.draw(key{5, 0, t});
        const std::set<float> points(drawn.support.inputs.data(), drawn.support.inputs.data() + 10);
        REQUIRE(points.size() == 10);
        reached.insert(points.begin(), points.end());
        for (std::size_t i = 0; i < 10; ++i) {
            const float* grid = drawn.query.inputs.data();
            const auto at = std::find(grid, grid + 50, drawn.support.inputs.data()[i]) - grid;
            REQUIRE(at < 50);
            REQUIRE(drawn.support.targets.data()[i] == drawn.query.targets.data()[at]);
        }
    }
    REQUIRE(reached.size() == 50);
}
