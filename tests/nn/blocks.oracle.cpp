// SPDX-License-Identifier: BSL-1.0
// The meta-gradient through group normalization, residual blocks, resnet12, signals and mlp agrees with differences of
// the whole outer loss.
#include "catch.hpp"
#include "goldens/inputs.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/average_pool.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/conv1d4.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/convolution_1d.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/group_normalization.hpp>
#include <priori/nn/max_pool.hpp>
#include <priori/nn/mlp.hpp>
#include <priori/nn/residual.hpp>
#include <priori/nn/resnet12.hpp>
#include <priori/optim/sgd.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace {

using namespace priori;

template <class Batch>
void fill(Batch& batch, double phase) {
    for (std::size_t i = 0; i < Batch::count * Batch::input_shape::size; ++i) {
        const double at = 0.7 * static_cast<double>(i) + 1e-3 * static_cast<double>(i * i % 97);
        batch.inputs.data()[i] = 1.5 * std::sin(at + phase);
    }
    for (std::size_t i = 0; i < Batch::count; ++i) batch.targets(i) = static_cast<std::int32_t>(i % 3);
}

// Of an episode whose inputs are those of the model.
template <class Objective, class Stage, class Rule>
void check(const Objective& model, const Stage& stage, const Rule& rule, check_settings settings = {}) {
    using images = episode_of<double, typename Objective::model_type::input_shape, labels<3>, 3, 5>;
    const auto description = model | stage | rule;
    images task;
    fill(task.support, 0.3);
    fill(task.query, 1.1);
    using program_type = program<double, std::remove_const_t<decltype(description)>, images>;
    std::vector<double> theta(program_type::size);
    program_type::initialize(resolved<images>(description), key{3}, theta.data());
    for (std::size_t i = 0; i < program_type::objective_type::blocks::size; ++i) {
        theta[i] = 1.2 * goldens::parameter(static_cast<int>(i));
    }
    const auto report = check_gradient(description, task, theta, {}, settings);
    CHECK(report.largest > 1e-4);
    CHECK(report.relative() <= 1e-6);
}

constexpr auto two_steps = adapt<2>(sgd{.rate = 0.05});

}  // namespace

TEST_CASE("the meta-gradient through group and instance normalization agrees with differences") {
    check(input<6, 5, 1> | convolution<4>.without_bias() | group_normalization<2> | priori::tanh | convolution<2> |
              instance_normalization.without_scale() | priori::tanh | global_mean | dense<3> | cross_entropy,
          two_steps, exact);
    check(input<6, 5, 1> | convolution<2> | group_normalization<1> | priori::tanh | flatten |
              named<"head">(dense<3>) | cross_entropy,
          adapt<2>(sgd{.rate = learned(0.1)}, only<"head">), exact);
}

TEST_CASE("it does through residual layers with a shortcut") {
    constexpr auto block =
        residual(convolution<2> | batch_normalization<transductive> | priori::tanh | convolution<3>.stride<2>(),
                 convolution<3>.kernel<1>().stride<2>().without_bias());
    check(input<6, 5, 1> | block | priori::tanh | flatten | dense<3> | cross_entropy, two_steps, exact);
    check(input<6, 5, 1> | block | priori::tanh | flatten | dense<3> | cross_entropy, two_steps, first_order);
}

TEST_CASE("it does through resnet12") {
    // Small steps, as relu and max-pool have kinks; every fifth parameter.
    check(input<16, 16, 1> | resnet12<1, 2, 1, 2> | dense<3> | cross_entropy, adapt<1>(sgd{.rate = 0.05}), exact,
          {.step = 1e-5, .stride = 5});
}

TEST_CASE("it does through layers of signals") {
    constexpr auto smooth = convolution_1d<3>.kernel<5>().stride<2>() | batch_normalization<support_statistics> |
                            priori::tanh | convolution_1d<4>.dilation<2>() | priori::tanh | max_pool_1d<2> |
                            average_pool_1d<2> | global_mean_1d;
    check(input<16, 2> | smooth | dense<3> | cross_entropy, two_steps, exact);
    check(input<24, 1> | conv1d4<2> | dense<3> | cross_entropy, adapt<1>(sgd{.rate = 0.05}), exact, {.step = 1e-5});
}

TEST_CASE("it does through mlp") {
    check(input<5> | mlp_with<6, 4, 3>(sigmoid) | cross_entropy, adapt<3>(sgd{.rate = learned(0.3)}), exact);
}
