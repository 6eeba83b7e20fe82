// SPDX-License-Identifier: BSL-1.0
// Jets: the rules of the four operations, and derivatives of known functions against closed forms, nested too.
#include "catch.hpp"

#include <priori/ad/functions.hpp>
#include <priori/ad/jet.hpp>

#include <cmath>
#include <type_traits>

namespace pr = priori;

namespace {

using first_order = pr::dual<double>;
using second_order = pr::dual<pr::dual<double>>;

// x with the tangent a of the inner level and b of the outer one.
second_order nested(double x, double inner, double outer) {
    second_order result(x);
    result.value.tangent[0] = inner;
    result.tangent[0].value = outer;
    return result;
}

}  // namespace

TEST_CASE("the four operations on jets obey sum, product and quotient rule in every tangent") {
    pr::jet<double, 2> a = pr::jet<double, 2>::variable(3, 0), b = pr::jet<double, 2>::variable(4, 1);
    const auto sum = a + b, difference = a - b, product = a * b, quotient = a / b, negative = -a;
    CHECK(sum.value == 7);
    CHECK(difference.value == -1);
    CHECK(product.value == 12);
    CHECK(quotient.value == 0.75);
    CHECK(negative.value == -3);
    const double want[5][2] = {{1, 1}, {1, -1}, {4, 3}, {0.25, -3.0 / 16}, {-1, 0}};
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(sum.tangent[i] == want[0][i]);
        CHECK(difference.tangent[i] == want[1][i]);
        CHECK(product.tangent[i] == want[2][i]);
        CHECK(quotient.tangent[i] == want[3][i]);
        CHECK(negative.tangent[i] == want[4][i]);
    }
}

TEST_CASE("a constant on either side of a jet has no tangent") {
    const auto x = first_order::variable(4, 0);
    const auto check = [](first_order y, double value, double tangent) {
        CHECK(y.value == value);
        CHECK(y.tangent[0] == tangent);
    };
    check(x + 2.0, 6, 1);
    check(2.0 + x, 6, 1);
    check(x - 2.0, 2, 1);
    check(2.0 - x, -2, -1);
    check(x * 2.0, 8, 2);
    check(2.0 * x, 8, 2);
    check(x / 2.0, 2, 0.5);
    check(2.0 / x, 0.5, -0.125);
    check(first_order(5.0), 5, 0);
}

TEST_CASE("compound assignment is the operation and an assignment, also with itself") {
    auto x = first_order::variable(3, 0);
    x += x;
    CHECK(x.tangent[0] == 2);
    x *= x;  // (2t)^2
    CHECK(x.value == 36);
    CHECK(x.tangent[0] == 24);
    x -= 6.0;
    CHECK(x.value == 30);
    x -= x;
    CHECK(x.value == 0);
    CHECK(x.tangent[0] == 0);
}

TEST_CASE("nested duals give the mixed second derivative of x^2 y^3 / (x + y)") {
    const double x = 1.3, y = -0.4;
    const auto a = nested(x, 1, 0), b = nested(y, 0, 1);
    const auto f = a * a * b * b * b / (a + b);
    // f = u / s with u = x^2 y^3, s = x + y.
    const double s = x + y, u = x * x * y * y * y, u_x = 2 * x * y * y * y, u_y = 3 * x * x * y * y;
    const double u_xy = 6 * x * y * y;
    CHECK(f.value.value == Approx(u / s).epsilon(1e-14));
    CHECK(f.value.tangent[0] == Approx(u_x / s - u / (s * s)).epsilon(1e-13));
    CHECK(f.tangent[0].value == Approx(u_y / s - u / (s * s)).epsilon(1e-13));
    CHECK(f.tangent[0].tangent[0] == Approx(u_xy / s - (u_x + u_y) / (s * s) + 2 * u / (s * s * s)).epsilon(1e-13));
}

