// SPDX-License-Identifier: BSL-1.0
// Schedules that end when the time does.
#pragma once

#include "presets.hpp"

#include <algorithm>
#include <cstdint>

namespace omniglot {

// Of one iteration.
struct iteration_seconds {
    double first_order = 0, exact = 0;
};

// With as many iterations as fit, at most those that it has. Parts of the run keep their share of it, but those that
// were named their length.
inline preset fitted(preset p, double seconds, iteration_seconds one, bool names_multi_step, bool names_first_order) {
    const double all = static_cast<double>(p.iterations), first = static_cast<double>(p.first_order);
    double fit = 0;
    if (names_first_order) {
        const double rest = seconds - first * one.first_order;
        fit = rest <= 0 ? seconds / one.first_order : first + rest / one.exact;
    } else {
        const double part = std::min(1.0, first / all);
        fit = seconds / (part * one.first_order + (1 - part) * one.exact);
    }
    const std::uint64_t planned = p.iterations;
    p.iterations = std::max<std::uint64_t>(static_cast<std::uint64_t>(std::min(fit, all)), 1);
    const auto scale = [&](std::uint64_t& count) { count = count * p.iterations / planned; };  // as --iterations does
    if (!names_multi_step) scale(p.multi_step);
    if (!names_first_order) scale(p.first_order);
    return p;
}

}  // namespace omniglot
