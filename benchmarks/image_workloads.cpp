// SPDX-License-Identifier: BSL-1.0
// Whole workloads on images of 28 x 28 x 1, drawn at random: 5 ways, 75 queries. Time is for one task.
//
//   W3        MAML on conv4-64, 1 shot, one exact step: meta-gradient and outer step
//   W3-5      five exact steps
//   W3-fo     one step, first order
//   W3-anil   ANIL: five exact steps of the head alone
//   W3-32     W3 with 32 filters; W3-32-5: five steps
//   W4        prototypical network, conv4-64, 5 shots
//   W5-conv   adaptation alone: conv4-64, 5 steps on 5 images
//
// FLOPS and peak_fraction: see workloads.cpp.
#include "learn.hpp"
#include "support/allocation_counter.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/core/random.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/conv4.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/batch.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace {

namespace pr = priori;
using benchmarks::learn;
using benchmarks::report;

template <std::size_t Shots>
struct gaussian_images {
    template <class T>
    using episode_type = pr::episode_of<T, pr::shape<28, 28, 1>, pr::labels<5>, 5 * Shots, 75>;

    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const noexcept {
        pr::random_stream stream(k, pr::purpose::user);
        fill(stream, out.support);
        fill(stream, out.query);
    }

private:
    template <class Batch>
    static void fill(pr::random_stream& stream, Batch& batch) noexcept {
        for (std::size_t i = 0; i < Batch::count * 28 * 28; ++i) {
            batch.inputs.data()[i] = stream.normal<typename Batch::scalar>();
        }
        for (std::size_t i = 0; i < Batch::count; ++i) batch.targets(i) = static_cast<std::int32_t>(i % 5);
    }
};

template <std::size_t Filters>
constexpr auto net = pr::input<28, 28, 1> | pr::conv4<Filters> | pr::named<"head">(pr::dense<5>) | pr::cross_entropy;
constexpr auto outer = pr::outer(pr::adam{.rate = 1e-3f});
constexpr auto sgd = pr::sgd{.rate = 0.01f};

void w3(benchmark::State& state) {
    learn(state, net<64> | pr::adapt<1>(sgd) | pr::exact | outer, gaussian_images<1>{}, 2, 5.3e9);
}
void w3_five(benchmark::State& state) {
    learn(state, net<64> | pr::adapt<5>(sgd) | pr::exact | outer, gaussian_images<1>{}, 2, 8.8e9);
}
void w3_first_order(benchmark::State& state) {
    learn(state, net<64> | pr::adapt<1>(sgd) | pr::first_order | outer, gaussian_images<1>{}, 2, 4.64e9);
}
void w3_anil(benchmark::State& state) {
    learn(state, net<64> | pr::adapt<5>(sgd, pr::only<"head">) | pr::exact | outer, gaussian_images<1>{}, 2, 4.64e9);
}
void w3_narrow(benchmark::State& state) {
    learn(state, net<32> | pr::adapt<1>(sgd) | pr::exact | outer, gaussian_images<1>{}, 2, 1.35e9);
}
void w3_narrow_five(benchmark::State& state) {
    learn(state, net<32> | pr::adapt<5>(sgd) | pr::exact | outer, gaussian_images<1>{}, 2, 2.24e9);
}
void w4(benchmark::State& state) {
    constexpr auto prototypes = pr::input<28, 28, 1> | pr::conv4<64> | pr::scratch<"head">(pr::dense<5>) |
                                pr::cross_entropy | pr::solve<"head">(pr::prototypes{}) | pr::exact;
    learn(state, prototypes | outer, gaussian_images<5>{}, 2, 5.8e9);
}
void w5_conv(benchmark::State& state) {
    constexpr auto description = net<64> | pr::adapt<5>(sgd) | pr::first_order;
    using episode = gaussian_images<1>::episode_type<float>;
    auto adapter = std::make_unique<pr::adapter<float, std::remove_const_t<decltype(description)>, episode>>(description);
    const auto task = std::make_unique<episode>();
    gaussian_images<1>{}.draw_into<float>(pr::key{2}, *task);
    const std::uint64_t before = priori::test::allocations();
    for (auto _ : state) benchmark::DoNotOptimize(adapter->adapt(task->support));
    report(state, 1, 1.45e9, priori::test::allocations() - before);
}

BENCHMARK(w3)->Name("W3")->Unit(benchmark::kMillisecond);
BENCHMARK(w3_five)->Name("W3-5")->Unit(benchmark::kMillisecond);
BENCHMARK(w3_first_order)->Name("W3-fo")->Unit(benchmark::kMillisecond);
BENCHMARK(w3_anil)->Name("W3-anil")->Unit(benchmark::kMillisecond);
BENCHMARK(w3_narrow)->Name("W3-32")->Unit(benchmark::kMillisecond);
BENCHMARK(w3_narrow_five)->Name("W3-32-5")->Unit(benchmark::kMillisecond);
BENCHMARK(w4)->Name("W4")->Unit(benchmark::kMillisecond);
BENCHMARK(w5_conv)->Name("W5-conv")->Unit(benchmark::kMillisecond);

}  // namespace
