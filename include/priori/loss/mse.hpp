// SPDX-License-Identifier: BSL-1.0
// mse: the mean square error.
#pragma once

#include <priori/loss/elementwise.hpp>

namespace priori {

struct square_function {
    static constexpr fixed_string kind{"mse"};
    template <class N, class T>
    PRIORI_ALWAYS_INLINE N operator()(const N& prediction, const T& target) const noexcept {
        const N difference = prediction - target;
        return difference * difference;
    }
};

// The mean over examples and outputs of (prediction - target)^2.
inline constexpr elementwise_loss<square_function> mse{};

}  // namespace priori
