// SPDX-License-Identifier: BSL-1.0
// conv4<Filters>, conv4_strided<Filters>: the four convolutional blocks of the few-shot papers, as chains.
#pragma once

#include <priori/ad/convolution.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/network.hpp>

#include <cstddef>

namespace priori {

namespace detail {

// The convolution has no bias: the normalization behind it would take it off again. relu and max-pool may change
// places, max(relu(x)) = relu(max(x)): relu then looks at a quarter of the numbers, and the max-pool joins the pass
// before it.
template <std::size_t Filters, class Mode, convolution_sums Sums = convolution_sums::minimal>
inline constexpr auto convolution_block =
    convolution<Filters>.without_bias().template summed<Sums>() |
    batch_normalization<Mode>.template max_pooled<2>() | relu;

template <std::size_t Filters, class Mode>
inline constexpr auto strided_block =
    convolution<Filters>.template stride<2>().without_bias() | batch_normalization<Mode>.without_scale() | relu;

}  // namespace detail

// Four times 3x3 convolution, batch normalization, relu, 2x2 max-pool; then flatten. 28 x 28 becomes 14, 7, 3, 1: 64
// features of conv4<64>; 84 x 84 becomes 5 x 5. Mode: whose statistics normalize, see batch_normalization.
// Sums: conv4<64, transductive, convolution_sums::direct> does without minimal filtering.
// Parameters: convolution_0.weight, batch_normalization_0.scale, batch_normalization_0.shift, ..., up to 3.
// Cost: 19.6 million multiply-adds and additions an image of 28 x 28 x 1 forward with 64 filters.
// Reference: Vinyals et al., Matching Networks (2016), section 4.1.1; Finn et al., MAML (2017), section 5.2.
// Example: input<28, 28, 1> | conv4<64> | dense<ways>
template <std::size_t Filters, class Mode = transductive, convolution_sums Sums = convolution_sums::minimal>
inline constexpr auto conv4 =
    detail::convolution_block<Filters, Mode, Sums> | detail::convolution_block<Filters, Mode, Sums> |
    detail::convolution_block<Filters, Mode, Sums> | detail::convolution_block<Filters, Mode, Sums> | flatten;

// Four times 3x3 convolution with stride 2, batch normalization without a scale, relu; then the mean of all places.
// 28 x 28 becomes 14, 7, 4, 2. The net of the MAML code for Omniglot, but for the start (Glorot's there) and the
// border: a padding of 1 on all sides, where TensorFlow's SAME pads an even image below and on the right alone.
// Parameters: convolution_0.weight, batch_normalization_0.shift, ..., up to 3.
// Cost: 5.3 million multiply-adds and additions an image of 28 x 28 x 1 forward with 64 filters.
// Reference: the code that accompanies Finn et al., MAML (2017), with max_pool off; its convolutions have biases, which
// its normalization takes off again.
// Example: input<28, 28, 1> | conv4_strided<64> | dense<ways>
template <std::size_t Filters, class Mode = transductive>
inline constexpr auto conv4_strided = detail::strided_block<Filters, Mode> | detail::strided_block<Filters, Mode> |
                                      detail::strided_block<Filters, Mode> | detail::strided_block<Filters, Mode> |
                                      global_mean;

}  // namespace priori
