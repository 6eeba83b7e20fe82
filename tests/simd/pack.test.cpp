// SPDX-License-Identifier: BSL-1.0
// Packs: every lane of every function agrees with the C library, at ordinary values and at the borders of the range.
#include "catch.hpp"

#include <priori/simd/pack.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

// The distance of `got` from `want` in units in the last place of T; zero for NaN against NaN and equal infinities.
template <class T>
double ulps(T got, long double want) {
    if (std::isnan(want)) return std::isnan(got) ? 0 : 1e9;
    const T rounded = static_cast<T>(want);
    if (std::isinf(rounded) || std::isinf(got)) return got == rounded ? 0 : 1e9;
    if (std::isnan(got)) return 1e9;
    const T size = std::fabs(rounded);
    const long double unit = static_cast<long double>(std::nextafter(size, std::numeric_limits<T>::infinity())) - size;
    return static_cast<double>(std::fabs(static_cast<long double>(got) - want) / unit);
}

template <class T>
std::vector<T> special_values() {
    using limits = std::numeric_limits<T>;
    std::vector<T> values{limits::quiet_NaN(), limits::infinity(), limits::denorm_min(), limits::min(),
                          limits::min() / 4, limits::max(), T(0), T(1), T(1e-20), T(1e5), T(0.5),
                          T(87.5), T(88.7), T(89), T(100),
                          T(103.5), T(104.5), T(709.5), T(710), T(740), T(745.5)};
    const std::size_t count = values.size();
    for (std::size_t i = 0; i < count; ++i) values.push_back(-values[i]);
    return values;
}

template <class T, class Function, class Reference>
double worst_over(const std::vector<T>& values, const Function& function, const Reference& reference) {
    double worst = 0;
    for (std::size_t i = 0; i < values.size(); i += priori::lanes<T>) {
        T in[priori::lanes<T>], out[priori::lanes<T>];
        for (std::size_t l = 0; l < priori::lanes<T>; ++l) in[l] = values[(i + l) % values.size()];
        priori::store(out, function(priori::load<T>(in)));
        for (std::size_t l = 0; l < priori::lanes<T>; ++l) {
            const long double want = reference(static_cast<long double>(in[l]));
            const double distance = ulps<T>(out[l], want);
            if (distance > worst) worst = distance;
            if (want == 0 && std::signbit(want) != std::signbit(out[l])) worst = 1e9;
        }
    }
    return worst;
}

template <class T, class Function, class Reference>
double worst_between(T low, T high, const Function& function, const Reference& reference) {
    std::vector<T> values(20000);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = low + (high - low) * static_cast<T>(static_cast<double>(i) / static_cast<double>(values.size()));
    }
    return worst_over(values, function, reference);
}

// A number type of a user, found by argument-dependent lookup from a template that calls the functions unqualified.
struct doubled {
    double value;
};
doubled exponential(doubled x) { return {2 * std::exp(x.value)}; }

}  // namespace

namespace priori {

template <class N>
N generic_softness(N x) {
    return exponential(x);
}

// Every name that xsimd might have too, called as layers call them.
template <class N>
N generic_tour(N x) {
    const N zero(0), signed_one = select(less(x, zero), minimum(sign(x), zero), maximum(sign(x), zero));
    return fused(absolute(x), signed_one, select(greater(x, zero), zero, square_root(zero)));
}

}  // namespace priori

TEMPLATE_TEST_CASE("the functions of a pack agree with the C library in every lane", "[simd]", float, double) {
    using T = TestType;
    const auto special = special_values<T>();
    const auto check = [&](const char* name, auto function, auto reference, T low, T high, double bound) {
        INFO(name);
        CHECK(worst_between(low, high, function, reference) <= bound);
        CHECK(worst_over(special, function, reference) <= bound);
    };
    check("exponential", [](auto x) { return priori::exponential(x); }, [](long double x) { return std::exp(x); },
          T(-87), T(88), 3);
    check("logarithm", [](auto x) { return priori::logarithm(x); }, [](long double x) { return std::log(x); }, T(1e-3),
          T(20), 2);
    check("tangent_hyperbolic", [](auto x) { return priori::tangent_hyperbolic(x); },
          [](long double x) { return std::tanh(x); }, T(-10), T(10), std::is_same_v<T, float> ? 8 : 2);
    check("exponential_minus_one", [](auto x) { return priori::exponential_minus_one(x); },
          [](long double x) { return std::expm1(x); }, T(-10), T(10), 3);
    check("logarithm_one_plus", [](auto x) { return priori::logarithm_one_plus(x); },
          [](long double x) { return std::log1p(x); }, T(-0.9), T(10), 2);
    check("square_root", [](auto x) { return priori::square_root(x); }, [](long double x) { return std::sqrt(x); },
          T(0), T(40), 1);
    // xsimd's double error function is good to 1e-14 only
    check("error_function", [](auto x) { return priori::error_function(x); }, [](long double x) { return std::erf(x); },
          T(-4), T(4), std::is_same_v<T, float> ? 3 : 100);
    CHECK(worst_between(T(-20), T(20), [](auto x) { return priori::sine(x); },
                        [](long double x) { return std::sin(x); }) <= 2);
    CHECK(worst_between(T(-20), T(20), [](auto x) { return priori::cosine(x); },
                        [](long double x) { return std::cos(x); }) <= 2);
    check("absolute", [](auto x) { return priori::absolute(x); }, [](long double x) { return std::fabs(x); }, T(-1),
          T(1), 0);
    check("sign", [](auto x) { return priori::sign(x); },
          [](long double x) { return std::isnan(x) ? x : std::fabs(static_cast<long double>((x > 0) - (x < 0))) *
                                                             (x < 0 ? -1.0L : 1.0L); },
          T(-1), T(1), 0);
}

