// SPDX-License-Identifier: BSL-1.0
// clip_by_value, clip_by_norm: gradients that grow too large are cut back before the optimizer takes them.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/jet.hpp>
#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/chain.hpp>
#include <priori/optim/concepts.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

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
// |g| is s |g / s|, s the sum of all |g_i|, so that no square leaves the range of the number. It does not depend on s,
// which is held fixed.
// Derivative: exact, through the norm; where |g| < limit, that of doing nothing. What is not finite makes all NaN.
// Reference: Pascanu et al., On the difficulty of training recurrent neural networks (2013), algorithm 1.
template <class Limit = double>
struct clip_by_norm {
    static constexpr fixed_string kind{"clip_by_norm"};
    static constexpr bool is_gradient_transform = true;
    static constexpr std::size_t sums = 2;
    using field_names = names<"limit">;

    Limit limit = Limit(1.0);

    constexpr auto fields() const { return tuple<Limit>{limit}; }

    template <std::size_t J, class N, class H>
    PRIORI_ALWAYS_INLINE static N term(const N&, const N& g, const H*, const N* r) noexcept {
        if constexpr (J == 0) {
            return N(absolute(primal(g)) * small<N>());  // many large ones add up to a finite number
        } else {
            const N part(N(g * N(small<N>())) * N(inverse(r[0])));
            return part * part;
        }
    }
    template <class N, class H>
    PRIORI_ALWAYS_INLINE static N apply(const N&, const N& g, const H* h, const N* r) noexcept {
        const N limit(h[0]);
        const N relative(limit * N(inverse(r[0])));  // 2^24 limit / s
        const N bound(relative * N(small<N>()));
        return select(less(r[1], N(bound * bound)), g, N(N(g * N(small<N>())) * N(relative / square_root(r[1]))));
    }

private:
    template <class N>
    PRIORI_ALWAYS_INLINE static auto small() noexcept {
        using S = std::remove_cvref_t<decltype(primal(std::declval<const N&>()))>;
        return S(0x1p-24f);
    }
    // 1 / s, finite where all is zero.
    template <class N>
    PRIORI_ALWAYS_INLINE static auto inverse(const N& sum) noexcept {
        using S = std::remove_cvref_t<decltype(primal(sum))>;
        const S s = primal(sum), least(1e-30f);
        return S(S(1) / select(greater(least, s), least, s));  // a NaN stays
    }
};

}  // namespace priori
