// SPDX-License-Identifier: BSL-1.0
// one_hot(mse): a loss on numbers, as one on class labels: the target of the right class is 1, of the others 0.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/loss/concepts.hpp>

#include <cstddef>

namespace priori {

// The mean over the examples of loss(y, onehot(label)).
// Shapes: outputs (Count, Out), labels (Count), 0 .. Out - 1.
// Derivative: that of the loss. Cost: that of the loss. Stack: the targets as numbers, Count times Out.
// Reference: Sung et al. 2018 (relation networks), equation 2: one_hot(mse).
template <class L>
struct one_hot_loss {
    static constexpr bool is_loss = true;
    static constexpr bool wants_labels = true;
    static constexpr auto kind = join<"one_hot_", L::kind>();

    L loss{};

    template <std::size_t Count, class Out, class P, class T, class Bar>
    element_of<P> gradient(view<P> prediction, const T* target, view<Bar> bar) const noexcept {
        using S = scalar_of<P>;
        S targets[Count * Out::size];
        for (std::size_t i = 0; i < Count; ++i) {
            for (std::size_t c = 0; c < Out::size; ++c) {
                targets[i * Out::size + c] = S(c == static_cast<std::size_t>(target[i]));
            }
        }
        return loss.template gradient<Count, Out>(prediction, targets, bar);
    }
};

namespace detail {

template <class L>
consteval auto one_hot_refusal() {
    if constexpr (requires { requires L::wants_labels; }) {
        return join<"[priori:L205] one_hot: ", L::kind, " wants class labels itself; write it alone.">();
    } else {
        return accepted;
    }
}

}  // namespace detail

template <Loss L>
constexpr auto one_hot(L loss) {
    constexpr auto text = detail::one_hot_refusal<L>();
    static_assert(mistake<detail::printed<text>()>::is_corrected);
    if constexpr (text.length > 0) {
        return detail::said{};
    } else {
        return one_hot_loss<L>{loss};
    }
}

}  // namespace priori
