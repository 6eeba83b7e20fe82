// SPDX-License-Identifier: BSL-1.0
// initialize_with: one initializer for all layers of a network that have a choice.
#pragma once

#include <priori/core/hana.hpp>
#include <priori/nn/initializer.hpp>
#include <priori/nn/network.hpp>

#include <cstddef>
#include <utility>

namespace priori {

namespace detail {

template <class L>
constexpr L layer_with(const L& layer, initializer chosen) {
    if constexpr (requires { layer.with(chosen); }) {
        return layer.with(chosen);
    } else {
        return layer;
    }
}
template <fixed_string Name, role Role, class L>
constexpr named_layer<Name, Role, L> layer_with(const named_layer<Name, Role, L>& named, initializer chosen) {
    return {layer_with(named.layer, chosen)};
}

template <class... Layers>
constexpr tuple<Layers...> all_with(const tuple<Layers...>& layers, initializer chosen) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return tuple<Layers...>{layer_with(get<I>(layers), chosen)...};
    }(std::index_sequence_for<Layers...>{});
}

}  // namespace detail

struct initialized_with {
    initializer chosen;
};

// net | initialize_with(truncated_normal(0.01f)): for all layers so far, those inside a residual too. Layers without a
// choice (normalization, which starts at scale 1) and scratch layers are left as they are.
constexpr initialized_with initialize_with(initializer chosen) {
    return {chosen};
}

template <fixed_string Prefix, class Input, class... Layers>
constexpr network<Prefix, Input, Layers...> operator|(const network<Prefix, Input, Layers...>& net,
                                                      initialized_with start) {
    return {detail::all_with(net.layers, start.chosen)};
}
template <class... Layers>
constexpr chain<Layers...> operator|(const chain<Layers...>& layers, initialized_with start) {
    return {detail::all_with(layers.layers, start.chosen)};
}

}  // namespace priori
