// SPDX-License-Identifier: BSL-1.0
// sgd: gradient descent.
#pragma once

#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/rule.hpp>

#include <cstddef>

namespace priori {

// p <- p - rate g
template <class Rate = double>
struct sgd {
    static constexpr fixed_string kind{"sgd"};
    static constexpr std::size_t slots = 0;
    static constexpr bool linear = true;
    using field_names = names<"rate">;

    Rate rate = Rate(0.01);

    constexpr auto fields() const { return tuple<Rate>{rate}; }

    template <class N, class H>
    PRIORI_ALWAYS_INLINE static void update(N& p, const N& g, N*, const H* h, std::size_t) noexcept {
        p = p - h[0] * g;
    }
};

}  // namespace priori
