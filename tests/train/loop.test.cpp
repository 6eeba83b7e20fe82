// SPDX-License-Identifier: BSL-1.0
#include <priori/adapt/pull_back.hpp>
#include <priori/train/loop.hpp>

#include "catch.hpp"
#include "train/small.hpp"

#include <cmath>
#include <limits>
#include <stop_token>
#include <string>
#include <vector>

namespace pr = priori;
using small::broken_tasks;

namespace {

auto trained(const pr::train_settings& settings) {
    auto learner = small::learner();
    pr::train(learner, small::tasks, settings);
    return small::parameters(learner);
}

// Task t of an iteration is the source's task (count - 1 - t).
struct reversed_tasks {
    std::uint32_t count;
    template <class T>
    using episode_type = decltype(small::tasks)::episode_type<T>;
    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const noexcept {
        small::tasks.draw_into<T>(pr::key{k.seed, k.iteration, count - 1 - k.task}, out);
    }
    episode_type<float> draw(pr::key k) const noexcept { return pr::detail::drawn_episode<float>(*this, k); }
};

// |x|, whose derivative is 0 / 0 at 0.
struct rooted {
    static constexpr pr::fixed_string kind{"rooted"};
    template <class N>
    N operator()(const N& x) const noexcept {
        using pr::square_root;
        return square_root(N(x * x));
    }
};

constexpr auto unbounded = pr::input<1> | pr::dense<16> | pr::relu | pr::dense<1> | pr::mse |
                           pr::adapt<1>(pr::sgd{.rate = 0.01f}) | pr::exact;

// Tasks as ever until `iteration`; then an input so large that the gradient's square is beyond float.
struct far_tasks {
    std::uint32_t iteration;
    template <class T>
    using episode_type = decltype(small::tasks)::episode_type<T>;
    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const noexcept {
        small::tasks.draw_into<T>(k, out);
        if (k.iteration == iteration) out.query.inputs.data()[0] = T(1e12);
    }
    episode_type<float> draw(pr::key k) const noexcept { return pr::detail::drawn_episode<float>(*this, k); }
};

}  // namespace

TEST_CASE("one, two and three threads give the same bits") {
    const auto one = trained({.iterations = 40, .meta_batch = 7, .threads = 1});
    CHECK(small::same(one, trained({.iterations = 40, .meta_batch = 7, .threads = 2})));
    CHECK(small::same(one, trained({.iterations = 40, .meta_batch = 7, .threads = 3})));
    CHECK_FALSE(small::same(one, trained({.iterations = 41, .meta_batch = 7, .threads = 1})));
}

TEST_CASE("skipped tasks leave the same bits on any number of threads") {
    const auto skipping = [](std::size_t threads) {
        auto learner = small::learner();
        const auto report = pr::train(
            learner, broken_tasks{3, 2, 6},
            {.iterations = 9, .meta_batch = 11, .threads = threads, .on_divergence = pr::divergence::skip_task});
        CHECK(report.skipped == 5);
        return small::parameters(learner);
    };
    const auto one = skipping(1);
    CHECK(small::same(one, skipping(2)));
    CHECK(small::same(one, skipping(3)));
    CHECK_FALSE(small::same(one, trained({.iterations = 9, .meta_batch = 11})));
}

TEST_CASE("the order of a meta-batch's tasks changes nothing but rounding") {
    auto forward = small::learner(), backward = small::learner();
    pr::train(forward, small::tasks, {.iterations = 10, .meta_batch = 6});
    pr::train(backward, reversed_tasks{6}, {.iterations = 10, .meta_batch = 6});
    for (std::size_t i = 0; i < forward.size; ++i)
        CHECK(forward.parameters().all()[i] == Approx(backward.parameters().all()[i]).margin(1e-4));
}

TEST_CASE("an iteration is the outer rule's step on the mean of the tasks' gradients") {
    auto learner = small::learner(), expected = small::learner();
    const auto report = pr::train(learner, small::tasks, {.iterations = 1, .meta_batch = 3});
    std::vector<float> mean(expected.size), one(expected.size);
    double loss = 0;
    for (std::size_t t = 0; t < 3; ++t) {
        const pr::key k = pr::training_key(pr::seed{1}, 0, t);
        loss +=
            expected.loss_and_gradient(small::tasks.draw(k), k, std::span<float, small::learner_type::size>(one)) / 3;
        for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += one[i] / 3;
    }
    expected.step(std::span<const float, small::learner_type::size>(mean));
    for (std::size_t i = 0; i < mean.size(); ++i)
        CHECK(learner.parameters().all()[i] == Approx(expected.parameters().all()[i]).margin(1e-5));
    CHECK(report.loss == Approx(loss));
    CHECK(report.bytes > 5 * learner.size * sizeof(float));
}

