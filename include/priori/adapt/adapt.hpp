// SPDX-License-Identifier: BSL-1.0
// adapt<K>(optimizer, ...): K steps on the support loss, as a stage.
#pragma once

#include <priori/adapt/detail/adaptation.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/optim/detached.hpp>
#include <priori/optim/detail/optimizer_refusal.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/rule.hpp>
#include <priori/simd/bundle.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace priori {

struct no_proximal {};

// A pull of strength lambda to where the adaptation started: the support loss plus lambda / 2 |phi - theta|^2.
// Reference: Rajeswaran et al. 2019 (iMAML), equation 3.
template <class Strength = float>
struct proximal {
    Strength strength = Strength(1.0);
};

// Every step looks at `Size` rows of the support set, in order, and starts again at its end.
template <std::size_t Size>
struct minibatch_rows {
    static constexpr std::size_t size = Size;
};
template <std::size_t Size>
inline constexpr minibatch_rows<Size> minibatch{};

// The optimizer's state, its running moments, is kept from task to task: a task begins with what earlier ones left, and
// so does a test. Blocks "state" and "steps" of the stage hold it, buffers as running averages are: they move by the mean
// over a meta-batch, and no gradient goes through them. The optimizer's count of steps goes on by a task's in each
// iteration.
// Cost: the optimizer's slots and one number more in Theta, and so in gradients, snapshots and what `adapt` returns.
// Reference: the code of Nichol et al. 2018, whose Adam goes on from task to task.
struct carried_state_option {
    static constexpr bool carries_state = true;
};
inline constexpr carried_state_option carried_state{};

struct seen_directly {};

// Shapes: moves the chosen blocks of Theta; adds blocks for what the optimizer and the proximal term learn.
// Derivative: by the meta-gradient's pull-back. Cost: K gradients forward; an exact step back is one sweep of tangents.
template <std::size_t Steps, class Optimizer, class Chosen, class Proximal, class Seen, std::size_t Minibatch,
          bool CarriesState>
struct adapt_stage {
    static constexpr fixed_string kind{"adapt"};
    static constexpr bool is_stage = true;
    static constexpr bool is_adaptation = true;
    static constexpr std::size_t steps = Steps;

    Optimizer optimizer;
    Proximal proximal;
    Seen seen;

    template <class Model>
    static constexpr bool writes(std::string_view block) {
        if constexpr (is_through) {
            return Chosen::template contains<Model>(block) || detail::writes<decltype(Seen::stage), Model>(block);
        } else {
            return Chosen::template contains<Model>(block);
        }
    }
    template <fixed_string Id, class Before, class Objective, class Support>
    using bound = detail::adaptation<adapt_stage, Id, Before, Objective, Support, Steps>;

    using chosen = Chosen;
    static constexpr std::size_t minibatch = Minibatch;
    static constexpr bool has_proximal = !std::is_same_v<Proximal, no_proximal>;
    static constexpr bool is_through = !std::is_same_v<Seen, seen_directly>;
    static constexpr bool carries_state = CarriesState;
    static constexpr bool takes_bundles =
        Elementwise<Optimizer> && !detail::refuses_bundles<Optimizer> && !is_through && !carries_state;
};

