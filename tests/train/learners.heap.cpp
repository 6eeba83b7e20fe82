// SPDX-License-Identifier: BSL-1.0
// Each kind of learner trains to the same bits on one, two and three threads, and asks for no memory meanwhile.
#include "train/alike.hpp"

#include <priori/adapt/class_features.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/loss/one_hot.hpp>
#include <priori/meta/annealed_weights.hpp>
#include <priori/nn/nn.hpp>
#include <priori/optim/field.hpp>
#include <priori/simd/winograd.hpp>

using namespace priori;

namespace {

constexpr tests::noise<shape<4>> tasks{};
constexpr auto embedding = input<4> | dense<16> | priori::tanh;
constexpr auto net = embedding | named<"head">(dense<ways>) | cross_entropy;
constexpr auto with_adam = outer(adam{.rate = 1e-2f});
constexpr auto rate = sgd{.rate = 0.1f};

}  // namespace

TEST_CASE("prototypes and a MetaOptNet ridge head") {
    tests::trains_alike_without_memory(embedding | scratch<"head">(dense<ways>) | cross_entropy |
                                           solve<"head">(prototypes{}) | exact | with_adam,
                                       tasks);
    tests::trains_alike_without_memory(embedding | scratch<"head">(dense<ways>.without_bias()) | learned_scale(7.0f) |
                                           cross_entropy | solve<"head">(ridge{.lambda = 50.0}) | exact | with_adam,
                                       tasks);
}

TEST_CASE("relation networks, by pairs side by side and by sums") {
    tests::trains_alike_without_memory(embedding | scratch<"classes">(beside<ways>) |
                                           per_class(dense<4> | priori::tanh | dense<1>) | cross_entropy |
                                           solve<"classes">(class_sums{}) | exact | with_adam,
                                       tasks);
    constexpr tests::noise<shape<4, 4, 1>> images{};
    tests::trains_alike_without_memory(input<4, 4, 1> | convolution<2> | scratch<"classes">(cross_sum<ways>) |
                                           per_class(relu | flatten | dense<1> | sigmoid) | one_hot(mse) |
                                           solve<"classes">(class_sums{}) | exact | with_adam,
                                       images);
}

TEST_CASE("first order alone") {
    tests::trains_alike_without_memory(net | adapt<2>(rate) | first_order | with_adam, tasks);
}

TEST_CASE("ANIL, BOIL and Meta-SGD") {
    tests::trains_alike_without_memory(net | adapt<2>(rate, only<"head">) | exact | with_adam, tasks);
    tests::trains_alike_without_memory(net | adapt<2>(rate, except<"head">) | exact | with_adam, tasks);
    constexpr auto learned_rates = sgd{.rate = learned_per<coordinate>(0.1f)};
    tests::trains_alike_without_memory(net | adapt<1>(learned_rates) | exact | with_adam, tasks);
}

TEST_CASE("MAML++ whole, from first order to exact and from all losses to the last") {
    constexpr auto normalized = input<4> | dense<16> | batch_normalization<per_step<3>> | relu | dense<ways> |
                                cross_entropy;
    constexpr auto rates = sgd{.rate = learned_per<layer | step>(0.1f)};
    tests::trains_alike_without_memory(normalized | adapt<2>(rates) | exact_from(5) |
                                           every_step(annealed_weights<2>{.iterations = 5}) | with_adam,
                                       tasks);
}

TEST_CASE("an inner optimizer whose state is carried from task to task") {
    constexpr auto inner = adam{.rate = 0.01f};
    tests::trains_alike_without_memory(net | adapt<2>(inner, carried_state) | displacement | outer(sgd{.rate = 1.0f}),
                                       tasks);
}

TEST_CASE("convolutions by minimal filtering") {
    constexpr tests::noise<shape<4, 4, 16>, 12> images{};
    static_assert(winograd_pays<convolution_shape<4, 4, 16, 16>, 12>);
    constexpr auto deep = input<4, 4, 16> | convolution<16> | relu | convolution<16> | relu | global_mean | dense<ways>;
    tests::trains_alike_without_memory(deep | cross_entropy | adapt<1>(rate) | exact | with_adam, images);
}
