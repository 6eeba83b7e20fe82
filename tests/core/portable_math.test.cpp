// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/core/portable_math.hpp>
#include <priori/simd/pack.hpp>

#include <algorithm>
#include <cmath>

TEST_CASE("portable_sin agrees with long double to 4e-16") {
    double worst = 0;
    for (int i = -200000; i <= 200000; ++i) {
        const double x = i * 0.00137;
        const long double exact = std::sin(static_cast<long double>(x));
        worst = priori::maximum(worst, static_cast<double>(std::fabs(priori::portable_sin(x) - exact)));
    }
    REQUIRE(worst < 4e-16);
}

TEST_CASE("portable_sin keeps its digits up to a million radians") {
    double worst = 0;
    for (int i = 0; i < 100000; ++i) {
        const double x = 999000.0 + i * 0.01;
        const long double exact = std::sin(static_cast<long double>(x));
        worst = priori::maximum(worst, static_cast<double>(std::fabs(priori::portable_sin(x) - exact)));
    }
    REQUIRE(worst < 4e-16);
}

TEST_CASE("portable_sin is odd and is zero at zero") {
    REQUIRE(priori::portable_sin(0.0) == 0.0);
    for (const double x : {0.1, 1.5, 1.6, 3.2, 17.0}) REQUIRE(priori::portable_sin(-x) == -priori::portable_sin(x));
}

TEST_CASE("portable_log agrees with long double to 4e-16 of its size") {
    double worst = 0;
    for (int i = -200000; i <= 200000; ++i) {
        const double x = std::exp(i * 0.0003);
        const long double exact = std::log(static_cast<long double>(x));
        const long double size = std::max(1.0L, std::fabs(exact));
        worst = priori::maximum(worst, static_cast<double>(std::fabs(priori::portable_log(x) - exact) / size));
    }
    REQUIRE(worst < 4e-16);
    REQUIRE(priori::portable_log(1.0) == 0.0);
}
