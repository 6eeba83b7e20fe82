// SPDX-License-Identifier: BSL-1.0
// The state of an inner optimizer that is kept from task to task.
#include "catch.hpp"
#include "io/temporary_folder.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/transfer.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/network.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/clip.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/sinusoids.hpp>
#include <priori/tensor/parameters.hpp>
#include <priori/train/checkpoint.hpp>
#include <priori/train/keys.hpp>
#include <priori/train/loop.hpp>

#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

namespace pr = priori;
using namespace pr::literals;

namespace {

constexpr pr::sinusoids<pr::count_t<6>, pr::count_t<4>> tasks{};
constexpr auto line = pr::input<1> | pr::dense<1>.without_bias() | pr::mse;
constexpr auto net = pr::input<1> | pr::dense<3> | pr::tanh | pr::named<"head">(pr::dense<1>) | pr::mse;
constexpr double rate = 0.02, beta = 0.9, eps = 1e-8;
constexpr auto moments = pr::adam{.rate = rate, .beta1 = 0.0, .beta2 = beta, .eps = eps};
constexpr auto outer = pr::outer(pr::sgd{.rate = 1.0});
constexpr auto reptile = line | pr::adapt<3>(moments, pr::carried_state) | pr::displacement | outer;

template <class Learner>
std::vector<double> numbers(const Learner& learner) {
    const auto all = learner.parameters().all();
    return {all.begin(), all.end()};
}

template <class Given>
std::vector<double> trained(const Given& given, std::size_t threads) {
    auto learner = pr::learner<double>(given, tasks, pr::seed{1});
    pr::train(learner, tasks, {.iterations = 20, .meta_batch = 7, .threads = threads});
    return numbers(learner);
}

}  // namespace

TEST_CASE("a task begins with the moments that the last one left, and counts its steps on") {
    auto learner = pr::learner<double>(reptile, tasks, pr::seed{1});
    double w = learner.parameters()["dense_0.weight"_s](0, 0), v = 0;
    int step = 0;
    pr::train(learner, tasks, {.iterations = 5, .meta_batch = 1});
    for (std::uint32_t i = 0; i < 5; ++i) {
        decltype(tasks)::episode_type<double> task;
        tasks.draw_into<double>(pr::training_key(pr::seed{1}, i, 0), task);
        for (int k = 0; k < 3; ++k) {
            double g = 0;
            for (std::size_t r = 0; r < 6; ++r) {
                const double x = task.support.inputs(r, 0);
                g += 2 * x * (w * x - task.support.targets(r, 0)) / 6;
            }
            v = beta * v + (1 - beta) * g * g;
            w -= rate * g / std::sqrt(v / (1 - std::pow(beta, ++step)) + eps);
        }
    }
    CHECK(learner.parameters()["dense_0.weight"_s](0, 0) == Approx(w).epsilon(1e-12));
    CHECK(learner.parameters()["adapt_0.state"_s](1, 0) == Approx(v).epsilon(1e-12));
    CHECK(learner.parameters()["adapt_0.steps"_s](0) == 15);
}

TEST_CASE("over a meta-batch the state moves by the mean of what the tasks did to it") {
    auto learner = pr::learner<double>(reptile, tasks, pr::seed{1});
    using learner_type = decltype(learner);
    std::vector<double> mean(learner.size), own(learner.size), before = numbers(learner);
    for (std::size_t t = 0; t < 4; ++t) {
        decltype(tasks)::episode_type<double> task;
        const pr::key k = pr::training_key(pr::seed{1}, 0, t);
        tasks.draw_into<double>(k, task);
        learner.loss_and_gradient(task, k, std::span<double, learner_type::size>(own));
        CHECK(own[learner_type::layout_type::offset_of("adapt_0.steps")] == 3);
        for (std::size_t i = 0; i < own.size(); ++i) mean[i] += own[i] / 4;
    }
    CHECK(numbers(learner) == before);
    pr::train(learner, tasks, {.iterations = 1, .meta_batch = 4});
    const std::size_t state = learner_type::layout_type::offset_of("adapt_0.state");
    for (std::size_t i = 0; i < own.size(); ++i)
        CHECK(numbers(learner)[i] == Approx(before[i] + (i >= state ? mean[i] : -mean[i])).epsilon(1e-12));
}

