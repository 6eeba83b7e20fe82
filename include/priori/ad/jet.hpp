// SPDX-License-Identifier: BSL-1.0
// jet<N, M>: a value and M tangents; dual<N>: one tangent. N is a number, a pack, or a jet again.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace priori {

template <class N, std::size_t M>
struct jet;

template <class N>
using dual = jet<N, 1>;

// How many derivatives are nested: 0 for a number or a pack.
template <class N>
inline constexpr std::size_t depth = 0;
template <class N, std::size_t M>
inline constexpr std::size_t depth<jet<N, M>> = depth<N> + 1;

// Reference: Griewank and Walther, Evaluating Derivatives (2008), chapter 3 (forward mode), chapter 13 (Taylor).
template <class N, std::size_t M>
struct jet {
    N value;
    N tangent[M];

    jet() = default;
    template <class A>
        requires(depth<A> < depth<jet> && std::is_constructible_v<N, A>)
    PRIORI_ALWAYS_INLINE explicit(!std::same_as<A, N>) jet(const A& constant) noexcept : value(constant) {
        PRIORI_UNROLL
        for (std::size_t i = 0; i < M; ++i) tangent[i] = N(0);
    }
    // The i-th independent variable.
    PRIORI_ALWAYS_INLINE static jet variable(const N& value, std::size_t i) noexcept {
        jet result(value);
        result.tangent[i] = N(1);
        return result;
    }

    PRIORI_ALWAYS_INLINE jet& operator+=(const auto& b) noexcept { return *this = *this + b; }
    PRIORI_ALWAYS_INLINE jet& operator-=(const auto& b) noexcept { return *this = *this - b; }
    PRIORI_ALWAYS_INLINE jet& operator*=(const auto& b) noexcept { return *this = *this * b; }
};

// The innermost value, which decides comparisons.
template <class N>
PRIORI_ALWAYS_INLINE const N& primal(const N& x) noexcept {
    return x;
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE const auto& primal(const jet<N, M>& x) noexcept {
    return primal(x.value);
}

namespace detail {

// f(x) with the derivative already known.
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> chain_rule(const N& value, const N& derivative, const jet<N, M>& x) noexcept {
    jet<N, M> result;
    result.value = value;
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) result.tangent[i] = derivative * x.tangent[i];
    return result;
}

// A constant operand beside a jet: anything less deeply nested.
template <class A, class Jet>
concept Below = depth<A> < depth<Jet> && std::is_constructible_v<Jet, A>;

// An arithmetic literal becomes a number of the innermost kind, so that `2.0 * x` works on a pack of floats.
template <class N, class A>
PRIORI_ALWAYS_INLINE decltype(auto) operand(const A& a) noexcept {
    if constexpr (std::is_arithmetic_v<A> && depth<N> == 0) {
        return N(a);
    } else {
        return (a);
    }
}

}  // namespace detail

template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> operator+(const jet<N, M>& a, const jet<N, M>& b) noexcept {
    jet<N, M> r;
    r.value = a.value + b.value;
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) r.tangent[i] = a.tangent[i] + b.tangent[i];
    return r;
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> operator-(const jet<N, M>& a, const jet<N, M>& b) noexcept {
    jet<N, M> r;
    r.value = a.value - b.value;
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) r.tangent[i] = a.tangent[i] - b.tangent[i];
    return r;
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> operator*(const jet<N, M>& a, const jet<N, M>& b) noexcept {
    jet<N, M> r;
    r.value = a.value * b.value;
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) r.tangent[i] = a.tangent[i] * b.value + a.value * b.tangent[i];
    return r;
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> operator/(const jet<N, M>& a, const jet<N, M>& b) noexcept {
    jet<N, M> r;
    const N inverse = N(1) / b.value;
    r.value = a.value / b.value;  // as of plain numbers, to the bit
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) r.tangent[i] = (a.tangent[i] - r.value * b.tangent[i]) * inverse;
    return r;
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> operator-(const jet<N, M>& a) noexcept {
    jet<N, M> r;
    r.value = -a.value;
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) r.tangent[i] = -a.tangent[i];
    return r;
}

template <class N, std::size_t M, detail::Below<jet<N, M>> B>
PRIORI_ALWAYS_INLINE jet<N, M> operator+(const jet<N, M>& a, const B& b) noexcept {
    jet<N, M> r = a;
    r.value = a.value + detail::operand<N>(b);
    return r;
}
template <class N, std::size_t M, detail::Below<jet<N, M>> A>
PRIORI_ALWAYS_INLINE jet<N, M> operator+(const A& a, const jet<N, M>& b) noexcept {
    return b + a;
}
template <class N, std::size_t M, detail::Below<jet<N, M>> B>
PRIORI_ALWAYS_INLINE jet<N, M> operator-(const jet<N, M>& a, const B& b) noexcept {
    jet<N, M> r = a;
    r.value = a.value - detail::operand<N>(b);
    return r;
}
template <class N, std::size_t M, detail::Below<jet<N, M>> A>
PRIORI_ALWAYS_INLINE jet<N, M> operator-(const A& a, const jet<N, M>& b) noexcept {
    jet<N, M> r = -b;
    r.value = detail::operand<N>(a) - b.value;
    return r;
}
template <class N, std::size_t M, detail::Below<jet<N, M>> B>
PRIORI_ALWAYS_INLINE jet<N, M> operator*(const jet<N, M>& a, const B& b) noexcept {
    jet<N, M> r;
    r.value = a.value * detail::operand<N>(b);
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) r.tangent[i] = a.tangent[i] * detail::operand<N>(b);
    return r;
}
template <class N, std::size_t M, detail::Below<jet<N, M>> A>
PRIORI_ALWAYS_INLINE jet<N, M> operator*(const A& a, const jet<N, M>& b) noexcept {
    return b * a;
}
template <class N, std::size_t M, detail::Below<jet<N, M>> B>
PRIORI_ALWAYS_INLINE jet<N, M> operator/(const jet<N, M>& a, const B& b) noexcept {
    jet<N, M> r;
    r.value = a.value / detail::operand<N>(b);
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) r.tangent[i] = a.tangent[i] / detail::operand<N>(b);
    return r;
}
template <class N, std::size_t M, detail::Below<jet<N, M>> A>
PRIORI_ALWAYS_INLINE jet<N, M> operator/(const A& a, const jet<N, M>& b) noexcept {
    const N value = detail::operand<N>(a) / b.value;
    return detail::chain_rule<N, M>(value, -value / b.value, b);
}

}  // namespace priori
