// SPDX-License-Identifier: BSL-1.0
// Convolutions: forward, the gradient of the input (dx), the gradient of the weights (dw), at the shapes of conv4.
//
// The name: height x width, channels in and out, what is not a 3x3 kernel of stride 1; images; fast: by winograd.hpp,
// finer: with its tiles of 2 x 2 outputs instead of 4 x 4.
// FLOPS counts two operations for every tap of every output pixel, those in the padding too, whatever path is taken;
// peak_fraction is its share of the fused multiply-add peak of one core, measured just before and just after.
// error is that of the sums in float against the direct ones in double, of normal numbers: the root of its mean square
// divided by that of the result.
#include "report.hpp"

#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/simd/convolution.hpp>
#include <priori/simd/winograd.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

namespace pr = priori;

enum class direction {
    forward,
    input_gradient,
    weight_gradient,
    fast_forward,
    fast_input_gradient,
    fast_weight_gradient,
    finer_forward,
    finer_input_gradient,
    finer_weight_gradient
};

// Images, their results' cotangent and weights, and what a direction writes of them.
template <class Shape, std::size_t Images, class T>
struct arrays {
    static constexpr std::size_t fan = Shape::kernel_height * Shape::kernel_width * Shape::in / Shape::groups;
    static constexpr std::size_t y_size = Images * Shape::output_height * Shape::output_width * Shape::out;
    std::vector<T> x = drawn(Images * Shape::height * Shape::width * Shape::in, 1), w = drawn(fan * Shape::out, 2);
    std::vector<T> y = drawn(y_size, 3);
    std::vector<T> result = std::vector<T>(std::max({x.size(), w.size(), y.size()}));

    template <direction Which>
    void run() {
        if constexpr (Which == direction::forward) {
            pr::convolve<Shape, Images>(x.data(), w.data(), result.data());
        } else if constexpr (Which == direction::input_gradient) {
            pr::convolve_input_gradient<Shape, Images>(y.data(), w.data(), result.data());
        } else if constexpr (Which == direction::weight_gradient) {
            pr::convolve_weight_gradient<Shape, Images>(x.data(), y.data(), result.data());
        } else if constexpr (Which == direction::fast_forward) {
            pr::winograd_convolve<Shape, Images>(x.data(), w.data(), result.data());
        } else if constexpr (Which == direction::fast_input_gradient) {
            pr::winograd_convolve_input_gradient<Shape, Images>(y.data(), w.data(), result.data());
        } else if constexpr (Which == direction::fast_weight_gradient) {
            pr::winograd_convolve_weight_gradient<Shape, Images>(x.data(), y.data(), result.data());
        } else if constexpr (Which == direction::finer_forward) {
            pr::winograd_convolve<Shape, Images, false, 2>(x.data(), w.data(), result.data());
        } else if constexpr (Which == direction::finer_input_gradient) {
            pr::winograd_convolve_input_gradient<Shape, Images, false, 2>(y.data(), w.data(), result.data());
        } else {
            pr::winograd_convolve_weight_gradient<Shape, Images, false, 2>(x.data(), y.data(), result.data());
        }
    }

private:
    static std::vector<T> drawn(std::size_t count, std::uint32_t which) {
        pr::random_stream random(pr::key{1, 0, which}, pr::purpose::user);
        std::vector<T> numbers(count);
        for (T& number : numbers) number = static_cast<T>(random.normal<float>());
        return numbers;
    }
};

constexpr direction direct(direction which) {
    return static_cast<direction>(static_cast<int>(which) % 3);
}

template <class Shape, std::size_t Images, direction Which>
double relative_error() {
    arrays<Shape, Images, float> found;
    arrays<Shape, Images, double> exact;
    found.template run<Which>();
    exact.template run<direct(Which)>();
    double error = 0, all = 0;
    for (std::size_t i = 0; i < exact.result.size(); ++i) {
        const double off = static_cast<double>(found.result[i]) - exact.result[i];
        error += off * off;
        all += exact.result[i] * exact.result[i];
    }
    return std::sqrt(error / all);
}

