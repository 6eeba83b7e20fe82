// SPDX-License-Identifier: BSL-1.0
// The inputs of the golden cases, rebuilt from their formulas. Conventions: README.md.
#pragma once

#include <cmath>

namespace priori::goldens {

/// Parameter i of a block in flat order; i starts again at zero in every block.
inline double parameter(int i) {
    return 0.6 * std::sin(12.9898 * (i + 1) + 0.1 * (i % 13));
}

/// Element j of the support batch, row-major over all its rows.
inline double support_input(int j) {
    return 2.0 * std::sin(0.7 * j + 0.3);
}

inline double support_target(int j) {
    return std::sin(1.3 * j + 0.5);
}

inline double query_input(int j) {
    return 2.0 * std::sin(0.9 * j + 1.1);
}

inline double query_target(int j) {
    return std::sin(1.1 * j + 0.2);
}

/// Class of a row, in the support set and in the query set.
constexpr int label(int row, int ways) {
    return row % ways;
}

/// The vector that `product` multiplies the Hessian with.
inline double direction(int i) {
    return std::cos(0.37 * i);
}

/// Learned rate of coordinate i of a block.
inline double coordinate_rate(double rate, int i) {
    return rate * (1.0 + 0.01 * (i % 7));
}

} // namespace priori::goldens
