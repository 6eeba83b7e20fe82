// SPDX-License-Identifier: BSL-1.0
// elementwise_loss<F>: the mean over examples and outputs of F(prediction - target).
#pragma once

#include <priori/ad/map.hpp>
#include <priori/core/name.hpp>
#include <priori/loss/concepts.hpp>

#include <cstddef>

namespace priori {

// Derivative: F'(prediction - target) / (Count Out), F' by running F on a dual.
// Cost: one evaluation of F on a dual for each output.
template <class F>
struct elementwise_loss {
    static constexpr bool is_loss = true;
    static constexpr auto kind = F::kind;

    F function{};

    template <std::size_t Count, class Out, class P, class T, class Bar>
    element_of<P> gradient(view<P> prediction, const T* target, view<Bar> bar) const noexcept {
        using N = element_of<P>;
        const T weight = T(1) / T(Count * Out::size);
        N total(0);
        for (std::size_t i = 0; i < Count * Out::size; ++i) {
            const dual<N> cost = function(dual<N>::variable(N(prediction[i] - target[i]), 0));
            total += cost.value;
            bar(i) = N(cost.tangent[0] * weight);
        }
        return total * weight;
    }
};

}  // namespace priori
