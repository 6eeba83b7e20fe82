// SPDX-License-Identifier: BSL-1.0
// transform | optimizer: the gradient is changed before the optimizer takes it. The whole is Elementwise again.
#pragma once

#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/detached.hpp>
#include <priori/optim/detail/rule_parts.hpp>
#include <priori/optim/rule.hpp>

#include <cstddef>

namespace priori {

namespace detail {

template <fixed_string Prefix, class Own, class More>
struct joined_names;
template <fixed_string Prefix, fixed_string... Own, fixed_string... More>
struct joined_names<Prefix, names<Own...>, names<More...>> {
    using type = names<join<Prefix, ".", Own>()..., More...>;
};

}  // namespace detail

// The fields of the transform come first, under its name: "clip_by_norm.limit". Two transforms of one kind in a chain
// share what they learn, as all blocks of one name do.
// Derivative and cost: those of one fused loop (rule.hpp); no gradient is stored between the two.
template <Transform First, Elementwise Next>
struct chained {
    static constexpr auto kind = join<First::kind, " | ", Next::kind>();
    static constexpr std::size_t slots = Next::slots;
    static constexpr std::size_t constants = detail::constants_of<Next>;
    static constexpr std::size_t sums = detail::sums_of<First> + detail::sums_of<Next>;
    static constexpr bool linear = detail::is_linear<First> && detail::is_linear<Next>;
    static constexpr bool steep_at_zero = is_steep_at_zero<Next>;
    static constexpr bool takes_bundles =
        !requires { requires !First::takes_bundles; } && !requires { requires !Next::takes_bundles; };
    using field_names =
        typename detail::joined_names<First::kind, typename First::field_names, typename Next::field_names>::type;

    First first;
    Next next;

    constexpr auto fields() const { return concatenated(first.fields(), next.fields()); }

    template <class H>
    PRIORI_ALWAYS_INLINE static void prepare(H* h, std::size_t k) noexcept {
        if constexpr (constants > 0) Next::prepare(h + own_fields, k);
    }

    template <std::size_t J, class N, class H>
    PRIORI_ALWAYS_INLINE static N term(const N& p, const N& g, const H* h, const N* r) noexcept {
        if constexpr (J < own_sums) {
            return First::template term<J>(p, g, h, r);
        } else {
            return Next::template term<J - own_sums>(p, N(First::apply(p, g, h, r)), h + own_fields, r + own_sums);
        }
    }

    template <class N, class H>
    PRIORI_ALWAYS_INLINE static void update(N& p, const N& g, N* s, const H* h, std::size_t k,
                                            const N* r = nullptr) noexcept {
        const N changed = First::apply(p, g, h, r);
        if constexpr (detail::sums_of<Next> > 0) {
            Next::update(p, changed, s, h + own_fields, k, r + own_sums);
        } else {
            Next::update(p, changed, s, h + own_fields, k);
        }
    }

private:
    static constexpr std::size_t own_fields = First::field_names::count;
    static constexpr std::size_t own_sums = detail::sums_of<First>;
};

// Transforms that wait for an optimizer.
template <Transform First, Transform Second>
struct transforms {
    static constexpr bool is_gradient_transform = true;
    First first;
    Second second;
};

template <Transform First, Transform Second>
constexpr transforms<First, Second> operator|(First first, Second second) {
    return {first, second};
}
template <Transform First, Elementwise Next>
    requires(!Transform<Next>)
constexpr chained<First, Next> operator|(First first, Next next) {
    return {first, next};
}
template <Transform First, Transform Second, Elementwise Next>
constexpr auto operator|(transforms<First, Second> both, Next next) {
    return both.first | (both.second | next);
}
template <Transform First, class O>
constexpr auto operator|(First first, detached_rule<O> next) {
    return detached(first | next.optimizer);
}

template <Transform First, Optimizer Next>
    requires(!Elementwise<Next>)
constexpr Next operator|(First, Next next) {
    static_assert(sizeof(Next) == 0,
                  "[priori:O403] transform | optimizer: the optimizer is not elementwise, so it has a rule of its own; "
                  "let that rule change the gradient.");
    return next;
}

}  // namespace priori
