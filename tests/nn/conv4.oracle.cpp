// SPDX-License-Identifier: BSL-1.0
// The meta-gradient through convolutional blocks agrees with differences of the whole outer loss.
#include "catch.hpp"
#include "goldens/inputs.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/average_pool.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/conv4.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/max_pool.hpp>
#include <priori/optim/sgd.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace {

using namespace priori;

using images = episode_of<double, shape<8, 8, 1>, labels<3>, 3, 5>;

template <class Batch>
void fill(Batch& batch, double phase) {
    for (std::size_t i = 0; i < Batch::count * 64; ++i) {
        const double at = 0.7 * static_cast<double>(i) + 1e-3 * static_cast<double>(i * i % 97);
        batch.inputs.data()[i] = 1.5 * std::sin(at + phase);
    }
    for (std::size_t i = 0; i < Batch::count; ++i) batch.targets(i) = static_cast<std::int32_t>(i % 3);
}

template <class Description>
void check(const Description& description) {
    images task;
    fill(task.support, 0.3);
    fill(task.query, 1.1);
    using program_type = program<double, Description, images>;
    std::vector<double> theta(program_type::size);
    program_type::initialize(resolved<images>(description), key{3}, theta.data());
    for (std::size_t i = 0; i < program_type::objective_type::blocks::size; ++i) {
        theta[i] = 1.2 * goldens::parameter(static_cast<int>(i));
    }
    const auto report = check_gradient(description, task, theta);
    CHECK(report.largest > 1e-4);
    CHECK(report.relative() <= 1e-6);
}

constexpr auto block = detail::convolution_block<2, transductive>;
constexpr auto by_support = detail::convolution_block<2, support_statistics>;
constexpr auto two_blocks = input<8, 8, 1> | block | block | flatten | dense<3> | cross_entropy;
constexpr auto two_by_support =
    input<8, 8, 1> | by_support | by_support | flatten | named<"head">(dense<3>) | cross_entropy;
constexpr auto smooth = input<8, 8, 1> | convolution<2>.stride<2>() | batch_normalization<transductive> | priori::tanh |
                        convolution<2>.groups<2>().dilation<2>() | batch_normalization<running> | priori::tanh |
                        average_pool<2> | global_mean | dense<3> | cross_entropy;

}  // namespace

TEST_CASE("the meta-gradient through two blocks of conv4 agrees with differences") {
    check(two_blocks | adapt<1>(sgd{.rate = learned(0.1)}) | exact);
    check(two_blocks | adapt<2>(sgd{.rate = 0.05}) | exact);
}

TEST_CASE("it does by the statistics of the support set, and where only the head moves") {
    check(two_by_support | adapt<2>(sgd{.rate = 0.05}) | exact);
    check(two_by_support | adapt<2>(sgd{.rate = learned(0.1)}, only<"head">) | exact);
}

TEST_CASE("it does through strides, groups, dilation, running averages and means") {
    check(smooth | adapt<2>(sgd{.rate = 0.1}) | exact);
    check(smooth | adapt<2>(sgd{.rate = 0.1}) | first_order);
}
