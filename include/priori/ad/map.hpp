// SPDX-License-Identifier: BSL-1.0
// map and its kin: one generic scalar function over arrays of any number, in packs.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/view.hpp>

#include <cstddef>

namespace priori {

namespace detail {

// f(P, i) for every full register and then for the rest.
template <class T, class F>
PRIORI_ALWAYS_INLINE void in_lanes(std::size_t count, F&& f) noexcept {
    const std::size_t full = lanes<T> > 1 ? count / lanes<T> * lanes<T> : 0;
    if constexpr (lanes<T> > 1) {
        for (std::size_t i = 0; i < full; i += lanes<T>) f.template operator()<pack<T>>(i);
    }
    for (std::size_t i = full; i < count; ++i) f.template operator()<T>(i);
}

}  // namespace detail

// out[i] = f(in[i]...). The arrays may be of different depth; a missing tangent is zero by type and costs nothing.
// out may be one of the inputs.
template <class F, class Out, class... In>
PRIORI_ALWAYS_INLINE void map(std::size_t count, const F& f, view<Out> out,
                              [[maybe_unused]] view<In>... in) noexcept {
    if constexpr (is_wanted<view<Out>>) {
        using T = scalar_of<Out>;
        detail::in_lanes<T>(count, [&]<class P>(std::size_t i) {
            out.template set_lanes<P>(i, element_of<Out, P>(f(in.template load_lanes<P>(i)...)));
        });
    }
}

// out[i] += f(in[i]...)
template <class F, class Out, class... In>
PRIORI_ALWAYS_INLINE void map_add(std::size_t count, const F& f, view<Out> out,
                              [[maybe_unused]] view<In>... in) noexcept {
    if constexpr (is_wanted<view<Out>>) {
        using T = scalar_of<Out>;
        detail::in_lanes<T>(count, [&]<class P>(std::size_t i) {
            out.template add_lanes<P>(i, element_of<Out, P>(f(in.template load_lanes<P>(i)...)));
        });
    }
}

template <class Out>
PRIORI_ALWAYS_INLINE void fill_zero(std::size_t count, view<Out> out) noexcept {
    map(count, [] { return 0; }, out);
}

struct identity_function {
    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        return x;
    }
};

template <class In, class Out>
PRIORI_ALWAYS_INLINE void copy(std::size_t count, view<In> in, view<Out> out) noexcept {
    map(count, identity_function{}, out, in);
}
template <class In, class Out>
PRIORI_ALWAYS_INLINE void add(std::size_t count, view<In> in, view<Out> out) noexcept {
    map_add(count, identity_function{}, out, in);
}

// f'(x), of whatever number x is.
template <class F, class N>
PRIORI_ALWAYS_INLINE N derivative(const F& f, const N& x) noexcept {
    return f(dual<N>::variable(x, 0)).tangent[0];
}

}  // namespace priori
