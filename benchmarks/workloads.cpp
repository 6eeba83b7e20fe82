// SPDX-License-Identifier: BSL-1.0
// Whole workloads: one meta-iteration each, on tasks drawn before. Time is for one task.
//
//   W1       sinusoid MAML: 1-40-40-1 relu, 10 + 10 points, meta-batch 25, one exact step, meta-gradient and Adam step
//   W1-fo    the same, first order
//   W1-5     the same, five exact steps
//   W2       sinusoid Reptile: 1-64-64-1 tanh, 32 steps on 10 points
//   W5-mlp   adaptation alone: W1's net, five steps on ten points
//
// Those of images (W3, W4, W5-conv) are in image_workloads.cpp, and in the same program.
// FLOPS counts the arithmetic that the workload needs, whatever path is taken; peak_fraction is its share of the fused
// multiply-add peak of one core, measured beside it.
#include "learn.hpp"
#include "support/allocation_counter.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/sinusoids.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <type_traits>

namespace {

namespace pr = priori;

using benchmarks::learn;
using benchmarks::report;

constexpr auto net = pr::input<1> | pr::dense<40> | pr::relu | pr::dense<40> | pr::relu | pr::dense<1> | pr::mse;
constexpr auto tasks = pr::sinusoids{.shots = pr::count<10>, .queries = pr::count<10>};
constexpr auto outer = pr::outer(pr::adam{.rate = 1e-3f});

void w1(benchmark::State& state) {
    learn(state, net | pr::adapt<1>(pr::sgd{.rate = 0.001f}) | pr::exact | outer, tasks, 25, 0.40e6);
}
void w1_first_order(benchmark::State& state) {
    learn(state, net | pr::adapt<1>(pr::sgd{.rate = 0.001f}) | pr::first_order | outer, tasks, 25, 0.20e6);
}
void w1_five(benchmark::State& state) {
    learn(state, net | pr::adapt<5>(pr::sgd{.rate = 0.001f}) | pr::exact | outer, tasks, 25, 1.6e6);
}
void w2(benchmark::State& state) {
    constexpr auto reptile = pr::input<1> | pr::dense<64> | pr::tanh | pr::dense<64> | pr::tanh | pr::dense<1> | pr::mse |
                             pr::adapt<32>(pr::sgd{.rate = 0.02f}) | pr::displacement | pr::outer(pr::sgd{.rate = 0.1f});
    learn(state, reptile, pr::sinusoids{.shots = pr::count<10>, .queries = pr::count<1>}, 1, 8.1e6);
}
void w5_mlp(benchmark::State& state) {
    constexpr auto description = net | pr::adapt<5>(pr::sgd{.rate = 0.001f}) | pr::first_order;
    using episode = decltype(tasks)::episode_type<float>;
    auto adapter = std::make_unique<pr::adapter<float, std::remove_const_t<decltype(description)>, episode>>(description);
    const auto task = tasks.draw(pr::key{2});
    const std::uint64_t before = priori::test::allocations();
    for (auto _ : state) benchmark::DoNotOptimize(adapter->adapt(task.support));
    report(state, 1, 0.50e6, priori::test::allocations() - before);
}

BENCHMARK(w1)->Name("W1");
BENCHMARK(w1_first_order)->Name("W1-fo");
BENCHMARK(w1_five)->Name("W1-5");
BENCHMARK(w2)->Name("W2");
BENCHMARK(w5_mlp)->Name("W5-mlp");

}  // namespace

BENCHMARK_MAIN();