template <class Shape, std::size_t Images, direction Which>
void run(benchmark::State& state) {
    using numbers = arrays<Shape, Images, float>;
    numbers all;
    static const double error = relative_error<Shape, Images, Which>();
    const benchmarks::stopwatch watch;
    for (auto _ : state) {
        all.template run<Which>();
        benchmark::ClobberMemory();
    }
    const double seconds = watch.seconds();
    state.counters["allocations"] = watch.allocations();
    const double work = 2.0 * numbers::fan * numbers::y_size * static_cast<double>(state.iterations());
    benchmarks::report_work(state, work, seconds, watch.peak());
    state.counters["error"] = error;
}

template <class Shape, std::size_t Images>
void add() {
    const std::string name = std::to_string(Shape::height) + "x" + std::to_string(Shape::width) + " " +
                             std::to_string(Shape::in) + "-" + std::to_string(Shape::out) +
                             (Shape::stride > 1 ? " /" + std::to_string(Shape::stride) : "") +
                             (Shape::groups > 1 ? " in " + std::to_string(Shape::groups) + " groups" : "") +
                             (Shape::kernel_width != 3 ? " by 5x5" : "") +
                             (Shape::dilation > 1 ? " dilated" : "") + ", " +
                             std::to_string(Images) + " ";
    benchmark::RegisterBenchmark((name + "forward").c_str(), run<Shape, Images, direction::forward>);
    benchmark::RegisterBenchmark((name + "dx").c_str(), run<Shape, Images, direction::input_gradient>);
    benchmark::RegisterBenchmark((name + "dw").c_str(), run<Shape, Images, direction::weight_gradient>);
    if constexpr (pr::winograd_pays<Shape, Images>) {
        benchmark::RegisterBenchmark((name + "fast forward").c_str(), run<Shape, Images, direction::fast_forward>);
        benchmark::RegisterBenchmark((name + "fast dx").c_str(), run<Shape, Images, direction::fast_input_gradient>);
        benchmark::RegisterBenchmark((name + "fast dw").c_str(), run<Shape, Images, direction::fast_weight_gradient>);
    }
    if constexpr (pr::winograd_pays<Shape, Images> && Shape::height == 14 && Images == 75) {
        benchmark::RegisterBenchmark((name + "finer forward").c_str(), run<Shape, Images, direction::finer_forward>);
        benchmark::RegisterBenchmark((name + "finer dx").c_str(), run<Shape, Images, direction::finer_input_gradient>);
        benchmark::RegisterBenchmark((name + "finer dw").c_str(), run<Shape, Images, direction::finer_weight_gradient>);
    }
}

template <class Shape>
void add_both() {
    add<Shape, 5>();
    add<Shape, 75>();
}

}  // namespace

int main(int argc, char** argv) {
    using pr::convolution_shape;
    add_both<convolution_shape<28, 28, 1, 64>>();
    add_both<convolution_shape<14, 14, 64, 64>>();
    add_both<convolution_shape<7, 7, 64, 64>>();
    add_both<convolution_shape<3, 3, 64, 64>>();
    add_both<convolution_shape<14, 14, 32, 32>>();
    add_both<convolution_shape<7, 7, 32, 32>>();
    add_both<convolution_shape<3, 3, 32, 32>>();
    add_both<convolution_shape<28, 28, 64, 64, 3, 3, 2>>();
    add_both<convolution_shape<14, 14, 64, 64, 3, 3, 2>>();
    add_both<convolution_shape<7, 7, 64, 64, 3, 3, 2>>();
    add_both<convolution_shape<4, 4, 64, 64, 3, 3, 2>>();
    add_both<convolution_shape<14, 14, 64, 64, 3, 3, 1, 1, 1, 64>>();  // depthwise
    add_both<convolution_shape<14, 14, 64, 64, 3, 3, 1, 1, 1, 4>>();
    add_both<convolution_shape<14, 14, 64, 64, 5, 5, 1, 2>>();
    add_both<convolution_shape<14, 14, 64, 64, 3, 3, 1, 2, 2>>();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
