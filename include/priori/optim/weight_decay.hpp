// SPDX-License-Identifier: BSL-1.0
// weight_decay: a pull of the parameters to zero, added to the gradient.
#pragma once

#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/chain.hpp>
#include <priori/optim/concepts.hpp>

#include <cstddef>

namespace priori {

// g <- g + decay p, the gradient of decay / 2 |p|^2, as weight_decay in torch.optim.SGD and Adam. The decay that an
// adaptive rule's moments do not see is adamw's.
template <class Decay = double>
struct weight_decay {
    static constexpr fixed_string kind{"weight_decay"};
    static constexpr bool is_gradient_transform = true;
    static constexpr bool linear = true;
    using field_names = names<"decay">;

    Decay decay = Decay(0.01);

    constexpr auto fields() const { return tuple<Decay>{decay}; }

    template <class N, class H>
    PRIORI_ALWAYS_INLINE static N apply(const N& p, const N& g, const H* h, const N*) noexcept {
        return g + h[0] * p;
    }
};

}  // namespace priori
