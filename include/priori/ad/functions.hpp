// SPDX-License-Identifier: BSL-1.0
// The elementwise functions of simd/pack.hpp, on jets: value and derivative by the chain rule.
#pragma once

#include <priori/config/config.hpp>
#include <priori/ad/jet.hpp>

#include <cstddef>

namespace priori {

template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> exponential(const jet<N, M>& x) noexcept {
    const N value = exponential(x.value);
    return detail::chain_rule(value, value, x);
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> exponential_minus_one(const jet<N, M>& x) noexcept {
    const N value = exponential_minus_one(x.value);
    return detail::chain_rule(value, N(value + N(1)), x);
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> logarithm(const jet<N, M>& x) noexcept {
    return detail::chain_rule(N(logarithm(x.value)), N(N(1) / x.value), x);
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> logarithm_one_plus(const jet<N, M>& x) noexcept {
    return detail::chain_rule(N(logarithm_one_plus(x.value)), N(N(1) / (x.value + N(1))), x);
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> tangent_hyperbolic(const jet<N, M>& x) noexcept {
    const N value = tangent_hyperbolic(x.value);
    return detail::chain_rule(value, N(N(1) - value * value), x);
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> square_root(const jet<N, M>& x) noexcept {
    const N value = square_root(x.value);
    return detail::chain_rule(value, N(N(0.5) / value), x);
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> cosine(const jet<N, M>& x) noexcept;
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> sine(const jet<N, M>& x) noexcept {
    return detail::chain_rule(N(sine(x.value)), N(cosine(x.value)), x);
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> cosine(const jet<N, M>& x) noexcept {
    return detail::chain_rule(N(cosine(x.value)), N(-sine(x.value)), x);
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> error_function(const jet<N, M>& x) noexcept {
    const N slope = N(1.1283791670955125739) * exponential(N(-(x.value * x.value)));  // 2 / sqrt(pi)
    return detail::chain_rule(N(error_function(x.value)), slope, x);
}

// The sign is locally constant.
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> sign(const jet<N, M>& x) noexcept {
    return jet<N, M>(N(sign(x.value)));
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> absolute(const jet<N, M>& x) noexcept {
    return detail::chain_rule(N(absolute(x.value)), N(sign(x.value)), x);
}

template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE auto greater(const jet<N, M>& a, const jet<N, M>& b) noexcept {
    return greater(primal(a), primal(b));
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE auto exceeds(const jet<N, M>& a, const jet<N, M>& b) noexcept {
    return exceeds(primal(a), primal(b));
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE auto less(const jet<N, M>& a, const jet<N, M>& b) noexcept {
    return less(primal(a), primal(b));
}
template <class Mask, class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> select(const Mask& condition, const jet<N, M>& yes, const jet<N, M>& no) noexcept {
    jet<N, M> result;
    result.value = select(condition, yes.value, no.value);
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) result.tangent[i] = select(condition, yes.tangent[i], no.tangent[i]);
    return result;
}
// Of equal numbers, the first. The value is that of the plain function: NaN if either is NaN.
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> maximum(const jet<N, M>& a, const jet<N, M>& b) noexcept {
    jet<N, M> result = select(less(a, b), b, a);
    result.value = maximum(a.value, b.value);
    return result;
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> minimum(const jet<N, M>& a, const jet<N, M>& b) noexcept {
    jet<N, M> result = select(less(b, a), b, a);
    result.value = minimum(a.value, b.value);
    return result;
}
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE jet<N, M> fused(const jet<N, M>& a, const jet<N, M>& b, const jet<N, M>& c) noexcept {
    return a * b + c;
}

// 1 / (1 + exp(-x)), by tanh, which never overflows. The error is in units of the last place of 1: far below 0 the value
// and its derivative are 0 in double before they underflow, and stay near 1e-7 in float.
template <class N>
PRIORI_ALWAYS_INLINE N logistic(const N& x) noexcept {
    return N(0.5) * tangent_hyperbolic(N(N(0.5) * x)) + N(0.5);
}

// ln(1 + exp(x)) = max(x, 0) + ln(1 + exp(-|x|)), by halves of |x| so that the derivative at 0 is 1/2.
template <class N>
PRIORI_ALWAYS_INLINE N logarithm_one_plus_exponential(const N& x) noexcept {
    const auto positive = greater(x, N(0));
    const N low = select(positive, N(-x), x);
    return select(positive, x, N(0)) + logarithm_one_plus(exponential(low));
}

// x to a whole power, by repeated squaring.
template <class N>
PRIORI_ALWAYS_INLINE N power(N x, std::size_t exponent) noexcept {
    N result(1);
    for (; exponent > 0; exponent /= 2) {
        if (exponent % 2 == 1) result = result * x;
        x = x * x;
    }
    return result;
}

}  // namespace priori
