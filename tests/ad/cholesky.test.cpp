// SPDX-License-Identifier: BSL-1.0
// Cholesky: factor and solution against what they must satisfy, derivatives against d(A^-1 b) = -A^-1 dA A^-1 b.
#include "catch.hpp"

#include <priori/ad/cholesky.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace pr = priori;

namespace {

// A symmetric matrix M M' + I, M of fixed odd numbers.
template <std::size_t Size>
void make(double (&a)[Size * Size], double phase) {
    double m[Size * Size];
    for (std::size_t i = 0; i < Size * Size; ++i) m[i] = std::sin(phase + 1.7 * static_cast<double>(i));
    for (std::size_t i = 0; i < Size; ++i) {
        for (std::size_t j = 0; j < Size; ++j) {
            a[i * Size + j] = i == j;
            for (std::size_t k = 0; k < Size; ++k) a[i * Size + j] += m[i * Size + k] * m[j * Size + k];
        }
    }
}

// Gauss and Jordan with pivoting, in long double: another way to the same solution.
template <std::size_t Size>
void solve_plainly(const double* matrix, const double* right, long double* x) {
    long double a[Size][Size + 1];
    for (std::size_t i = 0; i < Size; ++i) {
        std::copy_n(matrix + i * Size, Size, a[i]);
        a[i][Size] = right[i];
    }
    for (std::size_t j = 0; j < Size; ++j) {
        std::size_t pivot = j;
        for (std::size_t i = j; i < Size; ++i) pivot = std::fabs(a[i][j]) > std::fabs(a[pivot][j]) ? i : pivot;
        std::swap_ranges(a[j], a[j] + Size + 1, a[pivot]);
        for (std::size_t i = 0; i < Size; ++i) {
            const long double factor = i == j ? 0 : a[i][j] / a[j][j];
            for (std::size_t k = j; k <= Size && i != j; ++k) a[i][k] -= factor * a[j][k];
        }
    }
    for (std::size_t i = 0; i < Size; ++i) x[i] = a[i][Size] / a[i][i];
}

}  // namespace

TEST_CASE("L L' is the matrix, and the upper triangle is neither read nor written") {
    constexpr std::size_t n = 5;
    double a[n * n], l[n * n];
    make<n>(a, 0.3);
    std::copy_n(a, n * n, l);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) l[i * n + j] = std::numeric_limits<double>::quiet_NaN();
    }
    pr::cholesky_factor<n>(pr::view<double>(l));
    for (std::size_t i = 0; i < n; ++i) {
        CHECK(l[i * n + i] > 0);
        for (std::size_t j = i + 1; j < n; ++j) CHECK(std::isnan(l[i * n + j]));
        for (std::size_t j = 0; j <= i; ++j) {
            double product = 0;
            for (std::size_t k = 0; k <= j; ++k) product += l[i * n + k] * l[j * n + k];
            CHECK(product == Approx(a[i * n + j]).epsilon(1e-14).margin(1e-14));
        }
    }
}

TEST_CASE("the solution of several columns agrees with Gauss and Jordan") {
    constexpr std::size_t n = 6, columns = 3;
    double a[n * n], x[n * columns];
    make<n>(a, 1.1);
    for (std::size_t i = 0; i < n * columns; ++i) x[i] = std::cos(static_cast<double>(i));
    long double want[columns][n];
    for (std::size_t c = 0; c < columns; ++c) {
        double right[n];
        for (std::size_t i = 0; i < n; ++i) right[i] = x[i * columns + c];
        solve_plainly<n>(a, right, want[c]);
    }
    pr::cholesky_factor<n>(pr::view<double>(a));
    pr::cholesky_solve<n, columns>(pr::view<double>(a), pr::view<double>(x));
    for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(x[i * columns + c] == Approx(static_cast<double>(want[c][i])).epsilon(1e-12).margin(1e-13));
        }
    }
}