TEST_CASE("a test begins with the state too, and leaves it") {
    auto carried = pr::learner<double>(reptile, tasks, pr::seed{1});
    auto fresh = pr::learner<double>(line | pr::adapt<3>(moments) | pr::displacement | outer, tasks, pr::seed{1});
    decltype(tasks)::episode_type<double> task;
    tasks.draw_into<double>({7}, task);
    CHECK(carried.adapt(task.support).loss(task.query) == fresh.adapt(task.support).loss(task.query));
    carried.parameters()["adapt_0.state"_s](1, 0) = 100;
    carried.parameters()["adapt_0.steps"_s](0) = 1000;
    const auto before = numbers(carried);
    CHECK(carried.adapt(task.support).loss(task.query) != fresh.adapt(task.support).loss(task.query));
    CHECK(numbers(carried) == before);
}

TEST_CASE("the same bits on any number of threads") {
    for (const auto& one : {trained(reptile, 1)}) {
        CHECK(trained(reptile, 2) == one);
        CHECK(trained(reptile, 3) == one);
    }
    const auto part = net | pr::adapt<2>(pr::momentum{.rate = 0.01}, pr::only<"head">, pr::carried_state) |
                      pr::first_order | pr::outer(pr::adam{});
    CHECK(trained(part, 2) == trained(part, 1));
}

TEST_CASE("exact derivatives hold the carried state fixed") {
    constexpr auto maml =
        net | pr::adapt<2>(pr::adam{.rate = 0.05, .eps = 1e-3}, pr::carried_state) | pr::exact | pr::outer(pr::adam{});
    decltype(tasks)::episode_type<double> task;
    tasks.draw_into<double>({3}, task);
    CHECK(pr::check_gradient(maml, task, pr::key{4}).relative() <= 1e-6);

    auto learner = pr::learner<double>(maml, tasks, pr::seed{1});
    using learner_type = decltype(learner);
    const auto theta = learner.parameters().all();
    const std::size_t state = learner_type::layout_type::offset_of("adapt_0.state");
    for (std::size_t i = state; i < theta.size(); ++i) theta[i] = 0.2 + 0.01 * static_cast<double>(i % 7);
    theta[learner_type::layout_type::offset_of("adapt_0.steps")] = 6;
    std::vector<double> gradient(learner.size), unused(learner.size);
    const auto loss = [&](std::vector<double>& into) {
        return learner.loss_and_gradient(task, {}, std::span<double, learner_type::size>(into));
    };
    loss(gradient);
    for (std::size_t i = 0; i < state; ++i) {
        const double at = theta[i], h = 1e-5;
        theta[i] = at + h;
        const double above = loss(unused);
        theta[i] = at - h;
        const double below = loss(unused);
        theta[i] = at;
        CHECK(gradient[i] == Approx((above - below) / (2 * h)).epsilon(1e-5).margin(1e-8));
    }
}

TEST_CASE("the state is saved, loaded and carried over") {
    const test::temporary_folder folder;
    auto learner = pr::learner<double>(reptile, tasks, pr::seed{1}), other = pr::learner<double>(reptile, tasks);
    pr::train(learner, tasks, {.iterations = 4, .meta_batch = 3});
    pr::save(learner, folder / "reptile.safetensors");
    pr::load(other, folder / "reptile.safetensors");
    CHECK(numbers(other) == numbers(learner));
    pr::adapter<double, std::remove_cvref_t<decltype(reptile)>, decltype(learner)::episode_type> tester(reptile);
    pr::transfer(learner, tester);
    CHECK(tester.parameters()["adapt_0.steps"_s](0) == 12);
}
