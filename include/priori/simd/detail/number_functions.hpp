// SPDX-License-Identifier: BSL-1.0
// The elementwise functions on plain numbers.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/detail/pack_types.hpp>

#include <cmath>
#include <concepts>

namespace priori {

// a * b + c, rounded once where the machine can.
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T fused(T a, T b, T c) noexcept {
    if constexpr (hardware_fused<T>) {
        return std::fma(a, b, c);
    } else {
        return a * b + c;
    }
}

// The smaller and the larger; NaN if either is NaN.
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T minimum(T a, T b) noexcept {
    return a != a ? a : (a < b ? a : b);
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T maximum(T a, T b) noexcept {
    return a != a ? a : (a > b ? a : b);
}

template <std::floating_point T>
PRIORI_ALWAYS_INLINE T absolute(T x) noexcept {
    return std::fabs(x);
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T square_root(T x) noexcept {
    return std::sqrt(x);
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T exponential(T x) noexcept {
    return std::exp(x);
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T logarithm(T x) noexcept {
    return std::log(x);
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T tangent_hyperbolic(T x) noexcept {
    return std::tanh(x);
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T sine(T x) noexcept {
    return std::sin(x);
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T cosine(T x) noexcept {
    return std::cos(x);
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T exponential_minus_one(T x) noexcept {
    return std::expm1(x);
}
// ln(1 + x)
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T logarithm_one_plus(T x) noexcept {
    return std::log1p(x);
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T error_function(T x) noexcept {
    return std::erf(x);
}

// -1, 0 or 1; NaN for NaN.
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T sign(T x) noexcept {
    return x != x ? x : T(x > T(0)) - T(x < T(0));
}

template <std::floating_point T>
PRIORI_ALWAYS_INLINE bool greater(T a, T b) noexcept {
    return a > b;
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE bool less(T a, T b) noexcept {
    return a < b;
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T select(bool condition, T yes, T no) noexcept {
    return condition ? yes : no;
}

// The sum over the lanes, in halves: a fixed order for a given width.
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T sum_lanes(T x) noexcept {
    return x;
}
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T maximum_lane(T x) noexcept {
    return x;
}

}  // namespace priori
