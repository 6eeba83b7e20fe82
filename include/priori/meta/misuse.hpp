// SPDX-License-Identifier: BSL-1.0
// Descriptions put together in an order that means nothing: one sentence that says what to do.
#pragma once

#include <priori/adapt/detail/loss_refusal.hpp>
#include <priori/adapt/objective.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/core/shape.hpp>
#include <priori/loss/concepts.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/layer_refusal.hpp>
#include <priori/nn/network.hpp>
#include <priori/optim/concepts.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace priori {

namespace detail {

template <class D>
inline constexpr bool is_network = false;
template <fixed_string Prefix, class Input, class... Layers>
inline constexpr bool is_network<network<Prefix, Input, Layers...>> = true;
template <class D>
inline constexpr bool is_outer = false;
template <class Optimizer>
inline constexpr bool is_outer<outer_rule<Optimizer>> = true;
template <class D>
inline constexpr bool is_every_step = false;
template <std::size_t Count, class Weights>
inline constexpr bool is_every_step<at_every_query_step<Count, Weights>> = true;

template <class D>
concept AlgorithmLike = requires {
    requires D::is_algorithm;
};

// Every value that stands in a description.
template <class D>
concept Described = LayerLike<D> || Loss<D> || Stage<D> || MetaGradient<D> || ObjectiveLike<D> || AlgorithmLike<D> ||
    is_network<D> || is_chain<D> || is_outer<D> || is_every_step<D>;

template <class D>
inline constexpr bool has_rule = false;
template <class O, class S, class R, class Q, class U>
inline constexpr bool has_rule<algorithm<O, S, R, Q, U>> = !std::is_same_v<R, undecided>;
template <class D>
inline constexpr bool has_outer = false;
template <class O, class S, class R, class Q, class U>
inline constexpr bool has_outer<algorithm<O, S, R, Q, U>> = !std::is_same_v<U, undecided>;

// What two descriptions come to where no other | takes them: nothing, and the first of these sentences that applies.
template <class A, class B>
struct misuse {
    static constexpr bool no_input = LacksInput<A>;
    static_assert(!(no_input && !LayerLike<B>),
                  "[priori:M101] description: layers stand before it and no input; begin with input<shape...>.");

    static constexpr bool no_loss = is_network<A> && (Stage<B> || MetaGradient<B> || is_outer<B> || is_every_step<B>);
    static_assert(no_input || !no_loss,
                  "[priori:M102] description: the model has no loss yet; put one after the model, such "
                  "as | mse or | cross_entropy.");

    static constexpr bool late_layer = (ObjectiveLike<A> || AlgorithmLike<A>)&&(LacksInput<B> || Loss<B>);
    static_assert(!late_layer,
                  "[priori:M103] description: a layer or a loss comes after the loss; the order is model | "
                  "loss | stages | meta-gradient | outer(...).");

    static constexpr bool no_rule = (ObjectiveLike<A> || AlgorithmLike<A>)&&!has_rule<A> && is_outer<B>;
    static_assert(!no_rule,
                  "[priori:M104] description: outer(...) needs a meta-gradient before it; put | exact, | "
                  "first_order, | truncated<k> or | displacement.");

    static constexpr bool after_outer = has_outer<A>;
    static_assert(!after_outer, "[priori:M105] description: outer(...) ends a description; nothing comes after it.");

    static constexpr bool late_stage = has_rule<A> && !after_outer && (Stage<B> || MetaGradient<B>);
    static_assert(!late_stage,
                  "[priori:M106] description: a stage or a second meta-gradient comes after the meta-gradient; "
                  "stages such as adapt<k>(...) stand before it.");

    static constexpr bool known = no_input || no_loss || late_layer || no_rule || after_outer || late_stage;
    static_assert(known,
                  "[priori:M107] description: these two do not go together; the order is input | layers | loss | "
                  "stages | meta-gradient | every_step | outer(...).");
};

// The sentence for something beside | that is no part of a description.
template <class X>
consteval auto stranger_refusal() {
    if constexpr (Elementwise<X> || Transform<X>) {
        return join<"[priori:M109] description: ", X::kind,
                    " stands alone; write adapt<k>(...) around it for the inner loop, "
                    "or outer(...) for the outer loop.">();
    } else if constexpr (requires { requires X::is_next_phase; }) {
        return fixed_string(
            "[priori:M111] then: the description before it has no outer rule; put | outer(...) between them.");
    } else if constexpr (requires { typename X::template output_shape<shape<4>>; }) {
        return layer_refusal<X, shape<4>>();
    } else if constexpr (HasGradient<X, shape<1>, float> || HasGradient<X, shape<1>, std::int32_t>) {
        return fixed_string(
            "[priori:L211] loss: a loss does not say that it is one; give it static constexpr bool is_loss = "
            "true.");
    } else {
        return fixed_string(
            "[priori:M110] description: something is no part of one; a layer says reads_input and "
            "reads_output, a loss is_loss, a stage is_stage, a meta-gradient is_meta_gradient.");
    }
}

template <class X>
concept Stranger = !Described<X> && !is_said<X>;

}  // namespace detail

template <detail::Described A, detail::Stranger B>
constexpr auto operator|(A, B) {
    constexpr auto text = detail::stranger_refusal<B>();
    static_assert(mistake<detail::printed<text>()>::is_corrected);
    return detail::said{};
}
template <detail::Stranger A, detail::Described B>
constexpr auto operator|(A, B) {
    constexpr auto text = detail::stranger_refusal<A>();
    static_assert(mistake<detail::printed<text>()>::is_corrected);
    return detail::said{};
}

template <detail::Described A, detail::Described B>
constexpr auto operator|(A, B) {
    [[maybe_unused]] const detail::misuse<A, B> sentence{};
    return detail::said{};
}

}  // namespace priori
