// SPDX-License-Identifier: BSL-1.0
// The elementwise functions on packs: xsimd's, with its defects at the borders of the range mended.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/detail/number_functions.hpp>
#include <priori/simd/detail/pack_types.hpp>

#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <utility>

#if !defined(PRIORI_SCALAR) && defined(XSIMD_VERSION_MAJOR) && !defined(XSIMD_NO_SUPPORTED_ARCHITECTURE)

namespace priori {

namespace detail {

// Where xsimd 8.1's exponentials flush to zero or overflow too early, the argument is moved by a whole number (which is
// exact there) and the result is scaled back: exp(x) = exp(x - shift) exp(shift).
template <class T>
struct exponential_range;

template <>
struct exponential_range<float> {
    static constexpr float high = 87.0f, high_shift = 8.0f, high_scale = 2.98095798704172827e3f;
    static constexpr float low = -80.0f, low_shift = -24.0f, low_scale = 3.77513454427909755e-11f;
};

template <>
struct exponential_range<double> {
    static constexpr double high = 700.0, high_shift = 16.0, high_scale = 8.88611052050787264e6;
    static constexpr double low = -690.0, low_shift = -64.0, low_scale = 1.60381089054863792e-28;
};

}  // namespace detail

template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> fused(const xsimd::batch<T, Arch>& a, const xsimd::batch<T, Arch>& b,
                                                 const xsimd::batch<T, Arch>& c) noexcept {
    [[maybe_unused]] constexpr std::size_t bytes = sizeof(xsimd::batch<T, Arch>);
    [[maybe_unused]] constexpr bool single = std::same_as<T, float>;
#if defined(__AVX512F__)  // xsimd 8.1 multiplies and adds here
    if constexpr (bytes == 64 && single) {
        return _mm512_fmadd_ps(a, b, c);
    } else if constexpr (bytes == 64) {
        return _mm512_fmadd_pd(a, b, c);
    } else
#endif
#if defined(__FMA__)  // with AVX, xsimd has no fused batch of 16 bytes
        if constexpr (bytes == 32 && single) {
        return _mm256_fmadd_ps(a, b, c);
    } else if constexpr (bytes == 32) {
        return _mm256_fmadd_pd(a, b, c);
    } else if constexpr (bytes == 16 && single) {
        return _mm_fmadd_ps(a, b, c);
    } else if constexpr (bytes == 16) {
        return _mm_fmadd_pd(a, b, c);
    } else
#endif
    {
        return xsimd::fma(a, b, c);
    }
}

template <class T, class Arch>
PRIORI_ALWAYS_INLINE auto greater(const xsimd::batch<T, Arch>& a, const xsimd::batch<T, Arch>& b) noexcept {
    return a > b;
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE auto exceeds(const xsimd::batch<T, Arch>& a, const xsimd::batch<T, Arch>& b) noexcept {
    return (a > b) | xsimd::isnan(a);
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE auto less(const xsimd::batch<T, Arch>& a, const xsimd::batch<T, Arch>& b) noexcept {
    return a < b;
}
template <class T, class Arch>
    requires std::floating_point<T>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> select(const xsimd::batch_bool<T, Arch>& condition,
                                                  const xsimd::batch<T, Arch>& yes,
                                                  const xsimd::batch<T, Arch>& no) noexcept {
    return xsimd::select(condition, yes, no);
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> minimum(const xsimd::batch<T, Arch>& a,
                                                   const xsimd::batch<T, Arch>& b) noexcept {
    // the machine's gives b if either is NaN; xsimd 8.1 finds NaN equal to itself in != on AVX, so isnan
    return xsimd::select(xsimd::isnan(a), a, xsimd::min(a, b));
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> maximum(const xsimd::batch<T, Arch>& a,
                                                   const xsimd::batch<T, Arch>& b) noexcept {
    return xsimd::select(xsimd::isnan(a), a, xsimd::max(a, b));
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> absolute(const xsimd::batch<T, Arch>& x) noexcept {
    return xsimd::abs(x);
}
template <class T, class Arch>
    requires std::floating_point<T>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> sign(const xsimd::batch<T, Arch>& x) noexcept {
    return xsimd::sign(x);
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> square_root(const xsimd::batch<T, Arch>& x) noexcept {
#if defined(__aarch64__)  // xsimd 8.1 approximates it, and takes infinity to NaN
    if constexpr (std::same_as<T, float>) return vsqrtq_f32(x);
#endif
    return xsimd::sqrt(x);
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> exponential(const xsimd::batch<T, Arch>& x) noexcept {
    using P = xsimd::batch<T, Arch>;
    using range = detail::exponential_range<T>;
    const auto above = x > P(range::high);
    const auto below = x < P(range::low);
    const P shift = xsimd::select(above, P(range::high_shift), xsimd::select(below, P(range::low_shift), P(T(0))));
    const P scale = xsimd::select(above, P(range::high_scale), xsimd::select(below, P(range::low_scale), P(T(1))));
    return xsimd::exp(x - shift) * scale;
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> logarithm(const xsimd::batch<T, Arch>& x) noexcept {
#if defined(__AVX512BW__) && !defined(__OPTIMIZE__)
    // xsimd 8.1 gives a batch to an intrinsic that g++ makes a macro of: it does not compile.
    T numbers[xsimd::batch<T, Arch>::size];
    x.store_unaligned(numbers);
    for (T& number : numbers) number = std::log(number);
    return xsimd::batch<T, Arch>::load_unaligned(numbers);
#else
    if constexpr (std::same_as<T, double>) {  // xsimd 8.1 is wrong for denormals
        using P = xsimd::batch<T, Arch>;
        const auto tiny = x < P(std::numeric_limits<T>::min());
        return xsimd::log(xsimd::select(tiny, x * P(0x1p54), x)) -
               xsimd::select(tiny, P(54 * 0.693147180559945309417), P(0.0));
    } else {
        return xsimd::log(x);
    }
#endif
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> tangent_hyperbolic(const xsimd::batch<T, Arch>& x) noexcept {
    if constexpr (std::same_as<T, float>) {
        using P = xsimd::batch<T, Arch>;
        const P bound(detail::float_tanh::bound);
        const P below = xsimd::select(x > bound, bound, x);  // NaN stays
        return detail::float_tanh::value(P(xsimd::select(below < -bound, -bound, below)),
                                         [](const P& a, const P& b, const P& c) { return fused(a, b, c); });
    } else {
        return xsimd::tanh(x);
    }
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> sine(const xsimd::batch<T, Arch>& x) noexcept {
    return xsimd::sin(x);
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> cosine(const xsimd::batch<T, Arch>& x) noexcept {
    return xsimd::cos(x);
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> exponential_minus_one(const xsimd::batch<T, Arch>& x) noexcept {
    using P = xsimd::batch<T, Arch>;
    using range = detail::exponential_range<T>;
    const auto above = x > P(range::high);
    const P result = xsimd::expm1(xsimd::select(above, x - P(range::high_shift), x)) *
                     xsimd::select(above, P(range::high_scale), P(T(1)));
    return xsimd::select(x == P(T(0)), x, result);  // keeps the sign of zero
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> logarithm_one_plus(const xsimd::batch<T, Arch>& x) noexcept {
    return xsimd::select(x == xsimd::batch<T, Arch>(T(0)), x, xsimd::log1p(x));  // keeps the sign of zero
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> error_function(const xsimd::batch<T, Arch>& x) noexcept {
    const xsimd::batch<T, Arch> bound(T(6));  // erf(6) rounds to 1; the square of a large x would overflow
    return xsimd::erf(maximum(-bound, minimum(x, bound)));
}

namespace detail {

// One round of the fold: the lower half of the lanes plus the upper half.
template <class T, class Arch>
PRIORI_ALWAYS_INLINE auto fold_half(const xsimd::batch<T, Arch>& x) noexcept {
    constexpr std::size_t size = xsimd::batch<T, Arch>::size;
    const auto lane = std::bit_cast<typename registers<T, size>::type>(x);
    if constexpr (size == 2) {
        return T(lane[0]) + T(lane[1]);
    } else {
        return [&]<std::size_t... Lane>(std::index_sequence<Lane...>) __attribute__((always_inline)) {
            return std::bit_cast<sized_pack<T, size / 2>>(__builtin_shufflevector(lane, lane, int(Lane)...) +
                                                          __builtin_shufflevector(lane, lane, int(Lane + size / 2)...));
        }(std::make_index_sequence<size / 2>{});
    }
}

}  // namespace detail

template <class T, class Arch>
PRIORI_ALWAYS_INLINE T sum_lanes(const xsimd::batch<T, Arch>& x) noexcept {
    if constexpr (constexpr std::size_t size = xsimd::batch<T, Arch>::size; has_sized_pack<T, size / 2>) {
        return sum_lanes(detail::fold_half(x));
    } else {
        const auto lane = std::bit_cast<typename detail::registers<T, size>::type>(x);
        return (lane[0] + lane[2]) + (lane[1] + lane[3]);  // four lanes of float
    }
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE T maximum_lane(const xsimd::batch<T, Arch>& x) noexcept {
    alignas(64) T values[xsimd::batch<T, Arch>::size];
    x.store_aligned(values);
    T result = values[0];
    for (T value : values) result = maximum(result, value);
    return result;
}

}  // namespace priori

#endif
