// SPDX-License-Identifier: BSL-1.0
// conv1d4<Filters>: conv4 for signals, as a chain.
#pragma once

#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution_1d.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/network.hpp>

#include <cstddef>

namespace priori {

namespace detail {

// As the block of conv4: no bias before a normalization, and the max-pool in its pass, before relu.
template <std::size_t Filters, class Mode>
inline constexpr auto convolution_1d_block =
    convolution_1d<Filters>.without_bias() | batch_normalization<Mode>.template max_pooled<2>() | relu;

}  // namespace detail

// Four times convolution of kernel 3, batch normalization, relu, max-pool of 2; then flatten. A length of 128 becomes
// 64, 32, 16, 8: 8 Filters features. Mode: whose statistics normalize, see batch_normalization.
// Parameters: convolution_1d_0.weight, batch_normalization_0.scale, batch_normalization_0.shift, ..., up to 3.
// Example: input<128, 1> | conv1d4<32> | dense<ways>
template <std::size_t Filters, class Mode = transductive>
inline constexpr auto conv1d4 =
    detail::convolution_1d_block<Filters, Mode> | detail::convolution_1d_block<Filters, Mode> |
    detail::convolution_1d_block<Filters, Mode> | detail::convolution_1d_block<Filters, Mode> | flatten;

}  // namespace priori
