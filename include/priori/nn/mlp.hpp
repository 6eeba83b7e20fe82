// SPDX-License-Identifier: BSL-1.0
// mlp<Widths...>: dense layers with an activation between them, as a chain.
#pragma once

#include <priori/nn/activation.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/network.hpp>

#include <cstddef>

namespace priori {

// mlp_with<40, 40, 1>(tanh): dense<40> | tanh | dense<40> | tanh | dense<1>. The last layer is linear.
// Parameters: dense_0.weight, dense_0.bias, dense_1.weight, ...
template <std::size_t First, std::size_t... Rest, detail::LayerLike Activation>
constexpr auto mlp_with(Activation activation) {
    if constexpr (sizeof...(Rest) == 0) {
        return dense<First>;
    } else {
        return dense<First> | activation | mlp_with<Rest...>(activation);
    }
}

// The same with relu.
// Example: input<1> | mlp<40, 40, 1>, input<28, 28, 1> | flatten | mlp<64, 64, ways>
template <std::size_t... Widths>
inline constexpr auto mlp = mlp_with<Widths...>(relu);

}  // namespace priori
