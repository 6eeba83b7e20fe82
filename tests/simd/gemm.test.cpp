// SPDX-License-Identifier: BSL-1.0
// Products of small matrices agree with naive loops in double, for shapes that fill packs and shapes that do not, and
// write nothing but the target.
#include "catch.hpp"
#include "simd/values.hpp"

#include <priori/simd/gemm.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

namespace {

enum class side { none, left, right };

// The largest error, relative to the sum of the sizes of the terms; infinite if a canary around the target died.
template <side Transposed, std::size_t M, std::size_t K, std::size_t N, class T, class Call>
double error_of(const Call& call, bool accumulate, bool with_bias) {
    const auto a = values<T>(M * K, 1), b = values<T>(K * N, 2), bias = values<T>(N, 3);
    const auto before = values<T>(M * N + 2, 4);
    auto c = before;
    call(a.data(), b.data(), bias.data(), c.data() + 1);
    const bool kept = c.front() == before.front() && c.back() == before.back();
    double worst = kept ? 0 : std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < M; ++i) {
        for (std::size_t j = 0; j < N; ++j) {
            double want = accumulate ? before[1 + i * N + j] : with_bias ? bias[j] : T(0), size = 1;
            for (std::size_t k = 0; k < K; ++k) {
                const double left = Transposed == side::left ? a[k * M + i] : a[i * K + k];
                const double right = Transposed == side::right ? b[j * K + k] : b[k * N + j];
                want += left * right;
                size += std::abs(left * right);
            }
            const double error = std::abs(c[1 + i * N + j] - want) / size;
            worst = priori::maximum(worst, error);  // NaN counts
        }
    }
    return worst;
}

template <std::size_t M, std::size_t K, std::size_t N, class T>
void check_shape() {
    const double bound = std::is_same_v<T, float> ? 1e-6 : 1e-15;
    INFO(M << " x " << K << " x " << N);
    const auto plain = [](auto accumulate) {
        return [](const T* a, const T* b, const T*, T* c) {
            priori::multiply<M, K, N, decltype(accumulate)::value>(a, b, c);
        };
    };
    const auto left = [](auto accumulate) {
        return [](const T* a, const T* b, const T*, T* c) {
            priori::multiply_transposed_left<M, K, N, decltype(accumulate)::value>(a, b, c);
        };
    };
    const auto right = [](auto accumulate) {
        return [](const T* a, const T* b, const T*, T* c) {
            priori::multiply_transposed_right<M, K, N, decltype(accumulate)::value>(a, b, c);
        };
    };
    const auto bias = [](const T* a, const T* b, const T* start, T* c) {
        priori::multiply_add_bias<M, K, N>(a, b, start, c);
    };
    const std::true_type yes;
    const std::false_type no;
    CHECK(error_of<side::none, M, K, N, T>(plain(no), false, false) <= bound);
    CHECK(error_of<side::none, M, K, N, T>(plain(yes), true, false) <= bound);
    CHECK(error_of<side::none, M, K, N, T>(bias, false, true) <= bound);
    CHECK(error_of<side::left, M, K, N, T>(left(no), false, false) <= bound);
    CHECK(error_of<side::left, M, K, N, T>(left(yes), true, false) <= bound);
    CHECK(error_of<side::right, M, K, N, T>(right(no), false, false) <= bound);
    CHECK(error_of<side::right, M, K, N, T>(right(yes), true, false) <= bound);
}

template <std::size_t M, std::size_t N, class T>
void check_rows() {
    const double bound = std::is_same_v<T, float> ? 1e-6 : 1e-15;
    INFO(M << " x " << N);
    const auto a = values<T>(M * N, 1), start = values<T>(N, 2);
    auto sums = start, more = start;
    auto shifted = a;
    priori::column_sums<M, N>(a.data(), sums.data());
    priori::column_sums<M, N, true>(a.data(), more.data());
    priori::add_rows<M, N>(start.data(), shifted.data());
    for (std::size_t j = 0; j < N; ++j) {
        double want = 0;
        for (std::size_t i = 0; i < M; ++i) {
            want += a[i * N + j];
            CHECK(shifted[i * N + j] == a[i * N + j] + start[j]);
        }
        CHECK(std::abs(sums[j] - want) <= bound * (1 + M));
        CHECK(std::abs(more[j] - want - start[j]) <= bound * (2 + M));
    }
}

}  // namespace

TEST_CASE("products agree with naive loops at the shapes of small nets", "[simd]") {
    check_shape<10, 1, 40, float>();
    check_shape<10, 40, 40, float>();
    check_shape<10, 40, 1, float>();
    check_shape<5, 64, 5, float>();
}

TEST_CASE("products agree with naive loops at odd shapes", "[simd]") {
    check_shape<1, 1, 1, float>();
    check_shape<1, 39, 1, float>();
    check_shape<7, 1, 1, float>();
    check_shape<2, 3, 2, float>();
    check_shape<3, 2, 3, float>();
    check_shape<13, 17, 23, float>();
    check_shape<3, 130, 65, float>();
    check_shape<4, 70, 130, float>();
}

TEST_CASE("products agree with naive loops in double", "[simd]") {
    check_shape<10, 40, 40, double>();
    check_shape<9, 19, 1, double>();
    check_shape<2, 3, 2, double>();
    check_shape<13, 17, 23, double>();
}

TEMPLATE_TEST_CASE("column sums and added rows agree with plain loops", "[simd]", float, double) {
    check_rows<1, 1, TestType>();
    check_rows<10, 40, TestType>();
    check_rows<3, 5, TestType>();
    check_rows<9, 1, TestType>();
    check_rows<75, 67, TestType>();
}

TEST_CASE("a value that is not finite in a row of the left factor stays in that row", "[simd]") {
    // The kernel reads past the end of a row of b into the next one: nothing of it may reach the target.
    auto a = values<float>(6 * 5, 1), b = values<float>(5 * 11, 2);
    std::vector<float> c(6 * 11);
    a[2 * 5 + 1] = std::numeric_limits<float>::quiet_NaN();
    b[3 * 11] = std::numeric_limits<float>::infinity();
    priori::multiply<6, 5, 11>(a.data(), b.data(), c.data());
    for (std::size_t i = 0; i < 6; ++i) {
        for (std::size_t j = 0; j < 11; ++j) CHECK(std::isfinite(c[i * 11 + j]) == (i != 2 && j != 0));
    }
}

TEST_CASE("a product is the same every time and wherever the matrices lie", "[simd]") {
    auto a = values<float>(10 * 40 + 3, 1), b = values<float>(40 * 40 + 3, 2);
    std::vector<float> first(10 * 40), second(10 * 40 + 1);
    priori::multiply<10, 40, 40>(a.data(), b.data(), first.data());
    a.insert(a.begin(), 0.0f), b.insert(b.begin(), 0.0f);
    priori::multiply<10, 40, 40>(a.data() + 1, b.data() + 1, second.data() + 1);
    CHECK(std::equal(first.begin(), first.end(), second.begin() + 1));
}
