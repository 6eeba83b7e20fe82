// SPDX-License-Identifier: BSL-1.0
// Layers of signals agree with PyTorch in loss, gradient and Hessian-vector product; conv1d4 is what it says.
#include "catch.hpp"
#include "goldens/signals.hpp"
#include "nn/golden_network.hpp"

#include <priori/nn/activation.hpp>
#include <priori/nn/average_pool.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/conv1d4.hpp>
#include <priori/nn/convolution_1d.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/group_normalization.hpp>
#include <priori/nn/initialize.hpp>
#include <priori/nn/max_pool.hpp>
#include <priori/nn/network.hpp>

#include <cstddef>
#include <type_traits>
#include <vector>

namespace {

namespace goldens = priori::goldens;
using namespace priori;

constexpr auto head = priori::tanh | flatten | dense<3>;
constexpr auto strided = convolution_1d<3>.kernel<5>().stride<2>().without_bias();
constexpr auto all_options = convolution_1d<6>.stride<2>().padding<1>().dilation<2>().groups<2>();
constexpr auto depthwise = convolution_1d<4>.kernel<2>().padding<0>().groups<4>();
constexpr auto means = convolution_1d<3> | priori::tanh | average_pool_1d<2> | convolution_1d<3> | priori::tanh |
                       global_mean_1d | dense<3>;
constexpr auto overlapping = convolution_1d<3> | max_pool_1d<3>.stride<2>();
constexpr auto overlapping_means = convolution_1d<3> | average_pool_1d<3>.stride<2>();
constexpr auto bare = input<9, 2> | convolution_1d<3>.without_bias();
constexpr auto quarter = convolution_1d<3>.without_bias() | batch_normalization<support_statistics>.max_pooled<2>() |
                         relu;

void check_all() {
    const auto check = [](const auto& model, double loss, const auto& gradient, const auto& product,
                          const pass& how = {true}) {
        CHECK(goldens::errors_of<double>(model, loss, gradient, product, how).largest() < 1e-10);
    };
    {
        namespace g = goldens::signal_convolution;
        check(input<9, 2> | convolution_1d<3> | head, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::signal_strided;
        check(input<9, 2> | strided | head, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::signal_all_options;
        check(input<11, 4> | all_options | head, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::signal_depthwise;
        check(input<7, 4> | depthwise | head, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::signal_max_pool;
        check(input<9, 2> | overlapping | head, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::signal_average_pool_overlapping;
        check(input<9, 2> | overlapping_means | head, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::signal_means;
        check(input<9, 2> | means, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::signal_batch_norm;
        check(bare | batch_normalization<transductive> | head, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::signal_running;
        check(bare | batch_normalization<running> | head, g::loss, g::gradient, g::product, pass{});
    }
    {
        namespace g = goldens::signal_per_step;
        pass after_one{};
        after_one.taken = 1;
        check(bare | batch_normalization<per_step<3>> | head, g::loss, g::gradient, g::product, after_one);
    }
    {
        namespace g = goldens::signal_instance_norm;
        check(bare | instance_normalization | head, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::signal_group_norm;
        check(input<9, 2> | convolution_1d<4>.without_bias() | group_normalization<2> | head, g::loss, g::gradient,
              g::product);
    }
    {
        namespace g = goldens::signal_conv1d4;
        check(input<36, 1> | conv1d4<3> | dense<3>, g::loss, g::gradient, g::product);
    }
}

}  // namespace

TEST_CASE("layers of signals agree with PyTorch in loss, gradient and Hessian-vector product", "[nn]") {
    check_all();
}

TEST_CASE("in float conv1d4 agrees with PyTorch as far as float goes", "[nn]") {
    namespace g = goldens::signal_conv1d4;
    const auto errors = goldens::errors_of<float>(input<36, 1> | conv1d4<3> | dense<3>, g::loss, g::gradient, g::product);
    CHECK(errors.largest() < 1e-4);
}

TEST_CASE("conv1d4 turns signals into features, under readable names", "[nn]") {
    using network_type = std::remove_const_t<decltype(input<128, 3> | conv1d4<32> | dense<5>)>;
    using blocks = network_type::blocks;
    static_assert(std::is_same_v<network_type::shape_at<3>, shape<64, 32>>);
    static_assert(std::is_same_v<network_type::shape_at<network_type::size - 1>, shape<8 * 32>>);
    CHECK(blocks::size == 3 * 3 * 32 + 3 * 3 * 32 * 32 + 4 * 2 * 32 + 8 * 32 * 5 + 5);
    CHECK(blocks::names[0] == "convolution_1d_0.weight");
    CHECK(blocks::names[11] == "batch_normalization_3.shift");
    static_assert(std::is_same_v<decltype(input<36, 1> | conv1d4<3, support_statistics>),
                                 decltype(input<36, 1> | quarter | quarter | quarter | quarter | flatten)>);
    static_assert(std::is_same_v<decltype(input<9, 4> | max_pool_1d<2>)::output_shape, shape<4, 4>>);
    static_assert(std::is_same_v<decltype(input<9, 4> | convolution_1d<2>.kernel<5>())::output_shape, shape<9, 2>>);
    static_assert(std::is_same_v<decltype(input<9, 4> | convolution_1d<2>.stride<2>())::output_shape, shape<5, 2>>);
}

TEST_CASE("a convolution of signals starts by its fan-in, its bias at zero", "[nn]") {
    constexpr auto net = input<8, 16> | convolution_1d<512>.kernel<5>().groups<4>();
    using layout = std::remove_const_t<decltype(net)>::blocks;
    std::vector<double> theta(layout::size);
    initialize_network<layout>(net, key{5}, theta.data());
    constexpr std::size_t weights = 5 * 4 * 512;
    double squares = 0;
    for (std::size_t i = 0; i < weights; ++i) squares += theta[i] * theta[i];
    CHECK(squares / weights == Approx(2.0 / (5 * 4)).epsilon(0.05));
    for (std::size_t i = weights; i < layout::size; ++i) CHECK(theta[i] == 0);
}
