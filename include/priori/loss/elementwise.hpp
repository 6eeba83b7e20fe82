// SPDX-License-Identifier: BSL-1.0
// elementwise_loss<F>: the mean over examples and outputs of F(prediction, target).
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/sum.hpp>
#include <priori/core/name.hpp>
#include <priori/loss/concepts.hpp>
#include <priori/simd/bundle.hpp>

#include <cstddef>

namespace priori {

// F is a named functor, generic over the number of the prediction; the target is a constant.
// Derivative: dF/dprediction / (Count Out), by running F on a dual.
// Cost: one evaluation of F on a dual for each output.
template <class F>
struct elementwise_loss {
    static constexpr bool is_loss = true;
    static constexpr bool wants_labels = false;
    static constexpr bool takes_bundles = !detail::refuses_bundles<F>;
    static constexpr auto kind = F::kind;

    F function{};

    template <std::size_t Count, class Out, class P, class T, class Bar>
    element_of<P> gradient(view<P> prediction, const T* target, view<Bar> bar) const noexcept {
        const T weight = T(1) / T(Count * Out::size);
        const auto total = sum_over<P>(Count * Out::size, [&]<class Lanes>(std::size_t i) {
            using N = element_of<P, Lanes>;
            const auto y = dual<N>::variable(prediction.template load_lanes<Lanes>(i), 0);
            const dual<N> cost = function(y, load_as<Lanes>(target + i));
            if constexpr (is_wanted<view<Bar>>) bar.template set_lanes<Lanes>(i, cost.tangent[0] * weight);
            return cost.value;
        });
        return total * weight;
    }
};

}  // namespace priori
