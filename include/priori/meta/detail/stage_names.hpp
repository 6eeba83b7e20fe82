// SPDX-License-Identifier: BSL-1.0
// The stages of a description: their types, their names, and which of them is the last adaptation.
#pragma once

#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace priori::detail {

template <class Stages, std::size_t I>
using stage_at = std::remove_cvref_t<decltype(priori::get<I>(std::declval<Stages&>()))>;

// "adapt_0", "adapt_1", "encode_0": a stage's place among those of its kind.
template <class Stages, std::size_t I>
inline constexpr auto stage_name = [] {
    constexpr std::size_t before = []<std::size_t... J>(std::index_sequence<J...>) {
        return (std::size_t{0} + ... + (stage_at<Stages, J>::kind.view() == stage_at<Stages, I>::kind.view()));
    }
    (std::make_index_sequence<I>{});
    return join<stage_at<Stages, I>::kind, "_", decimal<before>()>();
}();

template <class S>
inline constexpr bool is_adaptation = requires {
    requires S::is_adaptation;
};

// The index of the last adaptation; the number of stages if there is none.
template <class Stages>
consteval std::size_t last_adaptation() {
    std::size_t last = tuple_size<Stages>;
    [&last]<std::size_t... I>(std::index_sequence<I...>) {
        ((is_adaptation<stage_at<Stages, I>> ? void(last = I) : void()), ...);
    }
    (std::make_index_sequence<tuple_size<Stages>>{});
    return last;
}

}  // namespace priori::detail
