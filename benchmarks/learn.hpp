// SPDX-License-Identifier: BSL-1.0
// Meta-iterations as a benchmark, and what is reported of it.
#pragma once

#include "peak.hpp"
#include "support/allocation_counter.hpp"

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/meta/learner.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace benchmarks {

inline void report(benchmark::State& state, std::size_t tasks, double work, std::uint64_t allocations) {
    const double done = static_cast<double>(state.iterations()) * static_cast<double>(tasks);
    const double peak = fma_peak();
    state.counters["tasks_per_second"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
    state.counters["FLOPS"] = benchmark::Counter(done * work, benchmark::Counter::kIsRate);
    state.counters["peak_fraction"] = benchmark::Counter(done * work / peak, benchmark::Counter::kIsRate);
    state.counters["seconds_per_task"] =
        benchmark::Counter(done, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.counters["allocations"] = static_cast<double>(allocations);
}

// Meta-iterations of a learner; `work` is the arithmetic of one task.
template <class Description, class Tasks>
void learn(benchmark::State& state, const Description& description, const Tasks& source, std::size_t meta_batch,
           double work) {
    using learner_type = priori::learner_for<float, Description, Tasks>;
    auto learner = std::make_unique<learner_type>(description, source, priori::seed{1});
    std::vector<typename learner_type::episode_type> tasks(meta_batch);
    for (std::size_t t = 0; t < meta_batch; ++t) {
        source.template draw_into<float>(priori::key{1, 0, static_cast<std::uint32_t>(t)}, tasks[t]);
    }
    std::vector<float> gradient(learner_type::size), mean(learner_type::size);
    const auto one = std::span<float, learner_type::size>(gradient);
    const auto all = std::span<float, learner_type::size>(mean);
    const std::uint64_t before = priori::test::allocations();
    for (auto _ : state) {
        priori::fill_zero(all.size(), priori::view<float>(all.data()));
        for (const auto& task : tasks) {
            benchmark::DoNotOptimize(learner->loss_and_gradient(task, priori::key{}, one));
            priori::map_add(all.size(), [](const auto& g) { return g; }, priori::view<float>(all.data()),
                        priori::view<float>(one.data()));
        }
        const float share = 1.0f / static_cast<float>(meta_batch);
        priori::map(all.size(), [share](const auto& g) { return g * share; }, priori::view<float>(all.data()),
                priori::view<float>(all.data()));
        learner->step(all);
    }
    report(state, meta_batch, work, priori::test::allocations() - before);
}

}  // namespace benchmarks
