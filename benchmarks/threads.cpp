// SPDX-License-Identifier: BSL-1.0
// What a second thread brings to `train` on a meta-batch of 32: some iterations by one thread and some by two, by turns.
//
// speed_up is the median over the turns of the time of an iteration by one thread divided by that by two; the quartiles
// of the turns stand beside it. undisturbed is the ratio of the lower deciles of all iterations, which is the same where
// nobody else works. fma_speed_up is the ratio for multiply-adds in registers: what two cores give at best.
// seconds_per_task, tasks_per_second, FLOPS and peak_fraction are of two; same_bits is 1 if both have learned the same
// parameters, bit by bit.
#include "dense_work.hpp"
#include "peak.hpp"
#include "report.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/core/key.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/task/sinusoids.hpp>
#include <priori/train/executor.hpp>
#include <priori/train/loop.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

namespace {

namespace pr = priori;

constexpr std::size_t meta_batch = 32;
using wall_clock = std::chrono::steady_clock;

double seconds_since(wall_clock::time_point start) { return std::chrono::duration<double>(wall_clock::now() - start).count(); }

// The value below which a share of them lies.
double quantile(std::vector<double> values, double share) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

// Tasks of a source, drawn once: to draw them would take a second thread's time as well, and it is not what is measured.
template <class Source>
struct drawn_before {
    template <class T>
    using episode_type = typename Source::template episode_type<T>;
    std::shared_ptr<const std::vector<episode_type<float>>> tasks;

    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const noexcept {
        out = (*tasks)[k.task];
    }
};

template <class Source>
drawn_before<Source> drawn(const Source& source) {
    auto tasks = std::make_shared<std::vector<typename Source::template episode_type<float>>>(meta_batch);
    for (std::size_t t = 0; t < meta_batch; ++t) {
        source.template draw_into<float>(pr::key{1, 0, static_cast<std::uint32_t>(t)}, (*tasks)[t]);
    }
    return {tasks};
}

// An observer: the time of every iteration after the first few, in which threads wake up.
struct timing {
    static constexpr std::uint64_t warm_up = 3;
    std::vector<double>& seconds;  // reserved
    double allocations = 0;
    wall_clock::time_point last{};
    std::uint64_t allocated = 0;

    template <class Learner>
    void after_iteration(const Learner&, pr::training_progress& now) {
        if (now.done > warm_up) seconds.push_back(seconds_since(last));
        if (now.done == warm_up) allocated = priori::test::allocations();
        if (now.done == now.iterations) allocations = static_cast<double>(priori::test::allocations() - allocated);
        last = wall_clock::now();
    }
};

template <class Learner, class Tasks>
struct runner {
    Learner& learner;
    const Tasks& tasks;
    pr::threads pool;
    std::vector<double> seconds{};  // of all iterations
    double allocations = 0;

    // The median time of so many iterations.
    double turn(std::uint64_t iterations) {
        const std::size_t before = seconds.size();
        seconds.reserve(before + iterations);
        timing time{seconds};
        pr::train_on(pool, learner, tasks, {.iterations = iterations + timing::warm_up, .meta_batch = meta_batch},
                     time);
        allocations += time.allocations;
        return quantile({seconds.begin() + static_cast<std::ptrdiff_t>(before), seconds.end()}, 0.5);
    }
};

// Every thread on a core of its own: else a busy machine may leave both on one for seconds.
void settle(pr::threads& pool) {
#ifdef __linux__
    pool.run(pool.workers(), [](std::size_t worker, std::size_t) noexcept {
        cpu_set_t core;
        CPU_ZERO(&core);
        CPU_SET(worker, &core);
        sched_setaffinity(0, sizeof core, &core);
    });
#else
    static_cast<void>(pool);
#endif
}

// Multiply-adds in registers, of two cores at once and of one.
double fma_speed_up() {
    pr::threads two(2);
    settle(two);
    std::vector<double> ratios(11);
    for (double& ratio : ratios) {
        const double alone = benchmarks::fma_peak();
        double together[2];
        two.run(2, [&](std::size_t, std::size_t t) noexcept { together[t] = benchmarks::fma_peak(); });
        ratio = (together[0] + together[1]) / alone;
    }
    return quantile(ratios, 0.5);
}

template <class Description, class Source>
void speed_up(benchmark::State& state, const Description& description, const Source& source, double work,
              std::uint64_t iterations) {
    const auto tasks = drawn(source);
    const auto first = pr::make_learner(description, tasks, pr::seed{1});
    const auto second = pr::make_learner(description, tasks, pr::seed{1});
    using learner_type = typename decltype(first)::element_type;
    runner<learner_type, drawn_before<Source>> one{*first, tasks, pr::threads(1)};
    runner<learner_type, drawn_before<Source>> two{*second, tasks, pr::threads(2)};
    settle(two.pool);
    std::vector<double> ratios, times;
    const benchmarks::stopwatch watch;
    for (auto _ : state) {
        const double alone = one.turn(iterations), together = two.turn(iterations);
        ratios.push_back(alone / together);
        times.push_back(together);
    }
    state.counters["allocations"] = one.allocations + two.allocations;
    state.counters["speed_up"] = quantile(ratios, 0.5);
    state.counters["lower_quartile"] = quantile(ratios, 0.25);
    state.counters["upper_quartile"] = quantile(ratios, 0.75);
    state.counters["undisturbed"] = quantile(one.seconds, 0.1) / quantile(two.seconds, 0.1);
    state.counters["fma_speed_up"] = fma_speed_up();
    const double seconds = quantile(times, 0.5) / meta_batch;
    state.counters["seconds_per_task"] = seconds;
    state.counters["tasks_per_second"] = 1 / seconds;
    benchmarks::report_work(state, work, seconds, watch.peak(), 2);
    const auto left = first->parameters().all(), right = second->parameters().all();
    state.counters["same_bits"] = std::memcmp(left.data(), right.data(), left.size_bytes()) == 0;
}

void w1(benchmark::State& state) {
    constexpr auto net = pr::input<1> | pr::dense<40> | pr::relu | pr::dense<40> | pr::relu | pr::dense<1>;
    speed_up(state, net | pr::mse | pr::adapt<1>(pr::sgd{.rate = 1e-3}) | pr::exact | pr::outer(pr::adam{.rate = 1e-3}),
             pr::sinusoids{.shots = pr::count<10>, .queries = pr::count<10>},
             benchmarks::maml_work<1, 40, 40, 1>(10, 10), 40);
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
                                .spread = 0.3},
             benchmarks::maml_work<784, 256, 128, 64, 64, 5>(5, 5), 2);
}

BENCHMARK(w1)->Name("W1, meta-batch 32")->UseRealTime();
BENCHMARK(dense)->Name("784-256-128-64-64-5, meta-batch 32")->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
