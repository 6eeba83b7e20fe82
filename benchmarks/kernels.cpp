// SPDX-License-Identifier: BSL-1.0
// One benchmark for each kernel of simd/, at the sizes of small nets and of convolutions.
//
// FLOPS and peak_fraction (share of the multiply-add peak, measured beside it) where multiply-adds are the work, with
// flop_per_byte, as if every matrix went through memory once; bytes a second, read and written, where memory is; values
// a second for functions. triad, a = b + s c, says what the caches (its size in KiB) and the memory give.
#include "measure.hpp"

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/shape.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/nn/activation.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/outer.hpp>
#include <priori/optim/rmsprop.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/simd/gemm.hpp>
#include <priori/simd/gemm_pairs.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/reduce.hpp>
#include <priori/simd/transform.hpp>
#include <priori/simd/transpose.hpp>
#include <priori/tensor/layout.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace {

namespace pr = priori;

using benchmarks::measure;
using benchmarks::values;
using size = benchmarks::size_of_call;

// An activation as the finish of a product.
template <class F>
auto finished(const F& f) {
    return [f]<class P>(std::size_t, const P& sum) { return f(sum); };
}

template <std::size_t M, std::size_t K, std::size_t N>
void products() {
    const std::string shape = std::to_string(M) + "x" + std::to_string(K) + "x" + std::to_string(N);
    const size of{2.0 * M * K * N, 4.0 * (M * K + K * N + M * N), 0};
    const auto with = [&](const char* kernel, auto product) {
        measure(kernel + ("/" + shape), of, [=, a = values(M * K), b = values(K * N), c = values(M * N)]() mutable {
            product(a.data(), b.data(), c.data());
        });
    };
    using in = const float*;
    with("multiply", [](in a, in b, float* c) { pr::multiply<M, K, N>(a, b, c); });
    with("multiply_transposed_left",
         [](in a, in b, float* c) { pr::multiply_transposed_left<M, K, N, true>(a, b, c); });
    with("multiply_transposed_right", [](in a, in b, float* c) { pr::multiply_transposed_right<M, K, N>(a, b, c); });
    with("multiply_add_bias", [bias = values(N)](in a, in b, float* c) {
        pr::multiply_add_bias<M, K, N>(a, b, bias.data(), c);
    });
    with("multiply_add_bias, relu", [bias = values(N)](in a, in b, float* c) {
        pr::multiply_add_bias<M, K, N>(a, b, bias.data(), c, finished(pr::relu_function{}));
    });
    with("multiply_add_bias, tanh", [bias = values(N)](in a, in b, float* c) {
        pr::multiply_add_bias<M, K, N>(a, b, bias.data(), c, finished(pr::tanh_function{}));
    });
}

// Both products of a tangent, a' b + a b': gemm_pairs.hpp.
template <std::size_t M, std::size_t K, std::size_t N>
void pairs() {
    const std::string shape = std::to_string(M) + "x" + std::to_string(K) + "x" + std::to_string(N);
    const size of{4.0 * M * K * N, 4.0 * (2 * M * K + 2 * K * N + M * N), 0};
    const auto with = [&](const char* kernel, auto products) {
        measure(kernel + ("/" + shape), of,
                [=, a = values(M * K), b = values(K * N), da = values(M * K), db = values(K * N),
                 c = values(M * N)]() mutable {
                    products(da.data(), b.data(), a.data(), db.data(), c.data());
                });
    };
    using in = const float*;
    with("two products", [](in a, in b, in a2, in b2, float* c) { pr::multiply<M, K, N>(a, b, a2, b2, c); });
    with("two products, left transposed", [](in a, in b, in a2, in b2, float* c) {
        pr::multiply_transposed_left<M, K, N, true>(a, b, a2, b2, c);
    });
    with("two products, right transposed", [](in a, in b, in a2, in b2, float* c) {
        pr::multiply_transposed_right<M, K, N>(a, b, a2, b2, c);
    });
}

template <std::size_t M, std::size_t N>
void rows() {
    const std::string shape = "/" + std::to_string(M) + "x" + std::to_string(N);
    const double matrix = 4.0 * M * N;
    measure("column_sums" + shape, {0, matrix, 0},
            [a = values(M * N), c = values(N)]() mutable { pr::column_sums<M, N>(a.data(), c.data()); });
    measure("add_rows" + shape, {0, 2 * matrix, 0}, [a = values(M * N), c = values(N)]() mutable {
        pr::add_rows<M, N>(c.data(), a.data());
        a[0] = 0;
    });
    measure("transpose_into" + shape, {0, 2 * matrix, 0},
            [a = values(M * N), c = values(M * N)]() mutable { pr::transpose_into<M, N>(a.data(), c.data()); });
}

template <std::size_t Count>
void reductions() {
    const auto with = [](const char* kernel, double arrays, auto reduce) {
        measure(kernel + ("/" + std::to_string(Count)), {0, arrays * 4 * Count, 0},
                [reduce, a = values(Count), b = values(Count)] {
                    benchmark::DoNotOptimize(reduce(a.data(), b.data()));
                });
    };
    using in = const float*;
    with("sum", 1, [](in a, in) { return pr::sum<Count>(a); });
    with("dot", 2, [](in a, in b) { return pr::dot<Count>(a, b); });
    with("squared_norm", 1, [](in a, in) { return pr::squared_norm<Count>(a); });
    with("max_of", 1, [](in a, in) { return pr::max_of<Count>(a); });
    with("all_finite", 1, [](in a, in) { return pr::all_finite<Count>(a); });
}

