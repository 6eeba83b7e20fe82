// SPDX-License-Identifier: BSL-1.0
// Why a loss does not go with a model's outputs and an episode's targets.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/batch.hpp>

#include <cstddef>
#include <cstdint>

namespace priori::detail {

template <std::size_t Ways>
inline constexpr auto text_of<labels<Ways>> = join<decimal<Ways>(), " classes">();

template <class Target>
inline constexpr bool is_labels = false;
template <std::size_t Ways>
inline constexpr bool is_labels<labels<Ways>> = true;

template <class L>
consteval auto kind_of_loss() {
    if constexpr (requires { L::kind.view(); }) {
        return L::kind;
    } else {
        return fixed_string("loss");
    }
}

template <class L, class Out, class T, class V = view<float>>
concept HasGradient = requires(const L& loss, V v, const T* target) {
    loss.template gradient<1, Out>(v, target, v);
};

template <fixed_string Kind, class Out, class Target>
consteval auto labels_refusal() {
    if constexpr (Out::size < Target::ways) {
        return join<"[priori:L204] ", Kind, ": the model has ", decimal<Out::size>(), " outputs, the labels are of ",
                    text_of<Target>,
                    "; end the model with dense<ways>, or make an adapter for that episode, and transfer(...).">();
    } else {
        return accepted;
    }
}

// The sentence for outputs of shape Out and a Target, which is a shape or labels; empty if they go together.
template <class L, class Out, class Target>
consteval auto loss_refusal() {
    constexpr auto kind = kind_of_loss<L>();
    if constexpr (!HasGradient<L, Out, float> && !HasGradient<L, Out, std::int32_t>) {
        return join<"[priori:L210] ", kind,
                    ": the loss has no const gradient<Count, Out>(prediction, target, bar) for "
                    "predictions of any numbers.">();
    } else if constexpr (requires { requires L::wants_labels; } && !is_labels<Target>) {
        return join<"[priori:L201] ", kind, ": the targets are numbers of shape ", text_of<Target>, ", ", kind,
                    " wants class labels; use mse, or tasks whose targets are labels<ways>.">();
    } else if constexpr (requires { requires !L::wants_labels; } && is_labels<Target>) {
        return join<"[priori:L202] ", kind, ": the targets are labels of ", text_of<Target>, ", ", kind,
                    " compares numbers; use cross_entropy, or tasks whose targets are numbers.">();
    } else if constexpr (is_labels<Target>) {
        return labels_refusal<kind, Out, Target>();
    } else if constexpr (Out::size != Target::size) {
        return join<"[priori:L203] ", kind, ": the outputs of the model have shape ", text_of<Out>,
                    ", the targets have shape ", text_of<Target>,
                    "; let the last layer have as many outputs as a target has numbers.">();
    } else {
        return accepted;
    }
}

}  // namespace priori::detail
