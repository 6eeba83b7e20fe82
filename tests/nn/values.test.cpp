// SPDX-License-Identifier: BSL-1.0
// Activations against the formulas of the C library in double: value, slope, curvature; and NaN.
#include "catch.hpp"

#include <priori/nn/activation.hpp>
#include <priori/nn/elu.hpp>
#include <priori/nn/gelu.hpp>
#include <priori/nn/leaky_relu.hpp>
#include <priori/nn/sine.hpp>
#include <priori/nn/softplus.hpp>

#include <cmath>
#include <initializer_list>
#include <limits>

namespace pr = priori;

namespace {

using dual = pr::dual<double>;

// A layer run on one number: its value, and x_bar for y_bar = 1 on a dual, which is slope and curvature.
template <class L, class Value, class Slope, class Curvature>
void check(const L& layer, const Value& value, const Slope& slope, const Curvature& curvature,
           std::initializer_list<double> points = {-700, -30, -3, -0.5, -1e-6, 1e-6, 0.5, 3, 30, 700}) {
    using one = pr::shape<1>;
    for (const double at : points) {
        INFO("x = " << at);
        pr::storage<dual, 1> x, y, y_bar, x_bar;
        x.all()(0) = dual::variable(at, 0);
        y_bar.all()(0) = dual(1.0);
        layer.template forward<pr::rows<1>, one>(pr::view<void>{}, x.all(), y.all());
        layer.template vjp<pr::rows<1>, one>(pr::view<void>{}, x.all(), y.all(), y_bar.all(), x_bar.all(),
                                             pr::view<void>{});
        const auto close = [](double want) { return Approx(want).epsilon(1e-13).margin(1e-13); };
        CHECK(y.values.elements[0] == close(value(at)));
        CHECK(y.tangents.elements[0] == close(slope(at)));
        CHECK(x_bar.values.elements[0] == close(slope(at)));
        CHECK(x_bar.tangents.elements[0] == close(curvature(at)));
    }
}

}  // namespace

TEST_CASE("piecewise activations have the value and the slope of the side they are on") {
    const auto none = [](double) { return 0.0; };
    check(
        pr::relu, [](double x) { return x > 0 ? x : 0; }, [](double x) { return x > 0 ? 1.0 : 0.0; }, none);
    check(
        pr::leaky_relu, [](double x) { return x > 0 ? x : 0.01 * x; }, [](double x) { return x > 0 ? 1.0 : 0.01; },
        none);
    // At 0 itself, as the headers say.
    check(pr::relu, none, none, none, {0});
    check(pr::leaky_relu_with(0.3), none, [](double) { return 0.3; }, none, {0});
    check(
        pr::elu_with(0.5), [](double x) { return x > 0 ? x : 0.5 * std::expm1(x); },
        [](double x) { return x > 0 ? 1 : 0.5 * std::exp(x); }, [](double x) { return x > 0 ? 0 : 0.5 * std::exp(x); });
}

TEST_CASE("smooth activations have the value, slope and curvature of their formulas") {
    check(
        pr::tanh, [](double x) { return std::tanh(x); }, [](double x) { return 1 / std::pow(std::cosh(x), 2); },
        [](double x) { return -2 * std::tanh(x) / std::pow(std::cosh(x), 2); });
    const auto sigma = [](double x) { return 1 / (1 + std::exp(-x)); };
    check(
        pr::sigmoid, sigma, [=](double x) { return sigma(x) * sigma(-x); },
        [=](double x) { return sigma(x) * sigma(-x) * (sigma(-x) - sigma(x)); });
    check(
        pr::softplus, [](double x) { return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }, sigma,
        [=](double x) { return sigma(x) * sigma(-x); });
    check(
        pr::sine_with(3), [](double x) { return std::sin(3 * x); }, [](double x) { return 3 * std::cos(3 * x); },
        [](double x) { return -9 * std::sin(3 * x); });
    const auto density = [](double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::acos(-1.0)); };
    const auto below = [](double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; };
    check(
        pr::gelu, [=](double x) { return x * below(x); }, [=](double x) { return below(x) + x * density(x); },
        [=](double x) { return (2 - x * x) * density(x); });
}

TEST_CASE("a number that is not one does not get lost in an activation") {
    const auto passes = [](const auto& layer) {
        using in = pr::shape<19>;  // packs and a rest
        float x[19], y[19];
        for (float& number : x) number = std::numeric_limits<float>::quiet_NaN();
        layer.template forward<pr::rows<1>, in>(pr::view<void>{}, pr::view<float>(x), pr::view<float>(y));
        for (const float number : y) CHECK(std::isnan(number));
    };
    passes(pr::relu);
    passes(pr::leaky_relu);
    passes(pr::elu);
    passes(pr::tanh);
    passes(pr::sigmoid);
    passes(pr::softplus);
    passes(pr::gelu);
    passes(pr::sine_activation);
}
