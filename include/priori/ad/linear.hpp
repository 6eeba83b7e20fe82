// SPDX-License-Identifier: BSL-1.0
// Products and sums of arrays of any number: the kernels of simd, and the product rule.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/simd/gemm.hpp>

#include <cstddef>

namespace priori {

namespace detail {

// c (+)= kernel(a, b), linear in each: (ab)' = a'b + ab'. The kernel sees plain arrays only.
template <bool Accumulate, class Kernel, class A, class B, class C>
PRIORI_ALWAYS_INLINE void bilinear(const Kernel& kernel, view<A> a, view<B> b, view<C> c) noexcept {
    if constexpr (!is_wanted<view<C>>) {
        return;
    } else if constexpr (depth<C> == 0) {
        kernel.template operator()<Accumulate>(a.data, b.data, c.data);
    } else {
        constexpr std::size_t level = depth<C>;
        static_assert(depth<A> == level || depth<B> == level, "a product of constants is not a dual");
        const auto a_value = value_part<level>(a);
        const auto b_value = value_part<level>(b);
        if constexpr (computes_value<C>) bilinear<Accumulate>(kernel, a_value, b_value, c.value);
        if constexpr (depth<A> == level) bilinear<Accumulate>(kernel, a.tangent, b_value, c.tangent);
        if constexpr (depth<B> == level) {
            bilinear<Accumulate || depth<A> == level>(kernel, a_value, b.tangent, c.tangent);
        }
    }
}

// c (+)= kernel(a)
template <bool Accumulate, class Kernel, class A, class C>
PRIORI_ALWAYS_INLINE void linear(const Kernel& kernel, view<A> a, view<C> c) noexcept {
    if constexpr (!is_wanted<view<C>>) {
        return;
    } else if constexpr (depth<C> == 0) {
        kernel.template operator()<Accumulate>(a.data, c.data);
    } else {
        static_assert(depth<A> == depth<C>, "a constant is not a dual");
        if constexpr (computes_value<C>) linear<Accumulate>(kernel, a.value, c.value);
        linear<Accumulate>(kernel, a.tangent, c.tangent);
    }
}

}  // namespace detail

// c (+)= a b: a (M, K), b (K, N), c (M, N), row-major.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate, class A, class B, class C>
PRIORI_ALWAYS_INLINE void multiply(view<A> a, view<B> b, view<C> c) noexcept {
    detail::bilinear<Accumulate>(
        []<bool Add>(const auto* x, const auto* y, auto* z) { multiply<M, K, N, Add>(x, y, z); }, a, b, c);
}
// c = a b, plus the row `bias` in every row: a (M, K), b (K, N), bias (N), c (M, N).
template <std::size_t M, std::size_t K, std::size_t N, class A, class B, class R, class C>
PRIORI_ALWAYS_INLINE void multiply_add_bias(view<A> a, view<B> b, view<R> bias, view<C> c) noexcept {
    if constexpr (depth<C> == 0) {
        multiply_add_bias<M, K, N>(a.data, b.data, bias.data, c.data);
    } else {
        constexpr std::size_t level = depth<C>;
        const auto a_value = detail::value_part<level>(a);
        const auto b_value = detail::value_part<level>(b);
        if constexpr (detail::computes_value<C>) {
            multiply_add_bias<M, K, N>(a_value, b_value, detail::value_part<level>(bias), c.value);
        }
        if constexpr (depth<R> == level && depth<A> == level) {
            multiply_add_bias<M, K, N>(a.tangent, b_value, bias.tangent, c.tangent);
            if constexpr (depth<B> == level) multiply<M, K, N, true>(a_value, b.tangent, c.tangent);
        } else if constexpr (depth<R> == level) {
            multiply_add_bias<M, K, N>(a_value, b.tangent, bias.tangent, c.tangent);
        } else {
            if constexpr (depth<A> == level) multiply<M, K, N, false>(a.tangent, b_value, c.tangent);
            if constexpr (depth<B> == level) {
                multiply<M, K, N, depth<A> == level>(a_value, b.tangent, c.tangent);
            }
        }
    }
}
// c (+)= a' b: a (K, M), b (K, N), c (M, N).
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate, class A, class B, class C>
PRIORI_ALWAYS_INLINE void multiply_transposed_left(view<A> a, view<B> b, view<C> c) noexcept {
    detail::bilinear<Accumulate>(
        []<bool Add>(const auto* x, const auto* y, auto* z) { multiply_transposed_left<M, K, N, Add>(x, y, z); }, a, b,
        c);
}
// c (+)= a b': a (M, K), b (N, K), c (M, N).
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate, class A, class B, class C>
PRIORI_ALWAYS_INLINE void multiply_transposed_right(view<A> a, view<B> b, view<C> c) noexcept {
    detail::bilinear<Accumulate>(
        []<bool Add>(const auto* x, const auto* y, auto* z) { multiply_transposed_right<M, K, N, Add>(x, y, z); }, a, b,
        c);
}
// sums (+)= the sum of a's rows: a (M, N), sums (N).
template <std::size_t M, std::size_t N, bool Accumulate, class A, class C>
PRIORI_ALWAYS_INLINE void column_sums(view<A> a, view<C> sums) noexcept {
    detail::linear<Accumulate>([]<bool Add>(const auto* x, auto* y) { column_sums<M, N, Add>(x, y); }, a, sums);
}
// Every row of c (M, N) plus the row `bias`.
template <std::size_t M, std::size_t N, class A, class C>
PRIORI_ALWAYS_INLINE void add_rows(view<A> bias, view<C> c) noexcept {
    if constexpr (depth<C> == 0) {
        add_rows<M, N>(static_cast<const C*>(bias.data), c.data);
    } else {
        if constexpr (detail::computes_value<C>) add_rows<M, N>(detail::value_part<depth<C>>(bias), c.value);
        if constexpr (depth<A> == depth<C>) add_rows<M, N>(bias.tangent, c.tangent);
    }
}

}  // namespace priori