TEST_CASE("nested duals give pure and mixed second derivatives of exp(x y) sin(x)") {
    const double x = 0.7, y = 1.1, e = std::exp(x * y), s = std::sin(x), c = std::cos(x);
    const auto f = [](const auto& a, const auto& b) { return exponential(a * b) * sine(a); };
    CHECK(f(nested(x, 1, 0), nested(y, 0, 1)).tangent[0].tangent[0] ==
          Approx(e * (s + x * y * s + x * c)).epsilon(1e-13));
    CHECK(f(nested(x, 1, 1), nested(y, 0, 0)).tangent[0].tangent[0] ==
          Approx(e * (y * y * s + 2 * y * c - s)).epsilon(1e-13));
    CHECK(f(nested(x, 0, 0), nested(y, 1, 1)).tangent[0].tangent[0] == Approx(e * x * x * s).epsilon(1e-13));
}

TEST_CASE("three nested duals give the third derivative of 1 / x") {
    using third_order = pr::dual<second_order>;
    third_order x(2.0);
    x.tangent[0].value.value = 1;
    x.value.tangent[0].value = 1;
    x.value.value.tangent[0] = 1;
    const auto one_sided = 1.0 / x, both = third_order(1.0) / x;
    CHECK(one_sided.tangent[0].tangent[0].tangent[0] == Approx(-6.0 / 16).epsilon(1e-15));
    CHECK(both.tangent[0].tangent[0].tangent[0] == Approx(-6.0 / 16).epsilon(1e-15));
}

TEST_CASE("a dual among nested duals is a constant of the outer level only") {
    const auto inner = first_order::variable(3, 0);
    second_order x(2.0);
    x.tangent[0].value = 1;
    for (const auto& product : {inner * x, x * inner}) {
        CHECK(product.value.value == 6);
        CHECK(product.value.tangent[0] == 2);
        CHECK(product.tangent[0].value == 3);
        CHECK(product.tangent[0].tangent[0] == 1);
    }
    CHECK((inner - x).tangent[0].value == -1);
    CHECK((inner - x).value.tangent[0] == 1);
    CHECK((inner / x).tangent[0].tangent[0] == -0.25);
}

TEST_CASE("primal is the innermost value, depth the number of levels, and duals are trivially copyable") {
    CHECK(pr::primal(nested(2.5, 7, 8)) == 2.5);
    CHECK(pr::primal(1.5f) == 1.5f);
    static_assert(pr::depth<float> == 0 && pr::depth<second_order> == 2);
    static_assert(std::is_trivially_copyable_v<second_order>);
    static_assert(!std::is_convertible_v<int, first_order> && std::is_convertible_v<double, first_order>);
}

TEST_CASE("jets of packs do in every lane what jets of numbers do") {
    using T = float;
    using P = pr::pack<T>;
    T in[pr::lanes<T>], value[pr::lanes<T>], tangent[pr::lanes<T>];
    for (std::size_t i = 0; i < pr::lanes<T>; ++i) in[i] = T(1) + T(i) / T(4);
    const auto x = pr::dual<P>::variable(pr::load(in), 0);
    const auto y = 2.0 * x * x / (x + 1.0);  // 2 x^2 / (x + 1), of slope 2 x (x + 2) / (x + 1)^2
    pr::store(value, y.value);
    pr::store(tangent, y.tangent[0]);
    for (std::size_t i = 0; i < pr::lanes<T>; ++i) {
        const double t = in[i];
        CHECK(value[i] == Approx(2 * t * t / (t + 1)).epsilon(1e-6));
        CHECK(tangent[i] == Approx(2 * t * (t + 2) / ((t + 1) * (t + 1))).epsilon(1e-6));
    }
}

TEST_CASE("the value of a quotient of duals is that of the plain numbers, to the bit") {
    using priori::dual;
    for (int a = 1; a < 60; ++a) {
        for (int b = 1; b < 60; ++b) {
            const float x = static_cast<float>(a), y = static_cast<float>(b);
            CHECK((dual<float>::variable(x, 0) / dual<float>::variable(y, 0)).value == x / y);
        }
    }
    const float tiny = 1e-39f;
    CHECK((dual<float>::variable(tiny, 0) / dual<float>::variable(tiny, 0)).value == 1);
}
