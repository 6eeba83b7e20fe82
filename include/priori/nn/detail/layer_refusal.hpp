// SPDX-License-Identifier: BSL-1.0
// Why a layer does not go with an input: a member that it lacks, or what it says itself.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/core/shape.hpp>
#include <priori/nn/concepts.hpp>

namespace priori::detail {

template <class L>
inline constexpr auto kind_of_layer = fixed_string("layer");
template <class L>
requires requires { L::kind.view(); }
inline constexpr auto kind_of_layer<L> = L::kind;

// Can forward and vjp be called as a network calls them?
template <class L, class In, class V = view<float>>
concept RunsForward =
    (keeps_saved<L> && uses_pass<L> &&
     requires(const L& l, V v, const pass& how) { l.template forward<rows<1>, In>(v, v, v, v, how); }) ||
    (keeps_saved<L> && !uses_pass<L> && requires(const L& l, V v) { l.template forward<rows<1>, In>(v, v, v, v); }) ||
    (!keeps_saved<L> && requires(const L& l, V v) { l.template forward<rows<1>, In>(v, v, v); });
template <class L, class In, class V = view<float>>
concept RunsBackward = (keeps_saved<L> &&
                        requires(const L& l, V v) { l.template vjp<rows<1>, In>(v, v, v, v, v, v, v); }) ||
                       (!keeps_saved<L> &&
                        requires(const L& l, V v) { l.template vjp<rows<1>, In>(v, v, v, v, v, v); });

template <class L, class In, fixed_string Kind>
consteval auto missing_member() {
    if constexpr (!requires { typename L::template output_shape<In>; }) {
        return join<"[priori:N112] ", Kind, ": the layer has no output_shape<In>, the shape of one output.">();
    } else if constexpr (!requires { L::template parameters<In>::size; }) {
        return join<"[priori:N113] ", Kind,
                    ": the layer has no parameters<In>; a layer that learns nothing says "
                    "parameter_list<>.">();
    } else if constexpr (!RunsForward<L, In>) {
        return join<"[priori:N114] ", Kind,
                    ": the layer has no const forward<Rows, In>(p, x, y) for views of any "
                    "numbers.">();
    } else if constexpr (!RunsBackward<L, In>) {
        return join<"[priori:N115] ", Kind,
                    ": the layer has no const vjp<Rows, In>(p, x, y, y_bar, x_bar, p_bar) for "
                    "views of any numbers.">();
    } else {
        return accepted;
    }
}

// The sentence for a layer L whose input has shape In; empty if they go together.
template <class L, class In>
consteval auto layer_refusal() {
    constexpr auto kind = kind_of_layer<L>;
    if constexpr (!requires { L::kind.view(); }) {
        return fixed_string(
            "[priori:N110] layer: a layer has no kind; give it static constexpr fixed_string kind{...}, its "
            "name in parameter names.");
    } else if constexpr (
        !requires { bool{L::reads_input}; } || !requires { bool{L::reads_output}; }) {
        return join<"[priori:N111] ", kind,
                    ": the layer does not say what its vjp reads; give it static constexpr bool "
                    "reads_input and reads_output.">();
    } else if constexpr (!requires { L::template refusal<In>(); }) {
        return missing_member<L, In, kind>();
    } else if constexpr (L::template refusal<In>().length > 0) {
        return L::template refusal<In>();
    } else {
        return missing_member<L, In, kind>();
    }
}

template <class L, class In>
inline constexpr bool accepts = layer_refusal<L, In>().length == 0;

}  // namespace priori::detail
