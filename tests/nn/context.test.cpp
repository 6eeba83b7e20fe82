// SPDX-License-Identifier: BSL-1.0
// context: CAVIA against PyTorch, and two layers that share one context.

#include "catch.hpp"
#include "goldens/algorithms.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/context.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;
namespace goldens = pr::goldens;
using pr::tests::golden_run;
using regression = pr::episode_of<double, pr::shape<1>, pr::shape<1>, 5, 7>;

TEST_CASE("adapting the context alone is CAVIA, as in PyTorch", "[nn]") {
    const auto task = pr::tests::golden_episode<regression>();
    constexpr auto net =
        pr::input<1> | pr::context<3> | pr::dense<6> | pr::tanh | pr::dense<6> | pr::tanh | pr::dense<1>;
    constexpr auto cavia = net | pr::mse | pr::adapt<5>(pr::sgd{.rate = 1.0f}, pr::only<"context">) | pr::exact;
    golden_run<decltype(cavia), regression> run(cavia);
    run.set("dense_0", 79);
    run.run(task);
    CHECK(run.loss == Approx(goldens::cavia_k5::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::cavia_k5::gradient) < 1e-10);
    CHECK(run.error(run.adapted(task), "context", goldens::cavia_k5::adapted) < 1e-10);
}

TEST_CASE("two contexts of one name are one block of scratch", "[nn]") {
    constexpr auto net = pr::input<1> | pr::context<2> | pr::dense<3> | pr::context<2> | pr::dense<1>;
    using blocks = decltype(net)::blocks;
    CHECK(blocks::size_of("context") == 2);
    CHECK(blocks::roles[blocks::find("context")] == pr::role::scratch);
    CHECK(blocks::size == 2 + 12 + 6);
    using other = decltype(pr::input<1> | pr::context<2> | pr::dense<3> | pr::context<4, "style">)::blocks;
    CHECK(other::size_of("style") == 4);
}
