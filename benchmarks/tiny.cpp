// SPDX-License-Identifier: BSL-1.0
// Tiny networks: registers along a task's own arrays, as the library has it, against registers across tasks.
//
// One exact step of MAML on 1-w-w-1 relu with 10 + 10 points, loss and meta-gradient. `within` is the learner's
// loss_and_gradient; `across` is written here by hand for this one network: a register holds the same number of as many
// tasks as it has lanes, all loops are over compile-time sizes, products run in register tiles. Both by turns in one
// loop: seconds a task of each (lower deciles), within / across as `ratio`, and how far the mean gradients are apart.
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/adapt.hpp>
#include <priori/config/config.hpp>
#include <priori/core/key.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/simd/pack.hpp>
#include <priori/task/sinusoids.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace {

namespace pr = priori;
using pack = pr::pack<float>;

constexpr std::size_t lanes = pr::lanes<float>, points = 10;
constexpr double rate = 1e-3;

// c[m * N + n] (+)= sum_k a[m * AM + k * AK] b[k * BK + n * BN], in tiles of registers.
template <std::size_t M, std::size_t K, std::size_t N, std::size_t AM, std::size_t AK, std::size_t BK, std::size_t BN,
          bool Add, class A, class B>
PRIORI_ALWAYS_INLINE void multiply(const A* a, const B* b, pack* c) noexcept {
    constexpr std::size_t tm = M % 5 == 0 ? 5 : (M % 4 == 0 ? 4 : 1), tn = N % 4 == 0 ? 4 : 1;
    for (std::size_t m = 0; m < M; m += tm) {
        for (std::size_t n = 0; n < N; n += tn) {
            pack sum[tm][tn];
            PRIORI_UNROLL
            for (std::size_t i = 0; i < tm; ++i) {
                PRIORI_UNROLL
                for (std::size_t j = 0; j < tn; ++j) sum[i][j] = Add ? c[(m + i) * N + n + j] : pack(0.0f);
            }
            for (std::size_t k = 0; k < K; ++k) {
                PRIORI_UNROLL
                for (std::size_t j = 0; j < tn; ++j) {
                    const pack right(b[k * BK + (n + j) * BN]);
                    PRIORI_UNROLL
                    for (std::size_t i = 0; i < tm; ++i) {
                        sum[i][j] = pr::fused(pack(a[(m + i) * AM + k * AK]), right, sum[i][j]);
                    }
                }
            }
            PRIORI_UNROLL
            for (std::size_t i = 0; i < tm; ++i) {
                PRIORI_UNROLL
                for (std::size_t j = 0; j < tn; ++j) c[(m + i) * N + n + j] = sum[i][j];
            }
        }
    }
}

// The network 1-W-W-1 for as many tasks as a register has lanes; theta in the order weight, bias of each layer.
template <std::size_t W>
struct across {
    static constexpr std::size_t w1 = 0, b1 = W, w2 = 2 * W, b2 = w2 + W * W, w3 = b2 + W, b3 = w3 + W, size = b3 + 1;

    struct tape {
        pack h1[points * W], h2[points * W], y[points], d2[points * W], d1[points * W], dy[points];
    };
    tape own, query, swept;
    pack gradient[size], phi[size], v[size], second[size];

    template <class B>
    static void biased(const B* bias, std::size_t count, pack* out) noexcept {
        for (std::size_t m = 0; m < points; ++m) {
            for (std::size_t n = 0; n < count; ++n) out[m * count + n] = pack(bias[n]);
        }
    }
    static void sums(std::size_t count, const pack* d, pack* out) noexcept {
        for (std::size_t n = 0; n < count; ++n) {
            pack sum(0.0f);
            for (std::size_t m = 0; m < points; ++m) sum = sum + d[m * count + n];
            out[n] = sum;
        }
    }
    static pack kept(const pack& x, const pack& h) noexcept {
        return pr::select(pr::greater(h, pack(0.0f)), x, pack(0.0f));
    }

