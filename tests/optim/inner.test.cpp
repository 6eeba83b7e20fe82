// SPDX-License-Identifier: BSL-1.0
// Optimizers as inner rules against PyTorch, in double to 1e-10 and in float to 1e-4.
#include "catch.hpp"

#include "goldens/algorithms.hpp"
#include "goldens/optimizers.hpp"
#include "meta/golden_task.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/optim.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace {

namespace pr = priori;

constexpr auto net = pr::input<1> | pr::dense<6> | pr::tanh | pr::dense<6> | pr::tanh | pr::dense<1> | pr::mse;

#define CHECK_RULE(NAME, OPTIMIZER)                                                                  \
    CHECK_GOLDEN(regression, net | pr::adapt<5>(OPTIMIZER) | pr::exact, inner_##NAME##_exact_k5);    \
    CHECK_GOLDEN(regression, net | pr::adapt<5>(OPTIMIZER) | pr::first_order, inner_##NAME##_first_order_k5)

constexpr auto descent = pr::sgd{.rate = 0.1};
constexpr auto heavy_ball = pr::momentum{.rate = 0.05, .decay = 0.9};
constexpr auto ahead = pr::nesterov{.rate = 0.05, .decay = 0.9};
constexpr auto scaled = pr::rmsprop{.rate = 0.02, .decay = 0.9, .eps = 1e-4};
constexpr auto moments = pr::adam{.rate = 0.05, .eps = 1e-4};
constexpr auto decoupled = pr::adamw{.rate = 0.05, .eps = 1e-4, .decay = 0.01};

}  // namespace

TEST_CASE("sgd, momentum and nesterov inside MAML equal PyTorch") {
    CHECK_RULE(sgd, descent);
    CHECK_RULE(momentum, heavy_ball);
    CHECK_RULE(nesterov, ahead);
}

TEST_CASE("rmsprop, adam and adamw inside MAML equal PyTorch") {
    CHECK_RULE(rmsprop, scaled);
    CHECK_RULE(adam, moments);
    CHECK_RULE(adamw, decoupled);
}

TEST_CASE("transforms of the gradient inside MAML equal PyTorch") {
    CHECK_RULE(weight_decay, pr::weight_decay{0.01} | descent);
    CHECK_RULE(clip_value, pr::clip_by_value{0.2} | descent);
    CHECK_RULE(clip_norm, pr::clip_by_norm{0.5} | descent);
}

TEST_CASE("a rate for each layer and step has its gradient behind the model's, by step and then by layer") {
    constexpr auto rates = pr::sgd{.rate = pr::learned_per<pr::layer | pr::step>(0.1)};
    CHECK_GOLDEN(regression, net | pr::adapt<5>(rates) | pr::exact, layer_step_rates_k5);
}

TEST_CASE("Meta-SGD equals PyTorch, with a rate of its own for every coordinate") {
    constexpr auto rates = pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.05)};
    const auto check = [](const auto& meta_sgd, double golden_loss, const auto& golden_gradient) {
        using episode = golden::regression<double>;
        using program = pr::program<double, std::remove_cvref_t<decltype(meta_sgd)>, episode>;
        episode task;
        golden::fill(task);
        std::vector<double> theta(program::size), gradient(program::size);
        for (int i = 0; i < 61; ++i) {
            theta[static_cast<std::size_t>(i)] = pr::goldens::parameter(i);
            theta[static_cast<std::size_t>(61 + i)] = pr::goldens::coordinate_rate(0.05, i);
        }
        auto space = std::make_unique<typename program::workspace>();
        const double loss =
            program::loss_and_gradient(pr::resolved<episode>(meta_sgd), pr::view<double>(theta.data()), task,
                                       pr::pass{}, pr::view<double>(gradient.data()), *space);
        CHECK(loss == Approx(golden_loss).epsilon(1e-12));
        CHECK(golden::largest_error(gradient, golden_gradient) <= 1e-10);
    };
    check(net | pr::adapt<1>(rates) | pr::exact, pr::goldens::meta_sgd_k1::loss, pr::goldens::meta_sgd_k1::gradient);
    check(net | pr::adapt<5>(rates) | pr::exact, pr::goldens::meta_sgd_k5::loss, pr::goldens::meta_sgd_k5::gradient);
}
