// SPDX-License-Identifier: BSL-1.0
// dense: outputs and gradients against naive loops, with and without a bias; gradients are added, not written over.
#include "catch.hpp"

#include <priori/nn/dense.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace pr = priori;

namespace {

constexpr std::size_t rows = 5, in = 3, units = 4;

template <std::size_t Count>
std::array<double, Count> waves(double phase) {
    std::array<double, Count> result;
    for (std::size_t i = 0; i < Count; ++i) result[i] = std::sin(phase + 1.3 * static_cast<double>(i));
    return result;
}

template <bool Bias>
void check(const pr::dense_layer<units, Bias>& layer) {
    constexpr std::size_t parameters = in * units + (Bias ? units : 0);
    using input = pr::shape<in>;
    static_assert(pr::dense_layer<units, Bias>::template parameters<input>::size == parameters);
    auto p = waves<parameters>(0.1);
    auto x = waves<rows * in>(2.0);
    auto y_bar = waves<rows * units>(4.0);
    std::array<double, rows * units> y;
    std::array<double, rows * in> x_bar;
    std::array<double, parameters> p_bar;
    y.fill(NAN);
    x_bar.fill(NAN);
    p_bar.fill(10);
    const auto view = [](auto& numbers) { return pr::view<double>(numbers.data()); };
    layer.template forward<pr::rows<rows>, input>(view(p), view(x), view(y));
    layer.template vjp<pr::rows<rows>, input>(view(p), view(x), view(y), view(y_bar), view(x_bar), view(p_bar));
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t u = 0; u < units; ++u) {
            double want = Bias ? p[in * units + u] : 0;
            for (std::size_t i = 0; i < in; ++i) want += x[r * in + i] * p[i * units + u];
            CHECK(y[r * units + u] == Approx(want).epsilon(1e-13).margin(1e-14));
        }
        for (std::size_t i = 0; i < in; ++i) {
            double want = 0;
            for (std::size_t u = 0; u < units; ++u) want += y_bar[r * units + u] * p[i * units + u];
            CHECK(x_bar[r * in + i] == Approx(want).epsilon(1e-13).margin(1e-14));
        }
    }
    for (std::size_t u = 0; u < units; ++u) {
        double bias_bar = 10;
        for (std::size_t r = 0; r < rows; ++r) bias_bar += y_bar[r * units + u];
        if (Bias) CHECK(p_bar[in * units + u] == Approx(bias_bar).epsilon(1e-13));
        for (std::size_t i = 0; i < in; ++i) {
            double want = 10;
            for (std::size_t r = 0; r < rows; ++r) want += x[r * in + i] * y_bar[r * units + u];
            CHECK(p_bar[i * units + u] == Approx(want).epsilon(1e-13));
        }
    }
}

}  // namespace

TEST_CASE("dense is x W + b, its gradients the naive sums, added to what is there") {
    check(pr::dense<units>);
    check(pr::dense<units>.without_bias());
}

TEST_CASE("dense starts its weights by its initializer and its bias at zero") {
    std::array<double, 300 * 2 + 2> p;
    p.fill(NAN);
    pr::random_stream random(pr::key{5}, pr::purpose::parameters);
    pr::dense<2>.with(pr::glorot).initialize<pr::shape<300>>(p.data(), random);
    double largest = 0;
    for (std::size_t i = 0; i < 600; ++i) largest = std::fmax(largest, std::fabs(p[i]));
    CHECK(largest <= std::sqrt(6.0 / 302));
    CHECK(largest > 0.9 * std::sqrt(6.0 / 302));
    CHECK(p[600] == 0);
    CHECK(p[601] == 0);
    CHECK(pr::dense<2>.with(pr::glorot).without_bias().initial.which == pr::initializer::kind::glorot);
}

TEST_CASE("dense refuses what is not a vector") {
    CHECK(pr::dense_layer<4>::refusal<pr::shape<7>>().view().empty());
    CHECK(pr::dense_layer<4>::refusal<pr::shape<28, 28>>().view().find("[priori:N103]") == 0);
    CHECK(pr::dense_layer<pr::ways>::refusal<pr::shape<7>>().view().find("[priori:N105]") == 0);
}
