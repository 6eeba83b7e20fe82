// SPDX-License-Identifier: BSL-1.0
// footprint: the bytes of a learner by part, at compile time.
#pragma once

#include <priori/meta/learner.hpp>

#include <cstddef>

namespace priori {

struct footprint_report {
    std::size_t parameters = 0;   // Theta
    std::size_t outer_state = 0;  // what the outer rule keeps
    std::size_t trajectory = 0;   // what the stages keep from the way forward for the way back, tapes included
    std::size_t query = 0;        // the tape of the query batch, and gradients on the way
    std::size_t adaptation = 0;   // what an adapter needs beside its parameters
    std::size_t total = 0;        // sizeof the learner
    std::size_t adapter = 0;      // sizeof the adapter alone: what a device keeps
    std::size_t adapted = 0;      // sizeof what it returns, which has parameters of its own
    std::size_t thread = 0;       // what every further thread of training takes, computing task by task
    std::size_t task = 0;         // what every task of a meta-batch takes: one gradient
};

// Of two phases, which have a workspace each: the sum of both.
// static_assert(footprint<decltype(maml), decltype(tasks)>.total <= 64 * 1024);
template <class Given, class Tasks, class T = float>
inline constexpr footprint_report footprint = [] {
    using learner_type = learner_for<T, Given, Tasks>;
    using workspace = typename learner_type::workspace_type;
    using adapter_type = typename learner_type::adapter_type;
    footprint_report report;
    report.parameters = learner_type::size * sizeof(T);
    report.trajectory = learner_type::trajectory_bytes;
    report.query = sizeof(workspace) - report.trajectory;
    report.adapter = sizeof(adapter_type);
    report.adapted = sizeof(typename adapter_type::adapted_type);
    report.adaptation = sizeof(adapter_type) - report.parameters;
    report.total = sizeof(learner_type);
    report.outer_state = report.total - sizeof(workspace) - sizeof(adapter_type);
    report.thread = sizeof(workspace);
    report.task = learner_type::size * sizeof(T);
    return report;
}();

}  // namespace priori
