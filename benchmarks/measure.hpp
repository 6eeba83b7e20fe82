// SPDX-License-Identifier: BSL-1.0
// measure: a benchmark of one call that is made again and again on the same arrays.
#pragma once

#include "report.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>
#include <vector>

namespace benchmarks {

// Numbers between -1 and 1.
inline std::vector<float> values(std::size_t count) {
    std::vector<float> result(count);
    for (std::size_t i = 0; i < count; ++i) {
        result[i] = static_cast<float>((i * 2654435761u) % 2001u) / 1000.0f - 1.0f;
    }
    return result;
}

// 0 where it means nothing.
struct size_of_call {
    double flops = 0;   // of one call
    double bytes = 0;   // read and written by one call
    double values = 0;  // functions evaluated by one call
};

// Reports what there is of FLOPS, peak_fraction, flop_per_byte, bytes_per_second and values_per_second, and allocations.
template <class Call>
void measure(const std::string& name, const size_of_call& of, Call call) {
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) mutable {
        call();
        const stopwatch watch;
        for (auto _ : state) {
            call();
            benchmark::ClobberMemory();
        }
        const double seconds = watch.seconds(), calls = static_cast<double>(state.iterations());
        state.counters["allocations"] = watch.allocations();
        if (of.bytes > 0) state.counters["bytes_per_second"] = of.bytes * calls / seconds;
        if (of.bytes > 0 && of.flops > 0) state.counters["flop_per_byte"] = of.flops / of.bytes;
        if (of.values > 0) state.counters["values_per_second"] = of.values * calls / seconds;
        if (of.flops > 0) report_work(state, of.flops * calls, seconds, watch.peak());
    });
}

}  // namespace benchmarks
