// SPDX-License-Identifier: BSL-1.0
// adam: steps scaled by running moments of the gradient.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/eps.hpp>
#include <priori/optim/rule.hpp>

#include <cstddef>

namespace priori {

// m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,
// p <- p - rate (m / (1 - beta1^(k+1))) / sqrt(v / (1 - beta2^(k+1)) + eps)
// As torch.optim.Adam where eps stands outside: adam{...}.with_eps_outside().
// Reference: Kingma and Ba, Adam (2015), algorithm 1.
template <class Rate = double, class Beta1 = double, class Beta2 = double, class Eps = double,
          eps_place Place = eps_place::inside>
struct adam {
    static constexpr fixed_string kind{"adam"};
    static constexpr bool steep_at_zero = Place == eps_place::outside;
    static constexpr std::size_t slots = 2;
    static constexpr std::size_t constants = 4;
    using field_names = names<"rate", "beta1", "beta2", "eps">;

    Rate rate = Rate(0.001);
    Beta1 beta1 = Beta1(0.9);
    Beta2 beta2 = Beta2(0.999);
    Eps eps = Eps(1e-8);

    constexpr auto fields() const { return tuple<Rate, Beta1, Beta2, Eps>{rate, beta1, beta2, eps}; }
    constexpr auto with_eps_outside() const {
        return adam<Rate, Beta1, Beta2, Eps, eps_place::outside>{rate, beta1, beta2, eps};
    }

    template <class H>
    PRIORI_ALWAYS_INLINE static void prepare(H* h, std::size_t k) noexcept {
        h[4] = H(1) - h[1];
        h[5] = H(1) - h[2];
        h[6] = h[0] / (H(1) - power(h[1], k + 1));
        h[7] = H(1) / (H(1) - power(h[2], k + 1));
    }

    template <class N, class H>
    PRIORI_ALWAYS_INLINE static void update(N& p, const N& g, N* s, const H* h, std::size_t) noexcept {
        s[0] = h[1] * s[0] + h[4] * g;
        s[1] = h[2] * s[1] + h[5] * (g * g);
        p = p - h[6] * s[0] / detail::root<Place>(N(s[1] * h[7]), h[3]);
    }
};

}  // namespace priori
