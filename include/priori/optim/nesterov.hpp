// SPDX-License-Identifier: BSL-1.0
// nesterov: momentum that looks one step ahead.
#pragma once

#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/rule.hpp>

#include <cstddef>

namespace priori {

// b <- decay b + g,  p <- p - rate (g + decay b)
// As torch.optim.SGD with nesterov = True.
// Reference: Sutskever et al., On the importance of initialization and momentum in deep learning (2013), section 2.
template <class Rate = double, class Decay = double>
struct nesterov {
    static constexpr fixed_string kind{"nesterov"};
    static constexpr std::size_t slots = 1;
    static constexpr bool linear = true;
    using field_names = names<"rate", "decay">;

    Rate rate = Rate(0.01);
    Decay decay = Decay(0.9);

    constexpr auto fields() const { return tuple<Rate, Decay>{rate, decay}; }

    template <class N, class H>
    PRIORI_ALWAYS_INLINE static void update(N& p, const N& g, N* s, const H* h, std::size_t) noexcept {
        s[0] = h[1] * s[0] + g;
        p = p - h[0] * (g + h[1] * s[0]);
    }
};

}  // namespace priori
