// SPDX-License-Identifier: BSL-1.0
// Denormals count as in plain loops: small whole multiples of the least positive number are added and multiplied
// exactly, by every kernel and at every length, and none is flushed to zero.
#include "catch.hpp"

#include <priori/simd/convolution.hpp>
#include <priori/simd/gemm.hpp>
#include <priori/simd/reduce.hpp>
#include <priori/simd/transpose.hpp>

#include <cstddef>
#include <limits>
#include <vector>

namespace {

template <class T>
constexpr T least = std::numeric_limits<T>::denorm_min();

// Whole numbers from -4 to 4.
template <class T>
std::vector<T> whole_numbers(std::size_t count, std::size_t seed) {
    std::vector<T> result(count);
    for (std::size_t i = 0; i < count; ++i) {
        result[i] = static_cast<T>(static_cast<int>((i * 2654435761u + seed * 7919u) % 1009u % 9u) - 4);
    }
    return result;
}

// call(a, b, c) for whole numbers a, and again for a times the least number: the second result is as many times that.
template <class T, class Call>
bool scales(std::size_t a_size, std::size_t b_size, std::size_t c_size, const Call& call) {
    auto a = whole_numbers<T>(a_size, 1);
    const auto b = whole_numbers<T>(b_size, 2);
    std::vector<T> whole(c_size, T(0)), tiny(c_size, T(0));
    call(a.data(), b.data(), whole.data());
    for (T& x : a) x *= least<T>;
    call(a.data(), b.data(), tiny.data());
    bool some = false;
    for (std::size_t i = 0; i < c_size; ++i) {
        if (tiny[i] != whole[i] * least<T>) return false;
        some = some || tiny[i] != 0;
    }
    return some;
}

template <class T, std::size_t M, std::size_t K, std::size_t N>
void check_products() {
    INFO(M << " x " << K << " x " << N);
    CHECK(scales<T>(M * K, K * N, M * N, [](const T* a, const T* b, T* c) { priori::multiply<M, K, N>(a, b, c); }));
    CHECK(scales<T>(M * K, K * N, M * N,
                    [](const T* a, const T* b, T* c) { priori::multiply_transposed_left<M, K, N>(a, b, c); }));
    CHECK(scales<T>(M * K, K * N, M * N,
                    [](const T* a, const T* b, T* c) { priori::multiply_transposed_right<M, K, N>(a, b, c); }));
    CHECK(scales<T>(M * K, 1, K * M, [](const T* a, const T*, T* c) { priori::transpose_into<M, K>(a, c); }));
    CHECK(scales<T>(M * K, 1, 1, [](const T* a, const T*, T* c) { *c = priori::sum<M * K>(a); }));
    CHECK(scales<T>(M * K, M * K, 1, [](const T* a, const T* b, T* c) { *c = priori::dot<M * K>(a, b); }));
    CHECK(scales<T>(M * K, 1, 1, [](const T* a, const T*, T* c) { *c = priori::max_of<M * K>(a); }));
}

}  // namespace

TEMPLATE_TEST_CASE("denormals are added and multiplied exactly", "[simd]", float, double) {
    check_products<TestType, 10, 40, 40>();
    check_products<TestType, 5, 40, 1>();
    check_products<TestType, 3, 7, 5>();
    check_products<TestType, 25, 64, 33>();
    using shape = priori::convolution_shape<7, 7, 8, 16, 3, 3>;
    constexpr std::size_t in = 2 * 7 * 7 * 8, weights = 3 * 3 * 8 * 16, out = 2 * 7 * 7 * 16;
    CHECK(scales<TestType>(in, weights, out, [](const TestType* x, const TestType* w, TestType* y) {
        priori::convolve<shape, 2>(x, w, y);
    }));
    CHECK(scales<TestType>(out, weights, in, [](const TestType* y_bar, const TestType* w, TestType* x_bar) {
        priori::convolve_input_gradient<shape, 2>(y_bar, w, x_bar);
    }));
    CHECK(scales<TestType>(out, in, weights, [](const TestType* y_bar, const TestType* x, TestType* w_bar) {
        priori::convolve_weight_gradient<shape, 2>(x, y_bar, w_bar);
    }));
}
