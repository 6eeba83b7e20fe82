// SPDX-License-Identifier: BSL-1.0
// Meta-gradients through closed forms, and through adaptation inside adaptation, against differences.

#include "catch.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/affine.hpp>
#include <priori/nn/context.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;
using pr::tests::classification;

namespace {

constexpr auto embedding = pr::input<4> | pr::dense<6> | pr::tanh | pr::dense<5>;
constexpr auto prototypical = embedding | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy;
constexpr auto ridged =
    embedding | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::affine | pr::cross_entropy;
constexpr auto by_prototypes = pr::solve<"head">(pr::prototypes{});
constexpr auto by_ridge = pr::solve<"head">(pr::ridge{.lambda = pr::learned(1.0)});
const auto task = pr::tests::golden_episode<classification>();

}  // namespace

TEST_CASE("closed forms agree with differences", "[adapt]") {
    CHECK(check_gradient(prototypical | by_prototypes | pr::exact, task).relative() < 1e-8);
    CHECK(check_gradient(ridged | by_ridge | pr::exact, task).relative() < 1e-8);
    using regression = pr::episode_of<double, pr::shape<4>, pr::shape<2>, 5, 6>;
    constexpr auto numbers =
        embedding | pr::scratch<"head">(pr::dense<2>.without_bias()) | pr::mse | by_ridge | pr::exact;
    CHECK(check_gradient(numbers, pr::tests::golden_episode<regression>()).relative() < 1e-8);
}

TEST_CASE("steps after a closed form agree with differences", "[adapt]") {
    constexpr auto rate = pr::sgd{.rate = pr::learned(0.05)};
    CHECK(check_gradient(prototypical | by_prototypes | pr::adapt<5>(rate) | pr::exact, task).relative() < 1e-8);
    CHECK(check_gradient(prototypical | by_prototypes | pr::adapt<5>(rate) | pr::first_order, task).relative() < 1e-8);
    CHECK(check_gradient(ridged | by_ridge | pr::adapt<3>(rate, pr::only<"head">) | pr::exact, task).relative() < 1e-8);
}

TEST_CASE("a body adapted through a closed form agrees with differences", "[adapt]") {
    constexpr auto rate = pr::sgd{.rate = pr::learned(0.1)};
    constexpr auto through_ridge =
        ridged | pr::adapt<3>(rate, pr::except<"head">, pr::through(by_ridge)) | by_ridge | pr::exact;
    CHECK(check_gradient(through_ridge, task).relative() < 1e-8);
    constexpr auto through_prototypes =
        prototypical | pr::adapt<2>(rate, pr::except<"head">, pr::through(by_prototypes)) | by_prototypes | pr::exact;
    CHECK(check_gradient(through_prototypes, task).relative() < 1e-8);
}

TEST_CASE("a body adapted through an adaptation of the head agrees with differences", "[adapt]") {
    constexpr auto nested =
        embedding | pr::named<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
        pr::adapt<2>(pr::sgd{.rate = pr::learned(0.1)}, pr::except<"head">,
                     pr::through(pr::adapt<2>(pr::momentum{.rate = pr::learned(0.2)}, pr::only<"head">))) |
        pr::adapt<2>(pr::sgd{.rate = 0.2}, pr::only<"head">) | pr::exact;
    CHECK(check_gradient(nested, task).relative() < 1e-8);
}

TEST_CASE("a body adapted through an adaptation of the context agrees with differences", "[adapt]") {
    using regression = pr::episode_of<double, pr::shape<1>, pr::shape<1>, 5, 7>;
    constexpr auto nested =
        pr::input<1> | pr::context<3> | pr::dense<5> | pr::tanh | pr::dense<1> | pr::mse |
        pr::adapt<2>(pr::sgd{.rate = 0.1}, pr::except<"context">,
                     pr::through(pr::adapt<2>(pr::sgd{.rate = pr::learned(0.5)}, pr::only<"context">))) |
        pr::adapt<2>(pr::sgd{.rate = pr::learned(0.5)}, pr::only<"context">) | pr::exact;
    CHECK(check_gradient(nested, pr::tests::golden_episode<regression>()).relative() < 1e-8);
}
