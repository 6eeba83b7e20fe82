// SPDX-License-Identifier: BSL-1.0
// Nets of all layers of images and of signals, and those that have a name, train to the same bits on one, two and three
// threads, and ask for no memory meanwhile.
#include "train/alike.hpp"

#include <priori/loss/cross_entropy.hpp>
#include <priori/nn/nn.hpp>

#include <type_traits>

namespace {

using namespace priori;

// Not in the template: clang deduces the type of `sgd{.rate = 0.1f}` in one from the defaults.
constexpr auto inner = adapt<2>(sgd{.rate = 0.1f});
constexpr auto with_adam = outer(adam{.rate = 1e-2f});

template <class Shape, class Net>
void trains_alike_without_memory(const Net& net) {
    tests::trains_alike_without_memory(net | cross_entropy | inner | exact | with_adam, tests::noise<Shape>{});
}

}  // namespace

TEST_CASE("convolutions with their options, group and per-step normalization, residual layers", "[nn]") {
    constexpr auto within = convolution<4>.without_bias() | batch_normalization<per_step<2>>;
    trains_alike_without_memory<shape<8, 8, 2>>(
        input<8, 8, 2> | convolution<4>.groups<2>() | group_normalization<2> | relu | max_pool<2> | residual(within) |
        relu | convolution<6>.kernel<2>().dilation<2>().stride<2>() | instance_normalization | priori::tanh |
        average_pool<2> | flatten | dropout(0.2f) | dense<3>);
}

TEST_CASE("normalization by the support set and by running averages, a residual layer with a shortcut", "[nn]") {
    constexpr auto first = convolution<4>.without_bias() | batch_normalization<support_statistics>.max_pooled<2>() | relu;
    constexpr auto second = convolution<6>.without_bias() | batch_normalization<running> | elu | convolution<6>;
    trains_alike_without_memory<shape<8, 8, 1>>(input<8, 8, 1> | first | residual(second, convolution<6>.kernel<1>()) |
                                                global_mean | dense<3>);
}

TEST_CASE("layers of signals", "[nn]") {
    trains_alike_without_memory<shape<16, 2>>(
        input<16, 2> | convolution_1d<4>.stride<2>() | instance_normalization | relu | max_pool_1d<2> |
        convolution_1d<4>.groups<4>() | batch_normalization<transductive> | priori::tanh | average_pool_1d<2> |
        convolution_1d<4> | layer_normalization | gelu | global_mean_1d | dense<3>);
}

TEST_CASE("conv4, whose first block runs as one, and conv4_strided", "[nn]") {
    constexpr auto small = input<16, 16, 1> | conv4<4> | dense<3>;
    using joint_type = detail::first_joint<std::remove_const_t<decltype(small)>, rows<6>>;
    static_assert(joint_type::pays);
    trains_alike_without_memory<shape<16, 16, 1>>(small);
    trains_alike_without_memory<shape<16, 16, 1>>(input<16, 16, 1> | conv4_strided<4> | dense<3>);
}

TEST_CASE("conv1d4", "[nn]") {
    trains_alike_without_memory<shape<16, 1>>(input<16, 1> | conv1d4<4> | dense<3>);
}

TEST_CASE("resnet12", "[nn]") {
    constexpr auto deep = input<16, 16, 1> | resnet12<2, 3, 2, 3> | dense<3>;
    tests::trains_alike_without_memory(deep | cross_entropy | adapt<1>(sgd{.rate = 0.1f}) | exact | with_adam,
                                       tests::noise<shape<16, 16, 1>>{});
}
