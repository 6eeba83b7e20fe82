// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/core/error.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/footprint.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/task/sinusoids.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

namespace {

namespace pr = priori;

constexpr auto maml = pr::input<1> | pr::dense<12> | pr::tanh | pr::dense<1> | pr::mse |
                      pr::adapt<2>(pr::sgd{.rate = 0.05f}) | pr::exact | pr::outer(pr::adam{.rate = 1e-3f});
constexpr auto tasks = pr::sinusoids{.shots = pr::count<10>, .queries = pr::count<10>};

TEST_CASE("what adapt returns owns its parameters and outlives the learner") {
    const auto task = tasks.draw(pr::key{2});
    std::optional learner(pr::learner(maml, tasks, pr::seed{1}));
    const auto adapted = learner->adapt<5>(task.support);
    const float before = adapted(1.0f);
    const auto copy = adapted;
    learner.reset();
    CHECK(adapted(1.0f) == before);
    CHECK(copy(1.0f) == before);
}

TEST_CASE("a single input, a batch and raw spans give the same predictions") {
    auto learner = pr::learner(maml, tasks, pr::seed{1});
    const auto task = tasks.draw(pr::key{3});
    const auto adapted = learner.adapt(task.support);
    const auto batch = adapted(task.query);
    std::vector<float> inputs(task.query.inputs.begin(), task.query.inputs.end()), outputs(10);
    adapted.predict(inputs, outputs);
    pr::tensor<float, 1> one;
    for (std::size_t i = 0; i < 10; ++i) {
        one(0) = inputs[i];
        CHECK(std::abs(adapted(inputs[i]) - batch(i, 0)) < 1e-5f);
        CHECK(std::abs(outputs[i] - batch(i, 0)) < 1e-5f);
        CHECK(adapted(one)(0) == adapted(inputs[i]));
    }
}

TEST_CASE("adapting from raw spans equals adapting from a batch") {
    auto learner = pr::learner(maml, tasks, pr::seed{1});
    const auto task = tasks.draw(pr::key{4});
    const std::vector<float> x(task.support.inputs.begin(), task.support.inputs.end());
    const std::vector<float> y(task.support.targets.begin(), task.support.targets.end());
    CHECK(learner.adapt(x, y)(0.5f) == learner.adapt(task.support)(0.5f));
}

TEST_CASE("spans of another size and labels that are no class are refused, with a kind and a sentence") {
    auto learner = pr::learner(maml, tasks, pr::seed{1});
    const std::vector<float> nine(9), ten(10);
    try {
        learner.adapt(nine, ten);
        FAIL("nine inputs were taken for ten");
    } catch (const pr::error& e) {
        CHECK(e.kind() == pr::error_kind::bad_shape);
        CHECK(std::string(e.what()).find("adapt: the span of inputs") == 0);
    }
    CHECK_FALSE(learner.try_adapt(ten, nine));
    CHECK(learner.try_adapt(ten, nine).error().kind == pr::error_kind::bad_shape);

    std::vector<float> y(9);
    CHECK_THROWS_AS(learner.adapt(ten, ten).predict(ten, y), pr::error);
    CHECK_FALSE(learner.adapt(ten, ten).try_predict(ten, y));

    const auto blobs = pr::gaussian_blobs{.ways = pr::count<3>, .shots = pr::count<2>, .queries = pr::count<2>,
                                          .dimension = pr::count<4>};
    auto classifier = pr::learner(pr::input<4> | pr::dense<pr::ways> | pr::cross_entropy |
                                      pr::adapt<1>(pr::sgd{.rate = 0.1f}) | pr::exact,
                                  blobs, pr::seed{1});
    const std::vector<float> points(6 * 4);
    const std::vector<std::int32_t> right{0, 1, 2, 0, 1, 2}, wrong{0, 1, 3, 0, 1, 2};
    CHECK(classifier.try_adapt(points, right));
    CHECK_FALSE(classifier.try_adapt(points, wrong));
    CHECK(classifier.try_adapt(points, wrong).error().kind == pr::error_kind::bad_value);
}

TEST_CASE("more steps than trained, other sizes of support set, and double work") {
    auto learner = pr::learner<double>(maml, tasks, pr::seed{1});
    static_assert(std::is_same_v<decltype(learner)::scalar, double>);
    pr::sinusoids five{.shots = pr::count<5>, .queries = pr::count<10>};
    decltype(five)::episode_type<double> task;
    five.draw_into<double>(pr::key{5}, task);
    const double start = learner.adapt(task.support, std::size_t{0}).loss(task.support);
    const double one = learner.adapt<1>(task.support).loss(task.support);
    const double twenty = learner.adapt<20>(task.support).loss(task.support);
    CHECK(one < start);
    CHECK(twenty < one);
}

TEST_CASE("parameters are seen by name, and the outer rule moves them") {
    auto learner = pr::learner(maml, tasks, pr::seed{1});
    using namespace pr::literals;
    const auto weight = learner.parameters()["dense_0.weight"_s];
    CHECK(weight.size() == 12);
    const float before = weight(0, 3);
    using learner_type = decltype(learner);
    std::array<float, learner_type::size> gradient{};
    const auto task = tasks.draw(pr::key{6});
    const float loss = learner.loss_and_gradient(task, pr::key{}, gradient);
    CHECK(std::isfinite(loss));
    learner.step(gradient);
    CHECK(weight(0, 3) != before);
    CHECK(learner.iteration() == 1);
}

TEST_CASE("the footprint's parts add up, and an adapter is smaller than a learner") {
    constexpr auto report = pr::footprint<std::remove_const_t<decltype(maml)>, std::remove_const_t<decltype(tasks)>>;
    static_assert(report.parameters == 37 * sizeof(float));
    static_assert(report.total == sizeof(pr::learner(maml, tasks)));
    static_assert(report.adapter < report.total);
    static_assert(report.adapter <= 8 * 1024);
    CHECK(report.outer_state >= 2 * 37 * sizeof(float));
    CHECK(report.total == report.outer_state + report.adapter + report.trajectory + report.query);
}

TEST_CASE("make_learner gives the same learner on the heap") {
    const auto on_heap = pr::make_learner(maml, tasks, pr::seed{1});
    auto value = pr::learner(maml, tasks, pr::seed{1});
    const auto task = tasks.draw(pr::key{7});
    CHECK(on_heap->adapt(task.support)(0.25f) == value.adapt(task.support)(0.25f));
}

}  // namespace
