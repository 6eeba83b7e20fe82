// SPDX-License-Identifier: BSL-1.0
// mean_absolute: the mean absolute error.
#pragma once

#include <priori/loss/elementwise.hpp>

namespace priori {

struct absolute_function {
    static constexpr fixed_string kind{"mean_absolute"};
    template <class N, class T>
    PRIORI_ALWAYS_INLINE N operator()(const N& prediction, const T& target) const noexcept {
        return absolute(N(prediction - target));
    }
};

// The mean over examples and outputs of |prediction - target|.
// Derivative: a sign, 0 where both are equal; its own derivative is 0, so an exact meta-gradient gains nothing from it.
inline constexpr elementwise_loss<absolute_function> mean_absolute{};

}  // namespace priori
