// SPDX-License-Identifier: BSL-1.0
// Which register holds how many numbers of which type, and the ways into and out of it.
#pragma once

#include <priori/config/config.hpp>

#include <concepts>
#include <cstddef>
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
#endif

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

#if !defined(PRIORI_SCALAR) && defined(XSIMD_VERSION_MAJOR) && !defined(XSIMD_NO_SUPPORTED_ARCHITECTURE)
template <class T, std::size_t Lanes>
    requires(Lanes > 1 && (std::same_as<T, float> || std::same_as<T, double>) &&
             xsimd::types::has_simd_register<T, xsimd::default_arch>::value)
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

template <class Q, class P, std::size_t... Lane>
PRIORI_ALWAYS_INLINE Q lower_part(const P& p, std::index_sequence<Lane...>) noexcept {
    using T = typename pack_traits<P>::value_type;
    const auto all = (typename registers<T, width<P>>::type)p.data;
    return Q((typename Q::register_type)__builtin_shufflevector(all, all, int{Lane}...));
}

// The first lanes of p: no instruction, as narrow registers are parts of wide ones.
template <class Q, class P>
PRIORI_ALWAYS_INLINE Q first_lanes(const P& p) noexcept {
    if constexpr (std::same_as<Q, P>) {
        return p;
    } else {
        return lower_part<Q>(p, std::make_index_sequence<width<Q>>{});
    }
}

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

}  // namespace priori
