// SPDX-License-Identifier: BSL-1.0
// sum_over: a sum of terms of any number, in packs.
#pragma once

#include <priori/config/config.hpp>
#include <priori/ad/functions.hpp>
#include <priori/ad/view.hpp>

#include <cstddef>

namespace priori {

// The sum of a jet's lanes, value and tangents apart.
template <class N, std::size_t M>
PRIORI_ALWAYS_INLINE auto sum_lanes(const jet<N, M>& x) noexcept {
    jet<decltype(sum_lanes(x.value)), M> result;
    result.value = sum_lanes(x.value);
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) result.tangent[i] = sum_lanes(x.tangent[i]);
    return result;
}

// A number in every lane of P.
template <class P, class T>
    requires(depth<T> == 0)
PRIORI_ALWAYS_INLINE P in_all_lanes(const T& x) noexcept {
    return P(x);
}
template <class P, class N, std::size_t M>
PRIORI_ALWAYS_INLINE auto in_all_lanes(const jet<N, M>& x) noexcept {
    jet<decltype(in_all_lanes<P>(x.value)), M> result;
    result.value = in_all_lanes<P>(x.value);
    PRIORI_UNROLL
    for (std::size_t i = 0; i < M; ++i) result.tangent[i] = in_all_lanes<P>(x.tangent[i]);
    return result;
}

// term<P>(0) + .. + term<P>(count - 1), where term<P>(i) gives those from i on in lanes P, as numbers of a view<N>.
// The order of the additions depends on the number of lanes only.
template <class N, class F>
PRIORI_ALWAYS_INLINE element_of<N> sum_over(std::size_t count, const F& term) noexcept {
    using T = scalar_of<N>;
    element_of<N> total(T(0));
    const std::size_t whole = lanes<T> > 1 ? count / lanes<T> * lanes<T> : 0;
    if constexpr (lanes<T> > 1) {
        if (whole > 0) {
            using P = pack<T>;
            element_of<N, P> partial(P(T(0)));
            for (std::size_t i = 0; i < whole; i += lanes<T>) {
                partial = partial + element_of<N, P>(term.template operator()<P>(i));
            }
            total = sum_lanes(partial);
        }
    }
    for (std::size_t i = whole; i < count; ++i) total = total + element_of<N>(term.template operator()<T>(i));
    return total;
}

}  // namespace priori
