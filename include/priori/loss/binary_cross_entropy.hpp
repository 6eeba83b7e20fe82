// SPDX-License-Identifier: BSL-1.0
// binary_cross_entropy: outputs are logits of independent events; targets are 0, 1, or probabilities.
#pragma once

#include <priori/loss/elementwise.hpp>

namespace priori {

struct binary_cross_entropy_function {
    static constexpr fixed_string kind{"binary_cross_entropy"};
    template <class N, class T>
    PRIORI_ALWAYS_INLINE N operator()(const N& logit, const T& target) const noexcept {
        return logarithm_one_plus_exponential(logit) - target * logit;
    }
};

// The mean over examples and outputs of -t ln p - (1 - t) ln(1 - p), p = 1 / (1 + exp(-logit)), written as
// ln(1 + exp(logit)) - t logit, which does not overflow. No sigmoid before it.
inline constexpr elementwise_loss<binary_cross_entropy_function> binary_cross_entropy{};

}  // namespace priori
