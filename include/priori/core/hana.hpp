// SPDX-License-Identifier: BSL-1.0
// The border to Boost.Hana: the heterogeneous tuple that carries layers and stages, and loops over its indices.
#pragma once

#include <boost/hana/at.hpp>
#include <boost/hana/concat.hpp>
#include <boost/hana/append.hpp>
#include <boost/hana/tuple.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace priori {

template <class... Ts>
using tuple = boost::hana::tuple<Ts...>;

template <class Tuple>
inline constexpr std::size_t tuple_size = 0;
template <class... Ts>
inline constexpr std::size_t tuple_size<tuple<Ts...>> = sizeof...(Ts);

template <std::size_t I, class Tuple>
constexpr decltype(auto) get(Tuple&& values) {
    return boost::hana::at_c<I>(static_cast<Tuple&&>(values));
}

template <class Tuple, class T>
constexpr auto appended(Tuple&& values, T&& value) {
    return boost::hana::append(static_cast<Tuple&&>(values), static_cast<T&&>(value));
}

template <class First, class Second>
constexpr auto concatenated(First&& first, Second&& second) {
    return boost::hana::concat(static_cast<First&&>(first), static_cast<Second&&>(second));
}

template <std::size_t I>
using index = std::integral_constant<std::size_t, I>;

// f(index<0>), ..., f(index<Count - 1>): reflect once, then use indices.
template <std::size_t Count, class F>
constexpr void each(F&& f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (f(index<I>{}), ...); }(std::make_index_sequence<Count>{});
}

template <std::size_t Count, class F>
constexpr void each_backwards(F&& f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (f(index<Count - 1 - I>{}), ...);
    }(std::make_index_sequence<Count>{});
}

}  // namespace priori