TEST_CASE("on duals the solution moves by A^-1 (b' - A' x)") {
    constexpr std::size_t n = 4;
    double a[n * n], a_dot[n * n], right[n];
    make<n>(a, 0.7);
    make<n>(a_dot, 2.9);
    pr::storage<pr::dual<double>, n * n> matrix;
    pr::storage<pr::dual<double>, n> x;
    for (std::size_t i = 0; i < n * n; ++i) matrix.values.elements[i] = a[i], matrix.tangents.elements[i] = a_dot[i];
    for (std::size_t i = 0; i < n; ++i) {
        right[i] = x.values.elements[i] = 1 + static_cast<double>(i);
        x.tangents.elements[i] = std::sin(3.0 * static_cast<double>(i));
    }
    long double solution[n], moved[n];
    solve_plainly<n>(a, right, solution);
    double rest[n];
    for (std::size_t i = 0; i < n; ++i) {
        long double sum = x.tangents.elements[i];
        for (std::size_t j = 0; j < n; ++j) sum -= static_cast<long double>(a_dot[i * n + j]) * solution[j];
        rest[i] = static_cast<double>(sum);
    }
    solve_plainly<n>(a, rest, moved);
    pr::cholesky_factor<n>(matrix.all());
    pr::cholesky_solve<n, 1>(matrix.all(), x.all());
    for (std::size_t i = 0; i < n; ++i) {
        CHECK(x.values.elements[i] == Approx(static_cast<double>(solution[i])).epsilon(1e-12));
        CHECK(x.tangents.elements[i] == Approx(static_cast<double>(moved[i])).epsilon(1e-11));
    }
}

TEST_CASE("nested duals give the second derivative of 1 / a in every order") {
    using second = pr::dual<pr::dual<double>>;
    pr::storage<second, 1> a, x;
    second value(4.0);
    value.value.tangent[0] = value.tangent[0].value = 1;
    a.all()(0) = value;
    x.all()(0) = second(1.0);
    pr::cholesky_factor<1>(a.all());
    pr::cholesky_solve<1, 1>(a.all(), x.all());
    const second got = x.all()[0];
    CHECK(got.value.value == Approx(0.25));
    CHECK(got.tangent[0].value == Approx(-1.0 / 16));
    CHECK(got.tangent[0].tangent[0] == Approx(2.0 / 64));
}

TEST_CASE("the Hilbert matrix of order 6 (condition 1.5e7) leaves a residual of rounding size and eight digits") {
    constexpr std::size_t n = 6;
    double a[n * n], h[n * n], x[n], right[n];
    for (std::size_t i = 0; i < n; ++i) {
        right[i] = 0;
        for (std::size_t j = 0; j < n; ++j) {
            h[i * n + j] = a[i * n + j] = 1.0 / static_cast<double>(i + j + 1);
            right[i] += h[i * n + j];
        }
        x[i] = right[i];
    }
    pr::cholesky_factor<n>(pr::view<double>(a));
    pr::cholesky_solve<n, 1>(pr::view<double>(a), pr::view<double>(x));
    for (std::size_t i = 0; i < n; ++i) {
        double residual = right[i];
        for (std::size_t j = 0; j < n; ++j) residual -= h[i * n + j] * x[j];
        CHECK(std::fabs(residual) < 1e-14);
        CHECK(x[i] == Approx(1).epsilon(1e-8));
    }
}

TEST_CASE("a matrix that is not positive definite shows: the factor or the solution is not finite") {
    const auto shows = [](double a, double b, double c) {
        double l[4] = {a, 0, b, c}, x[2] = {1, 1};
        pr::cholesky_factor<2>(pr::view<double>(l));
        const bool is_finite = std::isfinite(l[0]) && std::isfinite(l[2]) && std::isfinite(l[3]);
        pr::cholesky_solve<2, 1>(pr::view<double>(l), pr::view<double>(x));
        CHECK((!std::isfinite(x[0]) || !std::isfinite(x[1])));
        return !is_finite;
    };
    CHECK(shows(1, 2, 1));        // indefinite
    CHECK(shows(-1, 0, 1));       // negative
    CHECK(shows(0, 0, 1));        // singular at the first pivot
    CHECK_FALSE(shows(1, 1, 1));  // singular at the last pivot, which is then 0: seen in the solution
}