namespace detail {

// The one option of a kind among those given, or the default.
template <template <class> class Is, class Default>
constexpr Default option_of(Default otherwise) {
    return otherwise;
}
template <template <class> class Is, class Default, class First, class... Rest>
constexpr auto option_of(Default otherwise, First first, Rest... rest) {
    if constexpr (Is<First>::value) {
        return first;
    } else {
        return option_of<Is>(otherwise, rest...);
    }
}

template <class X>
struct is_selection : std::bool_constant<Selection<X>> {};
template <class X>
struct is_proximal : std::bool_constant<requires(X x) { x.strength; }> {};
template <class X>
struct is_through : std::bool_constant<requires(X x) { requires Stage<decltype(x.stage)>; }> {};
template <class X>
struct is_carried : std::bool_constant<requires { requires X::carries_state; }> {};
template <class X>
struct is_minibatch : std::false_type {};
template <std::size_t Size>
struct is_minibatch<minibatch_rows<Size>> : std::true_type {};

template <template <class> class Is, class... Options>
inline constexpr bool is_twice = (std::size_t{0} + ... + std::size_t{Is<Options>::value}) > 1;

template <class X>
struct is_through_carried
    : std::bool_constant<requires(X x) { requires std::remove_cvref_t<decltype(x.stage)>::carries_state; }> {};

// A field with a value for each step of one task would be asked for those of all tasks.
template <class... Fields>
constexpr bool any_by_step(std::type_identity<tuple<Fields...>>) {
    return ((Schedule<Fields> || is_learned_by_step<Fields>) || ...);
}
template <class Optimizer>
struct undetached {
    using type = Optimizer;
};
template <class Optimizer>
struct undetached<detached_rule<Optimizer>> : undetached<Optimizer> {};

template <class Optimizer>
consteval auto carried_refusal() {
    if constexpr (rule<"adapt", Optimizer>::slots == 0) {
        return fixed_string("[priori:A309] adapt: carried_state, but the optimizer keeps no state; leave it out, or take "
                            "one with moments such as adam{}.");
    } else if constexpr (requires(const Optimizer& o) { o.fields(); }) {
        using fields = std::remove_cvref_t<decltype(std::declval<Optimizer>().fields())>;
        if constexpr (any_by_step(std::type_identity<fields>{})) {
            return fixed_string("[priori:A310] adapt: carried_state counts steps on from task to task, and a field of the "
                                "optimizer has a value for each step of one; give it one value for all steps.");
        } else {
            return accepted;
        }
    } else {
        return accepted;
    }
}

// The sentence for arguments of adapt that it does not take; empty if it takes them.
template <std::size_t Steps, class Optimizer, class... Options>
consteval auto adapt_refusal() {
    if constexpr (Steps == 0) {
        return fixed_string("[priori:A303] adapt<0>: an adaptation takes at least one step; leave it out for plain "
                            "training.");
    } else if constexpr (!((is_selection<Options>::value || is_proximal<Options>::value || is_through<Options>::value ||
                            is_minibatch<Options>::value || is_carried<Options>::value) &&
                           ...)) {
        return fixed_string("[priori:A304] adapt: an option is none of only<...>, except<...>, proximal{...}, "
                            "through(stage), minibatch<n>, carried_state.");
    } else if constexpr (is_twice<is_selection, Options...> || is_twice<is_proximal, Options...> ||
                         is_twice<is_through, Options...> || is_twice<is_minibatch, Options...> ||
                         is_twice<is_carried, Options...>) {
        return fixed_string("[priori:A320] adapt: two options of one kind; name all blocks in one only<...> or "
                            "except<...>, and give proximal, through, minibatch and carried_state once.");
    } else if constexpr ((std::is_same_v<Options, minibatch_rows<0>> || ...)) {
        return fixed_string("[priori:A325] minibatch<0>: a step takes at least one example; leave it out for all of "
                            "the support set.");
    } else if constexpr ((is_through_carried<Options>::value || ...)) {
        return fixed_string("[priori:A314] adapt: the stage seen through carries its state, and would in every step anew; "
                            "leave carried_state out of it.");
    } else if constexpr (optimizer_refusal<Optimizer>().length > 0 || !(is_carried<Options>::value || ...)) {
        return optimizer_refusal<Optimizer>();
    } else {
        return carried_refusal<typename undetached<Optimizer>::type>();
    }
}

}  // namespace detail

// adapt<5>(sgd{.rate = 0.01f}), and in any order: only<...> or except<...>, proximal{...}, through(stage),
// minibatch<10>, carried_state.
template <std::size_t Steps, class Optimizer, class... Options>
constexpr auto adapt(Optimizer optimizer, Options... options) {
    constexpr auto text = detail::adapt_refusal<Steps, Optimizer, Options...>();
    if constexpr (text.length > 0) {
        static_assert(mistake<detail::printed<text>()>::is_corrected);
        return detail::said{};
    } else {
        const auto chosen = detail::option_of<detail::is_selection>(everything, options...);
        const auto pull = detail::option_of<detail::is_proximal>(no_proximal{}, options...);
        const auto seen = detail::option_of<detail::is_through>(seen_directly{}, options...);
        const auto slice = detail::option_of<detail::is_minibatch>(minibatch<0>, options...);
        return adapt_stage<Steps, Optimizer, std::remove_cvref_t<decltype(chosen)>, std::remove_cvref_t<decltype(pull)>,
                           std::remove_cvref_t<decltype(seen)>, std::remove_cvref_t<decltype(slice)>::size,
                           (detail::is_carried<Options>::value || ...)>{optimizer, pull, seen};
    }
}

}  // namespace priori
