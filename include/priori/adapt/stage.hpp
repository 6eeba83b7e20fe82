// SPDX-License-Identifier: BSL-1.0
// Stage: a map of the flat buffer, given the support set; through(stage): an objective seen through one.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/objective.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace priori {

// A stage is a final aggregate, a description without storage; S::template bound<Id, Before, Objective, Support> makes
// it concrete for the blocks so far, the objective and the type of the support batch (a batch_view):
//   layout_after                                   Before, and the blocks that the stage adds
//   trace<N, Layout, Rule, Support>                what forward keeps for vjp, workspace included
//   initialize<Layout>(stage, key, theta)          starts the meta-parameters that are the stage's own
//   forward<Layout, Rule>(context, theta, support, trace)           in place
//   vjp<Layout, Rule>(context, theta, theta_bar, support, trace)    theta back to what it was; theta_bar in place,
//                                                  from the cotangent of all of theta after the stage to that before
// Optional: leaves_theta<Layout>, if true: forward does not touch theta, which has to live until vjp, but returns the
// view of theta after the stage, in its trace; refusal(), the sentence for a description or episode that the stage does
// not go with (a fixed_string with a code; empty if all is well; if not, only layout_after is looked at, which must
// compile all the same). Of S itself: writes<Model>(block), does it write the block of this name, or move it? Without
// it the stage may write anything.
// Rule says how an adaptation is pulled back (exact, first_order, ...); other stages pass it on or ignore it.
// Models: adapt, encode, write, solve. Not a model: an objective, which returns a number.
template <class S>
concept Stage = requires { requires S::is_stage; };

namespace detail {

// The sentence of a stage, as `bound`; empty if all is well.
template <class Bound>
consteval auto stage_refusal() {
    if constexpr (requires { Bound::refusal(); }) {
        if constexpr (Bound::refusal().length > 0) {
            return Bound::refusal();
        } else {
            return clash_in<typename Bound::layout_after>;
        }
    } else {
        return clash_in<typename Bound::layout_after>;
    }
}

// Does a stage write or move the block, one of Model's?
template <class S, class Model>
constexpr bool writes(std::string_view block) {
    if constexpr (requires { S::template writes<Model>(block); }) {
        return S::template writes<Model>(block);
    } else {
        return true;
    }
}

template <class Bound, class Layout>
inline constexpr bool leaves_theta = requires { requires Bound::template leaves_theta<Layout>; };

// Runs a stage; where theta lies after it.
template <class Bound, class Layout, class Rule, class N, class Context, class Support, class Trace, class... More>
view<N> advance(const Context& context, view<N> theta, const Support& support, Trace& trace,
                const More&... more) noexcept {
    if constexpr (leaves_theta<Bound, Layout>) {
        return Bound::template forward<Layout, Rule>(context, theta, support, trace, more...);
    } else {
        Bound::template forward<Layout, Rule>(context, theta, support, trace, more...);
        return theta;
    }
}

}  // namespace detail

// As many steps as an adaptation's own description says.
inline constexpr std::size_t as_described = static_cast<std::size_t>(-1);

// What a stage is run with: its own description, the objective, and what the passes depend on.
template <class Description, class Objective>
struct stage_context {
    const Description& stage;
    const Objective& objective;
    pass how{};
    std::size_t steps = as_described;  // how many steps an adaptation takes
    bool second_order = true;          // does an exact pull-back use the curvature, or hold gradients fixed for now?
};

template <class S>
struct through_stage {
    S stage;
};

// adapt<5>(sgd{}, only<"code">, through(decode)): the inner loss is seen through the stage.
template <Stage S>
constexpr through_stage<S> through(S stage) {
    return {stage};
}

// An objective through a stage is an objective again. Everything is lifted: a tangent of it is a run on duals.
// Pulled is the rule for the inner stage, exact unless the caller has a reason.
template <fixed_string Id, class Before, class S, class Objective, class Support, class Pulled>
struct composed_objective {
    using model_type = typename Objective::model_type;
    using blocks = typename Objective::blocks;
    using bound = typename S::template bound<Id, Before, Objective, Support>;
    using layout_after = typename bound::layout_after;
    static constexpr bool is_objective = true;

    const S& stage;
    const Objective& inner;

    template <class N, class Layout, class Batch>
    struct copies {
        storage<N, Layout::size> theta;
        storage<N, Layout::size> theta_bar;
        typename bound::template trace<N, Layout, Pulled, Batch> trace;
        typename Objective::template tape<N, Layout, all_blocks, Batch> tape;
    };
    template <class N, class Layout, class Chosen, class Batch>
    struct tape {
        copies<N, Layout, Batch> plain;
        pass how;
    };
    template <class N, class Layout, class Chosen, class Batch>
    using gradient_tape = tape<N, Layout, Chosen, Batch>;
    template <class N, class Layout, class Chosen, class Batch>
    struct sweep {
        copies<dual<N>, Layout, Batch> lifted;
        void start() noexcept {}
    };

    template <class Layout, class Chosen, class N, class Batch, class Tape>
    void begin(view<N>, const Batch&, Tape&) const noexcept {}

    template <class Layout, class Chosen, class N, class Batch, class Tape>
    element_of<N> gradient(view<N> theta, const Batch& batch, view<N> theta_bar, Tape& kept, Tape&) const noexcept {
        copy(Layout::size, theta, kept.plain.theta.all());
        const auto value = run<Layout>(batch, kept.plain, kept.how);
        add(Layout::size, kept.plain.theta_bar.all(), theta_bar);
        return value;
    }

    template <class Layout, class Chosen, class N, class Batch, class Tape>
    void replay(view<N>, const Batch&, Tape&, Tape&) const noexcept {}

    template <class Layout, class Chosen, class N, class Batch, class Tape, class Sweep>
    void tangent(view<N> theta, view<N> direction, const Batch& batch, view<N> theta_bar, Tape& kept, Tape&,
                 Sweep& space) const noexcept {
        copy(Layout::size, theta, space.lifted.theta.values.all());
        copy(Layout::size, direction, space.lifted.theta.tangents.all());
        run<Layout>(batch, space.lifted, kept.how);
        add(Layout::size, space.lifted.theta_bar.tangents.all(), theta_bar);
    }

    template <class Layout, class Chosen, class N, class Batch, class Tape, class Sweep>
    void finish(view<N>, const Batch&, view<N>, Tape&, Sweep&) const noexcept {}

private:
    template <class Layout, class Batch, class Copies>
    auto run(const Batch& batch, Copies& own, const pass& how) const noexcept {
        const stage_context<S, Objective> context{stage, inner, how};
        const auto theta = own.theta.all();
        const auto theta_bar = own.theta_bar.all();
        const auto after = detail::advance<bound, Layout, Pulled>(context, theta, batch, own.trace);
        fill_zero(Layout::size, theta_bar);
        own.tape.how = how;
        inner.template begin<Layout, all_blocks>(after, batch, own.tape);
        const auto value = inner.template gradient<Layout, all_blocks>(after, batch, theta_bar, own.tape, own.tape);
        bound::template vjp<Layout, Pulled>(context, theta, theta_bar, batch, own.trace);
        return value;
    }
};

}  // namespace priori
