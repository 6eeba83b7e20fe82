// SPDX-License-Identifier: BSL-1.0
// gelu: x times the probability that a normal variable is below it.
#pragma once

#include <priori/nn/activation.hpp>

namespace priori {

struct gelu_function {
    static constexpr fixed_string kind{"gelu"};
    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        return 0.5 * (x * (1.0 + error_function(N(0.70710678118654752440 * x))));
    }
};

// x (1 + erf(x / sqrt 2)) / 2, the exact one. Reference: Hendrycks and Gimpel, Gaussian Error Linear Units (2016).
inline constexpr activation_layer<gelu_function> gelu{};

}  // namespace priori