TEST_CASE("displacement learns the same however often its query loss is looked at") {
    struct outcome {
        std::vector<float> parameters;
        std::vector<double> losses;
        double mean;
    };
    const auto run = [](pr::displacement_rule rule, std::size_t threads, std::uint64_t first = 0) {
        auto learner = pr::learner(
            small::net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01f}) | rule | pr::outer(pr::sgd{.rate = 0.1f}),
            small::tasks, pr::seed{1});
        outcome found;
        const auto report = pr::train(
            learner, small::tasks,
            {.iterations = 8, .meta_batch = 3, .threads = threads, .first_iteration = first},
            [&](const auto&, const pr::training_progress& now) { found.losses.push_back(now.loss); });
        found.mean = report.loss;
        found.parameters = small::parameters(learner);
        return found;
    };
    const outcome all = run(pr::displacement, 1), some = run(pr::displacement.loss_every(3), 1);
    const auto& loss = all.losses;
    CHECK(small::same(all.parameters, some.parameters));
    CHECK(some.losses == std::vector{loss[0], loss[0], loss[0], loss[3], loss[3], loss[3], loss[6], loss[6]});
    CHECK(some.mean == Approx((loss[0] + loss[3] + loss[6]) / 3));
    CHECK(loss[1] != loss[0]);
    const outcome threads = run(pr::displacement.loss_every(3), 2);
    CHECK(small::same(all.parameters, threads.parameters));
    CHECK(some.losses == threads.losses);
    const outcome later = run(pr::displacement.loss_every(30), 1, 1);
    CHECK(std::isnan(later.losses[0]));
    CHECK(std::isnan(later.mean));
    CHECK_THROWS_WITH(pr::displacement.loss_every(0),
                      "displacement.loss_every: the number of iterations is at least 1.");
}

TEST_CASE("training reduces the loss") {
    auto learner = small::learner();
    const auto early = pr::train(learner, small::tasks, {.iterations = 100, .meta_batch = 10});
    const auto late = pr::train(learner, small::tasks, {.iterations = 1000, .meta_batch = 10});
    CHECK(learner.iteration() == 1100);
    CHECK(late.loss < early.loss);
    CHECK(late.reason == pr::ending::finished);
    CHECK(late.sentence.find("finished 1000 iterations in") == 0);
}

TEST_CASE("two trainings in a row are one") {
    auto learner = small::learner();
    pr::train(learner, small::tasks, {.iterations = 25});
    pr::train(learner, small::tasks, {.iterations = 15});
    CHECK(small::same(small::parameters(learner), trained({.iterations = 40})));
}

TEST_CASE("a loss that is not finite stops the training before it harms the parameters") {
    const auto good = trained({.iterations = 12, .meta_batch = 4});
    for (const std::size_t threads : {1, 3}) {
        auto learner = small::learner();
        const auto report =
            pr::train(learner, broken_tasks{12, 2, 2}, {.iterations = 40, .meta_batch = 4, .threads = threads});
        CHECK(report.reason == pr::ending::diverged);
        CHECK(report.iterations == 12);
        CHECK(small::same(small::parameters(learner), good));
        const pr::key k = pr::training_key(pr::seed{1}, 12, 2);
        CHECK(report.sentence ==
              "diverged in iteration 12: the loss of task 2, drawn with key{" + std::to_string(k.seed) +
                  ", 12, 2}, is not finite; the parameters are those before this iteration. Lower the "
                  "rates, or look at that task.");
        CHECK_THROWS_AS(report.throw_if_diverged(), pr::error);
    }
}