    // The loss at these parameters and its gradient; what the sweep needs stays on the tape.
    template <class B>
    static pack backward(const B* p, const pack* x, const pack* t, tape& s, pack* g) noexcept {
        biased(p + b1, W, s.h1);
        multiply<points, 1, W, 1, 1, W, 1, true>(x, p + w1, s.h1);
        for (pack& h : s.h1) h = pr::maximum(h, pack(0.0f));
        biased(p + b2, W, s.h2);
        multiply<points, W, W, W, 1, W, 1, true>(s.h1, p + w2, s.h2);
        for (pack& h : s.h2) h = pr::maximum(h, pack(0.0f));
        biased(p + b3, 1, s.y);
        multiply<points, W, 1, W, 1, 1, 1, true>(s.h2, p + w3, s.y);
        pack loss(0.0f);
        for (std::size_t m = 0; m < points; ++m) {
            const pack e = s.y[m] - t[m];
            loss = pr::fused(e, e, loss);
            s.dy[m] = e * pack(2.0f / points);
        }
        multiply<W, points, 1, 1, W, 1, 1, false>(s.h2, s.dy, g + w3);
        sums(1, s.dy, g + b3);
        multiply<points, 1, W, 1, 1, 1, 1, false>(s.dy, p + w3, s.d2);
        for (std::size_t i = 0; i < points * W; ++i) s.d2[i] = kept(s.d2[i], s.h2[i]);
        multiply<W, points, W, 1, W, W, 1, false>(s.h1, s.d2, g + w2);
        sums(W, s.d2, g + b2);
        multiply<points, W, W, W, 1, 1, W, false>(s.d2, p + w2, s.d1);
        for (std::size_t i = 0; i < points * W; ++i) s.d1[i] = kept(s.d1[i], s.h1[i]);
        multiply<1, points, W, 1, 1, W, 1, false>(x, s.d1, g + w1);
        sums(W, s.d1, g + b1);
        return loss * pack(1.0f / points);
    }

    // The tangent of that gradient in the direction u, from the tape.
    template <class B>
    static void tangent(const B* p, const pack* u, const pack* x, const tape& s, tape& z, pack* out) noexcept {
        biased(u + b1, W, z.h1);
        multiply<points, 1, W, 1, 1, W, 1, true>(x, u + w1, z.h1);
        for (std::size_t i = 0; i < points * W; ++i) z.h1[i] = kept(z.h1[i], s.h1[i]);
        biased(u + b2, W, z.h2);
        multiply<points, W, W, W, 1, W, 1, true>(z.h1, p + w2, z.h2);
        multiply<points, W, W, W, 1, W, 1, true>(s.h1, u + w2, z.h2);
        for (std::size_t i = 0; i < points * W; ++i) z.h2[i] = kept(z.h2[i], s.h2[i]);
        biased(u + b3, 1, z.y);
        multiply<points, W, 1, W, 1, 1, 1, true>(z.h2, p + w3, z.y);
        multiply<points, W, 1, W, 1, 1, 1, true>(s.h2, u + w3, z.y);
        for (std::size_t m = 0; m < points; ++m) z.dy[m] = z.y[m] * pack(2.0f / points);
        multiply<W, points, 1, 1, W, 1, 1, false>(s.h2, z.dy, out + w3);
        multiply<W, points, 1, 1, W, 1, 1, true>(z.h2, s.dy, out + w3);
        sums(1, z.dy, out + b3);
        multiply<points, 1, W, 1, 1, 1, 1, false>(z.dy, p + w3, z.d2);
        multiply<points, 1, W, 1, 1, 1, 1, true>(s.dy, u + w3, z.d2);
        for (std::size_t i = 0; i < points * W; ++i) z.d2[i] = kept(z.d2[i], s.h2[i]);
        multiply<W, points, W, 1, W, W, 1, false>(s.h1, z.d2, out + w2);
        multiply<W, points, W, 1, W, W, 1, true>(z.h1, s.d2, out + w2);
        sums(W, z.d2, out + b2);
        multiply<points, W, W, W, 1, 1, W, false>(z.d2, p + w2, z.d1);
        multiply<points, W, W, W, 1, 1, W, true>(s.d2, u + w2, z.d1);
        for (std::size_t i = 0; i < points * W; ++i) z.d1[i] = kept(z.d1[i], s.h1[i]);
        multiply<1, points, W, 1, 1, W, 1, false>(x, z.d1, out + w1);
        sums(W, z.d1, out + b1);
    }

