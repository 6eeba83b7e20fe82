// SPDX-License-Identifier: BSL-1.0
// rmsprop: steps scaled by a running mean of the squared gradient.
#pragma once

#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/eps.hpp>
#include <priori/optim/rule.hpp>

#include <cstddef>

namespace priori {

// v <- decay v + (1 - decay) g^2,  p <- p - rate g / sqrt(v + eps)
// As torch.optim.RMSprop with alpha = decay where eps stands outside: rmsprop{...}.with_eps_outside().
// Reference: Tieleman and Hinton, Neural Networks for Machine Learning (2012), lecture 6.5.
template <class Rate = double, class Decay = double, class Eps = double, eps_place Place = eps_place::inside>
struct rmsprop {
    static constexpr fixed_string kind{"rmsprop"};
    static constexpr bool steep_at_zero = Place == eps_place::outside;
    static constexpr std::size_t slots = 1;
    static constexpr std::size_t constants = 1;
    using field_names = names<"rate", "decay", "eps">;

    Rate rate = Rate(0.01);
    Decay decay = Decay(0.99);
    Eps eps = Eps(1e-8);

    constexpr auto fields() const { return tuple<Rate, Decay, Eps>{rate, decay, eps}; }
    constexpr auto with_eps_outside() const {
        return rmsprop<Rate, Decay, Eps, eps_place::outside>{rate, decay, eps};
    }

    template <class H>
    PRIORI_ALWAYS_INLINE static void prepare(H* h, std::size_t) noexcept {
        h[3] = H(1) - h[1];
    }

    template <class N, class H>
    PRIORI_ALWAYS_INLINE static void update(N& p, const N& g, N* s, const H* h, std::size_t) noexcept {
        s[0] = h[1] * s[0] + h[3] * (g * g);
        p = p - h[0] * g / detail::root<Place>(s[0], h[2]);
    }
};

}  // namespace priori
