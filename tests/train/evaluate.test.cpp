// SPDX-License-Identifier: BSL-1.0
#include <priori/train/evaluate.hpp>

#include <priori/train/loop.hpp>

#include "catch.hpp"
#include "train/small.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace pr = priori;

namespace {

const pr::sinusoids<pr::count_t<7>, pr::count_t<20>> other_shots{};

struct score {
    static constexpr bool larger_is_better = true;
    double operator()(const auto&, const auto&) const { return 1; }
};

}  // namespace

TEST_CASE("mean, median and interval are those of the tasks' losses") {
    auto learner = small::learner();
    const auto result = pr::evaluate(learner, other_shots, {.tasks = 31, .seed = pr::seed{4}}, pr::at_steps<0, 3>);
    REQUIRE(result.tasks == 31);
    for (std::size_t s = 0; s < 2; ++s) {
        std::vector<double> losses;
        std::size_t worse = 0;
        for (std::size_t t = 0; t < 31; ++t) {
            const auto task = other_shots.draw(pr::evaluation_key(pr::seed{4}, t));
            losses.push_back(s == 0 ? learner.adapt(task.support, 0).loss(task.query)
                                    : learner.adapt<3>(task.support).loss(task.query));
            worse += losses.back() > learner.adapt<0>(task.support).loss(task.query);
        }
        double mean = 0, squares = 0;
        for (const double x : losses) mean += x / 31;
        for (const double x : losses) squares += (x - mean) * (x - mean);
        std::sort(losses.begin(), losses.end());
        CHECK(result[s].steps == 3 * s);
        CHECK(result[s].mean == Approx(mean));
        CHECK(result[s].median == Approx(losses[15]));
        CHECK(result[s].ci95 == Approx(1.96 * std::sqrt(squares / 30) / std::sqrt(31.0)));
        CHECK(result[s].diverged == Approx(static_cast<double>(worse) / 31));
    }
    CHECK(result[0].diverged == 0);
}

TEST_CASE("no step leaves the learner's parameters, and the described number is the default") {
    auto learner = small::learner();
    const auto task = small::tasks.draw(pr::key{5});
    CHECK(small::same(small::parameters(learner.adapt(task.support, 0)), small::parameters(learner)));
    CHECK(small::same(small::parameters(learner.adapt<0>(task.support)), small::parameters(learner)));
    CHECK(
        small::same(small::parameters(learner.adapt(task.support, 2)), small::parameters(learner.adapt(task.support))));
    CHECK(small::same(small::parameters(learner.adapt<7>(task.support)),
                      small::parameters(learner.adapt(task.support, 7))));
    CHECK_FALSE(small::same(small::parameters(learner.adapt(task.support, 1)), small::parameters(learner)));
    CHECK(pr::evaluate(learner, small::tasks, {.tasks = 20})[0].mean ==
          pr::evaluate(learner, small::tasks, {.tasks = 20}, pr::at_steps<2>)[0].mean);
}

TEST_CASE("a metric of one's own sees the adapted model, the episode and its key") {
    auto learner = small::learner();
    const auto result = pr::evaluate(learner, small::tasks, {.tasks = 10}, pr::at_steps<0, 1>,
                                     [&](const auto& adapted, const auto&, const pr::key& k) {
                                         const pr::sinusoid truth = small::tasks.task(k);
                                         double sum = 0;
                                         for (int i = 0; i < 100; ++i) {
                                             const double x = -5 + i * 10.0 / 99;
                                             const double e = adapted(static_cast<float>(x)) - truth(x);
                                             sum += e * e;
                                         }
                                         return sum / 100;
                                     });
    CHECK(result[0].mean > 0.1);
    CHECK(result[0].mean < 20);
    CHECK(result[1].mean != result[0].mean);
}

TEST_CASE("tasks that diverge are in the mean, and in their share") {
    constexpr auto wild =
        small::net | pr::mse | pr::adapt<1>(pr::sgd{.rate = 1e25f}) | pr::exact | pr::outer(pr::sgd{.rate = 0.01f});
    auto learner = pr::learner(wild, small::tasks, pr::seed{1});
    const auto result = pr::evaluate(learner, small::tasks, {.tasks = 9}, pr::at_steps<0, 5>);
    CHECK(std::isfinite(result[0].mean));
    CHECK_FALSE(std::isfinite(result[1].mean));
    CHECK_FALSE(std::isfinite(result[1].median));
    CHECK(result[1].diverged == 1);
}

TEST_CASE("a metric that shall be large does not count a lower one as diverged") {
    auto learner = small::learner();
    const auto result = pr::evaluate(learner, small::tasks, {.tasks = 4}, pr::at_steps<0, 1>, score{});
    CHECK(result[1].mean == 1);
    CHECK(result[1].ci95 == 0);
    CHECK(result[1].diverged == 0);
}

TEST_CASE("an even number of tasks has the mean of the two middle ones as its median, NaN at the bad end") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    double four[] = {4, 1, 2, 10};
    CHECK(pr::detail::summary_of(four, 4, false).median == 3);
    double some[] = {nan, 1, 2};
    const auto summary = pr::detail::summary_of(some, 3, false);
    CHECK(summary.median == 2);
    CHECK(std::isnan(summary.mean));
    double scores[] = {nan, 1, 2};
    CHECK(pr::detail::summary_of(scores, 3, true).median == 1);
}

TEST_CASE("an evaluation of no tasks is refused") {
    auto learner = small::learner();
    CHECK_THROWS_AS(pr::evaluate(learner, small::tasks, {.tasks = 0}), pr::error);
}
