// SPDX-License-Identifier: BSL-1.0
// Tiny networks: one task after the other, with registers along its arrays, against as many tasks at once as a register
// has lanes (bundled_tasks). `bundling` has its bounds from here.
//
// One exact step of MAML on 1-w-w-1 relu with 10 + 10 points, loss and meta-gradient, summed over the tasks. Both by
// turns in one loop: seconds a task of each (lower deciles), alone / together as `ratio`, how far the sums are apart.
// tasks_per_second, FLOPS and peak_fraction are of the one that `train` chooses.
#include "dense_work.hpp"
#include "report.hpp"

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/adapt.hpp>
#include <priori/core/key.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/bundled_tasks.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/simd/pack.hpp>
#include <priori/task/sinusoids.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace {

namespace pr = priori;

double lower_decile(std::vector<double>& values) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 10);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

template <std::size_t W, std::size_t Points = 10>
void tiny(benchmark::State& state) {
    constexpr auto net = pr::input<1> | pr::dense<W> | pr::relu | pr::dense<W> | pr::relu | pr::dense<1>;
    constexpr auto maml =
        net | pr::mse | pr::adapt<1>(pr::sgd{.rate = 1e-3}) | pr::exact | pr::outer(pr::adam{.rate = 1e-3});
    constexpr pr::sinusoids source{.shots = pr::count<Points>, .queries = pr::count<Points>};
    const auto learner = pr::make_learner(maml, source, pr::seed{1});
    using learner_type = typename decltype(learner)::element_type;
    using given = typename learner_type::given_type;
    using episode = typename learner_type::episode_type;
    if constexpr (!pr::bundling<float, given, episode>::possible) {
        state.SkipWithError("this build has no registers");
    } else {
        using together_type = pr::bundled_tasks<float, given, episode>;
        constexpr std::size_t size = learner_type::size, lanes = together_type::count;
        const auto several = std::make_unique<together_type>(learner->description());
        std::vector<episode> tasks(lanes);
        for (std::size_t t = 0; t < lanes; ++t)
            source.template draw_into<float>({1, 0, static_cast<std::uint32_t>(t)}, tasks[t]);

        std::vector<float> alone_sum(size), together_sum(size), one(size);
        std::array<bool, lanes> all;
        all.fill(true);
        std::vector<double> alone_times, together_times;
        for (auto* times : {&alone_times, &together_times}) times->reserve(state.max_iterations);
        const auto seconds = [](auto&& f) {
            const auto start = std::chrono::steady_clock::now();
            f();
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / lanes;
        };
        const benchmarks::stopwatch watch;
        for (auto _ : state) {
            alone_times.push_back(seconds([&] {
                std::fill(alone_sum.begin(), alone_sum.end(), 0.0f);
                for (const auto& task : tasks) {
                    benchmark::DoNotOptimize(
                        learner->loss_and_gradient(task, pr::key{}, std::span<float, size>(one.data(), size)));
                    pr::add(size, pr::view<float>(one.data()), pr::view<float>(alone_sum.data()));
                }
            }));
            together_times.push_back(seconds([&] {
                several->start(learner->parameters().all().data());
                for (std::size_t t = 0; t < lanes; ++t) several->put(tasks[t], t);
                benchmark::DoNotOptimize(several->compute(pr::key{}));
                several->sum(all, std::span<float, size>(together_sum.data(), size));
            }));
        }
        state.counters["allocations"] = watch.allocations();
        float apart = 0, largest = 0;
        for (std::size_t i = 0; i < size; ++i) {
            apart = pr::maximum(apart, std::abs(alone_sum[i] - together_sum[i]));
            largest = std::max(largest, std::abs(alone_sum[i]));
        }
        const double alone = lower_decile(alone_times), together = lower_decile(together_times);
        state.counters["alone"] = alone;
        state.counters["together"] = together;
        state.counters["ratio"] = alone / together;
        state.counters["apart"] = apart / largest;
        constexpr bool chosen = pr::bundling<float, given, episode>::pays;
        state.counters["chosen"] = chosen;
        const double best = chosen ? together : alone;
        state.counters["tasks_per_second"] = 1 / best;
        benchmarks::report_work(state, benchmarks::maml_work<1, W, W, 1>(Points, Points), best, watch.peak());
    }
}

BENCHMARK(tiny<2>)->Name("1-2-2-1")->UseRealTime();
BENCHMARK(tiny<4>)->Name("1-4-4-1")->UseRealTime();
BENCHMARK(tiny<8>)->Name("1-8-8-1")->UseRealTime();
BENCHMARK(tiny<12>)->Name("1-12-12-1")->UseRealTime();
BENCHMARK(tiny<16>)->Name("1-16-16-1")->UseRealTime();
BENCHMARK(tiny<40>)->Name("1-40-40-1")->UseRealTime();
BENCHMARK(tiny<4, 100>)->Name("1-4-4-1, 100 points")->UseRealTime();
BENCHMARK(tiny<8, 100>)->Name("1-8-8-1, 100 points")->UseRealTime();
BENCHMARK(tiny<4, 400>)->Name("1-4-4-1, 400 points")->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
