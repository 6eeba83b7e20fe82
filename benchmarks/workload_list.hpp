// SPDX-License-Identifier: BSL-1.0
// The workloads, each said once: what is measured, written to files and compared with others is this list.
#pragma once

#include "image_workloads.hpp"
#include "workload.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/sinusoids.hpp>

namespace benchmarks {

//   W1       sinusoid MAML: 1-40-40-1 relu, 10 + 10 points, meta-batch 25, one exact step, meta-gradient and Adam step
//   W1-fo    the same, first order
//   W1-5     the same, five exact steps
//   W2       sinusoid Reptile: 1-64-64-1 tanh, 32 steps on 10 points
//   W5-mlp   adaptation alone: W1's net, five steps on ten points
//
// Calls visit.learn(workload, description, tasks) for those that learn, visit.adapt(...) for those that only adapt.
// A new line here is a new row of RESULTS.md, once rivals/ knows the name.
template <class Visitor>
void each_small_workload(Visitor&& visit) {
    constexpr auto net = pr::input<1> | pr::dense<40> | pr::relu | pr::dense<40> | pr::relu | pr::dense<1> | pr::mse;
    constexpr auto waves = pr::sinusoids{.shots = pr::count<10>, .queries = pr::count<10>};
    constexpr auto adam = pr::outer(pr::adam{.rate = 1e-3});
    constexpr auto sgd = pr::sgd{.rate = 1e-3};
    visit.learn(workload{"W1", 25, 0.40e6, 1e-3, 1e-3}, net | pr::adapt<1>(sgd) | pr::exact | adam, waves);
    visit.learn(workload{"W1-fo", 25, 0.20e6, 1e-3, 1e-3}, net | pr::adapt<1>(sgd) | pr::first_order | adam, waves);
    visit.learn(workload{"W1-5", 25, 1.6e6, 1e-3, 1e-3}, net | pr::adapt<5>(sgd) | pr::exact | adam, waves);
    visit.adapt(workload{"W5-mlp", 1, 0.50e6, 1e-3, 0}, net | pr::adapt<5>(sgd) | pr::first_order, waves);

    constexpr auto wide = pr::input<1> | pr::dense<64> | pr::tanh | pr::dense<64> | pr::tanh | pr::dense<1> | pr::mse;
    visit.learn(workload{"W2", 1, 8.1e6, 0.02, 0.1},
                wide | pr::adapt<32>(pr::sgd{.rate = 0.02}) | pr::displacement | pr::outer(pr::sgd{.rate = 0.1}),
                pr::sinusoids{.shots = pr::count<10>, .queries = pr::count<1>});
}

// Those, and the ones on images.
template <class Visitor>
void each_workload(Visitor&& visit) {
    each_small_workload(visit);
    each_image_workload(visit, numbers<float>{});
}

}  // namespace benchmarks