TEST_CASE("a gradient that is not finite while the loss is, is noticed and named") {
    constexpr auto net = pr::input<1> | pr::dense<4>.with(pr::zero) | pr::activation_layer<rooted>{} | pr::dense<1>;
    constexpr auto joint = net | pr::mse | pr::exact | pr::outer(pr::sgd{.rate = 0.01f});
    auto learner = pr::learner(joint, small::tasks, pr::seed{1});
    const auto before = small::parameters(learner);
    const auto report = pr::train(learner, small::tasks, {.iterations = 40, .meta_batch = 4});
    CHECK(report.reason == pr::ending::diverged);
    CHECK(report.iterations == 0);
    CHECK(report.sentence.find("the gradient of task 0, drawn with key{") != std::string::npos);
    CHECK(report.sentence.find("is not finite (first in block 'dense_0.weight')") != std::string::npos);
    CHECK(small::same(small::parameters(learner), before));
}

TEST_CASE("skip_task takes the mean over the others and counts what it skipped") {
    auto learner = small::learner(), expected = small::learner();
    const auto report = pr::train(learner, broken_tasks{0, 2, 3},
                                  {.iterations = 1, .meta_batch = 4, .on_divergence = pr::divergence::skip_task});
    pr::train(expected, small::tasks, {.iterations = 1, .meta_batch = 2});
    CHECK(report.reason == pr::ending::finished);
    CHECK(report.skipped == 2);
    CHECK(small::same(small::parameters(learner), small::parameters(expected)));
}

TEST_CASE("skip_task ends when no task is left") {
    auto learner = small::learner();
    const auto report = pr::train(learner, broken_tasks{5, 0, 3},
                                  {.iterations = 9, .meta_batch = 4, .on_divergence = pr::divergence::skip_task});
    CHECK(report.reason == pr::ending::diverged);
    CHECK(report.iterations == 5);
    CHECK(small::same(small::parameters(learner), trained({.iterations = 5, .meta_batch = 4})));
}

TEST_CASE("roll_back returns to the last snapshot and goes on with other tasks") {
    auto learner = small::learner();
    const auto report = pr::train(
        learner, broken_tasks{25, 1, 1},
        {.iterations = 26, .meta_batch = 4, .on_divergence = pr::divergence::roll_back, .snapshot_every = 10});
    CHECK(report.reason == pr::ending::finished);
    CHECK(report.rolled_back == 1);
    CHECK(learner.iteration() == 26);
    CHECK(small::same(small::parameters(learner), trained({.iterations = 20, .meta_batch = 4})));
}

TEST_CASE("an iteration without a finite task has no loss") {
    std::vector<double> losses;
    auto learner = small::learner();
    pr::train(learner, broken_tasks{3, 0, 3},
              {.iterations = 5, .meta_batch = 4, .on_divergence = pr::divergence::roll_back},
              [&](const auto&, const pr::training_progress& now) { losses.push_back(now.loss); });
    REQUIRE(losses.size() == 5);
    CHECK(std::isnan(losses[3]));
    CHECK(losses[4] < 100);
}

TEST_CASE("iterations beyond those that have tasks of their own are refused") {
    auto learner = small::learner();
    CHECK_THROWS_WITH(pr::train(learner, small::tasks, {.first_iteration = std::uint64_t{1} << 32}),
                      "train: first_iteration is 4294967296, expected a number below 2^32, beyond which tasks repeat.");
}

TEST_CASE("roll_back goes on in the same bits on any number of threads") {
    for (const std::size_t threads : {1, 2, 3}) {
        auto learner = small::learner();
        pr::train(learner, broken_tasks{3, 1, 2},
                  {.iterations = 8, .meta_batch = 7, .threads = threads, .on_divergence = pr::divergence::roll_back});
        auto again = small::learner();
        pr::train(again, small::tasks, {.iterations = 4, .meta_batch = 7, .first_iteration = 4});
        CHECK(small::same(small::parameters(learner), small::parameters(again)));
    }
}

TEST_CASE("roll_back gives up when nothing goes well any more") {
    constexpr auto wild =
        small::net | pr::mse | pr::adapt<1>(pr::sgd{.rate = 1e30f}) | pr::exact | pr::outer(pr::sgd{.rate = 0.01f});
    auto hopeless = pr::learner(wild, small::tasks, pr::seed{1});
    const auto before = small::parameters(hopeless);
    const auto report =
        pr::train(hopeless, small::tasks, {.iterations = 1000, .on_divergence = pr::divergence::roll_back});
    CHECK(report.reason == pr::ending::diverged);
    CHECK(report.rolled_back == 10);
    CHECK(small::same(small::parameters(hopeless), before));
}

