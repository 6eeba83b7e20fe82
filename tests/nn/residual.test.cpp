// SPDX-License-Identifier: BSL-1.0
// Residual layers agree with PyTorch, keep their inner names, and hold whatever layers hold.
#include "catch.hpp"
#include "goldens/layers.hpp"
#include "nn/golden_network.hpp"

#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/residual.hpp>

#include <type_traits>

namespace goldens = priori::goldens;
using namespace priori;

TEST_CASE("a network with a residual layer agrees with PyTorch in loss, gradient and Hessian-vector product") {
    namespace g = goldens::net_residual;
    const auto model = input<4> | residual(dense<4> | priori::tanh) | dense<3>;
    CHECK(goldens::errors_of<double>(model, g::loss, g::gradient, g::product).largest() < 1e-11);
    CHECK(goldens::errors_of<float>(model, g::loss, g::gradient, g::product).largest() < 1e-4);
}

TEST_CASE("plain and bias-free dense networks agree with PyTorch") {
    namespace g = goldens::net_dense;
    namespace h = goldens::net_dense_without_bias;
    const auto model = input<4> | dense<5> | priori::tanh | dense<3>;
    const auto bare = input<4> | dense<5>.without_bias() | priori::tanh | dense<3>.without_bias();
    CHECK(goldens::errors_of<double>(model, g::loss, g::gradient, g::product).largest() < 1e-11);
    CHECK(goldens::errors_of<double>(bare, h::loss, h::gradient, h::product).largest() < 1e-11);
}

TEST_CASE("the parameters inside a residual layer have names within its own") {
    const auto inside = residual(dense<4> | relu | named<"last">(dense<4>));
    using model = std::remove_cvref_t<decltype(input<4> | inside | named<"top">(inside))>;
    using layout = model::blocks;
    CHECK(layout::count == 8);
    CHECK(layout::contains("residual_0.dense_0.weight"));
    CHECK(layout::contains("residual_0.last.bias"));
    CHECK(layout::contains("top.dense_0.weight"));
    CHECK(layout::size_of("residual_0") == 2 * (16 + 4));
    CHECK(!model::uses_reference);
    const auto looks = residual(dense<4> | batch_normalization<support_statistics>);
    using looking = std::remove_cvref_t<decltype(input<4> | looks)>;
    CHECK(looking::uses_reference);
}
