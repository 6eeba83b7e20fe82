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

// Maps of 5 x 5 as the code of Sung et al. 2018 has them: 28 x 28 becomes 26, 13, 11 and 5.
template <class Mode>
constexpr auto maps_of_relation() {
    constexpr auto normalized = pr::batch_normalization<Mode>;
    constexpr auto first =
        pr::convolution<64>.template padding<0>().without_bias() | normalized.template max_pooled<2>() | pr::relu;
    constexpr auto second = pr::convolution<64>.without_bias() | normalized | pr::relu;
    return first | first | second | second;
}

// 64 features, 256 for Reptile, maps for relation networks on conv4. Mode: whose statistics normalize. The dense net is
// that of the MAML paper.
template <model Model, class Mode, algorithm Algorithm>
constexpr auto body() {
    constexpr std::size_t side = pr::omniglot_data::side;
    if constexpr (Model == model::dense) {
        constexpr auto normalized = pr::batch_normalization<Mode> | pr::relu;
        return pr::input<side, side, 1> | pr::flatten | pr::dense<256> | normalized | pr::dense<128> | normalized |
               pr::dense<64> | normalized | pr::dense<64> | normalized;
    } else if constexpr (Model == model::conv4 && Algorithm == algorithm::relation) {
        return pr::input<side, side, 1> | maps_of_relation<Mode>();
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
