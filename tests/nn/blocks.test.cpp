// SPDX-License-Identifier: BSL-1.0
// Residual layers with a shortcut, resnet12 and mlp agree with PyTorch, and are what they say.
#include "catch.hpp"
#include "goldens/blocks.hpp"
#include "nn/golden_network.hpp"

#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/initialize.hpp>
#include <priori/nn/initialize_with.hpp>
#include <priori/nn/mlp.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/residual.hpp>
#include <priori/nn/resnet12.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

namespace goldens = priori::goldens;
using namespace priori;

constexpr auto projected = residual(convolution<3>.stride<2>() | priori::tanh,
                                    convolution<3>.kernel<1>().stride<2>().without_bias());

template <class T>
void check_all(double tolerance) {
    const auto check = [&](const auto& model, double loss, const auto& gradient, const auto& product) {
        CHECK(goldens::errors_of<T>(model, loss, gradient, product).largest() < tolerance);
    };
    {
        namespace g = goldens::image_projected;
        check(input<5, 4, 2> | projected | flatten | dense<3>, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::mlp_relu;
        check(input<4> | mlp<6, 5, 3>, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::mlp_tanh;
        check(input<4> | mlp_with<6, 5, 3>(priori::tanh), g::loss, g::gradient, g::product);
    }
}

}  // namespace

TEST_CASE("a residual layer with a shortcut, and mlp, agree with PyTorch", "[nn]") {
    check_all<double>(1e-10);
    check_all<float>(1e-4);
}

TEST_CASE("resnet12 agrees with PyTorch", "[nn]") {
    namespace g = goldens::image_resnet12;
    constexpr auto model = input<16, 16, 2> | resnet12<2, 3, 2, 3> | dense<3>;
    CHECK(goldens::errors_of<double>(model, g::loss, g::gradient, g::product).largest() < 1e-9);
}

TEST_CASE("resnet12 has the papers' size and readable names", "[nn]") {
    using network_type = std::remove_const_t<decltype(input<84, 84, 3> | resnet12<>)>;
    using blocks = network_type::blocks;
    static_assert(std::is_same_v<network_type::output_shape, shape<640>>);
    static_assert(std::is_same_v<network_type::shape_at<9>, shape<10, 10, 320>>);
    CHECK(blocks::size == 12424320);
    CHECK(blocks::names[0] == "residual_0.convolution_0.weight");
    CHECK(blocks::names[8] == "residual_0.batch_normalization_2.shift");
    CHECK(blocks::names[9] == "residual_0.shortcut.convolution_0.weight");
    CHECK(blocks::names[12] == "residual_1.convolution_0.weight");
    using mode = std::remove_const_t<decltype(input<32, 32, 3> | resnet12<8, 8, 8, 8, running>)>;
    CHECK(mode::blocks::contains("residual_3.shortcut.batch_normalization_0.variance"));
}

TEST_CASE("mlp is dense layers with an activation between them", "[nn]") {
    using three = std::remove_const_t<decltype(input<4> | mlp<40, 40, 2>)>;
    static_assert(std::is_same_v<three, std::remove_const_t<decltype(input<4> | dense<40> | relu | dense<40> | relu |
                                                                      dense<2>)>>);
    static_assert(std::is_same_v<decltype(input<4> | mlp<2>), decltype(input<4> | dense<2>)>);
    CHECK(three::blocks::names[4] == "dense_2.weight");
}

TEST_CASE("both ways of a residual layer start by the initializer", "[nn]") {
    constexpr auto net = input<4> | residual(dense<3> | relu | dense<5>, dense<5>);
    using layout = std::remove_const_t<decltype(net)>::blocks;
    std::vector<double> theta(layout::size, -1.0);
    const auto is_zero = [&](std::string_view name) { return theta[layout::offset_of(name)] == 0; };
    initialize_network<layout>(net, key{5}, theta.data());
    CHECK(!is_zero("residual_0.dense_1.weight"));
    CHECK(!is_zero("residual_0.shortcut.dense_0.weight"));
    CHECK(is_zero("residual_0.shortcut.dense_0.bias"));
    initialize_network<layout>(net | initialize_with(zero), key{5}, theta.data());
    for (const double x : theta) CHECK(x == 0);
}
