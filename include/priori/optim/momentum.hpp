// SPDX-License-Identifier: BSL-1.0
// momentum: gradient descent along a decaying sum of the gradients.
#pragma once

#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/rule.hpp>

#include <cstddef>

namespace priori {

// b <- decay b + g,  p <- p - rate b
// As torch.optim.SGD with momentum = decay (the sum is not weighted by 1 - decay).
// Reference: Polyak, Some methods of speeding up the convergence of iteration methods (1964).
template <class Rate = double, class Decay = double>
struct momentum {
    static constexpr fixed_string kind{"momentum"};
    static constexpr std::size_t slots = 1;
    static constexpr bool linear = true;
    using field_names = names<"rate", "decay">;

    Rate rate = Rate(0.01);
    Decay decay = Decay(0.9);

    constexpr auto fields() const { return tuple<Rate, Decay>{rate, decay}; }

    template <class N, class H>
    PRIORI_ALWAYS_INLINE static void update(N& p, const N& g, N* s, const H* h, std::size_t) noexcept {
        s[0] = h[1] * s[0] + g;
        p = p - h[0] * s[0];
    }
};

}  // namespace priori
