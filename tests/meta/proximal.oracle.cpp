// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include "meta/golden_task.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>

namespace {

namespace pr = priori;
using task_type = golden::regression<double>;

constexpr auto net = pr::input<1> | pr::dense<5> | pr::tanh | pr::named<"head">(pr::dense<1>) | pr::mse;

template <class Description>
double error_of(const Description& description) {
    task_type task;
    golden::fill(task);
    const auto report = pr::check_gradient(description, task, pr::key{4});
    CHECK(report.largest > 1e-6);
    return report.relative();
}

TEST_CASE("a learned proximal term is pulled back exactly, also where the support gradients are held fixed") {
    constexpr auto pull = pr::proximal{pr::learned(0.7)};
    CHECK(error_of(net | pr::adapt<3>(pr::sgd{.rate = pr::learned(0.1)}, pull) | pr::exact) <= 1e-6);
    CHECK(error_of(net | pr::adapt<3>(pr::sgd{.rate = pr::learned(0.1)}, pull) | pr::first_order) <= 1e-6);
    CHECK(error_of(net | pr::adapt<4>(pr::adam{.rate = 0.05, .eps = 1e-2}, pull) | pr::truncated<2>) <= 1e-6);
}

TEST_CASE("minibatches, with a part that does not move before a part that does") {
    using even = pr::episode_of<double, pr::shape<1>, pr::shape<1>, 6, 7>;
    even task;
    for (std::size_t i = 0; i < 6; ++i) {
        task.support.inputs(i, 0) = pr::goldens::support_input(static_cast<int>(i));
        task.support.targets(i, 0) = pr::goldens::support_target(static_cast<int>(i));
    }
    for (std::size_t i = 0; i < 7; ++i) {
        task.query.inputs(i, 0) = pr::goldens::query_input(static_cast<int>(i));
        task.query.targets(i, 0) = pr::goldens::query_target(static_cast<int>(i));
    }
    const auto anil = net | pr::adapt<5>(pr::sgd{.rate = pr::learned(0.1)}, pr::only<"head">, pr::minibatch<2>) | pr::exact;
    CHECK(pr::check_gradient(anil, task, pr::key{4}).relative() <= 1e-6);
    const auto maml = net | pr::adapt<5>(pr::sgd{.rate = pr::learned(0.1)}, pr::minibatch<3>) | pr::truncated<2>;
    CHECK(pr::check_gradient(maml, task, pr::key{4}).relative() <= 1e-6);
}

}  // namespace
