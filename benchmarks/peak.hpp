// SPDX-License-Identifier: BSL-1.0
// The multiply-add peak of one core, measured in this process between the timings.
#pragma once

#include <priori/simd/detail/tile.hpp>
#include <priori/simd/pack.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace benchmarks {

// Floating-point operations a second of independent fused multiply-adds in registers: the median of nine runs of 0.2 to
// 0.4 ms.
inline double fma_peak() {
    namespace pr = priori;
    using pack = pr::pack<float>;
    constexpr std::size_t chains = pr::lanes<float> == 16                   ? 16
                                   : pr::detail::vector_registers == 32 ? 20  // four pipes of latency 4 want 16
                                                                        : 12;
    constexpr std::size_t rounds = 100'000;
    std::array<double, 9> rates{};
    for (double& rate : rates) {
        std::array<pack, chains> sums;
        for (std::size_t i = 0; i < chains; ++i) sums[i] = pack(0.001f * static_cast<float>(i));
        const pack x(0.999f), y(0.001f);
        const auto start = std::chrono::steady_clock::now();
        for (std::size_t n = 0; n < rounds; ++n) {
            PRIORI_UNROLL
            for (std::size_t i = 0; i < chains; ++i) sums[i] = pr::fused(sums[i], x, y);
        }
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        float total = 0;
        for (const pack& sum : sums) total += pr::sum_lanes(sum);
        volatile float keep = total;
        static_cast<void>(keep);
        rate = 2.0 * chains * pr::lanes<float> * rounds / taken.count();
    }
    std::sort(rates.begin(), rates.end());
    return rates[rates.size() / 2];
}

}  // namespace benchmarks
