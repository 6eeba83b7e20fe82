// SPDX-License-Identifier: BSL-1.0
// Products and sums of arrays of any number: the kernels of simd, and the product rule.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/simd/gemm.hpp>
#include <priori/simd/gemm_pairs.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

namespace detail {

// What becomes of each element of a product: finish.operator()<P>(index, element), an element of a view<C> in lanes P;
// where values are known, the value is the one that is there.
template <class Finish>
inline constexpr bool is_finish = !std::is_same_v<Finish, unfinished>;

// May the kernel that writes the last part of c finish it? Else it is done afterwards.
template <class C>
inline constexpr bool finishes_within = depth<C> == 0 || (depth<C> == 1 && !computes_value<C>);

// A finish of elements of c, as one of what the last kernel writes.
template <bool Last, class C, class Finish>
PRIORI_ALWAYS_INLINE auto within(view<C> c, const Finish& finish) noexcept {
    if constexpr (!Last || !is_finish<Finish> || !finishes_within<C>) {
        return as_it_is{};
    } else if constexpr (depth<C> == 0) {
        return finish;
    } else {
        return [c, finish]<class P>(std::size_t i, const P& sum) {
            element_of<C, P> element;
            element.value = c.value.template load_lanes<P>(i);
            element.tangent[0] = sum;
            return finish.template operator()<P>(i, element).tangent[0];
        };
    }
}
template <std::size_t Count, class C, class Finish>
PRIORI_ALWAYS_INLINE void finish_afterwards(view<C> c, const Finish& finish) noexcept {
    if constexpr (is_finish<Finish> && !finishes_within<C>) {
        in_lanes<scalar_of<C>>(Count, [&]<class P>(std::size_t i) {
            c.template set_lanes<P>(i,
                                    element_of<C, P>(finish.template operator()<P>(i, c.template load_lanes<P>(i))));
        });
    }
}

// A kernel that also takes the factors of two products, and adds both to the target in one sweep.
template <class F>
struct sums_products : F {
    static constexpr bool takes_two = true;
};
template <class F>
sums_products(F) -> sums_products<F>;
template <class Kernel>
inline constexpr bool takes_two = requires { requires Kernel::takes_two; };

// c (+)= kernel(a, b), linear in each: (ab)' = a'b + ab'. The kernel sees plain arrays only.
template <bool Accumulate, class Kernel, class A, class B, class C, class Finish = unfinished>
PRIORI_ALWAYS_INLINE void bilinear(const Kernel& kernel, view<A> a, view<B> b, view<C> c,
                                   const Finish& finish = {}) noexcept {
    if constexpr (!is_wanted<view<C>>) {
        return;
    } else if constexpr (depth<C> == 0) {
        if constexpr (is_finish<Finish>) {
            kernel.template operator()<Accumulate>(a.data, b.data, c.data, finish);
        } else {
            kernel.template operator()<Accumulate>(a.data, b.data, c.data);
        }
    } else {
        constexpr std::size_t level = depth<C>;
        static_assert(depth<A> == level || depth<B> == level, "a product of constants is not a dual");
        const auto a_value = value_part<level>(a);
        const auto b_value = value_part<level>(b);
        if constexpr (computes_value<C>) bilinear<Accumulate>(kernel, a_value, b_value, c.value);
        const auto into_tangent = [&]<bool Add, bool Last>(auto left, auto right) {
            if constexpr (Last && is_finish<Finish> && finishes_within<C>) {
                bilinear<Add>(kernel, left, right, c.tangent, within<true>(c, finish));
            } else {
                bilinear<Add>(kernel, left, right, c.tangent);
            }
        };
        constexpr bool both = depth<A> == level && depth<B> == level;
        if constexpr (both && level == 1 && takes_two<Kernel>) {
            const auto sum = [&](const auto&... last) {
                kernel.template operator()<Accumulate>(a.tangent.data, b_value.data, a_value.data, b.tangent.data,
                                                       c.tangent.data, last...);
            };
            if constexpr (is_finish<Finish>) {
                sum(within<true>(c, finish));
            } else {
                sum();
            }
        } else {
            if constexpr (depth<A> == level) into_tangent.template operator()<Accumulate, !both>(a.tangent, b_value);
            if constexpr (depth<B> == level) {
                into_tangent.template operator()<Accumulate || both, true>(a_value, b.tangent);
            }
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

// c (+)= a b: a (M, K), b (K, N), c (M, N), row-major. Given a finish: of the result.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate, class A, class B, class C,
          class Finish = detail::unfinished>
PRIORI_ALWAYS_INLINE void multiply(view<A> a, view<B> b, view<C> c, const Finish& finish = {}) noexcept {
    detail::bilinear<Accumulate>(
        detail::sums_products{[]<bool Add>(const auto&... given) { multiply<M, K, N, Add>(given...); }}, a, b, c,
        finish);
    detail::finish_afterwards<M * N>(c, finish);
}
// c = a b, plus the row `bias` in every row: a (M, K), b (K, N), bias (N), c (M, N). Given a finish, finish of that.
template <std::size_t M, std::size_t K, std::size_t N, class A, class B, class R, class C,
          class Finish = detail::unfinished>
PRIORI_ALWAYS_INLINE void multiply_add_bias(view<A> a, view<B> b, view<R> bias, view<C> c,
                                            const Finish& finish = {}) noexcept {
    if constexpr (depth<C> == 0) {
        multiply_add_bias<M, K, N>(a.data, b.data, bias.data, c.data, detail::within<true>(c, finish));
    } else {
        constexpr std::size_t level = depth<C>;
        const auto a_value = detail::value_part<level>(a);
        const auto b_value = detail::value_part<level>(b);
        if constexpr (detail::computes_value<C>) {
            multiply_add_bias<M, K, N>(a_value, b_value, detail::value_part<level>(bias), c.value);
        }
        // Plain kernels take a finish; recursion, where tangents are duals again, does not.
        constexpr bool inside = detail::is_finish<Finish> && detail::finishes_within<C>;
        constexpr bool moves = depth<B> == level;
        const auto last = [&]<bool Last>() {
            if constexpr (inside && Last) {
                return detail::within<true>(c, finish);
            } else {
                return detail::unfinished{};
            }
        };
        if constexpr (level == 1 && depth<R> == level && depth<A> == level && moves) {
            multiply_add_bias<M, K, N>(a.tangent.data, b_value.data, a_value.data, b.tangent.data, bias.tangent.data,
                                       c.tangent.data, detail::within<true>(c, finish));
        } else if constexpr (depth<R> == level && depth<A> == level) {
            multiply_add_bias<M, K, N>(a.tangent, b_value, bias.tangent, c.tangent, last.template operator()<!moves>());
            if constexpr (moves) multiply<M, K, N, true>(a_value, b.tangent, c.tangent, last.template operator()<true>());
        } else if constexpr (depth<R> == level) {
            multiply_add_bias<M, K, N>(a_value, b.tangent, bias.tangent, c.tangent, last.template operator()<true>());
        } else {
            if constexpr (depth<A> == level) {
                multiply<M, K, N, false>(a.tangent, b_value, c.tangent, last.template operator()<!moves>());
            }
            if constexpr (moves) {
                multiply<M, K, N, depth<A> == level>(a_value, b.tangent, c.tangent, last.template operator()<true>());
            }
        }
        detail::finish_afterwards<M * N>(c, finish);
    }
}
// c (+)= a' b: a (K, M), b (K, N), c (M, N). Given a finish, which plain numbers and known duals alone take: of the
// result; it may read the element of c that the result goes to.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate, class A, class B, class C,
          class Finish = detail::unfinished>
PRIORI_ALWAYS_INLINE void multiply_transposed_left(view<A> a, view<B> b, view<C> c,
                                                   const Finish& finish = {}) noexcept {
    static_assert(!detail::is_finish<Finish> || detail::finishes_within<C>);
    detail::bilinear<Accumulate>(
        detail::sums_products{[]<bool Add>(const auto&... given) { multiply_transposed_left<M, K, N, Add>(given...); }},
        a, b, c, finish);
}
// c (+)= a b': a (M, K), b (N, K), c (M, N). Given a finish: of the result.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate, class A, class B, class C,
          class Finish = detail::unfinished>
PRIORI_ALWAYS_INLINE void multiply_transposed_right(view<A> a, view<B> b, view<C> c,
                                                    const Finish& finish = {}) noexcept {
    if constexpr (is_wanted<view<C>>) {
        detail::bilinear<Accumulate>(
            detail::sums_products{
                []<bool Add>(const auto&... given) { multiply_transposed_right<M, K, N, Add>(given...); }},
            a, b, c, finish);
        detail::finish_afterwards<M * N>(c, finish);
    }
}
// sums (+)= the sum of a's rows: a (M, N), sums (N). Given a finish: as multiply_transposed_left's.
template <std::size_t M, std::size_t N, bool Accumulate, class A, class C, class Finish = detail::unfinished>
PRIORI_ALWAYS_INLINE void column_sums(view<A> a, view<C> sums, const Finish& finish = {}) noexcept {
    static_assert(!detail::is_finish<Finish> || detail::finishes_within<C>);
    if constexpr (detail::is_finish<Finish> && depth<C> == 0) {
        column_sums<M, N, Accumulate>(a.data, sums.data, finish);
    } else if constexpr (detail::is_finish<Finish>) {
        column_sums<M, N, Accumulate>(a.tangent.data, sums.tangent.data, detail::within<true>(sums, finish));
    } else {
        detail::linear<Accumulate>([]<bool Add>(const auto* x, auto* y) { column_sums<M, N, Add>(x, y); }, a, sums);
    }
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
