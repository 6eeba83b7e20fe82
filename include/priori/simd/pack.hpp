// SPDX-License-Identifier: BSL-1.0
// pack<T>: as many numbers as one register holds, and the elementwise functions on numbers and on packs.
#pragma once

#include <priori/config/config.hpp>

#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

#if !defined(PRIORI_SCALAR) && __has_include(<xsimd/xsimd.hpp>)
#if defined(__GNUC__) && !defined(__clang__)  // g++ 12 warns about its own AVX-512 intrinsics
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <xsimd/xsimd.hpp>
#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#if !defined(XSIMD_NO_SUPPORTED_ARCHITECTURE)
#define PRIORI_XSIMD 1
#endif
#endif

// Templates call these functions unqualified, so that overloads for another number type (a dual) are found where that
// type is defined. A name that xsimd has too (select, sign) is constrained here, which makes ours the better match.
// xsimd 8.1 calls a NaN equal to itself in != on AVX: ask isnan.

namespace priori {

namespace detail {

// pack_type<T, Lanes>: the register type with so many lanes; void where the machine has none.
template <class T, std::size_t Lanes>
struct pack_type {
    using type = void;
};

template <class T>
struct pack_type<T, 1> {
    using type = T;
};

template <class T>
struct widest {
    using type = T;
    static constexpr std::size_t size = 1;
};

// registers<T, Size>: a register as the compiler's own vector type, for the shuffles that xsimd 8.1 lacks.
template <class T, std::size_t Size>
struct registers {
    using type [[gnu::vector_size(Size * sizeof(T))]] = T;
};

template <class P>
struct pack_traits {
    using value_type = P;
    static constexpr std::size_t size = 1;
    static constexpr bool is_pack = false;
    using mask = bool;
};

#if defined(PRIORI_XSIMD)
template <class T, std::size_t Lanes>
    requires(Lanes > 1 && (std::same_as<T, float> || std::same_as<T, double>))
struct pack_type<T, Lanes> {
    using type = xsimd::make_sized_batch_t<T, Lanes>;
};

template <class T>
    requires((std::same_as<T, float> || std::same_as<T, double>) &&
             xsimd::types::has_simd_register<T, xsimd::default_arch>::value)
struct widest<T> {
    using type = xsimd::batch<T>;
    static constexpr std::size_t size = xsimd::batch<T>::size;
};

template <class T, class Arch>
struct pack_traits<xsimd::batch<T, Arch>> {
    using value_type = T;
    static constexpr std::size_t size = xsimd::batch<T, Arch>::size;
    static constexpr bool is_pack = true;
    using mask = typename xsimd::batch<T, Arch>::batch_bool_type;
};
#endif

}  // namespace detail

// The widest register of T; T itself where there is none.
template <class T>
using pack = typename detail::widest<T>::type;

// The lanes of pack<T>.
template <class T>
inline constexpr std::size_t lanes = detail::widest<T>::size;

// A register of exactly so many lanes: T for one lane, void where the machine has none.
template <class T, std::size_t Lanes>
using sized_pack = typename detail::pack_type<T, Lanes>::type;

template <class T, std::size_t Lanes>
inline constexpr bool has_sized_pack = !std::is_void_v<sized_pack<T, Lanes>>;

template <class P>
inline constexpr bool is_pack = detail::pack_traits<P>::is_pack;

// The lanes of P itself: 1 for a number.
template <class P>
inline constexpr std::size_t width = detail::pack_traits<P>::size;

template <class P>
using mask_type = typename detail::pack_traits<P>::mask;

// Does one instruction compute a * b + c in T?
template <class T>
inline constexpr bool hardware_fused =
#if defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__)
    true;
#elif defined(__FP_FAST_FMAF) && defined(__FP_FAST_FMA)
    true;
#elif defined(__FP_FAST_FMAF)
    std::same_as<T, float>;
#else
    false;
#endif

// load_as<P>: from any address, P a pack of any width or a number.
template <class P>
PRIORI_ALWAYS_INLINE P load_as(const typename detail::pack_traits<P>::value_type* source) noexcept {
    if constexpr (is_pack<P>) {
        return P::load_unaligned(source);
    } else {
        return *source;
    }
}

template <class T>
PRIORI_ALWAYS_INLINE pack<T> load(const T* source) noexcept {
    return load_as<pack<T>>(source);
}

template <class T>
PRIORI_ALWAYS_INLINE pack<T> broadcast(std::type_identity_t<T> value) noexcept {
    return pack<T>(value);
}

namespace detail {

struct store_function {
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(typename pack_traits<P>::value_type* target, const P& value) const noexcept {
        if constexpr (priori::is_pack<P>) {
            value.store_unaligned(target);
        } else {
            *target = value;
        }
    }
};

}  // namespace detail

// store(target, value): to any address. An object, so that xsimd's aligned function of the same name is not found.
inline constexpr detail::store_function store{};

// ---- numbers ----

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

// ---- packs ----

#if defined(PRIORI_XSIMD)

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
    return xsimd::select(xsimd::isnan(a), a, xsimd::min(a, b));  // the machine's gives b if either is NaN
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
    if constexpr (std::same_as<T, double>) {  // xsimd 8.1 is wrong for denormals
        using P = xsimd::batch<T, Arch>;
        const auto tiny = x < P(std::numeric_limits<T>::min());
        return xsimd::log(xsimd::select(tiny, x * P(0x1p54), x)) -
               xsimd::select(tiny, P(54 * 0.693147180559945309417), P(0.0));
    } else {
        return xsimd::log(x);
    }
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE xsimd::batch<T, Arch> tangent_hyperbolic(const xsimd::batch<T, Arch>& x) noexcept {
    return xsimd::tanh(x);
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

// Folds the upper half of the lanes onto the lower, down to one: a fixed order for a given width.
template <class T, std::size_t Size, class Combine>
PRIORI_ALWAYS_INLINE T fold_lanes(typename registers<T, Size>::type x, Combine combine) noexcept {
    if constexpr (Size == 2) {
        return combine(T(x[0]), T(x[1]));
    } else {
        return [&]<std::size_t... Lane>(std::index_sequence<Lane...>) {
            return fold_lanes<T, Size / 2>(combine(__builtin_shufflevector(x, x, int(Lane)...),
                                                   __builtin_shufflevector(x, x, int(Lane + Size / 2)...)),
                                           combine);
        }(std::make_index_sequence<Size / 2>{});
    }
}

}  // namespace detail

template <class T, class Arch>
PRIORI_ALWAYS_INLINE T sum_lanes(const xsimd::batch<T, Arch>& x) noexcept {
    return detail::fold_lanes<T, xsimd::batch<T, Arch>::size>(
        std::bit_cast<typename detail::registers<T, xsimd::batch<T, Arch>::size>::type>(x),
        [](auto a, auto b) __attribute__((always_inline)) { return a + b; });
}
template <class T, class Arch>
PRIORI_ALWAYS_INLINE T maximum_lane(const xsimd::batch<T, Arch>& x) noexcept {
    alignas(64) T values[xsimd::batch<T, Arch>::size];
    x.store_aligned(values);
    T result = values[0];
    for (T value : values) result = maximum(result, value);
    return result;
}

#endif

}  // namespace priori
