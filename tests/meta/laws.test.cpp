// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include "meta/golden_task.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/simd/pack.hpp>

#include <cmath>
#include <vector>

namespace {

namespace pr = priori;
using task_type = golden::regression<double>;

double distance(const std::vector<double>& a, const std::vector<double>& b) {
    double largest = 0;
    for (std::size_t i = 0; i < b.size(); ++i) largest = pr::maximum(largest, std::abs(a[i] - b[i]));  // NaN counts
    return largest;
}

TEST_CASE("an inner rate of zero makes MAML plain training") {
    constexpr auto net = pr::input<1> | pr::dense<5> | pr::tanh | pr::dense<1> | pr::mse;
    const auto plain = golden::run<double, task_type>(net | pr::exact);
    const auto still = golden::run<double, task_type>(net | pr::adapt<3>(pr::sgd{.rate = 0.0}) | pr::exact);
    CHECK(still.loss == plain.loss);
    CHECK(distance(still.gradient, plain.gradient) == 0.0);
}

// The model is y = w x + b, so support and query losses are quadratics q(theta) = mean (theta . z - t)^2 with z = (x, 1),
// H = 2 mean z z' and c = 2 mean t z: the gradient is H theta - c.
struct quadratic {
    double h[2][2] = {}, c[2] = {};
    template <class Batch>
    explicit quadratic(const Batch& rows) {
        for (std::size_t i = 0; i < Batch::count; ++i) {
            const double z[2] = {rows.inputs.data()[i], 1.0}, t = rows.targets.data()[i];
            for (int a = 0; a < 2; ++a) {
                for (int b = 0; b < 2; ++b) h[a][b] += 2 * z[a] * z[b] / Batch::count;
                c[a] += 2 * t * z[a] / Batch::count;
            }
        }
    }
    void gradient(const double* theta, double* g) const {
        for (int a = 0; a < 2; ++a) g[a] = h[a][0] * theta[0] + h[a][1] * theta[1] - c[a];
    }
};

TEST_CASE("on quadratics the one-step meta-gradient is (I - a H) times the query gradient at the adapted point") {
    const double a = 0.13;
    const auto ours = golden::run<double, task_type>(pr::input<1> | pr::dense<1> | pr::mse |
                                                     pr::adapt<1>(pr::sgd{.rate = a}) | pr::exact);
    task_type task;
    golden::fill(task);
    const quadratic support(task.support), query(task.query);
    const double theta[2] = {pr::goldens::parameter(0), pr::goldens::parameter(1)};
    double g[2], moved[2], v[2];
    support.gradient(theta, g);
    for (int i = 0; i < 2; ++i) moved[i] = theta[i] - a * g[i];
    query.gradient(moved, v);
    for (int i = 0; i < 2; ++i) {
        const double expected = v[i] - a * (support.h[i][0] * v[0] + support.h[i][1] * v[1]);
        CHECK(std::abs(ours.gradient[static_cast<std::size_t>(i)] - expected) < 1e-14);
    }
}

// Loss with a constant slope: the mean of prediction - target, linear in the parameters of a linear model.
struct slope_function {
    static constexpr pr::fixed_string kind{"slope"};
    template <class N, class Target>
    N operator()(const N& prediction, const Target& target) const {
        return prediction - target;
    }
};

TEST_CASE("FOMAML equals MAML where the support loss is linear") {
    constexpr auto net = pr::input<1> | pr::dense<1> | pr::elementwise_loss<slope_function>{};
    const auto exact = golden::run<double, task_type>(net | pr::adapt<3>(pr::sgd{.rate = 0.2}) | pr::exact);
    const auto first = golden::run<double, task_type>(net | pr::adapt<3>(pr::sgd{.rate = 0.2}) | pr::first_order);
    CHECK(distance(exact.gradient, first.gradient) == 0.0);
}

TEST_CASE("one-step Reptile is gradient descent on the support loss") {
    constexpr auto net = pr::input<1> | pr::dense<5> | pr::tanh | pr::dense<1> | pr::mse;
    const auto reptile = golden::run<double, task_type>(net | pr::adapt<1>(pr::sgd{.rate = 0.1}) | pr::displacement);
    task_type task;
    golden::fill(task);
    using swapped = pr::episode_of<double, pr::shape<1>, pr::shape<1>, 5, 5>;
    using program = pr::program<double, std::remove_const_t<decltype(net | pr::exact)>, swapped>;
    swapped on_support{task.support, task.support};
    std::vector<double> theta(program::size), gradient(program::size);
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = pr::goldens::parameter(static_cast<int>(i));
    auto space = std::make_unique<program::workspace>();
    program::loss_and_gradient(net | pr::exact, pr::view<double>(theta.data()), on_support, pr::pass{},
                               pr::view<double>(gradient.data()), *space);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        CHECK(std::abs(reptile.gradient[i] - 0.1 * gradient[i]) < 1e-15);
    }
}

}  // namespace
