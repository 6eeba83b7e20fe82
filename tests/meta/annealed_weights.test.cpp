// SPDX-License-Identifier: BSL-1.0
// What changes with the outer iteration: the weights of the query losses, and the order of the derivative.
#include <priori/meta/annealed_weights.hpp>

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/core/key.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/sinusoids.hpp>
#include <priori/train/keys.hpp>
#include <priori/train/loop.hpp>

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace pr = priori;

namespace {

constexpr auto net = pr::input<1> | pr::dense<4> | pr::tanh | pr::dense<1>;
constexpr pr::sinusoids tasks{.shots = pr::count<5>, .queries = pr::count<5>};
using task_type = decltype(tasks)::episode_type<double>;

task_type drawn() {
    task_type task;
    tasks.draw_into<double>(pr::key{3, 0, 0}, task);
    return task;
}

// The meta-gradient of one task in this outer iteration.
template <class Rest>
std::vector<double> gradient(const Rest& description, std::uint32_t iteration) {
    using learner_type = pr::static_learner<double, Rest, task_type>;
    const auto learner = std::make_unique<learner_type>(description, pr::seed{1});
    std::vector<double> result(learner_type::size);
    learner->loss_and_gradient(drawn(), pr::key{3, iteration, 0}, std::span<double, learner_type::size>(result));
    return result;
}

constexpr auto adapted = net | pr::mse | pr::adapt<3>(pr::sgd{.rate = 0.1});

}  // namespace

TEST_CASE("annealed weights are equal at first, fall to a floor, and leave the last loss alone") {
    constexpr pr::annealed_weights<5> weights{.iterations = 100};
    CHECK(weights.at(0) == std::array<float, 6>{0.f, 0.2f, 0.2f, 0.2f, 0.2f, 0.2f});
    CHECK(weights.at(50)[1] == Approx(0.1));
    CHECK(weights.at(50)[5] == Approx(0.6));
    CHECK(weights.at(99)[4] == Approx(0.03 / 5));
    CHECK(weights.at(99)[5] == Approx(1 - 4 * 0.03 / 5));
    CHECK(weights.at(100) == std::array<float, 6>{0, 0, 0, 0, 0, 1});
}

TEST_CASE("the weights of an iteration are those of its loss and meta-gradient") {
    const auto annealed = adapted | pr::exact | pr::every_step(pr::annealed_weights<3>{.iterations = 10});
    const auto at_once = adapted | pr::exact | pr::every_step(pr::annealed_weights<3>{.iterations = 10}.at(4));
    CHECK(gradient(annealed, 4) == gradient(at_once, 0));
    CHECK(gradient(annealed, 3) != gradient(annealed, 4));
    const auto late = gradient(annealed, 10), last = gradient(adapted | pr::exact, 0);
    for (std::size_t i = 0; i < last.size(); ++i) CHECK(late[i] == Approx(last[i]).epsilon(1e-12));
    for (const std::uint32_t iteration : {0u, 4u, 9u, 10u})
        CHECK(pr::check_gradient(annealed, drawn(), pr::key{3, iteration, 0}).relative() < 1e-8);
}

TEST_CASE("exact_from is first order before its iteration and exact from there on") {
    const auto annealed = adapted | pr::exact_from(7);
    CHECK(gradient(annealed, 6) == gradient(adapted | pr::first_order, 0));
    CHECK(gradient(annealed, 7) == gradient(adapted | pr::exact, 0));
    CHECK(gradient(annealed, 6) != gradient(annealed, 7));
    CHECK(pr::check_gradient(annealed, drawn(), pr::key{3, 6, 0}).relative() < 1e-8);
    CHECK(pr::check_gradient(annealed, drawn(), pr::key{3, 7, 0}).relative() < 1e-8);
}

TEST_CASE("both change while a learner is trained") {
    const auto description = [](auto rule, auto queries) {
        return adapted | rule | queries | pr::outer(pr::sgd{.rate = 0.01});
    };
    const auto trained = [&](const auto& first, const auto& second) {
        auto learner = pr::make_learner<double>(first, tasks, pr::seed{1});
        pr::train(*learner, tasks, {.iterations = 2});
        auto other = pr::make_learner<double>(second, tasks, pr::seed{1});
        std::ranges::copy(learner->parameters().all(), other->parameters().all().begin());
        pr::train(*other, tasks, {.iterations = 2, .first_iteration = 2});
        return std::vector<double>(other->parameters().all().begin(), other->parameters().all().end());
    };
    const auto evenly = pr::every_step(0, 1 / 3.0, 1 / 3.0, 1 / 3.0);
    const auto stepped = description(pr::exact_from(2), evenly);
    CHECK(trained(stepped, stepped) == trained(description(pr::first_order, evenly), description(pr::exact, evenly)));
    const auto annealed = description(pr::exact, pr::every_step(pr::annealed_weights<3>{.iterations = 2}));
    const auto weights = pr::annealed_weights<3>{.iterations = 2};
    CHECK(trained(annealed, annealed) != trained(description(pr::exact, pr::every_step(weights.at(0))),
                                                 description(pr::exact, pr::every_step(weights.at(0)))));
}
