// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include "goldens/algorithms.hpp"
#include "meta/golden_task.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace {

namespace pr = priori;

constexpr auto net = pr::input<1> | pr::dense<6> | pr::tanh | pr::dense<6> | pr::tanh | pr::named<"head">(pr::dense<1>) |
                     pr::mse;
constexpr auto rate = pr::sgd{.rate = 0.1};

TEST_CASE("MAML equals PyTorch's differentiation through the inner loop") {
    CHECK_GOLDEN(regression, net | pr::adapt<1>(rate) | pr::exact, maml_k1);
    CHECK_GOLDEN(regression, net | pr::adapt<2>(rate) | pr::exact, maml_k2);
    CHECK_GOLDEN(regression, net | pr::adapt<5>(rate) | pr::exact, maml_k5);
}

TEST_CASE("FOMAML equals PyTorch with the support gradients detached") {
    CHECK_GOLDEN(regression, net | pr::adapt<1>(rate) | pr::first_order, fomaml_k1);
    CHECK_GOLDEN(regression, net | pr::adapt<2>(rate) | pr::first_order, fomaml_k2);
    CHECK_GOLDEN(regression, net | pr::adapt<5>(rate) | pr::first_order, fomaml_k5);
}

TEST_CASE("FOMAML and MAML differ where the support loss curves") {
    const auto first = golden::run<double, golden::regression<double>>(net | pr::adapt<1>(rate) | pr::first_order);
    CHECK(golden::largest_error(first.gradient, priori::goldens::maml_k1::gradient) > 1e-2);
}

TEST_CASE("truncated<2> is exact in the last two steps and first order before") {
    CHECK_GOLDEN(regression, net | pr::adapt<1>(rate) | pr::truncated<2>, truncated_2_k1);
    CHECK_GOLDEN(regression, net | pr::adapt<5>(rate) | pr::truncated<2>, truncated_2_k5);
}

TEST_CASE("displacement is where the inner loop started minus where it ended") {
    CHECK_GOLDEN(regression, net | pr::adapt<1>(rate) | pr::displacement, reptile_k1);
    CHECK_GOLDEN(regression, net | pr::adapt<5>(rate) | pr::displacement, reptile_k5);
}

TEST_CASE("displacement of two adaptations is that of both") {
    constexpr auto both = net | pr::adapt<2>(rate, pr::only<"head">) | pr::adapt<3>(rate, pr::except<"head">) |
                          pr::displacement;
    golden::regression<double> task;
    golden::fill(task);
    using learner_type = pr::static_learner<double, std::remove_cvref_t<decltype(both)>, golden::regression<double>>;
    learner_type learner(both, pr::seed{2});
    std::vector<double> moved(learner.size);
    learner.loss_and_gradient(task, {}, std::span<double, learner_type::size>(moved));
    const auto adapted = learner.adapt(task.support);
    double largest = 0;
    for (std::size_t i = 0; i < moved.size(); ++i) {
        const double by = learner.parameters().all()[i] - adapted.parameters().all()[i];
        CHECK(moved[i] == Approx(by).margin(1e-14));
        largest = std::max(largest, std::abs(by));
    }
    CHECK(largest > 1e-3);
}

TEST_CASE("displacement is no cotangent: nothing of it is pulled back through a stage before the adaptation") {
    golden::classification<double> task;
    golden::fill(task);
    const auto report = pr::check_gradient(
        pr::input<4> | pr::dense<5> | pr::tanh | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
            pr::solve<"head">(pr::prototypes{}) | pr::adapt<2>(rate) | pr::displacement,
        task);
    CHECK(report.relative() < 1e-12);
    CHECK(report.largest > 1e-3);
}

TEST_CASE("ANIL moves the head only, BOIL all but the head; both pull back to everything") {
    CHECK_GOLDEN(regression, net | pr::adapt<1>(rate, pr::only<"head">) | pr::exact, anil_k1);
    CHECK_GOLDEN(regression, net | pr::adapt<5>(rate, pr::only<"head">) | pr::exact, anil_k5);
    CHECK_GOLDEN(regression, net | pr::adapt<1>(rate, pr::except<"head">) | pr::exact, boil_k1);
    CHECK_GOLDEN(regression, net | pr::adapt<5>(rate, pr::except<"head">) | pr::exact, boil_k5);
}

TEST_CASE("learned rates, one or one a step, have their gradient behind the model's") {
    CHECK_GOLDEN(regression, net | pr::adapt<1>(pr::sgd{.rate = pr::learned(0.1)}) | pr::exact, learned_rate_k1);
    CHECK_GOLDEN(regression, net | pr::adapt<5>(pr::sgd{.rate = pr::learned(0.1)}) | pr::exact, learned_rate_k5);
    CHECK_GOLDEN(regression, net | pr::adapt<5>(pr::sgd{.rate = pr::learned_per<pr::step>(0.1)}) | pr::exact, step_rates_k5);
}

TEST_CASE("a proximal term pulls to where the adaptation started") {
    CHECK_GOLDEN(regression, net | pr::adapt<1>(rate, pr::proximal{0.7}) | pr::exact, proximal_k1);
    CHECK_GOLDEN(regression, net | pr::adapt<5>(rate, pr::proximal{0.7}) | pr::exact, proximal_k5);
}

TEST_CASE("every_step sums the query loss along the way, with its weights") {
    CHECK_GOLDEN(regression, net | pr::adapt<2>(rate) | pr::exact | pr::every_step(0.0f, 0.5f, 0.5f), multi_step_k2);
    constexpr auto rising = pr::every_step(0.0, 1 / 16.0, 2 / 16.0, 3 / 16.0, 4 / 16.0, 6 / 16.0);
    CHECK_GOLDEN(regression, net | pr::adapt<5>(rate) | pr::exact | rising, multi_step_k5);
}

TEST_CASE("MAML on classes equals PyTorch") {
    constexpr auto classifier = pr::input<4> | pr::dense<5> | pr::tanh | pr::dense<pr::ways> | pr::cross_entropy;
    CHECK_GOLDEN(classification, classifier | pr::adapt<5>(pr::sgd{.rate = 0.3}) | pr::exact, classification_maml_k5);
}

}  // namespace
