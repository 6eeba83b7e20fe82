// SPDX-License-Identifier: BSL-1.0
// batch_places<Network>: do the examples of a batch see each other when they are predicted?
#pragma once

#include <priori/core/hana.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/network.hpp>

#include <algorithm>
#include <cstddef>

namespace priori {

namespace detail {

template <class L, class In>
inline constexpr std::size_t batch_places_of = [] {
    if constexpr (requires { L::template batch_places<In>; }) {
        return L::template batch_places<In>;
    } else {
        return alone;
    }
}();

}  // namespace detail

// The fewest numbers of one example that stand behind a statistic of the batch at hand: where it is 1, a batch of one
// example is normalized to nothing. `alone` where no layer looks at other examples.
template <class Network>
inline constexpr std::size_t batch_places = [] {
    std::size_t fewest = alone;
    each<Network::size>([&](auto i) {
        fewest = std::min(fewest, detail::batch_places_of<typename Network::template layer_type<i>,
                                                          typename Network::template shape_at<i>>);
    });
    return fewest;
}();

}  // namespace priori
