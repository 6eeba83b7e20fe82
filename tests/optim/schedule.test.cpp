// SPDX-License-Identifier: BSL-1.0
#include <priori/optim/schedule.hpp>

#include "catch.hpp"

#include <cmath>
#include <cstddef>

namespace pr = priori;

static_assert(pr::Schedule<pr::constant> && pr::Schedule<pr::linear_schedule> && pr::Schedule<pr::cosine_schedule> &&
              pr::Schedule<pr::warm_up<pr::cosine_schedule>>);
static_assert(!pr::Schedule<double>, "a number is a field, and no schedule");
static_assert(!pr::Schedule<decltype(pr::learned(0.1))>, "what is learned does not follow a plan");

TEST_CASE("a linear schedule starts at its first value, ends at its last and stays there") {
    constexpr pr::linear_schedule schedule{.from = 1.0, .to = 0.2, .steps = 4};
    static_assert(schedule.at(0) == 1.0);
    CHECK(schedule.at(1) == Approx(0.8));
    CHECK(schedule.at(3) == Approx(0.4));
    CHECK(schedule.at(4) == 0.2);
    CHECK(schedule.at(1000) == 0.2);
}

TEST_CASE("a cosine schedule is half a wave") {
    const pr::cosine_schedule schedule{.from = 0.5, .to = 0.1, .steps = 10};
    CHECK(schedule.at(0) == 0.5);
    CHECK(schedule.at(5) == Approx(0.3));
    for (std::size_t k = 0; k < 10; ++k) {
        const double wave = std::cos(3.14159265358979323846 * static_cast<double>(k) / 10);
        CHECK(schedule.at(k) == Approx(0.1 + 0.4 * (1 + wave) / 2).epsilon(1e-14));
    }
    CHECK(schedule.at(10) == 0.1);
    CHECK(schedule.at(11) == 0.1);
}

TEST_CASE("warm-up rises to a number, or to a schedule that starts when it is over") {
    const pr::warm_up number{.steps = 4, .then = 2.0};
    CHECK(number.at(0) == 0.5);
    CHECK(number.at(3) == 2.0);
    CHECK(number.at(9) == 2.0);
    const pr::warm_up composed{.steps = 2, .then = pr::linear_schedule{.from = 1.0, .to = 0.0, .steps = 2}};
    CHECK(composed.at(0) == 0.5);
    CHECK(composed.at(1) == 1.0);
    CHECK(composed.at(2) == 1.0);
    CHECK(composed.at(3) == 0.5);
    CHECK(composed.at(4) == 0.0);
}
