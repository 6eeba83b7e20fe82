// SPDX-License-Identifier: BSL-1.0
// huber: the square error near the target, the absolute error far from it.
#pragma once

#include <priori/loss/elementwise.hpp>

namespace priori {

struct huber_function {
    static constexpr fixed_string kind{"huber"};

    double delta = 1.0;  // in units of the target

    template <class N, class T>
    PRIORI_ALWAYS_INLINE N operator()(const N& prediction, const T& target) const noexcept {
        const N difference = prediction - target;
        const N size = absolute(difference);
        return select(greater(size, N(delta)), N(delta * (size - 0.5 * delta)), N(0.5 * (difference * difference)));
    }
};

// The mean over examples and outputs of d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2); delta > 0.
// Reference: Huber, Robust estimation of a location parameter (1964).
constexpr elementwise_loss<huber_function> huber_with(double delta) {
    return {{delta}};
}

// delta = 1.
inline constexpr elementwise_loss<huber_function> huber{};

}  // namespace priori
