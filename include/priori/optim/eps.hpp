// SPDX-License-Identifier: BSL-1.0
// eps_place: on which side of the root an adaptive rule's eps stands; it is part of the rule's type.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/config/config.hpp>

namespace priori {

enum class eps_place : unsigned char {
    inside,   // sqrt(v + eps): differentiable at v = 0; the default
    outside,  // sqrt(v) + eps, as in PyTorch: its derivative is not finite at v = 0, so it is for outer rules
};

namespace detail {

template <eps_place Place, class N, class H>
PRIORI_ALWAYS_INLINE N root(const N& v, const H& eps) noexcept {
    if constexpr (Place == eps_place::inside) {
        return square_root(N(v + eps));
    } else {
        return square_root(v) + eps;
    }
}

}  // namespace detail

}  // namespace priori
