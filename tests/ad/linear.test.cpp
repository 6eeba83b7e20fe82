// SPDX-License-Identifier: BSL-1.0
// Products and sums of arrays of duals: the product rule against naive loops over nested dual numbers.
#include "catch.hpp"

#include <priori/ad/linear.hpp>

#include <cmath>
#include <cstddef>

namespace pr = priori;

namespace {

using T = double;
using one = pr::dual<T>;
using two = pr::dual<one>;

// Not inlined: the same bits wherever it is called.
[[gnu::noinline]] double number(double phase, std::size_t i) { return std::sin(phase + 0.9 * static_cast<double>(i)); }

template <class N>
N element(double phase, std::size_t i) {
    if constexpr (pr::depth<N> == 0) {
        return N(number(phase, i));
    } else {
        using inner = decltype(N{}.value);
        N result;
        result.value = element<inner>(phase, i);
        result.tangent[0] = element<inner>(phase + 17, i);
        return result;
    }
}

template <class N, std::size_t Count>
pr::storage<N, Count> filled(double phase) {
    pr::storage<N, Count> result;
    for (std::size_t i = 0; i < Count; ++i) result.all()(i) = element<N>(phase, i);
    return result;
}

// The largest difference between two numbers, whatever their depth.
double distance(double a, double b) { return std::fabs(a - b); }
template <class N>
double distance(const pr::dual<N>& a, const pr::dual<N>& b) {
    return pr::maximum(distance(a.value, b.value), distance(a.tangent[0], b.tangent[0]));
}

enum class turned { none, left, right };

// c (+)= a b in naive loops over numbers C, whatever a and b are.
template <turned Side, std::size_t M, std::size_t K, std::size_t N, class A, class B, class C>
C naive(const pr::storage<A, M * K>& a, const pr::storage<B, K * N>& b, std::size_t i, std::size_t j, const C& start) {
    C sum = start;
    for (std::size_t k = 0; k < K; ++k) {
        const A x = a.all()[Side == turned::left ? k * M + i : i * K + k];
        const B y = b.all()[Side == turned::right ? j * K + k : k * N + j];
        sum = sum + C(x) * C(y);
    }
    return sum;
}

template <turned Side, bool Add, std::size_t M, std::size_t K, std::size_t N, class A, class B, class C>
void run(pr::view<A> a, pr::view<B> b, pr::view<C> c) {
    if constexpr (Side == turned::left) {
        pr::multiply_transposed_left<M, K, N, Add>(a, b, c);
    } else if constexpr (Side == turned::right) {
        pr::multiply_transposed_right<M, K, N, Add>(a, b, c);
    } else {
        pr::multiply<M, K, N, Add>(a, b, c);
    }
}

template <turned Side, bool Add, class A, class B, class C>
void check() {
    constexpr std::size_t M = 3, K = 5, N = 4;
    INFO("side " << static_cast<int>(Side) << ", add " << Add << ", depths " << pr::depth<A> << pr::depth<B>);
    const auto a = filled<A, M * K>(0.1);
    const auto b = filled<B, K * N>(4.2);
    auto c = filled<C, M * N>(8.3);
    auto swept = filled<C, M * N>(8.3);
    run<Side, Add, M, K, N>(a.all(), b.all(), c.all());
    run<Side, Add, M, K, N>(a.all(), b.all(), pr::swept(swept.values.all(), swept.tangents.all()));
    for (std::size_t i = 0; i < M * N; ++i) {
        const C before = element<C>(8.3, i);
        const C want = naive<Side, M, K, N>(a, b, i / N, i % N, Add ? before : C(T(0)));
        CHECK(distance(c.all()[i], want) < 1e-14);
        // Known values: the tangents alone.
        const C tangents = swept.all()[i];
        CHECK(distance(tangents.value, before.value) == 0);
        CHECK(distance(tangents.tangent[0], want.tangent[0]) < 1e-14);
    }
}

template <turned Side, bool Add>
void check_kinds() {
    check<Side, Add, one, one, one>();
    check<Side, Add, one, T, one>();
    check<Side, Add, T, one, one>();
    check<Side, Add, two, two, two>();
    check<Side, Add, two, one, two>();
    check<Side, Add, T, two, two>();
}

}  // namespace

TEST_CASE("a product of duals, nested duals and constants is the naive one") {
    check_kinds<turned::none, false>();
    check_kinds<turned::none, true>();
}

TEST_CASE("a product with a transposed left factor is the naive one, as is one with a transposed right factor") {
    check_kinds<turned::left, true>();
    check_kinds<turned::right, false>();
}

TEST_CASE("known operands may stand for duals") {
    const auto a = filled<one, 6>(0.1);
    const auto b = filled<one, 6>(1.2);
    pr::storage<one, 4> from_duals, from_known;
    from_known.values = filled<T, 4>(5);
    pr::multiply<2, 3, 2, false>(a.all(), b.all(), from_duals.all());
    pr::multiply<2, 3, 2, false>(pr::swept(a.values.all(), a.tangents.all()),
                                 pr::swept(b.values.all(), b.tangents.all()),
                                 pr::swept(from_known.values.all(), from_known.tangents.all()));
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(from_known.tangents.elements[i] == from_duals.tangents.elements[i]);
        CHECK(from_known.values.elements[i] == number(5, i));
    }
}

TEST_CASE("column sums add values and tangents apart, or tangents alone") {
    constexpr std::size_t M = 5, N = 3;
    const auto a = filled<two, M * N>(0.4);
    auto replaced = filled<two, N>(2.0), added = filled<two, N>(2.0), tangents = filled<two, N>(2.0);
    pr::column_sums<M, N, false>(a.all(), replaced.all());
    pr::column_sums<M, N, true>(a.all(), added.all());
    pr::column_sums<M, N, true>(a.all(), pr::swept(tangents.values.all(), tangents.tangents.all()));
    for (std::size_t j = 0; j < N; ++j) {
        two want(0.0);
        for (std::size_t i = 0; i < M; ++i) want = want + a.all()[i * N + j];
        const two before = element<two>(2.0, j);
        CHECK(distance(replaced.all()[j], want) < 1e-14);
        CHECK(distance(added.all()[j], want + before) < 1e-14);
        CHECK(distance(tangents.all()[j].value, before.value) == 0);
        CHECK(distance(tangents.all()[j].tangent[0], (want + before).tangent[0]) < 1e-14);
    }
    pr::column_sums<M, N, false>(a.all(), pr::view<void>{});
}

TEST_CASE("a row is added to every row; a constant row moves no tangent") {
    constexpr std::size_t M = 3, N = 4;
    const auto moving = filled<one, N>(1.0);
    const auto constant = filled<T, N>(1.0);
    auto with_moving = filled<one, M * N>(3.0), with_constant = filled<one, M * N>(3.0);
    auto known = filled<one, M * N>(3.0);
    pr::add_rows<M, N>(moving.all(), with_moving.all());
    pr::add_rows<M, N>(constant.all(), with_constant.all());
    pr::add_rows<M, N>(moving.all(), pr::swept(known.values.all(), known.tangents.all()));
    for (std::size_t i = 0; i < M * N; ++i) {
        const one before = element<one>(3.0, i), row = element<one>(1.0, i % N);
        CHECK(distance(with_moving.all()[i], before + row) < 1e-15);
        CHECK(distance(with_constant.all()[i], before + number(1.0, i % N)) < 1e-15);
        CHECK(known.values.elements[i] == before.value);
        CHECK(known.tangents.elements[i] == Approx((before + row).tangent[0]).epsilon(1e-14));
    }
}
