// SPDX-License-Identifier: BSL-1.0
// leaky_relu: x where it is positive, else a small multiple of it.
#pragma once

#include <priori/core/error.hpp>
#include <priori/core/result.hpp>
#include <priori/nn/activation.hpp>

namespace priori {

struct leaky_relu_function {
    static constexpr fixed_string kind{"leaky_relu"};
    static constexpr bool piecewise_linear = true;

    double slope = 0.01;

    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        return select(greater(x, N(0)), x, N(slope * x));
    }
    template <class N>
    PRIORI_ALWAYS_INLINE N from_output(const N& y) const noexcept {
        return select(greater(y, N(0)), N(1), N(slope));
    }
};

// slope >= 0, or the sign of the output would not tell that of the input.
// Throws: error (bad_value) for another slope, which is no constant either; without exceptions that stops the program.
constexpr activation_layer<leaky_relu_function> leaky_relu_with(double slope) {
    if (!(slope >= 0)) {
        detail::refuse_access(failure{error_kind::bad_value, "leaky_relu_with: the slope is at least 0."});
    }
    return {{slope}};
}

// max(x, 0.01 x); the derivative at 0 is 0.01. Reference: Maas, Hannun, Ng (2013), section 2.
inline constexpr activation_layer<leaky_relu_function> leaky_relu{};

}  // namespace priori
