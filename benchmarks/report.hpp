// SPDX-License-Identifier: BSL-1.0
// What the programs on Google Benchmark report their counters with: wall-clock time, allocations, share of the peak.
#pragma once

#include "peak.hpp"
#include "support/allocation_counter.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace benchmarks {

// The largest resident size of this process so far, in bytes; 0 where the system does not say.
inline double peak_resident_bytes() {
    double kilobytes = 0;
    if (std::FILE* status = std::fopen("/proc/self/status", "r")) {
        char line[256];
        while (std::fgets(line, sizeof line, status)) {
            if (std::strncmp(line, "VmHWM:", 6) == 0) std::sscanf(line + 6, "%lf", &kilobytes);
        }
        std::fclose(status);
    }
    return kilobytes * 1024;
}

// Time and allocations from here on: begin before the loop, report after it.
class stopwatch {
public:
    stopwatch()
        : peak_(fma_peak()), allocations_(priori::test::allocations()), start_(std::chrono::steady_clock::now()) {}
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }
    double allocations() const { return static_cast<double>(priori::test::allocations() - allocations_); }
    // The multiply-add peak: the larger of just before and now, since either measurement may be disturbed.
    double peak() const { return std::max(peak_, fma_peak()); }

private:
    double peak_;
    std::uint64_t allocations_;
    std::chrono::steady_clock::time_point start_;
};

// FLOPS and peak_fraction, for `work` operations in `seconds` by `threads` cores of that peak each.
inline void report_work(benchmark::State& state, double work, double seconds, double peak, std::size_t threads = 1) {
    state.counters["FLOPS"] = work / seconds;
    state.counters["peak_fraction"] = work / seconds / (peak * static_cast<double>(threads));
}

}  // namespace benchmarks
