// SPDX-License-Identifier: BSL-1.0
// The elementwise functions on duals: first and second derivatives against closed forms in long double, and the edges.
#include "catch.hpp"

#include <priori/ad/functions.hpp>

#include <cmath>
#include <initializer_list>
#include <limits>

namespace pr = priori;
using namespace priori;  // the functions on plain numbers, which argument-dependent look-up does not find

namespace {

using real_dual = pr::dual<double>;
using real = long double;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

pr::dual<real_dual> variable(double x) {
    pr::dual<real_dual> result(x);
    result.value.tangent[0] = result.tangent[0].value = 1;
    return result;
}

// Value, slope and curvature of f at each x; the error is measured against the largest of 1 and the wanted number.
template <class F, class Value, class Slope, class Curvature>
void check(const F& f, std::initializer_list<double> points, const Value& value, const Slope& slope,
           const Curvature& curvature) {
    for (const double x : points) {
        INFO("x = " << x);
        const auto y = f(variable(x));
        const auto agrees = [](double got, real want) {
            CHECK(got == Approx(static_cast<double>(want)).epsilon(4e-15).margin(4e-15));
        };
        agrees(y.value.value, value(real(x)));
        agrees(y.value.tangent[0], slope(real(x)));
        agrees(y.tangent[0].value, slope(real(x)));
        agrees(y.tangent[0].tangent[0], curvature(real(x)));
        CHECK(y.value.value == Approx(f(x)).epsilon(1e-15));  // the same on a plain number
    }
}

}  // namespace

TEST_CASE("exp, expm1, log and log1p have their derivatives") {
    const auto exp = [](real x) { return std::exp(x); };
    check([](const auto& x) { return exponential(x); }, {-700, -1, -1e-300, 0, 1e-9, 1, 700}, exp, exp, exp);
    check([](const auto& x) { return exponential_minus_one(x); }, {-700, -1, -1e-12, 0, 1e-9, 1, 700},
          [](real x) { return std::expm1(x); }, exp, exp);
    check([](const auto& x) { return logarithm(x); }, {1e-100, 0.5, 1, 3, 1e100}, [](real x) { return std::log(x); },
          [](real x) { return 1 / x; }, [](real x) { return -1 / (x * x); });
    check([](const auto& x) { return logarithm_one_plus(x); }, {-0.5, -1e-12, 0, 1e-9, 3, 1e100},
          [](real x) { return std::log1p(x); }, [](real x) { return 1 / (1 + x); },
          [](real x) { return -1 / ((1 + x) * (1 + x)); });
    CHECK(exponential_minus_one(real_dual::variable(1e-20, 0)).value == 1e-20);  // the small end is kept
    CHECK(logarithm_one_plus(real_dual::variable(1e-20, 0)).value == 1e-20);
}

TEST_CASE("tanh, logistic and softplus have their derivatives and stay finite far out") {
    const auto tanh = [](real x) { return std::tanh(x); };
    const auto tanh_slope = [](real x) { return 1 / (std::cosh(x) * std::cosh(x)); };
    check([](const auto& x) { return tangent_hyperbolic(x); }, {-1000, -20, -1, 0, 1e-9, 0.3, 20, 1000}, tanh,
          tanh_slope, [=](real x) { return -2 * std::tanh(x) * tanh_slope(x); });

    const auto sigma = [](real x) { return 1 / (1 + std::exp(-x)); };
    const auto sigma_slope = [=](real x) { return sigma(x) * sigma(-x); };
    check([](const auto& x) { return pr::logistic(x); }, {-1000, -40, -1, 0, 1e-9, 2, 40, 1000}, sigma, sigma_slope,
          [=](real x) { return sigma_slope(x) * (sigma(-x) - sigma(x)); });

    check([](const auto& x) { return pr::logarithm_one_plus_exponential(x); }, {-1000, -40, -1, 0, 1e-9, 2, 40, 1000},
          [](real x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }, sigma, sigma_slope);
    // The small end, relative to itself.
    const auto small = pr::logarithm_one_plus_exponential(real_dual::variable(-60, 0));
    CHECK(small.value == Approx(std::exp(-60.0)).epsilon(1e-13).margin(0));
    CHECK(small.tangent[0] == Approx(std::exp(-60.0)).epsilon(1e-13).margin(0));
}

