// SPDX-License-Identifier: BSL-1.0
// Steps that are taken while the gradient is computed are those that are taken afterwards, and steps that are pulled
// back while its tangent is computed are those that are pulled back afterwards.
#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/core/hana.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/annealed_weights.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/layer_normalization.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/chain.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/optim/weight_decay.hpp>
#include <priori/task/sinusoids.hpp>

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace pr = priori;

namespace {

constexpr pr::sinusoids<pr::count_t<5>, pr::count_t<3>> tasks{};
constexpr auto net =
    pr::input<1> | pr::dense<21> | pr::tanh | pr::dense<17>.without_bias() | pr::relu | pr::dense<1> | pr::mse;

template <std::size_t Steps, class T = double, class Optimizer, class Rule,
          class Net = std::remove_const_t<decltype(net)>>
auto learner(Optimizer optimizer, Rule rule, Net of = net) {
    return pr::learner<T>(of | pr::adapt<Steps>(optimizer) | rule, tasks, pr::seed{3});
}

template <class Learner>
using trace_of = std::remove_cvref_t<decltype(pr::get<0>(std::declval<typename Learner::program_type::traces&>()))>;
template <class Learner>
constexpr bool steps_within = trace_of<Learner>::steps_within;
template <class Learner>
constexpr bool pulls_within = trace_of<Learner>::pulls_within;

// The meta-gradient of one task, and the parameters after the inner loop.
template <class Learner>
std::vector<double> results(Learner learner, std::size_t count) {
    typename Learner::episode_type task;
    pr::sinusoids<pr::count_t<Learner::episode_type::support_type::count>, pr::count_t<3>>{}.template draw_into<double>(
        pr::key{7, 0, 0}, task);
    std::vector<double> gradient(Learner::size);
    learner.loss_and_gradient(task, pr::key{7, 0, 0}, std::span<double, Learner::size>(gradient));
    gradient.resize(count);
    const auto adapted = learner.adapt(task.support);
    const auto all = adapted.parameters().all();
    gradient.insert(gradient.end(), all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
    return gradient;
}

template <bool Curved, class Fused, class Apart>
void check(const Fused& fused, const Apart& apart) {
    STATIC_REQUIRE(steps_within<Fused>);
    STATIC_REQUIRE_FALSE(steps_within<Apart>);
    STATIC_REQUIRE(pulls_within<Fused> == Curved);
    STATIC_REQUIRE_FALSE(pulls_within<Apart>);
    const std::size_t count = fused.size;
    const auto got = results(fused, count), want = results(apart, count);
    for (std::size_t i = 0; i < got.size(); ++i) {
        INFO("number " << i);
        REQUIRE(got[i] == Approx(want[i]).epsilon(1e-12).margin(1e-14));
    }
    CHECK(got[count] != fused.parameters().all()[0]);  // it did move
}

// A learned rate needs the gradients afterwards: no step of it is taken within, nor pulled back.
template <std::size_t Steps, bool Curved = false, class Rule>
void check(Rule rule) {
    check<Curved>(learner<Steps>(pr::sgd{.rate = 0.05}, rule),
                  learner<Steps>(pr::sgd{.rate = pr::learned(0.05)}, rule));
}

}  // namespace

TEST_CASE("steps within are the steps afterwards") {
    check<1, true>(pr::exact);
    check<3, true>(pr::exact);
    check<4, true>(pr::truncated<2>);
    check<2, true>(pr::exact_from(1));  // not yet
    check<2, true>(pr::exact_from(0));
    check<1>(pr::first_order);
    check<4>(pr::first_order);
    check<3>(pr::displacement);
    check<true>(learner<3>(pr::weight_decay{0.7} | pr::sgd{.rate = 0.05}, pr::exact),
                learner<3>(pr::weight_decay{pr::learned(0.7)} | pr::sgd{.rate = 0.05}, pr::exact));
}

TEST_CASE("steps are pulled back within as afterwards, of pieces of the examples, and with losses on the way") {
    const auto of = [](auto net, auto rate, auto rest, auto... options) {
        return pr::learner<double>(rest(net | pr::adapt<5>(pr::sgd{.rate = rate}, options...) | pr::exact), tasks,
                                   pr::seed{3});
    };
    const auto check_with = [&](auto net, auto... given) {
        check<true>(of(net, 0.05, given...), of(net, pr::learned(0.05), given...));
    };
    constexpr auto small = pr::input<1> | pr::dense<9> | pr::tanh | pr::dense<1> | pr::mse;
    const auto no_more = [](auto description) { return description; };
    check_with(net, no_more);
    check_with(net, no_more, pr::minibatch<1>);
    check_with(pr::input<1> | pr::dense<1> | pr::mse, no_more, pr::minibatch<1>);
    check_with(small, [](auto description) {
        return description | pr::every_step(pr::annealed_weights<5>{.iterations = 10});
    });
}

TEST_CASE("where no tape is kept, the gradients of the steps are computed again") {
    constexpr auto small = pr::input<1> | pr::dense<9> | pr::tanh | pr::dense<1> | pr::mse;
    constexpr pr::sinusoids<pr::count_t<200>, pr::count_t<3>> many{};
    const auto check_rate = [&](auto rate) {
        const auto description = small | pr::adapt<5>(pr::sgd{.rate = rate}) | pr::exact;
        const auto learner = pr::learner<double>(description, many, pr::seed{3});
        STATIC_REQUIRE_FALSE(trace_of<std::remove_const_t<decltype(learner)>>::keeps_tapes);
        typename std::remove_const_t<decltype(learner)>::episode_type task;
        many.draw_into<double>(pr::key{7, 0, 0}, task);
        CHECK(pr::check_gradient(description, task).relative() < 1e-7);
    };
    check_rate(0.05);
    check_rate(pr::learned(0.05));
}

TEMPLATE_TEST_CASE("steps within are the steps afterwards, however many are asked for", "", float, double) {
    auto fused = learner<3, TestType>(pr::sgd{.rate = 0.05}, pr::first_order);
    auto apart = learner<3, TestType>(pr::sgd{.rate = pr::learned(0.05)}, pr::first_order);
    typename decltype(fused)::episode_type task;
    tasks.draw_into<TestType>(pr::key{7, 0, 0}, task);
    const double near = std::is_same_v<TestType, float> ? 1e-5 : 1e-12;
    for (const std::size_t steps : {0, 1, 2, 7}) {
        const auto got = fused.adapt(task.support, steps);
        const auto want = apart.adapt(task.support, steps);
        for (std::size_t i = 0; i < fused.size; ++i) {
            INFO("number " << i << " after " << steps << " steps");
            REQUIRE(got.parameters().all()[i] == Approx(want.parameters().all()[i]).epsilon(near).margin(near));
        }
        CHECK((got.parameters().all()[0] == fused.parameters().all()[0]) == (steps == 0));
    }
}

TEST_CASE("a step is taken afterwards where it needs all gradients, or a layer adds its own") {
    constexpr auto normalized = pr::input<1> | pr::dense<4> | pr::layer_normalization | pr::dense<1> | pr::mse;
    STATIC_REQUIRE_FALSE(steps_within<decltype(learner<2>(pr::adam{.rate = 0.01}, pr::first_order))>);
    STATIC_REQUIRE_FALSE(steps_within<decltype(learner<2>(pr::momentum{.rate = 0.01}, pr::first_order))>);
    STATIC_REQUIRE_FALSE(steps_within<decltype(learner<2>(pr::sgd{.rate = 0.01}, pr::first_order, normalized))>);
    STATIC_REQUIRE_FALSE(pulls_within<decltype(learner<2>(pr::momentum{.rate = 0.01}, pr::exact))>);
    STATIC_REQUIRE_FALSE(pulls_within<decltype(learner<2>(pr::sgd{.rate = 0.01}, pr::exact, normalized))>);
}
