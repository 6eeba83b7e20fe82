// SPDX-License-Identifier: BSL-1.0
// Bundles: every function does to each task's number what it does to that number alone.
#include "catch.hpp"

#include <priori/simd/bundle.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace pr = priori;

namespace {

template <class T>
struct numbers {
    static constexpr std::size_t count = pr::lanes<T>;
    T values[count];

    explicit numbers(double first, double step = 0.37) {
        for (std::size_t t = 0; t < count; ++t) values[t] = static_cast<T>(first + step * static_cast<double>(t));
    }
    pr::bundle<T> all() const { return pr::bundle<T>::read(values); }
};

template <class T>
bool close(const pr::bundle<T>& got, const T* want) {
    T each[pr::lanes<T>];
    got.write(each);
    for (std::size_t t = 0; t < pr::lanes<T>; ++t) {
        if (!(std::fabs(each[t] - want[t]) <= 64 * std::numeric_limits<T>::epsilon() * (1 + std::fabs(want[t]))))
            return false;
    }
    return true;
}

// f on a bundle, and on its numbers one by one.
template <class T, class F, class... In>
bool agrees(const F& f, const In&... in) {
    T want[pr::lanes<T>];
    for (std::size_t t = 0; t < pr::lanes<T>; ++t) want[t] = f(in.values[t]...);
    return close<T>(f(in.all()...), want);
}

}  // namespace

TEMPLATE_TEST_CASE("a bundle computes for each task what a number computes", "", float, double) {
    using namespace priori;
    using T = TestType;
    const numbers<T> x(-2.2), y(0.4), z(1.5, -0.2);
    CHECK(agrees<T>([](auto a, auto b) { return a + b; }, x, y));
    CHECK(agrees<T>([](auto a, auto b) { return a - b; }, x, y));
    CHECK(agrees<T>([](auto a, auto b) { return a * b; }, x, y));
    CHECK(agrees<T>([](auto a, auto b) { return a / b; }, x, y));
    CHECK(agrees<T>([](auto a) { return -a; }, x));
    CHECK(agrees<T>([](auto a, auto b) { return a += b, a; }, x, y));
    CHECK(agrees<T>([](auto a, auto b) { return a -= b, a; }, x, y));
    CHECK(agrees<T>([](auto a, auto b) { return a *= b, a; }, x, y));
    CHECK(agrees<T>([](auto a, auto b, auto c) { return fused(a, b, c); }, x, y, z));
    CHECK(agrees<T>([](auto a, auto b) { return minimum(a, b); }, x, z));
    CHECK(agrees<T>([](auto a, auto b) { return maximum(a, b); }, x, z));
    CHECK(agrees<T>([](auto a, auto b) { return select(greater(a, b), a, b); }, x, z));
    CHECK(agrees<T>([](auto a, auto b) { return select(less(a, b), a, b); }, x, z));
    CHECK(agrees<T>([](auto a, auto b) { return select(exceeds(a, b), a, b); }, x, z));
    CHECK(agrees<T>([](auto a, auto b) { return select(a > b, a, b); }, x, z));
    CHECK(agrees<T>([](auto a, auto b) { return select(a < b, a, b); }, x, z));
    CHECK(agrees<T>([](auto a, auto b) { return select(a >= b, a, b); }, x, x));
    CHECK(agrees<T>([](auto a, auto b) { return select(a <= b, a, b); }, x, z));
    CHECK(agrees<T>([](auto a, auto b) { return select(a == b, a, b); }, x, z));
    CHECK(agrees<T>([](auto a, auto b) { return select(a != b, a, b); }, x, z));
    CHECK(agrees<T>([](auto a) { return absolute(a); }, x));
    CHECK(agrees<T>([](auto a) { return sign(a); }, x));
    CHECK(agrees<T>([](auto a) { return square_root(a); }, y));
    CHECK(agrees<T>([](auto a) { return exponential(a); }, x));
    CHECK(agrees<T>([](auto a) { return exponential_minus_one(a); }, x));
    CHECK(agrees<T>([](auto a) { return logarithm(a); }, y));
    CHECK(agrees<T>([](auto a) { return logarithm_one_plus(a); }, y));
    CHECK(agrees<T>([](auto a) { return tangent_hyperbolic(a); }, x));
    CHECK(agrees<T>([](auto a) { return sine(a); }, x));
    CHECK(agrees<T>([](auto a) { return cosine(a); }, x));
    CHECK(agrees<T>([](auto a) { return error_function(a); }, x));
}

TEMPLATE_TEST_CASE("what is not a number is unequal to all, also to itself", "", float, double) {
    using namespace priori;
    using T = TestType;
    const numbers<T> x(-2.2);
    const T none = std::numeric_limits<T>::quiet_NaN();
    CHECK(agrees<T>([](auto a) { return select(a != a, a - a, a - a + decltype(a)(1)); }, x));
    for (std::size_t t = 0; t < lanes<T>; ++t) {
        bundle<T> a = x.all();
        T values[lanes<T>];
        a.write(values);
        values[t] = none;
        a = bundle<T>::read(values);
        select(a != a, bundle<T>(1), bundle<T>(0)).write(values);
        for (std::size_t other = 0; other < lanes<T>; ++other) CHECK(values[other] == (other == t ? 1 : 0));
    }
}

TEMPLATE_TEST_CASE("a constant is the same for every task", "", float, double) {
    using T = TestType;
    const numbers<T> x(0.25);
    CHECK(agrees<T>([](auto a) { return decltype(a)(2.0 * a + 1); }, x));
    CHECK(agrees<T>([](auto a) { return decltype(a)(a /= 4.0); }, x));
    static_assert(std::is_same_v<pr::one_task<pr::bundle<T>>, T> && std::is_same_v<pr::one_task<T>, T>);
    static_assert(sizeof(pr::bundle<T>) == pr::lanes<T> * sizeof(T));
    static_assert(pr::lanes<pr::bundle<T>> == 1, "an array of bundles is an array of numbers");
}

TEST_CASE("one task's infinity stays its own") {
    numbers<float> x(1);
    x.values[0] = std::numeric_limits<float>::infinity();
    float out[pr::lanes<float>];
    (x.all() - x.all()).write(out);
    CHECK(std::isnan(out[0]));
    for (std::size_t t = 1; t < pr::lanes<float>; ++t) CHECK(out[t] == 0);
}