TEST_CASE("sine, cosine, error function and square root have their derivatives") {
    const auto sin = [](real x) { return std::sin(x); };
    const auto cos = [](real x) { return std::cos(x); };
    check([](const auto& x) { return sine(x); }, {-3, -1e-9, 0, 0.5, 30}, sin, cos,
          [](real x) { return -std::sin(x); });
    check([](const auto& x) { return cosine(x); }, {-3, -1e-9, 0, 0.5, 30}, cos, [](real x) { return -std::sin(x); },
          [](real x) { return -std::cos(x); });
    const auto bell = [](real x) { return 2 / std::sqrt(std::acos(real(-1))) * std::exp(-x * x); };
    check([](const auto& x) { return error_function(x); }, {-30, -2, -1e-9, 0, 0.5, 2, 30},
          [](real x) { return std::erf(x); }, bell, [=](real x) { return -2 * x * bell(x); });
    check([](const auto& x) { return square_root(x); }, {1e-8, 0.25, 1, 2, 1e100}, [](real x) { return std::sqrt(x); },
          [](real x) { return 1 / (2 * std::sqrt(x)); }, [](real x) { return -1 / (4 * x * std::sqrt(x)); });
    CHECK(square_root(real_dual::variable(0, 0)).tangent[0] == infinity);
}

TEST_CASE("a power is the product; its slope is n x^(n - 1), its curvature n (n - 1) x^(n - 2)") {
    for (std::size_t n = 2; n < 12; ++n) {
        const auto exponent = static_cast<real>(n);
        check([n](const auto& x) { return pr::power(x, n); }, {-2, 0, 0.5, 1.5},
              [=](real x) { return std::pow(x, exponent); },
              [=](real x) { return exponent * std::pow(x, exponent - 1); },
              [=](real x) { return exponent * (exponent - 1) * std::pow(x, exponent - 2); });
    }
    CHECK(pr::power(variable(3), 0).value.value == 1);
    CHECK(pr::power(variable(3), 0).tangent[0].value == 0);
    CHECK(pr::power(variable(3), 1).tangent[0].value == 1);
}

TEST_CASE("the kinks: the sign is constant, |x| has slope 0 at 0, the larger of equal numbers is the first") {
    const auto at = [](double x) { return real_dual::variable(x, 0); };
    for (const double x : {-2.0, 0.0, 3.0}) {
        const double direction = (x > 0) - (x < 0);
        CHECK(sign(at(x)).value == direction);
        CHECK(sign(at(x)).tangent[0] == 0);
        CHECK(absolute(at(x)).value == std::fabs(x));
        CHECK(absolute(at(x)).tangent[0] == direction);
    }
    real_dual a = at(2), b(2.0);
    b.tangent[0] = 5;
    CHECK(maximum(a, b).tangent[0] == 1);
    CHECK(minimum(a, b).tangent[0] == 1);
    b.value = 3;
    CHECK(maximum(a, b).tangent[0] == 5);
    CHECK(minimum(a, b).tangent[0] == 1);
    CHECK(maximum(b, a).tangent[0] == 5);
    CHECK(minimum(b, a).tangent[0] == 1);
    CHECK(select(less(a, b), a, b).tangent[0] == 1);
    CHECK(select(greater(a, b), a, b).tangent[0] == 5);
}

TEST_CASE("a number that is not one comes out of every function of duals") {
    const real_dual bad(not_a_number), good(1.0);
    for (const real_dual& y :
         {maximum(bad, good), maximum(good, bad), minimum(bad, good), minimum(good, bad), absolute(bad), sign(bad),
          exponential(bad), tangent_hyperbolic(bad), pr::logistic(bad), pr::logarithm_one_plus_exponential(bad),
          fused(bad, good, good), fused(good, good, bad)}) {
        CHECK(std::isnan(y.value));
    }
    const pr::dual<real_dual> worse(bad), fine(1.0);
    CHECK(std::isnan(maximum(fine, worse).value.value));
    CHECK(std::isnan(minimum(fine, worse).value.value));
}

TEST_CASE("fused is a b + c with the product rule") {
    real_dual a(2.0), b(3.0), c(4.0);
    a.tangent[0] = 1;
    b.tangent[0] = 10;
    c.tangent[0] = 100;
    CHECK(fused(a, b, c).value == 10);
    CHECK(fused(a, b, c).tangent[0] == 123);
}
