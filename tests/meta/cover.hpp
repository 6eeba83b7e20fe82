// SPDX-License-Identifier: BSL-1.0
// The oracle on a pairwise cover of {layer, loss, inner optimizer, partition, rule, steps}; with PRIORI_TEST_FULL on the
// full product of the first five. One program for each layer: a file that defines COVER_LAYER and includes this; the full
// product is compiled in parts, one for each rule: at once it would take the compiler 6 GB.
#pragma once

#include "catch.hpp"

#include "goldens/inputs.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/loss.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/elu.hpp>
#include <priori/nn/gelu.hpp>
#include <priori/nn/layer_normalization.hpp>
#include <priori/nn/leaky_relu.hpp>
#include <priori/nn/sine.hpp>
#include <priori/nn/softplus.hpp>
#include <priori/optim/optim.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace cover {

namespace pr = priori;

inline constexpr std::array<std::size_t, 6> sizes{10, 6, 6, 3, 4, 3};

// Row (layer, optimizer) of the cover; the other columns follow from the two by a formula found by search.
constexpr std::array<std::size_t, 6> row(std::size_t l, std::size_t o) {
    return {l,
            (11 * l + o) % 6,
            o,
            (7 * l + 10 * o + l / 3) % 3,
            (9 * l + o + 3 * (l / 2)) % 4,
            (11 * l + 10 * o + l / 2 + 9 * (o / 3)) % 3};
}

// Does every value of every column meet every value of every other?
constexpr bool is_pairwise() {
    for (std::size_t a = 0; a < 6; ++a) {
        for (std::size_t b = a + 1; b < 6; ++b) {
            std::array<bool, 60> met{};
            for (std::size_t l = 0; l < 10; ++l) {
                for (std::size_t o = 0; o < 6; ++o) met[row(l, o)[a] * sizes[b] + row(l, o)[b]] = true;
            }
            for (std::size_t i = 0; i < sizes[a] * sizes[b]; ++i) {
                if (!met[i]) return false;
            }
        }
    }
    return true;
}
static_assert(is_pairwise());

template <std::size_t I>
constexpr auto layer() {
    if constexpr (I == 0) return pr::tanh;
    if constexpr (I == 1) return pr::sigmoid;
    if constexpr (I == 2) return pr::softplus;
    if constexpr (I == 3) return pr::sine_activation;
    if constexpr (I == 4) return pr::gelu;
    if constexpr (I == 5) return pr::elu;
    if constexpr (I == 6) return pr::relu;
    if constexpr (I == 7) return pr::leaky_relu;
    if constexpr (I == 8) return pr::layer_normalization | pr::tanh;
    if constexpr (I == 9) return pr::batch_normalization<pr::transductive> | pr::tanh;
}

template <std::size_t I>
constexpr auto loss() {
    if constexpr (I == 0) return pr::mse;
    if constexpr (I == 1) return pr::mean_absolute;
    if constexpr (I == 2) return pr::huber;
    if constexpr (I == 3) return pr::cross_entropy;
    if constexpr (I == 4) return pr::cross_entropy_sum_over_classes;
    if constexpr (I == 5) return pr::binary_cross_entropy;
}

template <std::size_t I>
constexpr auto optimizer() {
    if constexpr (I == 0) return pr::sgd{.rate = pr::learned(0.1)};
    if constexpr (I == 1) return pr::momentum{.rate = 0.05, .decay = pr::learned(0.8)};
    if constexpr (I == 2) return pr::nesterov{.rate = pr::learned_per<pr::coordinate>(0.05)};
    if constexpr (I == 3) return pr::rmsprop{.rate = pr::learned_per<pr::layer>(0.02), .eps = 1e-2};
    if constexpr (I == 4) return pr::adam{.rate = pr::learned_per<pr::step>(0.05), .eps = 1e-2};
    if constexpr (I == 5) return pr::adamw{.rate = 0.05, .eps = pr::learned(1e-2), .decay = pr::learned(0.1)};
}

