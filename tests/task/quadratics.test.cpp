// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/task/quadratics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

using priori::count;
using priori::key;
using priori::quadratic_elements;

namespace {

struct summary {
    double mean = 0, square = 0, least = 1e300, greatest = -1e300;
};

template <class Source>
summary elements_of(const Source& tasks) {
    summary result;
    const int count_of_tasks = 2000;
    for (std::uint32_t t = 0; t < count_of_tasks; ++t) {
        const auto episode = tasks.draw(key{1, 0, t});
        const auto see = [&](double x) {
            result.mean += x / (20 * count_of_tasks);
            result.square += x * x / (20 * count_of_tasks);
            result.least = std::min(result.least, x);
            result.greatest = std::max(result.greatest, x);
        };
        for (std::size_t i = 0; i < 16; ++i) see(episode.support.inputs.data()[i]);
        for (std::size_t i = 0; i < 4; ++i) see(episode.support.targets.data()[i]);
    }
    return result;
}

}  // namespace

TEST_CASE("gaussian quadratics have elements of mean 0 and variance 1") {
    const summary seen = elements_of(priori::quadratics{.dimension = count<4>});
    CHECK(std::fabs(seen.mean) < 0.02);
    CHECK(std::fabs(seen.square - 1) < 0.03);
    CHECK(seen.least < -3);
}

TEST_CASE("uniform quadratics have elements in [0, 1) of mean 1/2") {
    const summary seen =
        elements_of(priori::quadratics{.dimension = count<4>, .elements = quadratic_elements::uniform});
    CHECK(std::fabs(seen.mean - 0.5) < 0.006);
    CHECK(std::fabs(seen.square - 1.0 / 3) < 0.006);
    CHECK(seen.least >= 0);
    CHECK(seen.greatest < 1);
}

TEST_CASE("the query set of a quadratic is its support set: rows of W and elements of y") {
    const priori::quadratics tasks{.dimension = count<6>};
    const auto episode = tasks.draw(key{2});
    REQUIRE(episode.support.inputs.size() == 36);
    REQUIRE(episode.support.targets.size() == 6);
    for (std::size_t i = 0; i < 36; ++i) {
        REQUIRE(episode.support.inputs.data()[i] == episode.query.inputs.data()[i]);
    }
    for (std::size_t i = 0; i < 6; ++i) {
        REQUIRE(episode.support.targets.data()[i] == episode.query.targets.data()[i]);
    }
}
