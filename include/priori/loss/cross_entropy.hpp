// SPDX-License-Identifier: BSL-1.0
// cross_entropy: outputs are logits, one for each class; targets are class labels.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/name.hpp>
#include <priori/loss/concepts.hpp>

#include <cstddef>

namespace priori {

namespace detail {

struct exponential_function {
    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        return exponential(x);
    }
};

}  // namespace detail

// ln sum_c exp(y_c) - y_label, over the examples; no softmax before it. Labels are 0 .. Out - 1.
// Derivative: softmax(y) - onehot(label). The row's largest logit is subtracted first, so nothing overflows.
// Cost: one exponential for each output, in packs, on up to 256 outputs of a few rows at a time.
template <bool SumOverClasses>
struct cross_entropy_loss {
    static constexpr bool is_loss = true;
    static constexpr bool wants_labels = true;
    static constexpr fixed_string kind{"cross_entropy"};
    static constexpr auto variant = [] {  // in signatures
        if constexpr (SumOverClasses) {
            return fixed_string(":sum_over_classes");
        } else {
            return fixed_string("");
        }
    }();

    template <std::size_t Count, class Out, class P, class T, class Bar>
    element_of<P> gradient(view<P> prediction, const T* target, view<Bar> bar) const noexcept {
        using S = scalar_of<P>;
        using N = element_of<P>;
        constexpr std::size_t classes = Out::size;
        constexpr std::size_t group = classes >= 256 ? 1 : (256 / classes < Count ? 256 / classes : Count);
        const S weight = S(SumOverClasses ? classes : 1) / S(Count);
        storage<N, group * classes> space;
        const auto powers = space.all();
        N total(S(0));
        for (std::size_t first = 0; first < Count; first += group) {
            const std::size_t here = Count - first < group ? Count - first : group;
            for (std::size_t r = 0; r < here; ++r) {
                const auto y = prediction.at((first + r) * classes);
                S largest = primal(y[0]);
                for (std::size_t c = 1; c < classes; ++c) largest = maximum(largest, S(primal(y[c])));
                for (std::size_t c = 0; c < classes; ++c) powers.set(r * classes + c, y[c] - largest);
                total = total - powers[r * classes + static_cast<std::size_t>(target[first + r])];
            }
            map(here * classes, detail::exponential_function{}, powers, powers);
            for (std::size_t r = 0; r < here; ++r) {
                const auto power = powers.at(r * classes);
                N sum = power[0];
                for (std::size_t c = 1; c < classes; ++c) sum = sum + power[c];
                total = total + logarithm(sum);
                if constexpr (is_wanted<view<Bar>>) {
                    const auto own = bar.at((first + r) * classes);
                    const N scale = weight / sum;
                    const auto label = static_cast<std::size_t>(target[first + r]);
                    for (std::size_t c = 0; c < classes; ++c) {
                        own(c) = N(power[c] * scale - (c == label ? weight : S(0)));
                    }
                }
            }
        }
        return total * weight;
    }
};

// The mean over the examples.
inline constexpr cross_entropy_loss<false> cross_entropy{};
// The mean over the examples times the classes: with s shots of each class, the sum over the examples divided by s, as
// the authors' code of Finn et al. 2017 has it. Rates quoted from there belong to this one.
inline constexpr cross_entropy_loss<true> cross_entropy_sum_over_classes{};

}  // namespace priori
