// SPDX-License-Identifier: BSL-1.0
// adamw: adam, with a decay of the parameters that the moments do not see.
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

// p <- p - rate decay p - rate (m / (1 - beta1^(k+1))) / sqrt(v / (1 - beta2^(k+1)) + eps), m and v as in adam
// As torch.optim.AdamW where eps stands outside: adamw{...}.with_eps_outside().
// Reference: Loshchilov and Hutter, Decoupled weight decay regularization (2019), algorithm 2.
template <class Rate = double, class Beta1 = double, class Beta2 = double, class Eps = double,
          class Decay = double, eps_place Place = eps_place::inside>
struct adamw {
    static constexpr fixed_string kind{"adamw"};
    static constexpr bool steep_at_zero = Place == eps_place::outside;
    static constexpr std::size_t slots = 2;
    static constexpr std::size_t constants = 5;
    using field_names = names<"rate", "beta1", "beta2", "eps", "decay">;

    Rate rate = Rate(0.001);
    Beta1 beta1 = Beta1(0.9);
    Beta2 beta2 = Beta2(0.999);
    Eps eps = Eps(1e-8);
    Decay decay = Decay(0.01);

    constexpr auto fields() const { return tuple<Rate, Beta1, Beta2, Eps, Decay>{rate, beta1, beta2, eps, decay}; }
    constexpr auto with_eps_outside() const {
        return adamw<Rate, Beta1, Beta2, Eps, Decay, eps_place::outside>{rate, beta1, beta2, eps, decay};
    }

    template <class H>
    PRIORI_ALWAYS_INLINE static void prepare(H* h, std::size_t k) noexcept {
        h[5] = H(1) - h[1];
        h[6] = H(1) - h[2];
        h[7] = h[0] / (H(1) - power(h[1], k + 1));
        h[8] = H(1) / (H(1) - power(h[2], k + 1));
        h[9] = H(1) - h[0] * h[4];
    }

    template <class N, class H>
    PRIORI_ALWAYS_INLINE static void update(N& p, const N& g, N* s, const H* h, std::size_t) noexcept {
        s[0] = h[1] * s[0] + h[5] * g;
        s[1] = h[2] * s[1] + h[6] * (g * g);
        p = h[9] * p - h[7] * s[0] / detail::root<Place>(N(s[1] * h[8]), h[3]);
    }
};

}  // namespace priori
