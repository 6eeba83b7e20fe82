// SPDX-License-Identifier: BSL-1.0
// Meta-gradients of a learned optimizer's weights, and of the start, against differences of the whole outer loss.

#include "catch.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/detached.hpp>
#include <priori/optim/lstm_rule.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

namespace {

using quadratics = pr::episode_of<double, pr::shape<4>, pr::shape<1>, 6, 7>;
constexpr auto quadratic = pr::input<4> | pr::scratch<"x">(pr::dense<1>.without_bias()) | pr::mse;
const auto task = pr::tests::golden_episode<quadratics>();

}  // namespace

TEST_CASE("a learned optimizer agrees with differences", "[optim]") {
    constexpr auto learned = quadratic | pr::adapt<8>(pr::lstm_rule<3>{});
    CHECK(check_gradient(learned | pr::exact, task).relative() < 1e-8);
    CHECK(check_gradient(learned | pr::first_order, task).relative() < 1e-8);
    constexpr auto all_steps = pr::every_step(0, 1, 1, 1, 1, 1, 1, 1, 1);
    CHECK(check_gradient(learned | pr::exact | all_steps, task).relative() < 1e-8);
    CHECK(check_gradient(learned | pr::truncated<3> | all_steps, task).relative() < 1e-8);
    constexpr auto held = quadratic | pr::adapt<8>(pr::detached(pr::lstm_rule<3>{}));
    CHECK(check_gradient(held | pr::exact | all_steps, task).relative() < 1e-8);
}

// More coordinates than a register has lanes, and not a multiple of them.
TEST_CASE("a learned optimizer of a net with a learned start agrees with differences", "[optim]") {
    constexpr auto net = pr::input<4> | pr::dense<5> | pr::tanh | pr::dense<1> | pr::mse;
    constexpr auto learned = net | pr::adapt<3>(pr::lstm_rule<4>{.scale = 0.3}) | pr::exact;
    CHECK(check_gradient(learned, task).relative() < 1e-8);
}

TEST_CASE("an adaptation through a learned optimizer agrees with differences", "[optim]") {
    constexpr auto net = pr::input<4> | pr::dense<3> | pr::tanh | pr::named<"head">(pr::dense<1>) | pr::mse;
    constexpr auto nested =
        net | pr::adapt<2>(pr::sgd{.rate = 0.1}, pr::except<"head">,
                           pr::through(pr::adapt<2>(pr::lstm_rule<2>{}, pr::only<"head">))) |
        pr::exact;
    CHECK(check_gradient(nested, task).relative() < 1e-8);
}
