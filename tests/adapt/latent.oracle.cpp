// SPDX-License-Identifier: BSL-1.0
// Meta-gradients through encode and write, against differences of the whole outer loss.

#include "catch.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/encode.hpp>
#include <priori/adapt/write.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/context.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;
using pr::tests::classification;

namespace {

constexpr auto encoder = pr::input_of<"encoder", 4> | pr::dense<5>.without_bias();
constexpr auto relation = pr::input_of<"relation", 10> | pr::dense<6> | pr::tanh | pr::dense<2>;
constexpr auto body = pr::input<4> | pr::dense<4> | pr::tanh;
const auto task = pr::tests::golden_episode<classification>();

}  // namespace

TEST_CASE("latent embedding optimization agrees with differences", "[adapt]") {
    constexpr auto decode = pr::write<"head", "code">(pr::input_of<"decoder", 2> | pr::dense<4>.without_bias());
    constexpr auto head = pr::input<4> | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::cross_entropy;
    constexpr auto leo =
        head | pr::encode<"code">(encoder, relation) |
        pr::adapt<5>(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.5f)}, pr::only<"code">, pr::through(decode)) |
        decode | pr::adapt<5>(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.1f)}, pr::only<"head">);
    CHECK(check_gradient(leo | pr::exact, task).relative() < 1e-8);
    CHECK(check_gradient(leo | pr::first_order, task).relative() < 1e-8);
    CHECK(check_gradient(leo | pr::truncated<2>, task).relative() < 1e-8);
}

TEST_CASE("codes, a body that is learned, a head with a bias and other optimizers agree with differences", "[adapt]") {
    constexpr auto decoder = pr::input_of<"decoder", 2> | pr::dense<5> | pr::tanh | pr::dense<5>;
    constexpr auto decode = pr::write<"head", "code">(decoder);
    constexpr auto leo =
        body | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy | pr::encode<"code">(encoder, relation) |
        pr::adapt<3>(pr::adam{.rate = pr::learned(0.1), .eps = 1e-3f}, pr::only<"code">, pr::through(decode)) | decode |
        pr::adapt<2>(pr::momentum{.rate = pr::learned(0.1)}, pr::only<"head">) | pr::exact;
    CHECK(check_gradient(leo, task).relative() < 1e-8);
}

TEST_CASE("a conditional neural process, adapted further, agrees with differences", "[adapt]") {
    using regression = pr::episode_of<double, pr::shape<1>, pr::shape<1>, 5, 7>;
    constexpr auto process =
        pr::input<1> | pr::context<3> | pr::dense<6> | pr::tanh | pr::dense<1> | pr::mse |
        pr::encode<"context">(pr::input_of<"encoder", 2> | pr::dense<4> | pr::tanh | pr::dense<3>) |
        pr::adapt<2>(pr::sgd{.rate = pr::learned(0.3)}, pr::only<"context">) | pr::exact;
    CHECK(check_gradient(process, pr::tests::golden_episode<regression>()).relative() < 1e-8);
}
