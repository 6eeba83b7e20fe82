// SPDX-License-Identifier: BSL-1.0
// elu: x where it is positive, else an exponential that goes to a constant.
#pragma once

#include <priori/core/error.hpp>
#include <priori/core/result.hpp>
#include <priori/nn/activation.hpp>

namespace priori {

struct elu_function {
    static constexpr fixed_string kind{"elu"};

    double alpha = 1.0;

    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        return select(greater(x, N(0)), x, N(alpha * exponential_minus_one(N(minimum(x, N(0))))));
    }
    template <class N>
    PRIORI_ALWAYS_INLINE N from_output(const N& y) const noexcept {
        return select(greater(y, N(0)), N(1), N(y + alpha));
    }
};

// alpha > 0: the output goes to -alpha.
// Throws: error (bad_value) for another alpha, which is no constant either; without exceptions that stops the program.
constexpr activation_layer<elu_function> elu_with(double alpha) {
    if (!(alpha > 0)) {
        detail::refuse_access(failure{error_kind::bad_value, "elu_with: alpha is more than 0."});
    }
    return {{alpha}};
}

// x where x > 0, else exp(x) - 1. Reference: Clevert, Unterthiner, Hochreiter (2016), equation 15.
inline constexpr activation_layer<elu_function> elu{};

}  // namespace priori
