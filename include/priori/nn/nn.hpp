// SPDX-License-Identifier: BSL-1.0
// All layers, and how they are put together.
#pragma once

#include <priori/nn/activation.hpp>
#include <priori/nn/affine.hpp>
#include <priori/nn/average_pool.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/context.hpp>
#include <priori/nn/conv1d4.hpp>
#include <priori/nn/conv4.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/convolution_1d.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/dropout.hpp>
#include <priori/nn/elu.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/gelu.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/group_normalization.hpp>
#include <priori/nn/initialize.hpp>
#include <priori/nn/initialize_with.hpp>
#include <priori/nn/initializer.hpp>
#include <priori/nn/layer_normalization.hpp>
#include <priori/nn/leaky_relu.hpp>
#include <priori/nn/max_pool.hpp>
#include <priori/nn/mlp.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/residual.hpp>
#include <priori/nn/resnet12.hpp>
#include <priori/nn/sine.hpp>
#include <priori/nn/softplus.hpp>
#include <priori/nn/sweep.hpp>