TEST_CASE("an outer step that ruins the outer rule's state is taken back") {
    constexpr auto learning = unbounded | pr::outer(pr::adam{.rate = 0.01f});
    auto learner = pr::learner(learning, small::tasks, pr::seed{1}), good = pr::learner(learning, small::tasks, pr::seed{1});
    pr::train(good, small::tasks, {.iterations = 5, .meta_batch = 1});
    const auto report = pr::train(learner, far_tasks{5}, {.iterations = 9, .meta_batch = 1});
    CHECK(report.reason == pr::ending::diverged);
    CHECK(report.iterations == 5);
    CHECK(report.sentence.find("diverged in iteration 5: the outer step made the outer rule's state, perhaps a square "
                               "of the gradient, not finite; the parameters are those before this iteration.") == 0);
    CHECK(small::same(small::parameters(learner), small::parameters(good)));
    CHECK_NOTHROW(pr::train(learner, small::tasks, {.iterations = 2, .meta_batch = 1}).throw_if_diverged());
}

TEST_CASE("an outer step that ruins the parameters is taken back") {
    constexpr auto ruinous = unbounded | pr::outer(pr::sgd{.rate = 1e30f});
    for (const std::size_t threads : {1, 2, 3}) {
        auto learner = pr::learner(ruinous, small::tasks, pr::seed{1});
        const auto before = small::parameters(learner);
        const auto report = pr::train(learner, far_tasks{0}, {.iterations = 3, .meta_batch = 4, .threads = threads});
        CHECK(report.reason == pr::ending::diverged);
        CHECK(report.sentence.find("the outer step made the parameters not finite (first in block 'dense_0.weight')") !=
              std::string::npos);
        CHECK(small::same(small::parameters(learner), before));
        CHECK(learner.iteration() == 0);
    }
}

TEST_CASE("a stop token ends the training between two iterations") {
    std::stop_source source;
    auto learner = small::learner();
    const auto report = pr::train(learner, small::tasks, {.iterations = 1000, .stop = source.get_token()},
                                  [&](auto&, pr::training_progress& now) {
                                      if (now.done == 7) source.request_stop();
                                  });
    CHECK(report.reason == pr::ending::stopped);
    CHECK(report.iterations == 7);
    CHECK(report.sentence == "stopped by request after 7 iterations.");
}

TEST_CASE("the minutes are a budget") {
    auto learner = small::learner();
    const auto report = pr::train(learner, small::tasks, {.iterations = 1'000'000'000, .minutes = 0.002});
    CHECK(report.reason == pr::ending::time);
    CHECK(report.seconds >= 0.12);
    CHECK(report.iterations > 0);
}

TEST_CASE("an observer sees every iteration and may end the training") {
    auto learner = small::learner();
    std::vector<std::uint64_t> seen;
    const auto report = pr::train(learner, small::tasks, {.iterations = 10, .first_iteration = 100},
                                  [&](const auto& own, pr::training_progress& now) {
                                      CHECK(own.iteration() == now.iteration);
                                      seen.push_back(now.iteration);
                                      if (now.done == 4) now.stop = "enough";
                                  });
    CHECK(seen == std::vector<std::uint64_t>{101, 102, 103, 104});
    CHECK(report.reason == pr::ending::stopped);
    CHECK(report.sentence == "stopped after iteration 104: enough.");
}

TEST_CASE("settings that make no sense are refused") {
    auto learner = small::learner();
    CHECK_THROWS_AS(pr::train(learner, small::tasks, {.meta_batch = 0}), pr::error);
    CHECK_THROWS_AS(pr::train(learner, small::tasks, {.snapshot_every = 0}), pr::error);
    CHECK_THROWS_AS(pr::train(learner, small::tasks, {.minutes = -1}), pr::error);
    CHECK(pr::train(learner, small::tasks, {.iterations = 0}).reason == pr::ending::finished);
}

TEST_CASE("a training's tasks and an evaluation's are never the same") {
    for (std::uint64_t s = 0; s < 100; ++s) {
        CHECK(pr::training_key(pr::seed{s}, 0, 0).seed != pr::evaluation_key(pr::seed{s}, 0).seed);
        CHECK(pr::training_key(pr::seed{s}, 0, 0).seed > 1'000'000);
    }
}
