// SPDX-License-Identifier: BSL-1.0
// print_losses: a program's main: `<program> ITERATIONS [W1,W2]` prints lines `<workload> <float|double> <i> <loss>`.
#pragma once

#include "../losses.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace benchmarks {

template <class T>
void print_losses(losses_of<T> losses, const char* scalar, const auto& each) {
    each(losses);
    for (const auto& of : losses.found) {
        for (std::size_t i = 0; i < of.values.size(); ++i) {
            std::printf("%s %s %zu %.17g\n", of.name.c_str(), scalar, i, of.values[i]);
        }
    }
}

int print_losses(int argc, char** argv, const auto& each) {
    const std::size_t iterations = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100;
    const char* only = argc > 2 ? argv[2] : "";
    print_losses(losses_of<float>{iterations, only, true}, "float", each);
    print_losses(losses_of<double>{iterations, only, true}, "double", each);
    return 0;
}

}  // namespace benchmarks
