// SPDX-License-Identifier: BSL-1.0
// The losses of all workloads as text, without Google Benchmark; see agree.sh.
#include "print_losses.hpp"

int main(int argc, char** argv) {
    return benchmarks::print_losses(argc, argv, [](auto& visit) {
        benchmarks::each_small_workload(visit);
        benchmarks::each_image_workload(visit, benchmarks::numbers<float, double>{});
    });
}
