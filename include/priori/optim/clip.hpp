// SPDX-License-Identifier: BSL-1.0
// clip_by_value, clip_by_norm: gradients that grow too large are cut back before the optimizer takes them.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/chain.hpp>
#include <priori/optim/concepts.hpp>

#include <cstddef>

namespace priori {

// g <- min(max(g, -limit), limit), for each coordinate; limit > 0.
// Derivative: 1 within, 0 beyond; at the limit itself 1. NaN stays NaN.
template <class Limit = double>
struct clip_by_value {
    static constexpr fixed_string kind{"clip_by_value"};
    static constexpr bool is_gradient_transform = true;
    using field_names = names<"limit">;

    Limit limit = Limit(1.0);

    constexpr auto fields() const { return tuple<Limit>{limit}; }

    template <class N, class H>
    PRIORI_ALWAYS_INLINE static N apply(const N&, const N& g, const H* h, const N*) noexcept {
        return minimum(maximum(g, N(-h[0])), N(h[0]));
    }
};

// g <- g min(1, limit / |g|), |g| over all coordinates that move; limit > 0.
// Derivative: exact, through the norm; where |g| < limit, that of doing nothing. What is not finite stays so.
// Reference: Pascanu et al., On the difficulty of training recurrent neural networks (2013), algorithm 1.
template <class Limit = double>
struct clip_by_norm {
    static constexpr fixed_string kind{"clip_by_norm"};
    static constexpr bool is_gradient_transform = true;
    static constexpr std::size_t sums = 1;
    using field_names = names<"limit">;

    Limit limit = Limit(1.0);

    constexpr auto fields() const { return tuple<Limit>{limit}; }

    template <std::size_t, class N, class H>
    PRIORI_ALWAYS_INLINE static N term(const N&, const N& g, const H*, const N*) noexcept {
        return g * g;
    }
    template <class N, class H>
    PRIORI_ALWAYS_INLINE static N apply(const N&, const N& g, const H* h, const N* r) noexcept {
        const N limit(h[0]);
        return g * select(less(r[0], N(limit * limit)), N(1), N(limit / square_root(r[0])));
    }
};

}  // namespace priori
