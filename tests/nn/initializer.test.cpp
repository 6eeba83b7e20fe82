// SPDX-License-Identifier: BSL-1.0
// Initializers: mean, variance and bounds over many draws, against those of their distributions.
#include "catch.hpp"

#include <priori/nn/initializer.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace pr = priori;

namespace {

struct moments {
    double mean = 0, variance = 0, fourth = 0, largest = 0;
};

// Of 40,000 draws.
template <class T = double>
moments drawn(const pr::initializer& initial, std::size_t fan_in, std::size_t fan_out) {
    constexpr int count = 40000;
    pr::random_stream random(pr::key{11, 0, 3}, pr::purpose::parameters);
    moments result;
    for (int i = 0; i < count; ++i) {
        const double x = initial.draw<T>(random, fan_in, fan_out);
        result.mean += x / count;
        result.variance += x * x / count;
        result.fourth += x * x * x * x / count;
        result.largest = std::max(result.largest, std::abs(x));
    }
    return result;
}

// Five standard errors of a mean of squares whose fourth moment is known.
bool agrees(const moments& got, double variance, double kurtosis) {
    const double n = 40000, of_mean = std::sqrt(variance / n), of_square = variance * std::sqrt((kurtosis - 1) / n);
    return std::abs(got.mean) < 5 * of_mean && std::abs(got.variance - variance) < 5 * of_square;
}

}  // namespace

TEST_CASE("he is normal with variance 2 / fan_in, whatever the fan out") {
    for (const std::size_t fan_in : {1, 8, 784}) {
        const double variance = 2.0 / static_cast<double>(fan_in);
        const auto got = drawn(pr::he, fan_in, 5);
        CHECK(agrees(got, variance, 3));
        CHECK(got.fourth / (variance * variance) == Approx(3).epsilon(0.1));
        CHECK(got.largest > 3.5 * std::sqrt(variance));  // not cut off
        CHECK(drawn(pr::he, fan_in, 99).variance == got.variance);
    }
    CHECK(agrees(drawn<float>(pr::he, 8, 5), 0.25, 3));
}

TEST_CASE("glorot is uniform within sqrt(6 / (fan_in + fan_out)), of variance 2 / (fan_in + fan_out)") {
    const auto got = drawn(pr::glorot, 30, 10);
    const double bound = std::sqrt(6.0 / 40);
    CHECK(got.largest <= bound);
    CHECK(got.largest > 0.999 * bound);
    CHECK(agrees(got, 2.0 / 40, 1.8));
    CHECK(got.fourth == Approx(std::pow(bound, 4) / 5).epsilon(0.05));
}

TEST_CASE("truncated_normal ends at two deviations and has the variance that this leaves") {
    const auto got = drawn(pr::truncated_normal(0.01f), 30, 10);
    CHECK(got.largest <= 2 * 0.01f);
    CHECK(got.largest > 1.98 * 0.01);
    // Of a normal number cut at +-2: 1 - 2 a phi(a) / (2 Phi(a) - 1) with a = 2.
    const double density = std::exp(-2.0) / std::sqrt(2 * std::acos(-1.0)), within = std::erf(std::sqrt(2.0));
    const double variance = 1 - 4 * density / within;
    CHECK(agrees({got.mean, got.variance}, 1e-4 * variance, 3));
}

TEST_CASE("zero is zero and draws nothing; scale scales") {
    pr::random_stream random(pr::key{1}, pr::purpose::parameters), other(pr::key{1}, pr::purpose::parameters);
    for (int i = 0; i < 10; ++i) CHECK(pr::zero.draw<float>(random, 3, 4) == 0);
    CHECK(random.uniform<double>() == other.uniform<double>());
    const pr::initializer doubled{pr::initializer::kind::he, 2.0f};
    CHECK(drawn(doubled, 8, 5).variance == Approx(4 * drawn(pr::he, 8, 5).variance).epsilon(1e-12));
}
