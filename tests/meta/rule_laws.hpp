// SPDX-License-Identifier: BSL-1.0
// The laws of a MetaGradient that starts from the query loss, in double: what it pulls back is the derivative of the
// outer loss with the gradients fixed that it holds fixed; and without steps to speak of it is plain training.
#pragma once

#include "meta/golden_task.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/sgd.hpp>

#include "catch.hpp"

#include <cstddef>

namespace meta_laws {

namespace pr = priori;
using task_type = golden::regression<double>;

template <class Description>
double error_of(const Description& description) {
    task_type task;
    golden::fill(task);
    return pr::check_gradient(description, task, pr::key{4}).relative();
}

template <pr::MetaGradient Rule>
void check(const Rule& rule) {
    static_assert(Rule::needs_query);
    constexpr auto net = pr::input<1> | pr::dense<4> | pr::tanh | pr::named<"head">(pr::dense<1>) | pr::mse;
    CHECK(error_of(net | pr::adapt<1>(pr::sgd{.rate = 0.2}) | rule) < 1e-6);
    CHECK(error_of(net | pr::adapt<4>(pr::sgd{.rate = pr::learned(0.2)}) | rule) < 1e-6);
    CHECK(error_of(net | pr::adapt<3>(pr::momentum{.rate = 0.1}, pr::only<"head">) | rule) < 1e-6);
    // With a rate of 0 nothing moves, and the curvature counts for nothing.
    CHECK(error_of(net | pr::adapt<3>(pr::sgd{.rate = 0.0}) | rule) < 1e-6);
}

}  // namespace meta_laws
