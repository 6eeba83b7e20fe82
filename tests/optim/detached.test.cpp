// SPDX-License-Identifier: BSL-1.0
// What detached leaves of a derivative, against PyTorch.
#include "catch.hpp"

#include "goldens/optimizers.hpp"
#include "meta/golden_task.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/detached.hpp>

namespace {

namespace pr = priori;

constexpr auto net = pr::input<1> | pr::dense<6> | pr::tanh | pr::dense<6> | pr::tanh | pr::dense<1> | pr::mse;
constexpr auto moments = pr::adam{.rate = 0.05, .eps = 1e-4};

}  // namespace

TEST_CASE("a detached inner rule is first order whatever the meta-gradient") {
    CHECK_GOLDEN(regression, net | pr::adapt<5>(pr::detached(moments)) | pr::exact, inner_adam_first_order_k5);
}
