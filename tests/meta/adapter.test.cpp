// SPDX-License-Identifier: BSL-1.0
// adapter: with a learner's parameters it adapts and predicts as the learner does, and leaves its own as they are.
#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/sinusoids.hpp>

#include <algorithm>
#include <type_traits>
#include <vector>

namespace pr = priori;

namespace {

constexpr auto maml = pr::input<1> | pr::dense<6> | pr::tanh | pr::dense<1> | pr::mse |
                      pr::adapt<3>(pr::sgd{.rate = 0.05f}) | pr::exact | pr::outer(pr::adam{});
constexpr pr::sinusoids<pr::count_t<5>, pr::count_t<5>> tasks{};
using learner_type = pr::learner_for<float, std::remove_const_t<decltype(maml)>, std::remove_const_t<decltype(tasks)>>;
using adapter_type = pr::adapter<float, std::remove_const_t<decltype(maml)>, learner_type::episode_type>;

// Three steps of gradient descent on the mean square error, written out.
std::vector<double> descended(std::vector<double> p, const float* x, const float* y) {
    for (int step = 0; step < 3; ++step) {
        std::vector<double> bar(p.size());
        for (int r = 0; r < 5; ++r) {
            double out = p[18], hidden[6];
            for (int u = 0; u < 6; ++u) {
                hidden[u] = std::tanh(x[r] * p[static_cast<std::size_t>(u)] + p[static_cast<std::size_t>(6 + u)]);
                out += hidden[u] * p[static_cast<std::size_t>(12 + u)];
            }
            const double out_bar = 2 * (out - y[r]) / 5;
            bar[18] += out_bar;
            for (std::size_t u = 0; u < 6; ++u) {
                const double inner = out_bar * p[12 + u] * (1 - hidden[u] * hidden[u]);
                bar[12 + u] += out_bar * hidden[u];
                bar[6 + u] += inner;
                bar[u] += inner * x[r];
            }
        }
        for (std::size_t i = 0; i < p.size(); ++i) p[i] -= static_cast<double>(0.05f) * bar[i];
    }
    return p;
}

}  // namespace

TEST_CASE("an adapter starts at its description's start, not at a learner's seed") {
    adapter_type a(maml), b(maml);
    const pr::static_learner<float, std::remove_const_t<decltype(maml)>, learner_type::episode_type> learner(
        maml, pr::seed{3});
    const auto first = a.parameters().all(), second = b.parameters().all();
    CHECK(std::equal(first.begin(), first.end(), second.begin()));
    CHECK_FALSE(std::equal(first.begin(), first.end(), learner.parameters().all().begin()));
}

TEST_CASE("with imported parameters an adapter adapts as the learner does, bit for bit") {
    learner_type learner(maml, tasks, pr::seed{3});
    adapter_type adapter(maml), made(maml, learner.parameters().all());
    adapter.import_parameters(learner.parameters().all());
    const auto task = tasks.draw(pr::key{4});
    CHECK(made.adapt(task.support)(0.3f) == adapter.adapt(task.support)(0.3f));
    for (const std::size_t steps : {0, 1, 3, 9}) {
        auto ours = adapter.adapt(task.support, steps);
        auto theirs = learner.adapt(task.support, steps);
        const auto a = ours.parameters().all(), b = theirs.parameters().all();
        CHECK(std::equal(a.begin(), a.end(), b.begin()));
        CHECK(ours(0.3f) == theirs(0.3f));
    }
}

TEST_CASE("adaptation is gradient descent from the imported parameters, which stay") {
    learner_type learner(maml, tasks, pr::seed{5});
    adapter_type adapter(maml);
    adapter.import_parameters(learner.parameters().all());
    const std::vector<double> start(learner.parameters().all().begin(), learner.parameters().all().end());
    const auto task = tasks.draw(pr::key{6});
    auto adapted = adapter.adapt(task.support);
    const auto want = descended(start, task.support.inputs.data(), task.support.targets.data());
    REQUIRE(want.size() == 19);
    for (std::size_t i = 0; i < 19; ++i) {
        CHECK(adapted.parameters().all()[i] == Approx(want[i]).epsilon(2e-5).margin(2e-6));
        CHECK(adapter.parameters().all()[i] == static_cast<float>(start[i]));
    }
    // Once more from the same parameters: nothing was left behind.
    auto again = adapter.adapt(task.support);
    CHECK(again(0.7f) == adapted(0.7f));
}

TEST_CASE("no steps adapt nothing") {
    adapter_type adapter(maml);
    auto same = adapter.adapt<0>(tasks.draw(pr::key{7}).support);
    const auto before = adapter.parameters().all();
    const auto after = same.parameters().all();
    CHECK(std::equal(before.begin(), before.end(), after.begin()));
}

TEST_CASE("a label that is no class is refused, in a batch as in spans") {
    constexpr auto classifier =
        pr::input<2> | pr::dense<3> | pr::cross_entropy | pr::adapt<1>(pr::sgd{.rate = 0.1f}) | pr::exact;
    using episode = pr::episode_of<float, pr::shape<2>, pr::labels<3>, 4, 4>;
    pr::adapter<float, std::remove_const_t<decltype(classifier)>, episode> adapter(classifier);
    episode task{};
    CHECK(adapter.try_adapt(task.support));
    CHECK_NOTHROW(adapter.adapt(task.support));
    task.support.targets.data()[2] = 3;
    const auto refused = adapter.try_adapt(task.support);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == pr::error_kind::bad_value);
    CHECK_THROWS_WITH(adapter.adapt(task.support),
                      "adapt: a label is not a class of the episode; labels run from 0 to ways - 1.");
}