// The loss of class scores with its gradient: a softmax and a log-sum-exp for every row.
template <std::size_t Count, std::size_t Classes>
void cross_entropy() {
    const std::string shape = std::to_string(Count) + "x" + std::to_string(Classes);
    std::vector<std::int32_t> labels(Count);
    for (std::size_t i = 0; i < Count; ++i) labels[i] = static_cast<std::int32_t>(i % Classes);
    measure("cross_entropy/" + shape, {0, 0, double(Count * Classes)},
            [labels, y = values(Count * Classes), bar = values(Count * Classes)]() mutable {
                benchmark::DoNotOptimize(pr::cross_entropy.gradient<Count, pr::shape<Classes>>(
                    pr::view<float>(y.data()), labels.data(), pr::view<float>(bar.data())));
            });
}

template <std::size_t Count, class F>
void function(const char* name, const F& f) {
    measure(name + ("/" + std::to_string(Count)), {0, 8.0 * Count, double(Count)},
            [f, x = values(Count), y = values(Count)]() mutable {
                pr::for_each_pack<Count, float>(
                    [&]<class P>(std::size_t i) { pr::store(y.data() + i, f(pr::load_as<P>(x.data() + i))); });
            });
}

template <std::size_t Count>
void functions() {
    function<Count>("exponential", [](const auto& x) { return pr::exponential(x); });
    function<Count>("logarithm", [](const auto& x) {
        using P = std::remove_cvref_t<decltype(x)>;
        return pr::logarithm(x + P(2));
    });
    function<Count>("tangent_hyperbolic", [](const auto& x) { return pr::tangent_hyperbolic(x); });
    function<Count>("exponential_minus_one", [](const auto& x) { return pr::exponential_minus_one(x); });
    function<Count>("logarithm_one_plus", [](const auto& x) { return pr::logarithm_one_plus(x * x); });
    function<Count>("sine", [](const auto& x) { return pr::sine(x); });
    function<Count>("cosine", [](const auto& x) { return pr::cosine(x); });
    function<Count>("error_function", [](const auto& x) { return pr::error_function(x); });
    function<Count>("sigmoid", pr::sigmoid_function{});
    function<Count>("relu", pr::relu_function{});
}

// One outer step over a flat buffer: reads theta, gradient and moments, writes all but the gradient.
template <std::size_t Count, class Rule>
void outer_step(const char* name, double moments, const Rule& rule) {
    using layout = pr::layout<pr::block<"all", "weight", pr::shape<Count>>>;
    auto state = std::make_shared<pr::outer_state<layout, Rule, float>>();
    state->start();
    measure(name + ("/" + std::to_string(Count)), {0, (12 + 8 * moments) * Count, double(Count)},
            [rule, state, theta = values(Count), gradient = values(Count)]() mutable {
                state->step(rule, pr::view<float>(theta.data()), pr::view<float>(gradient.data()));
            });
}

template <std::size_t Count>
void outer_steps() {
    outer_step<Count>("sgd", 0, pr::sgd{.rate = 1e-6});
    outer_step<Count>("momentum", 1, pr::momentum{.rate = 1e-6});
    outer_step<Count>("rmsprop", 1, pr::rmsprop{.rate = 1e-6});
    outer_step<Count>("adam", 2, pr::adam<>{.rate = 1e-6});
}

void triad(std::size_t kibibytes) {
    const std::size_t count = kibibytes * 1024 / 4 / 3;
    measure("triad/" + std::to_string(kibibytes), {0, 12.0 * static_cast<double>(count), 0},
            [count, a = values(count), b = values(count), c = values(count)]() mutable {
                pr::map(
                    count, [](const auto& x, const auto& y) { return x + y * 0.5f; }, pr::view<float>(a.data()),
                    pr::view<float>(b.data()), pr::view<float>(c.data()));
            });
}

}  // namespace

int main(int argc, char** argv) {
    products<10, 1, 40>();
    products<10, 40, 40>();
    products<40, 10, 40>();
    products<10, 40, 1>();
    products<250, 40, 40>();  // ten rows of each of 25 tasks: those of a first inner step share their weights
    products<10, 64, 64>();
    products<5, 64, 576>();
    products<75, 64, 576>();
    products<25, 64, 5>();
    products<256, 256, 256>();
    pairs<10, 40, 40>();
    pairs<10, 64, 64>();
    rows<10, 40>();
    rows<40, 40>();
    rows<75, 64>();
    rows<256, 256>();
    reductions<400>();
    reductions<4800>();
    cross_entropy<5, 5>();
    cross_entropy<75, 5>();
    cross_entropy<75, 20>();
    functions<400>();
    functions<1280>();
    outer_steps<1761>();
    outer_steps<111936>();
    triad(24);
    triad(768);
    triad(256 * 1024);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
}
