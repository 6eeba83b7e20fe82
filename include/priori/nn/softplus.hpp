// SPDX-License-Identifier: BSL-1.0
// softplus: a smooth relu.
#pragma once

#include <priori/nn/activation.hpp>

namespace priori {

struct softplus_function {
    static constexpr fixed_string kind{"softplus"};
    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        return logarithm_one_plus_exponential(x);
    }
    // 1 - exp(-y)
    template <class N>
    PRIORI_ALWAYS_INLINE static N from_output(const N& y) noexcept {
        return -exponential_minus_one(N(-y));
    }
};

// ln(1 + exp(x)), without overflow.
inline constexpr activation_layer<softplus_function> softplus{};

}  // namespace priori
