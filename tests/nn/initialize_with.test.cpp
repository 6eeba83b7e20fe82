// SPDX-License-Identifier: BSL-1.0
// initialize_with reaches every layer so far that has a choice, and no later one.
#include "catch.hpp"

#include <priori/nn/nn.hpp>
#include <priori/simd/pack.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <type_traits>

using namespace priori;

TEST_CASE("initialize_with sets the initializer of all layers before it") {
    const auto net = input<8> | dense<8> | named<"middle">(dense<8>) | residual(dense<8> | relu) | layer_normalization |
                     initialize_with(truncated_normal(0.01f)) | dense<4>;
    using model = std::remove_cvref_t<decltype(net)>;
    using layout = model::blocks;
    std::array<double, layout::size> theta{};
    initialize_network<layout>(net, key{3}, theta.data());
    const auto largest = [&](std::string_view name) {
        double worst = 0;
        for (std::size_t i = 0; i < layout::size_of(name); ++i) {
            worst = maximum(worst, std::abs(theta[layout::offset_of(name) + i]));
        }
        return worst;
    };
    for (const auto name : {"dense_0.weight", "middle.weight", "residual_0.dense_0.weight"}) {
        CHECK(largest(name) <= 0.02);
        CHECK(largest(name) > 0.01);
    }
    CHECK(largest("dense_2.weight") > 0.3);
    CHECK(largest("layer_normalization_0.scale") == 1);
    CHECK(largest("layer_normalization_0.shift") == 0);
    CHECK(net.layer<0>().initial.which == initializer::kind::truncated_normal);

    const auto f = dense<8> | relu | initialize_with(zero);
    CHECK(priori::get<0>(f.layers).initial.which == initializer::kind::zero);
}
