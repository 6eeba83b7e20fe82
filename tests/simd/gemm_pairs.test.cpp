// SPDX-License-Identifier: BSL-1.0
// Two products added are the sum of the products, and nothing but the target is written.
#include "catch.hpp"
#include "simd/values.hpp"

#include <priori/simd/gemm_pairs.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transform.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

namespace {

// Minus the sum, and plus the number at its place.
template <class T>
struct negated {
    const T* more;
    template <class P>
    P operator()(std::size_t i, const P& sum) const {
        return priori::load_as<P>(more + i) - sum;
    }
};

// Half the number that stood where the sum goes, minus the sum.
template <class T>
struct from_before {
    const T* c;
    template <class P>
    P operator()(std::size_t i, const P& sum) const {
        return priori::load_as<P>(c + i) * P(T(0.5)) - sum;
    }
};

// The largest difference between what `pair` writes and what `once`, called for each product in double, does.
template <std::size_t M, std::size_t K, std::size_t N, class T, class Pair, class Once>
double difference(const Pair& pair, const Once& once, bool accumulate,
                  const T* negated_and = nullptr) {
    const auto a = values<T>(M * K, 1), b = values<T>(K * N, 2), a2 = values<T>(M * K, 3), b2 = values<T>(K * N, 4);
    const auto before = values<T>(M * N + 2, 5);
    auto c = before;
    pair(a.data(), b.data(), a2.data(), b2.data(), c.data() + 1);
    std::vector<double> want(M * N, 0.0);
    for (std::size_t i = 0; accumulate && i < M * N; ++i) want[i] = static_cast<double>(before[i + 1]);
    const auto exact = [](const std::vector<T>& x) { return std::vector<double>(x.begin(), x.end()); };
    once(exact(a).data(), exact(b).data(), want.data());
    once(exact(a2).data(), exact(b2).data(), want.data());
    double worst = c.front() == before.front() && c.back() == before.back() ? 0 : std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < M * N; ++i) {
        const double finished = negated_and ? static_cast<double>(negated_and[i]) - want[i] : want[i];
        worst = priori::maximum(worst, std::abs(static_cast<double>(c[i + 1]) - finished));
    }
    return worst;
}

template <std::size_t M, std::size_t K, std::size_t N, class T>
void check_shape() {
    INFO(M << " x " << K << " x " << N);
    const double bound = (std::is_same_v<T, float> ? 4e-7 : 8e-16) * static_cast<double>(2 * K + 1);
    const auto plain = [](const double* a, const double* b, double* c) { priori::multiply<M, K, N, true>(a, b, c); };
    const auto left = [](const double* a, const double* b, double* c) {
        priori::multiply_transposed_left<M, K, N, true>(a, b, c);
    };
    const auto right = [](const double* a, const double* b, double* c) {
        priori::multiply_transposed_right<M, K, N, true>(a, b, c);
    };
    CHECK(difference<M, K, N, T>([](auto... x) { priori::multiply<M, K, N>(x...); }, plain, false) <= bound);
    CHECK(difference<M, K, N, T>([](auto... x) { priori::multiply<M, K, N, true>(x...); }, plain, true) <= bound);
    const auto more = values<T>(M * N, 7);
    const negated<T> finish{more.data()};
    CHECK(difference<M, K, N, T>([=](auto... x) { priori::multiply<M, K, N>(x..., finish); }, plain, false,
                                 more.data()) <= bound);
    CHECK(difference<M, K, N, T>([](auto... x) { priori::multiply_transposed_left<M, K, N>(x...); }, left, false) <=
          bound);
    CHECK(difference<M, K, N, T>([](auto... x) { priori::multiply_transposed_left<M, K, N, true>(x...); }, left, true) <=
          bound);
    CHECK(difference<M, K, N, T>([](auto... x) { priori::multiply_transposed_right<M, K, N>(x...); }, right, false) <=
          bound);
    CHECK(difference<M, K, N, T>([=](auto... x) { priori::multiply_transposed_right<M, K, N, true>(x..., finish); },
                                 right, true, more.data()) <= bound);
    auto halves = values<T>(M * N + 2, 5);  // what c holds before
    for (T& half : halves) half = half * T(0.5);
    CHECK(difference<M, K, N, T>(
              [](auto a, auto b, auto a2, auto b2, T* c) {
                  priori::multiply_transposed_left<M, K, N>(a, b, a2, b2, c, from_before<T>{c});
              },
              left, false, halves.data() + 1) <= bound);
    CHECK(difference<M, K, N, T>(
              [](auto a, auto b, auto a2, auto b2, T* c) {
                  priori::multiply_transposed_left<M, K, N>(a, b, c, negated<T>{c});
                  priori::multiply_transposed_left<M, K, N>(a2, b2, c, [c]<class P>(std::size_t i, const P& sum) {
                      return (priori::load_as<P>(c + i) - sum);
                  });
              },
              left, false, values<T>(M * N + 2, 5).data() + 1) <= bound);
    const auto bias = values<T>(N, 6);
    CHECK(difference<M, K, N, T>(
              [&](const T* a, const T* b, const T* a2, const T* b2, T* c) {
                  priori::multiply_add_bias<M, K, N>(a, b, a2, b2, bias.data(), c);
                  for (std::size_t i = 0; i < M; ++i) {
                      for (std::size_t j = 0; j < N; ++j) c[i * N + j] -= bias[j];
                  }
              },
              plain, false) <= bound);
    const std::vector<T> none(N, T(0));
    CHECK(difference<M, K, N, T>(
              [&](const T* a, const T* b, const T* a2, const T* b2, T* c) {
                  priori::multiply_add_bias<M, K, N>(a, b, a2, b2, none.data(), c, finish);
              },
              plain, false, more.data()) <= bound);
}

}  // namespace

TEST_CASE("a pair of products is their sum", "[simd]") {
    check_shape<10, 40, 40, float>();
    check_shape<5, 7, 13, float>();
    check_shape<3, 33, 6, float>();  // the right factors are not transposed
    check_shape<4, 9, 1, float>();
    check_shape<1, 9, 1, float>();
    check_shape<1, 3, 5, float>();
    check_shape<6, 1, 20, float>();
    check_shape<4, 70, 5, float>();  // more than one block of the right factor
    check_shape<5, 6, 11, double>();
}
