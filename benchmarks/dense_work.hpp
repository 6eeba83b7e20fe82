// SPDX-License-Identifier: BSL-1.0
// maml_work: the operations of one exact step of MAML on a chain of dense layers.
#pragma once

#include <array>
#include <cstddef>

namespace benchmarks {

// Two for every multiply-add of the products that one task needs: a gradient of the support loss and one of the query
// loss, and a tangent sweep over the first. The input's gradient and its tangent are not needed.
template <std::size_t... Width>
constexpr double maml_work(std::size_t support, std::size_t query) {
    constexpr std::array widths{Width...};
    double gradient = 0, tangent = 0;  // of one example
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
        const double products = 2.0 * static_cast<double>(widths[i] * widths[i + 1]);
        gradient += products * (i == 0 ? 2 : 3);
        tangent += products * (i == 0 ? 2 : 6);
    }
    return static_cast<double>(support) * (gradient + tangent) + static_cast<double>(query) * gradient;
}

}  // namespace benchmarks