    // Adds the meta-gradients of all lanes to sum; returns their losses.
    pack loss_and_gradient(const float* theta, const pack* x, const pack* t, const pack* query_x, const pack* query_t,
                           float* sum) noexcept {
        backward(theta, x, t, own, gradient);
        for (std::size_t i = 0; i < size; ++i) phi[i] = pack(theta[i]) - pack(static_cast<float>(rate)) * gradient[i];
        const pack loss = backward(phi, query_x, query_t, query, v);
        tangent(theta, v, x, own, swept, second);
        for (std::size_t i = 0; i < size; ++i) sum[i] += pr::sum_lanes(v[i] - pack(static_cast<float>(rate)) * second[i]);
        return loss;
    }
};

double lower_decile(std::vector<double>& values) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 10);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

template <std::size_t W>
void tiny(benchmark::State& state) {
    constexpr auto net = pr::input<1> | pr::dense<W> | pr::relu | pr::dense<W> | pr::relu | pr::dense<1>;
    constexpr auto maml =
        net | pr::mse | pr::adapt<1>(pr::sgd{.rate = rate}) | pr::exact | pr::outer(pr::adam{.rate = 1e-3});
    constexpr pr::sinusoids source{.shots = pr::count<points>, .queries = pr::count<points>};
    const auto learner = pr::make_learner(maml, source, pr::seed{1});
    using learner_type = typename decltype(learner)::element_type;
    static_assert(learner_type::size == across<W>::size);
    constexpr std::size_t size = across<W>::size;

    std::vector<typename learner_type::episode_type> tasks(lanes);
    std::vector<pack> x(points), t(points), query_x(points), query_t(points);
    for (std::size_t l = 0; l < lanes; ++l) {
        source.template draw_into<float>({1, 0, static_cast<std::uint32_t>(l)}, tasks[l]);
    }
    const auto spread = [&](auto&& batch_of, std::vector<pack>& to) {
        for (std::size_t m = 0; m < points; ++m) {
            alignas(64) float row[lanes];
            for (std::size_t l = 0; l < lanes; ++l) row[l] = batch_of(tasks[l]).data()[m];
            to[m] = pr::load(row);
        }
    };
    spread([](auto& task) -> auto& { return task.support.inputs; }, x);
    spread([](auto& task) -> auto& { return task.support.targets; }, t);
    spread([](auto& task) -> auto& { return task.query.inputs; }, query_x);
    spread([](auto& task) -> auto& { return task.query.targets; }, query_t);

    const auto by_lanes = std::make_unique<across<W>>();
    std::vector<float> within_sum(size), across_sum(size), one(size);
    const float* theta = learner->parameters().all().data();
    std::vector<double> within_times, across_times;
    const auto seconds = [](auto&& f) {
        const auto start = std::chrono::steady_clock::now();
        f();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / lanes;
    };
    for (auto _ : state) {
        std::fill(within_sum.begin(), within_sum.end(), 0.0f);
        std::fill(across_sum.begin(), across_sum.end(), 0.0f);
        within_times.push_back(seconds([&] {
            for (const auto& task : tasks) {
                benchmark::DoNotOptimize(
                    learner->loss_and_gradient(task, pr::key{}, std::span<float, size>(one.data(), size)));
                pr::add(size, pr::view<float>(one.data()), pr::view<float>(within_sum.data()));
            }
        }));
        across_times.push_back(seconds([&] {
            pack loss = by_lanes->loss_and_gradient(theta, x.data(), t.data(), query_x.data(), query_t.data(),
                                                    across_sum.data());
            benchmark::DoNotOptimize(loss);
        }));
    }
    float apart = 0, largest = 0;
    for (std::size_t i = 0; i < size; ++i) {
        apart = std::max(apart, std::abs(within_sum[i] - across_sum[i]));
        largest = std::max(largest, std::abs(within_sum[i]));
    }
    const double within = lower_decile(within_times), by_tasks = lower_decile(across_times);
    state.counters["within"] = within;
    state.counters["across"] = by_tasks;
    state.counters["ratio"] = within / by_tasks;
    state.counters["apart"] = apart / largest;
}

BENCHMARK(tiny<4>)->Name("1-4-4-1")->UseRealTime();
BENCHMARK(tiny<8>)->Name("1-8-8-1")->UseRealTime();
BENCHMARK(tiny<16>)->Name("1-16-16-1")->UseRealTime();
BENCHMARK(tiny<40>)->Name("1-40-40-1")->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
