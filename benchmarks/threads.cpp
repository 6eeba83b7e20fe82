// SPDX-License-Identifier: BSL-1.0
// What a second thread brings on a meta-batch of 32: one meta-iteration by one thread and one by two, by turns.
//
// speed_up is the median over the turns of the time of one divided by the time of two; seconds_per_task is of two;
// same_bits is 1 if both have learned the same parameters, bit by bit.
#include "meta_batch.hpp"
#include "report.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/task/sinusoids.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <vector>

namespace {

namespace pr = priori;

constexpr std::size_t meta_batch = 32;

double seconds_of(auto& run) {
    const auto start = std::chrono::steady_clock::now();
    run.iterate();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

template <class Description, class Source>
void speed_up(benchmark::State& state, const Description& description, const Source& source) {
    benchmarks::meta_batch<float, Description, Source> one(description, source, meta_batch, 1);
    benchmarks::meta_batch<float, Description, Source> two(description, source, meta_batch, 2);
    one.iterate();
    two.iterate();
    std::vector<double> ratios, times;
    ratios.reserve(1 << 20);
    times.reserve(1 << 20);
    const benchmarks::stopwatch watch;
    for (auto _ : state) {
        const double alone = seconds_of(one), together = seconds_of(two);
        if (ratios.size() == ratios.capacity()) continue;
        ratios.push_back(alone / together);
        times.push_back(together);
    }
    state.counters["allocations"] = watch.allocations();
    state.counters["speed_up"] = median(ratios);
    state.counters["seconds_per_task"] = median(times) / meta_batch;
    const auto left = one.learner().parameters().all(), right = two.learner().parameters().all();
    state.counters["same_bits"] = std::memcmp(left.data(), right.data(), left.size_bytes()) == 0;
}

void w1(benchmark::State& state) {
    constexpr auto net = pr::input<1> | pr::dense<40> | pr::relu | pr::dense<40> | pr::relu | pr::dense<1>;
    speed_up(state, net | pr::mse | pr::adapt<1>(pr::sgd{.rate = 1e-3}) | pr::exact | pr::outer(pr::adam{.rate = 1e-3}),
             pr::sinusoids{.shots = pr::count<10>, .queries = pr::count<10>});
}

// The dense Omniglot network of Finn et al. 2017, 5 ways, 1 shot, on vectors of its size.
void dense(benchmark::State& state) {
    constexpr auto normalized = pr::batch_normalization<pr::transductive>;
    constexpr auto net = pr::input<784> | pr::dense<256> | normalized | pr::relu |  //
                         pr::dense<128> | normalized | pr::relu |                   //
                         pr::dense<64> | normalized | pr::relu |                    //
                         pr::dense<64> | normalized | pr::relu | pr::dense<5>;
    constexpr auto adaptation = pr::adapt<1>(pr::sgd{.rate = 0.4});
    speed_up(state, net | pr::cross_entropy | adaptation | pr::exact | pr::outer(pr::adam{.rate = 1e-3}),
             pr::gaussian_blobs{.ways = pr::count<5>,
                                .shots = pr::count<1>,
                                .queries = pr::count<1>,
                                .dimension = pr::count<784>,
                                .spread = 0.3});
}

BENCHMARK(w1)->Name("W1, meta-batch 32")->UseRealTime();
BENCHMARK(dense)->Name("784-256-128-64-64-5, meta-batch 32")->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
