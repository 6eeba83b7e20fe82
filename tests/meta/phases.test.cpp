// SPDX-License-Identifier: BSL-1.0
// Model averaging as an expression of the algebra.
#include <priori/meta/phases.hpp>

#include <priori/core/error.hpp>
#include <priori/meta/annealed_weights.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/same_tasks.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/loop.hpp>

#include "catch.hpp"
#include "train/small.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pr = priori;

namespace {

constexpr auto averaging =
    small::net | pr::mse | pr::adapt<20>(pr::sgd{.rate = 0.02f}) | pr::displacement | pr::outer(pr::sgd{.rate = 1.f});
constexpr auto tuning = small::net | pr::mse | pr::exact | pr::outer(pr::adam{.rate = 0.005f});
constexpr auto both = averaging | pr::then(1, tuning);
constexpr pr::same_tasks<std::remove_const_t<decltype(small::tasks)>> tasks{small::tasks};

}  // namespace

TEST_CASE("one iteration of displacement at rate 1 is the mean of the tasks' own models") {
    auto learner = pr::learner(averaging, tasks, pr::seed{3});
    std::vector<double> mean(learner.size);
    for (std::size_t t = 0; t < 4; ++t) {
        const auto own = learner.adapt(tasks.draw(pr::training_key(pr::seed{3}, 0, t)).support);
        for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += own.parameters().all()[i] / 4.0;
    }
    pr::train(learner, tasks, {.iterations = 1, .meta_batch = 4});
    for (std::size_t i = 0; i < mean.size(); ++i) CHECK(learner.parameters().all()[i] == Approx(mean[i]).margin(1e-5));
}

TEST_CASE("averaging, then tuning, is two trainings with shared parameters") {
    auto learner = pr::learner(both, tasks, pr::seed{3});
    pr::train(learner, tasks, {.iterations = 11, .meta_batch = 4, .threads = 2});

    auto first = pr::learner(averaging, tasks, pr::seed{3});
    pr::train(first, tasks, {.iterations = 1, .meta_batch = 4});
    auto second = pr::learner(tuning, tasks, pr::seed{3});
    const auto from = first.parameters().all();
    std::copy(from.begin(), from.end(), second.parameters().all().begin());
    pr::train(second, tasks, {.iterations = 10, .meta_batch = 4});

    CHECK(learner.iteration() == 11);
    CHECK(small::same(small::parameters(learner), small::parameters(second)));
}

TEST_CASE("weights of the steps' losses and exact_from count from the beginning of a phase") {
    constexpr auto annealed = small::net | pr::mse | pr::adapt<3>(pr::sgd{.rate = 0.02f}) | pr::exact_from(2) |
                              pr::every_step(pr::annealed_weights<3>{.iterations = 3}) |
                              pr::outer(pr::adam{.rate = 0.005f});
    auto learner = pr::learner(annealed | pr::then(4, annealed), tasks, pr::seed{3});
    auto part = pr::learner(annealed, tasks, pr::seed{3});
    pr::train(learner, tasks, {.iterations = 4, .meta_batch = 2});
    pr::train(part, tasks, {.iterations = 4, .meta_batch = 2});
    CHECK(small::same(small::parameters(learner), small::parameters(part)));

    auto second = pr::learner(annealed, tasks, pr::seed{3});
    const auto from = part.parameters().all();
    std::copy(from.begin(), from.end(), second.parameters().all().begin());
    pr::train(learner, tasks, {.iterations = 4, .meta_batch = 2});
    pr::train(second, tasks, {.iterations = 4, .meta_batch = 2});
    CHECK(small::same(small::parameters(learner), small::parameters(second)));
}

TEST_CASE("every iteration sees the same tasks, and phases may be trained in parts") {
    for (std::size_t t = 0; t < 3; ++t) {
        const auto one = tasks.draw(pr::training_key(pr::seed{3}, 0, t));
        const auto other = tasks.draw(pr::training_key(pr::seed{3}, 9, t));
        for (std::size_t i = 0; i < 5; ++i) CHECK(one.query.targets.data()[i] == other.query.targets.data()[i]);
    }
    auto whole = pr::learner(both, tasks, pr::seed{3}), parts = pr::learner(both, tasks, pr::seed{3});
    pr::train(whole, tasks, {.iterations = 8});
    for (int i = 0; i < 8; ++i) pr::train(parts, tasks, {.iterations = 1});
    CHECK(small::same(small::parameters(whole), small::parameters(parts)));
}

TEST_CASE("a new task is adapted to from its own support set, by the first description") {
    auto learner = pr::learner(both, tasks, pr::seed{3});
    pr::train(learner, tasks, {.iterations = 300, .meta_batch = 20});
    const auto result = pr::evaluate(learner, small::tasks, {.tasks = 100}, pr::at_steps<0, 20>);
    CHECK(result[1].mean < result[0].mean);
}

TEST_CASE("a second phase may leave what the first one learns beside the network") {
    constexpr auto learned_rate = small::net | pr::mse | pr::adapt<2>(pr::sgd{.rate = pr::learned(0.01f)}) | pr::exact |
                                  pr::outer(pr::sgd{.rate = 0.01f});
    auto learner = pr::learner(learned_rate | pr::then(2, tuning), small::tasks, pr::seed{1});
    pr::train(learner, small::tasks, {.iterations = 2});
    const float rate = learner.parameters().all()[learner.size - 1];
    CHECK(rate != 0.01f);
    pr::train(learner, small::tasks, {.iterations = 5});
    CHECK(learner.parameters().all()[learner.size - 1] == rate);
}

TEST_CASE("running averages move in either phase as they do in a training of its own") {
    constexpr auto net = pr::input<1> | pr::dense<6> | pr::batch_normalization<pr::running> | pr::tanh | pr::dense<1>;
    constexpr auto one = net | pr::mse | pr::exact | pr::outer(pr::sgd{.rate = 0.01f});
    auto learner = pr::learner(one | pr::then(3, one), small::tasks, pr::seed{1});
    auto plain = pr::learner(one, small::tasks, pr::seed{1});
    const std::vector<float> start = small::parameters(learner);
    for (const std::uint64_t iterations : {3, 2}) {  // the first phase, the second phase
        pr::train(learner, small::tasks, {.iterations = iterations});
        pr::train(plain, small::tasks, {.iterations = iterations});
        CHECK(small::same(small::parameters(learner), small::parameters(plain)));
    }
    using namespace pr::literals;
    CHECK(learner.parameters()["batch_normalization_0.variance"_s][0] != 1.0f);
}

TEST_CASE("a learner in phases refuses spans of another size as any learner does") {
    auto learner = pr::learner(both, tasks, pr::seed{3});
    const std::vector<float> x(3), y(3);
    CHECK_THROWS_AS(learner.adapt(std::span<const float>(x), std::span<const float>(y)), pr::error);
    CHECK(learner.try_adapt(std::span<const float>(x), std::span<const float>(y)).error().kind ==
          pr::error_kind::bad_shape);
}
