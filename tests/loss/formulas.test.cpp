// SPDX-License-Identifier: BSL-1.0
// Every loss and its gradient against its formula in long double, one row and output after the other.
#include "catch.hpp"

#include <priori/loss/loss.hpp>
#include <priori/simd/pack.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace pr = priori;

namespace {

using real = long double;
constexpr std::size_t rows = 7, outputs = 5, size = rows * outputs;
using out = pr::shape<outputs>;

real prediction(std::size_t i) { return 3 * std::sin(real(0.4) + real(1.9) * real(i)); }
real target(std::size_t i) { return 2 * std::cos(real(0.1) + real(2.3) * real(i)); }

// term(y, t) and slope(y, t) of one output; the loss is the mean.
template <class Loss, class Target, class Term, class Slope>
void check(const Loss& loss, const Target& wanted, const Term& term, const Slope& slope) {
    std::array<double, size> y, t, bar;
    real sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
        y[i] = static_cast<double>(prediction(i));
        t[i] = static_cast<double>(wanted(i));
        sum += term(real(y[i]), real(t[i])) / size;
    }
    const double value =
        loss.template gradient<rows, out>(pr::view<double>(y.data()), t.data(), pr::view<double>(bar.data()));
    CHECK(value == Approx(static_cast<double>(sum)).epsilon(1e-14));
    for (std::size_t i = 0; i < size; ++i) {
        CHECK(bar[i] == Approx(static_cast<double>(slope(real(y[i]), real(t[i])) / size)).epsilon(1e-13).margin(1e-16));
    }
}

}  // namespace

TEST_CASE("losses of numbers are the means of their formulas") {
    const auto sign = [](real x) { return real((x > 0) - (x < 0)); };
    check(
        pr::mse, target, [](real y, real t) { return (y - t) * (y - t); }, [](real y, real t) { return 2 * (y - t); });
    check(
        pr::mean_absolute, target, [](real y, real t) { return std::fabs(y - t); },
        [=](real y, real t) { return sign(y - t); });
    for (const double delta : {0.3, 1.0, 2.5}) {
        check(
            pr::huber_with(delta), target,
            [=](real y, real t) {
                const real d = std::fabs(y - t);
                return d <= delta ? d * d / 2 : delta * (d - real(delta) / 2);
            },
            [=](real y, real t) { return std::fabs(y - t) <= delta ? y - t : delta * sign(y - t); });
    }
    check(
        pr::huber, target,
        [](real y, real t) { return std::fabs(y - t) <= 1 ? (y - t) * (y - t) / 2 : std::fabs(y - t) - real(0.5); },
        [=](real y, real t) { return std::fabs(y - t) <= 1 ? y - t : sign(y - t); });
}

TEST_CASE("binary cross-entropy is that of the logistic function, for targets between 0 and 1 too") {
    const auto probability = [](std::size_t i) { return real(i % 5) / 4; };
    const auto sigma = [](real y) { return 1 / (1 + std::exp(-y)); };
    check(
        pr::binary_cross_entropy, probability,
        [=](real y, real t) { return -(t * std::log(sigma(y)) + (1 - t) * std::log(sigma(-y))); },
        [=](real y, real t) { return sigma(y) - t; });
}

TEST_CASE("cross-entropy is the mean of -log softmax at the label; the other one is the sum over classes") {
    std::array<double, size> y, bar, summed_bar;
    std::array<std::int32_t, rows> labels;
    real mean = 0;
    std::array<real, size> want;
    for (std::size_t i = 0; i < size; ++i) y[i] = static_cast<double>(prediction(i));
    for (std::size_t r = 0; r < rows; ++r) {
        labels[r] = static_cast<std::int32_t>(3 * r % outputs);
        real sum = 0;
        for (std::size_t c = 0; c < outputs; ++c) sum += std::exp(real(y[r * outputs + c]));
        for (std::size_t c = 0; c < outputs; ++c) {
            want[r * outputs + c] =
                (std::exp(real(y[r * outputs + c])) / sum - real(c == std::size_t(labels[r]))) / rows;
        }
        mean += (std::log(sum) - real(y[r * outputs + std::size_t(labels[r])])) / rows;
    }
    const auto at = [](auto& numbers) { return pr::view<double>(numbers.data()); };
    CHECK(pr::cross_entropy.gradient<rows, out>(at(y), labels.data(), at(bar)) == Approx(double(mean)).epsilon(1e-14));
    CHECK(pr::cross_entropy_sum_over_classes.gradient<rows, out>(at(y), labels.data(), at(summed_bar)) ==
          Approx(double(outputs * mean)).epsilon(1e-14));
    for (std::size_t i = 0; i < size; ++i) {
        CHECK(bar[i] == Approx(double(want[i])).epsilon(1e-13).margin(1e-16));
        CHECK(summed_bar[i] == Approx(double(outputs * want[i])).epsilon(1e-13).margin(1e-16));
    }
}

TEST_CASE("a prediction that is not a number makes every loss one that is not") {
    const auto bad = [](const auto& loss, auto* targets) {
        std::array<double, 3> y{0.5, std::nan(""), 1};
        return std::isnan(
            loss.template gradient<1, pr::shape<3>>(pr::view<double>(y.data()), targets, pr::view<void>{}));
    };
    double numbers[3] = {0, 1, 0};
    std::int32_t label[1] = {0};
    CHECK(bad(pr::mse, numbers));
    CHECK(bad(pr::mean_absolute, numbers));
    CHECK(bad(pr::huber, numbers));
    CHECK(bad(pr::binary_cross_entropy, numbers));
    CHECK(bad(pr::cross_entropy, label));
}
