// SPDX-License-Identifier: BSL-1.0
// resnet12<W1, W2, W3, W4>: the residual net of the few-shot papers, as a chain.
#pragma once

#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/leaky_relu.hpp>
#include <priori/nn/max_pool.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/residual.hpp>

#include <cstddef>

namespace priori {

namespace detail {

inline constexpr auto resnet_activation = leaky_relu_with(0.1);

template <std::size_t Filters, class Mode>
inline constexpr auto resnet_convolution = convolution<Filters>.without_bias() | batch_normalization<Mode>;

template <std::size_t Filters, class Mode>
inline constexpr auto resnet_around =
    convolution<Filters>.template kernel<1>().without_bias() | batch_normalization<Mode>;

// The activation and the max-pool may change places, as both keep the order of numbers; it then looks at a quarter.
template <std::size_t Filters, class Mode>
inline constexpr auto resnet_block =
    residual(resnet_convolution<Filters, Mode> | resnet_activation | resnet_convolution<Filters, Mode> |
                 resnet_activation | resnet_convolution<Filters, Mode>,
             resnet_around<Filters, Mode>) |
    max_pool<2> | resnet_activation;

}  // namespace detail

// Four blocks: three times 3x3 convolution and batch normalization, leaky relu of slope 0.1 between them; a 1x1
// convolution and batch normalization around; leaky relu of the sum; 2x2 max-pool. Then the mean of all places.
// 84 x 84 becomes 42, 21, 10, 5. Mode: whose statistics normalize, see batch_normalization. Without DropBlock, which
// the papers train with; MetaOptNet has no mean at the end, but the 5 x 5 places as 16,000 features.
// Parameters: residual_0.convolution_0.weight, ..., residual_0.shortcut.convolution_0.weight, ..., up to residual_3.
// Cost: 3.5e9 multiply-adds an image of 84 x 84 x 3 forward with the papers' widths; 12.4 million parameters.
// Reference: Oreshkin et al., TADAM (2018), section 3; Lee et al., MetaOptNet (2019), section 4.1: these widths.
// Example: input<84, 84, 3> | resnet12<> | dense<ways>, resnet12<16, 32, 64, 128, support_statistics>
template <std::size_t W1 = 64, std::size_t W2 = 160, std::size_t W3 = 320, std::size_t W4 = 640,
          class Mode = transductive>
inline constexpr auto resnet12 = detail::resnet_block<W1, Mode> | detail::resnet_block<W2, Mode> |
                                 detail::resnet_block<W3, Mode> | detail::resnet_block<W4, Mode> | global_mean;

}  // namespace priori
