// SPDX-License-Identifier: BSL-1.0
// The nets, up to the head: what makes features of a drawing.
#pragma once

#include "choices.hpp"

#include <priori/io/omniglot.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/conv4.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/initialize_with.hpp>
#include <priori/nn/initializer.hpp>
#include <priori/nn/network.hpp>

#include <cstddef>

namespace omniglot {

namespace pr = priori;

// Four strided convolutions as the code of Reptile has them: normalized with a scale, and all 256 numbers are features.
template <class Mode>
constexpr auto strided_of_reptile() {
    constexpr auto block =
        pr::convolution<64>.template stride<2>().without_bias() | pr::batch_normalization<Mode> | pr::relu;
    return block | block | block | block | pr::flatten;
}

// 64 features, 256 for Reptile. Mode: whose statistics normalize. The dense net is that of the MAML paper.
template <model Model, class Mode, algorithm Algorithm>
constexpr auto body() {
    constexpr std::size_t side = pr::omniglot_data::side;
    if constexpr (Model == model::dense) {
        constexpr auto normalized = pr::batch_normalization<Mode> | pr::relu;
        return pr::input<side, side, 1> | pr::flatten | pr::dense<256> | normalized | pr::dense<128> | normalized |
               pr::dense<64> | normalized | pr::dense<64> | normalized;
    } else if constexpr (Model == model::conv4) {
        return pr::input<side, side, 1> | pr::conv4<64, Mode>;
    } else if constexpr (Algorithm == algorithm::reptile) {
        return pr::input<side, side, 1> | strided_of_reptile<Mode>();
    } else {
        return pr::input<side, side, 1> | pr::conv4_strided<64, Mode>;
    }
}

// The dense net starts from the weights of the MAML code.
template <model Model, class Mode, algorithm Algorithm, class... Head>
constexpr auto net(Head... head) {
    if constexpr (Model == model::dense) {
        return (body<Model, Mode, Algorithm>() | ... | head) | pr::initialize_with(pr::truncated_normal(0.01f));
    } else {
        return (body<Model, Mode, Algorithm>() | ... | head);
    }
}

}  // namespace omniglot
