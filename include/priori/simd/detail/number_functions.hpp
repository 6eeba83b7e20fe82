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

namespace detail {

// tanh(x) = x p(x^2) / q(x^2) for |x| <= bound, beyond which it rounds to the value there: a fit of least relative
// error (1.5e-9 before rounding, 3.6e-7 with it), by reweighted least squares on 4,000 Chebyshev points.
struct float_tanh {
    static constexpr float bound = 7.9f;
    static constexpr float p[] = {1.0f,
                                  0.1312812165998358f,
                                  0.0031536365452893606f,
                                  1.168940328055349e-05f,
                                  -2.2524976400421413e-08f,
                                  6.48256953958265e-11f,
                                  -1.1923714294768092e-13f};
    static constexpr float q[] = {1.0f, 0.46461453395807567f, 0.02469184224460729f, 0.0002619315235513041f};

    // x lies within the bounds; multiply_add(a, b, c) = a b + c.
    template <class N, class F>
    PRIORI_ALWAYS_INLINE static N value(const N& x, const F& multiply_add) noexcept {
        const N u = x * x;
        N above(p[6]), below(q[3]);
        PRIORI_UNROLL
        for (int i = 5; i >= 0; --i) above = multiply_add(above, u, N(p[i]));
        PRIORI_UNROLL
        for (int i = 2; i >= 0; --i) below = multiply_add(below, u, N(q[i]));
        return x * above / below;
    }
};

}  // namespace detail

// In float within 8 units of the last place, the same formula in packs and alone; -1 and 1 are not reached.
template <std::floating_point T>
PRIORI_ALWAYS_INLINE T tangent_hyperbolic(T x) noexcept {
    if constexpr (std::same_as<T, float>) {
        constexpr float bound = detail::float_tanh::bound;
        const float within = x > bound ? bound : x < -bound ? -bound : x;  // NaN stays
        return detail::float_tanh::value(within, [](float a, float b, float c) { return fused(a, b, c); });
    } else {
        return std::tanh(x);
    }
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
// a > b, or a is NaN: the search for a maximum that goes by it finds NaN.
template <std::floating_point T>
PRIORI_ALWAYS_INLINE bool exceeds(T a, T b) noexcept {
    return a > b || a != a;
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
