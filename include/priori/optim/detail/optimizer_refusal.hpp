// SPDX-License-Identifier: BSL-1.0
// Why something is not an optimizer.
#pragma once

#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/detached.hpp>
#include <priori/optim/segment.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace priori::detail {

// Is update there, for the arguments that the rule has for it?
template <class O>
concept Updates = requires(float& p, const float& g, float* s, const float* h, std::size_t k) {
    O::update(p, g, s, h, k);
}
|| requires(float& p, const float& g, float* s, const float* h, std::size_t k) { O::update(p, g, s, h, k, h); };

template <class O>
inline constexpr bool names_each_field = [] {
    if constexpr (requires(const O& rule) { O::field_names::count; rule.fields(); }) {
        return O::field_names::count == tuple_size<std::remove_cvref_t<decltype(std::declval<const O&>().fields())>>;
    } else {
        return true;
    }
}();

template <class O>
struct optimizer_check {
    static consteval auto refusal() {
        if constexpr (!names_each_field<O>) {
            return join<"[priori:O408] ", O::kind,
                        ": field_names has another number of names than fields() has values; give each field its name.">();
        } else if constexpr (Elementwise<O> && !Updates<O>) {
            return join<"[priori:O404] ", O::kind,
                        ": the optimizer has no static update(p, g, s, h, k) that is generic over "
                        "the numbers, as template <class N, class H> update(N&, const N&, N*, const H*, size_t).">();
        } else if constexpr (Elementwise<O>) {
            return accepted;
        } else if constexpr (Transform<O>) {
            return join<"[priori:O405] ", O::kind,
                        ": it changes a gradient and makes no step; put an optimizer behind it, "
                        "such as | sgd{...}.">();
        } else if constexpr (!requires { sizeof(rule<fixed_string("rule"), O>); }) {
            return fixed_string(
                "[priori:O406] optimizer: the argument is none; an optimizer has kind, slots, field_names, "
                "fields() and update(p, g, s, h, k), or a rule<Id, Optimizer> of its own.");
        } else if constexpr (!Optimizer<O>) {
            return fixed_string(
                "[priori:O407] optimizer: its rule<Id, Optimizer> lacks one of slots, reads_trajectory, "
                "detached, blocks<Plan, Steps>.");
        } else {
            return accepted;
        }
    }
};
template <class O>
struct optimizer_check<detached_rule<O>> : optimizer_check<O> {};

// The sentence for what stands in the place of an optimizer and is none; empty for an optimizer.
template <class O>
consteval auto optimizer_refusal() {
    return optimizer_check<O>::refusal();
}

// The same for the rule of the outer loop.
template <class O>
consteval auto outer_optimizer_refusal() {
    if constexpr (optimizer_refusal<O>().length > 0) {
        return optimizer_refusal<O>();
    } else if constexpr (rule<fixed_string("outer"), O>::template blocks<one_segment<1>, 1>::size > 0) {
        return fixed_string(
            "[priori:O401] outer: a field of the outer rule is learned, and nothing learns it; give it a "
            "number or a schedule.");
    } else {
        return accepted;
    }
}

}  // namespace priori::detail