template <std::size_t I>
constexpr auto partition() {
    if constexpr (I == 0) return pr::everything;
    if constexpr (I == 1) return pr::only<"head">;
    if constexpr (I == 2) return pr::except<"head">;
}

template <std::size_t I>
constexpr auto rule() {
    if constexpr (I == 0) return pr::exact;
    if constexpr (I == 1) return pr::first_order;
    if constexpr (I == 2) return pr::truncated<1>;
    if constexpr (I == 3) return pr::displacement;
}

inline constexpr std::array<std::size_t, 3> steps{1, 2, 5};

template <class Target>
using episode_with = pr::episode_of<double, pr::shape<3>, Target, 6, 7>;

template <std::size_t Loss, class Batch>
void fill(Batch& batch, double phase) {
    for (std::size_t i = 0; i < Batch::count * 3; ++i) {
        batch.inputs.data()[i] = 1.5 * std::sin(0.7 * static_cast<double>(i) + phase);
    }
    for (std::size_t i = 0; i < Batch::count * Batch::target_size; ++i) {
        const double wave = std::sin(1.3 * static_cast<double>(i) + phase);
        if constexpr (Loss == 3 || Loss == 4) {
            batch.targets.data()[i] = static_cast<std::int32_t>(i % 3);
        } else if constexpr (Loss == 5) {
            batch.targets.data()[i] = wave > 0 ? 1.0 : 0.0;
        } else {
            batch.targets.data()[i] = 3.0 * wave;
        }
    }
}

template <std::size_t L, std::size_t S, std::size_t O, std::size_t P, std::size_t R, std::size_t K>
void check() {
    using target = std::conditional_t<S == 3 || S == 4, pr::labels<3>, pr::shape<3>>;
    using episode = episode_with<target>;
    constexpr auto description = pr::input<3> | pr::dense<4> | layer<L>() | pr::named<"head">(pr::dense<3>) | loss<S>() |
                                 pr::adapt<steps[K]>(optimizer<O>(), partition<P>()) | rule<R>();
    episode task;
    fill<S>(task.support, 0.3);
    fill<S>(task.query, 1.1);
    using program = pr::program<double, std::remove_const_t<decltype(description)>, episode>;
    std::vector<double> theta(program::size);
    program::initialize(pr::resolved<episode>(description), pr::key{3}, theta.data());
    for (std::size_t i = 0; i < program::objective_type::blocks::size; ++i) {
        theta[i] = 1.2 * pr::goldens::parameter(static_cast<int>(i));
    }
    auto report = pr::check_gradient(description, task, theta);
    // A difference may reach across a kink, as elu's second derivative has one; a shorter one does not. What is wrong
    // stays wrong.
    if (report.relative() > 1e-6) report = pr::check_gradient(description, task, theta, {}, {.step = 1e-5});
    INFO("layer " << L << ", loss " << S << ", optimizer " << O << ", partition " << P << ", rule " << R << ", steps "
                  << steps[K]);
    CHECK(report.largest > 1e-6);
    CHECK(report.relative() <= 1e-6);
}

template <std::size_t L>
void check_row() {
    [&]<std::size_t... O>(std::index_sequence<O...>) {
        (check<L, row(L, O)[1], O, row(L, O)[3], row(L, O)[4], row(L, O)[5]>(), ...);
    }(std::make_index_sequence<6>{});
}

// Every combination with one layer and one rule; the number of steps takes turns.
template <std::size_t L, std::size_t R>
void check_product() {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (check<L, I % 6, I / 6 % 6, I / 36, R, (I + I / 6 + I / 36) % 3>(), ...);
    }(std::make_index_sequence<6 * 6 * 3>{});
}

}  // namespace cover

TEST_CASE("the meta-gradient agrees with differences of the whole outer loss") {
#if PRIORI_TEST_FULL
    cover::check_product<COVER_LAYER, PRIORI_TEST_PART>();
#else
    cover::check_row<COVER_LAYER>();
#endif
}