TEMPLATE_TEST_CASE("minimum and maximum give NaN if either argument is NaN", "[simd]", float, double) {
    using T = TestType;
    const T nan = std::numeric_limits<T>::quiet_NaN();
    const auto check = [&](auto number) {
        using N = decltype(number);
        for (const auto& [a, b] : {std::pair<T, T>{nan, 1}, {1, nan}, {nan, nan}}) {
            T out[priori::width<N>];
            priori::store(out, priori::maximum(N(a), N(b)));
            CHECK(std::isnan(out[0]));
            priori::store(out, priori::minimum(N(a), N(b)));
            CHECK(std::isnan(out[priori::width<N> - 1]));
        }
        T out[priori::width<N>];
        priori::store(out, priori::maximum(N(T(2)), N(T(-3))));
        CHECK(out[0] == 2);
        priori::store(out, priori::minimum(N(T(2)), N(T(-3))));
        CHECK(out[0] == -3);
    };
    check(T(0));
    check(priori::pack<T>(T(0)));
}

TEMPLATE_TEST_CASE("fused rounds once where the machine can", "[simd]", float, double) {
    using T = TestType;
    const T e = std::numeric_limits<T>::epsilon();
    const auto residue = [&](auto number) {  // (1 + e)(1 - e) - 1 is -e^2, or 0 if the product is rounded first
        using N = decltype(number);
        T one_more = 1 + e, one_less = 1 - e;
        T out[priori::width<N>];
        priori::store(out, priori::fused(N(one_more), N(one_less), N(T(-1))));
        return out[priori::width<N> - 1];
    };
    if (priori::hardware_fused<T>) {
        CHECK(residue(T(0)) == -e * e);
        CHECK(residue(priori::pack<T>(T(0))) == -e * e);
        if constexpr (priori::has_sized_pack<T, 4>) CHECK(residue(priori::sized_pack<T, 4>(T(0))) == -e * e);
    }
    T out[priori::lanes<T>];
    priori::store(out, priori::fused(priori::broadcast<T>(3), priori::broadcast<T>(5), priori::broadcast<T>(7)));
    CHECK(out[0] == 22);
}

TEMPLATE_TEST_CASE("select, greater, less and the folds look at every lane", "[simd]", float, double) {
    using T = TestType;
    constexpr std::size_t n = priori::lanes<T>;
    T in[n], out[n];
    for (std::size_t l = 0; l < n; ++l) in[l] = static_cast<T>(l % 3) - 1;
    const auto x = priori::load<T>(in);
    const priori::pack<T> zero(T(0)), one(T(1)), two(T(2));
    static_assert(std::is_same_v<decltype(priori::greater(x, zero)), priori::mask_type<priori::pack<T>>>);
    priori::store(out, priori::select(priori::greater(x, zero), one, priori::select(priori::less(x, zero), two, zero)));
    T total = 0, largest = in[0];
    for (std::size_t l = 0; l < n; ++l) {
        CHECK(out[l] == (in[l] > 0 ? 1 : in[l] < 0 ? 2 : 0));
        total += in[l];
        largest = std::max(largest, in[l]);
    }
    CHECK(priori::sum_lanes(x) == total);
    CHECK(priori::maximum_lane(x) == largest);
}

TEST_CASE("an unqualified call finds the function of another number type", "[simd]") {
    CHECK(priori::generic_softness(doubled{0}).value == 2);
    CHECK(priori::generic_softness(0.0f) == 1);
    CHECK(priori::generic_tour(-2.5f) == -2.5f);
    CHECK(priori::sum_lanes(priori::generic_tour(priori::broadcast<float>(-2.5f))) == -2.5f * priori::lanes<float>);
    static_assert(priori::lanes<doubled> == 1 && !priori::is_pack<priori::pack<doubled>>);
}
