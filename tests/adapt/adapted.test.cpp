// SPDX-License-Identifier: BSL-1.0
// adapted: predictions of any number of rows agree with the formula; accuracy counts right labels and no NaN.
#include "catch.hpp"

#include <priori/adapt/adapted.hpp>
#include <priori/adapt/objective.hpp>
#include <priori/core/error.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/batch_places.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/residual.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

namespace pr = priori;

namespace {

constexpr auto objective = pr::input<2> | pr::dense<3> | pr::cross_entropy;
using objective_type = std::remove_const_t<decltype(objective)>;
using model = pr::adapted<double, objective_type, objective_type::blocks>;

// y = x W + b with W[i][u] = i + 1 - u and b[u] = u.
model made() {
    model result(objective);
    for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t u = 0; u < 3; ++u) result.theta().set(i * 3 + u, double(i) + 1 - double(u));
    }
    for (std::size_t u = 0; u < 3; ++u) result.theta().set(6 + u, double(u));
    return result;
}
double output(double x0, double x1, std::size_t u) { return x0 * (1 - double(u)) + x1 * (2 - double(u)) + double(u); }

}  // namespace

TEST_CASE("spans of no row, one, a group and a group and some are predicted like single rows") {
    const auto net = made();
    for (const std::size_t count : {0, 1, 15, 16, 17, 35}) {
        std::vector<double> x(2 * count), y(3 * count + 1, -7);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<double>(i));
        net.predict(x, std::span(y).first(3 * count));
        for (std::size_t r = 0; r < count; ++r) {
            for (std::size_t u = 0; u < 3; ++u) {
                CHECK(y[3 * r + u] == Approx(output(x[2 * r], x[2 * r + 1], u)).epsilon(1e-13).margin(1e-14));
            }
        }
        CHECK(y.back() == -7);
    }
}

TEST_CASE("spans that do not hold the same number of rows are refused") {
    const auto net = made();
    std::vector<double> numbers(12);
    const auto refused = [&](std::size_t x, std::size_t y) {
        const auto got = net.try_predict(std::span(numbers).first(x), std::span(numbers).first(y));
        return !got && got.error().kind == pr::error_kind::bad_shape;
    };
    CHECK(refused(4, 3));
    CHECK(refused(3, 3));
    CHECK(refused(2, 6));
    CHECK(refused(0, 3));
    CHECK_THROWS_AS(net.predict(std::span(numbers).first(3), numbers), pr::error);
}

TEST_CASE("the loss is the mean cross-entropy, the accuracy the share of right labels") {
    const auto net = made();
    pr::batch<double, 4, pr::shape<2>, pr::labels<3>> rows;
    const double x[8] = {1, 0, 0, 1, -2, 0.5, 3, -1};
    std::int32_t labels[4];
    double loss = 0;
    for (std::size_t r = 0; r < 4; ++r) {
        double sum = 0;
        std::size_t best = 0;
        for (std::size_t u = 0; u < 3; ++u) {
            sum += std::exp(output(x[2 * r], x[2 * r + 1], u));
            if (output(x[2 * r], x[2 * r + 1], u) > output(x[2 * r], x[2 * r + 1], best)) best = u;
        }
        labels[r] = static_cast<std::int32_t>(r == 3 ? (best + 1) % 3 : best);  // the last one is wrong
        loss += (std::log(sum) - output(x[2 * r], x[2 * r + 1], static_cast<std::size_t>(labels[r]))) / 4;
    }
    std::copy(x, x + 8, rows.inputs.data());
    std::copy(labels, labels + 4, rows.targets.data());
    CHECK(net.accuracy(rows) == 0.75);
    CHECK(net.loss(rows) == Approx(loss).epsilon(1e-12));
}

TEST_CASE("the loss of a label that is no class is refused") {
    const auto net = made();
    pr::batch<double, 2, pr::shape<2>, pr::labels<3>> rows{};
    CHECK_NOTHROW(net.loss(rows));
    for (const std::int32_t wrong : {-1, 3}) {
        rows.targets.data()[1] = wrong;
        CHECK_THROWS_WITH(net.loss(rows), "loss: a label is not a class; labels run from 0 to ways - 1.");
    }
}

TEST_CASE("outputs that are not numbers are no right answers, also for the first class") {
    auto net = made();
    net.theta().set(6, std::numeric_limits<double>::quiet_NaN());
    pr::batch<double, 2, pr::shape<2>, pr::labels<3>> rows;
    rows.inputs.fill(1);
    rows.targets.fill(0);
    CHECK(net.accuracy(rows) == 0);
    rows.targets.fill(2);
    CHECK(net.accuracy(rows) == 0);
    CHECK(std::isnan(net.loss(rows)));
}

TEST_CASE("a model that normalizes by the batch predicts spans in groups of several rows") {
    constexpr auto normalized = pr::input<2> | pr::batch_normalization<pr::transductive>.without_scale() |
                                pr::cross_entropy;
    using normalized_type = std::remove_const_t<decltype(normalized)>;
    pr::adapted<double, normalized_type, normalized_type::blocks> net(normalized);
    net.theta().set(0, 0);
    net.theta().set(1, 0);
    for (const std::size_t count : {2, 3, 5, 13, 16, 17, 20, 35}) {
        std::vector<double> x(2 * count), y(2 * count, -7);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<double>(i));
        net.predict(x, y);
        std::size_t size = 2;
        while (size < 16 && 2 * size <= count) size *= 2;
        for (std::size_t r = 0; r < count; ++r) {
            const std::size_t first = std::min(r / size * size, count - size);
            for (std::size_t c = 0; c < 2; ++c) {
                double mean = 0, variance = 0;
                for (std::size_t i = first; i < first + size; ++i) mean += x[2 * i + c] / double(size);
                for (std::size_t i = first; i < first + size; ++i) {
                    variance += (x[2 * i + c] - mean) * (x[2 * i + c] - mean) / double(size);
                }
                CHECK(y[2 * r + c] == Approx((x[2 * r + c] - mean) / std::sqrt(variance + 1e-5)).epsilon(1e-9));
            }
        }
    }
    std::vector<double> x{1, 2}, y{-7, -7};
    const auto one = net.try_predict(x, y);
    REQUIRE(!one);
    CHECK(one.error().kind == pr::error_kind::bad_shape);
    CHECK(y[0] == -7);
    CHECK(net.try_predict({}, {}));
}

TEST_CASE("an image is normalized by its places, also alone") {
    constexpr auto normalized = pr::input<2, 1, 1> | pr::residual(pr::batch_normalization<pr::transductive>) |
                                pr::flatten | pr::cross_entropy;
    using normalized_type = std::remove_const_t<decltype(normalized)>;
    static_assert(pr::batch_places<normalized_type::model_type> == 2);
    static_assert(pr::batch_places<objective_type::model_type> == pr::alone);
    pr::adapted<double, normalized_type, normalized_type::blocks> net(normalized);
    net.theta().set(0, 1);
    net.theta().set(1, 0);
    std::vector<double> x{1, 3}, y(2);
    net.predict(x, y);
    CHECK(y[0] == Approx(0).margin(1e-4));
    CHECK(y[1] == Approx(4).margin(1e-4));
}
