// SPDX-License-Identifier: BSL-1.0
// workload: what is said of a workload beside its description and its tasks.
#pragma once

#include <cstddef>

namespace priori {}

namespace benchmarks {

namespace pr = priori;

// `work` is the floating-point operations of one task, whatever path is taken; several threads want a meta-batch.
struct workload {
    const char* name;
    std::size_t meta_batch;
    double work;
    double inner_rate;  // of the description, said again for the rivals
    double outer_rate;
};

}  // namespace benchmarks
