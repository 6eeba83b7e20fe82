// SPDX-License-Identifier: BSL-1.0
// adaptation: an adapt stage bound to blocks, objective and support batch; its steps forward, and the moves back.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/detail/adaptation_trace.hpp>
#include <priori/adapt/detail/network_parameters.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/initialize.hpp>
#include <priori/optim/outer.hpp>
#include <priori/optim/rule.hpp>
#include <priori/optim/segment.hpp>
#include <priori/tensor/layout.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace priori::detail {

// Per-step fields have values for Steps steps; later ones use the last.
template <class Description, fixed_string Id, class Before, class Objective, class Support, std::size_t Steps>
struct adaptation {
    using model_blocks = typename Objective::blocks;
    using chosen = typename Description::chosen;
    using rule_type = rule<Id, std::remove_cvref_t<decltype(std::declval<Description>().optimizer)>>;
    using context_type = stage_context<Description, Objective>;
    using support_type = Support;
    static constexpr std::size_t steps = Steps;
    static constexpr bool is_adaptation = true;
    static constexpr bool has_proximal = Description::has_proximal;

    // The rows that one step looks at.
    static constexpr std::size_t step_rows = Description::minibatch == 0 || Description::minibatch > Support::count
                                                 ? Support::count
                                                 : Description::minibatch;
    static constexpr bool one_batch = step_rows == Support::count;
    using step_batch = decltype(std::declval<Support>().template slice<step_rows>(0));

    // What the inner loss is: the objective, or the objective through a stage.
    static constexpr auto seen_type() {
        if constexpr (Description::is_through) {
            using inner_stage = decltype(std::declval<Description>().seen.stage);
            return std::type_identity<
                composed_objective<join<Id, ".through">(), Before, inner_stage, Objective, step_batch, exact_rule>>{};
        } else {
            return std::type_identity<Objective>{};
        }
    }
    using seen_objective = typename decltype(seen_type())::type;

    static decltype(auto) seen(const context_type& context) noexcept {
        if constexpr (Description::is_through) {
            return seen_objective{context.stage.seen.stage, context.objective};
        } else {
            return (context.objective);
        }
    }

    static constexpr auto strength_name = join<Id, ".strength">();
    static constexpr bool learns_strength = [] {
        if constexpr (has_proximal) {
            return is_learned_field<std::remove_cvref_t<decltype(std::declval<Description>().proximal.strength)>>;
        } else {
            return false;
        }
    }();

    static constexpr auto grown() {
        if constexpr (Description::is_through) {
            return std::type_identity<typename seen_objective::layout_after>{};
        } else {
            return std::type_identity<Before>{};
        }
    }
    using layout_seen = typename decltype(grown())::type;
    using first_plan = picked<layout_seen, model_blocks, chosen>;
    using layout_ruled = merged_layout<layout_seen, typename rule_type::template blocks<first_plan, Steps>>;
    using layout_pulled =
        std::conditional_t<learns_strength, merged_layout<layout_ruled, layout<block<Id, "strength", shape<1>>>>,
                           layout_ruled>;
    using layout_after = std::conditional_t<
        Description::carries_state,
        merged_layout<layout_pulled,
                      layout<block<Id, "state", shape<rule_type::slots, first_plan::size>, role::buffer>,
                             block<Id, "steps", shape<1>, role::buffer>>>,
        layout_pulled>;

    template <class Layout>
    using plan = picked<Layout, model_blocks, chosen>;

    // The optimizer's state between tasks, and how many steps it has seen.
    static constexpr bool carries = Description::carries_state;
    static constexpr auto state_name = join<Id, ".state">();
    static constexpr auto steps_name = join<Id, ".steps">();

    static consteval auto refusal() {
        if constexpr (Support::count % step_rows != 0) {
            return join<"[priori:A305] minibatch<", decimal<step_rows>(), ">: the support set has ",
                        decimal<Support::count>(), " examples, which is no multiple of it; take a divisor.">();
        } else if constexpr (seen_refusal().length > 0) {
            return seen_refusal();
        } else if constexpr (selection_refusal<layout_seen, model_blocks, chosen>().length > 0) {
            return selection_refusal<layout_seen, model_blocks, chosen>();
        } else if constexpr (!Description::is_through) {
            return steps_refusal<0>();
        } else {
            return accepted;
        }
    }
    // A layer with numbers for each step where all steps are alike.
    template <std::size_t I>
    static consteval auto steps_refusal() {
        using model_type = typename Objective::model_type;
        if constexpr (I >= first_chosen<model_type, chosen>) {
            return accepted;
        } else if constexpr (uses_steps<typename model_type::template layer_type<I>>) {
            return join<"[priori:A308] adapt: ", model_type::template name<I>,
                        " keeps numbers for each step, and no step "
                        "changes what it sees, as all that moves stands behind it; normalize by running there.">();
        } else {
            return steps_refusal<I + 1>();
        }
    }
    static consteval auto seen_refusal() {
        if constexpr (Description::is_through) {
            return stage_refusal<typename seen_objective::bound>();
        } else {
            return accepted;
        }
    }

    template <class N, class Layout, class Rule, class = Support>
    using trace = adaptation_trace<adaptation, N, Layout, Rule>;

    template <class Layout, class T>
    static void initialize(const Description& stage, key k, T* theta) noexcept {
        // A rule that starts at random takes a key of its own.
        if constexpr (requires {
                          rule_type::template initialize<Layout, plan<Layout>, Steps>(stage.optimizer, k, theta);
                      }) {
            key own = k;
            own.task = hash_of(Id.view());
            rule_type::template initialize<Layout, plan<Layout>, Steps>(stage.optimizer, own, theta);
        } else {
            rule_type::template initialize<Layout, plan<Layout>, Steps>(stage.optimizer, theta);
        }
        if constexpr (learns_strength) {
            theta[Layout::offset_of(strength_name.view())] = static_cast<T>(stage.proximal.strength.start);
        }
        if constexpr (Description::is_through) {
            seen_objective::bound::template initialize<Layout>(stage.seen.stage, k, theta);
        }
    }

    static auto batch_at(const Support& support, std::size_t k) noexcept {
        return support.template slice<step_rows>(k * step_rows % Support::count);
    }

    template <class Layout, class N>
    static element_of<N> strength(const Description& stage, view<N> theta) noexcept {
        if constexpr (learns_strength) {
            return theta[Layout::offset_of(strength_name.view())];
        } else if constexpr (has_proximal) {
            return element_of<N>(static_cast<scalar_of<N>>(stage.proximal.strength));
        } else {
            return element_of<N>(scalar_of<N>(0));
        }
    }

    // Does all of theta move? Then the vector of what moves stands in its place, and theta itself stays.
    template <class Layout>
    static constexpr bool leaves_theta = plan<Layout>::size == Layout::size;

    // Between the flat buffer and the vector of what moves.
    template <class Layout, class A, class B>
    static void gather(view<A> theta, view<B> x) noexcept {
        for (const segment& part : plan<Layout>::pieces) {
            copy(part.size, theta.at(part.offset), x.at(part.start));
        }
    }
    template <class Layout, class A, class B>
    static void scatter(view<A> x, view<B> theta) noexcept {
        for (const segment& part : plan<Layout>::pieces) {
            copy(part.size, x.at(part.start), theta.at(part.offset));
        }
    }
    template <class Layout, class A>
    static void clear(view<A> theta) noexcept {
        for (const segment& part : plan<Layout>::pieces) fill_zero(part.size, theta.at(part.offset));
    }

    static pass pass_of_step(const context_type& context, std::size_t k) noexcept {
        pass how = context.how;
        how.step = how.taken = static_cast<std::uint32_t>(k);
        how.averages = moved_averages::of_steps;
        return how;
    }
    // f(part): the buffers, in Layout. Over all steps the gradient gathers there how far they shall move.
    template <class Layout, class F>
    static void each_buffer(const F& f) noexcept {
        if constexpr (!leaves_theta<Layout>) {
            for (const segment& part : blocks_of_role<Layout, role::buffer>::segments) f(part);
        }
    }

    // The gradient at theta, of the chosen blocks, into g.
    template <class Layout, class N, class Trace, class G>
    static void gradient_at(const context_type& context, view<N> theta, const Support& support,
                            std::size_t k, Trace& t, view<G> g) noexcept {
        const auto batch = batch_at(support, k);
        auto& tape = t.tape(k);
        auto& base = one_batch ? t.tape(0) : tape;
        tape.how = pass_of_step(context, k);
        const auto total = [&] {
            if constexpr (leaves_theta<Layout>) {
                return g;
            } else {
                return t.gradient.all();
            }
        }();
        const auto& objective = seen(context);
        if (!one_batch) objective.template begin<Layout, chosen>(theta, batch, base);
        if constexpr (requires {
                          objective.template first_gradient<Layout, chosen>(theta, batch, total, tape, base);
                      }) {
            objective.template first_gradient<Layout, chosen>(theta, batch, total, tape, base);
        } else {
            clear<Layout>(total);
            objective.template gradient<Layout, chosen>(theta, batch, total, tape, base);
        }
        if constexpr (!leaves_theta<Layout>) gather<Layout>(total, g);
    }

    // The tape of step k, where it was not kept.
    template <class Layout, class N, class Trace>
    static void gradient_again(const context_type& context, view<N> theta, const Support& support, std::size_t k,
                               Trace& t) noexcept {
        auto& tape = t.tape(k);
        tape.how = pass_of_step(context, k);
        const auto batch = batch_at(support, k);
        if (!one_batch) seen(context).template begin<Layout, chosen>(theta, batch, tape);
        seen(context).template replay<Layout, chosen>(theta, batch, tape, tape);
    }

    struct nothing {
        constexpr void operator()(std::size_t, auto) const noexcept {}
    };

    // observe(k, theta) is called before step k. Where `replayed` is given, the gradients recorded there are used at
    // the steps that Rule holds fixed. Returns where theta lies afterwards.
    template <class Layout, class Rule, class N, class Observer = nothing>
    static view<N> forward(const context_type& context, view<N> theta, const Support& support,
                        trace<N, Layout, Rule>& t, const Observer& observe = {},
                        const trace<N, Layout, Rule>* replayed = nullptr) noexcept {
        constexpr std::size_t n = plan<Layout>::size;
        const auto& optimizer = context.stage.optimizer;
        if constexpr (leaves_theta<Layout>) {
            t.start = theta;
        } else {
            gather<Layout>(theta, t.x(0));
        }
        take_state<Layout>(theta, t);
        each_buffer<Layout>([&](const segment& part) { fill_zero(part.size, t.gradient.all().at(part.offset)); });
        // More or fewer steps than described are for those who keep nothing of them.
        const std::size_t count =
            trace<N, Layout, Rule>::keeps_points || context.steps == as_described ? Steps : context.steps;
        if constexpr (one_batch) {
            t.tape(0).how = context.how;
            t.tape(0).how.averages = moved_averages::none;  // those before the first moving layer move by the queries
            seen(context).template begin<Layout, chosen>(theta, batch_at(support, 0), t.tape(0));
        }
        for (std::size_t k = 0; k < count; ++k) {
            if constexpr (leaves_theta<Layout>) theta = t.x(k);
            observe(k, theta);
            if constexpr (trace<N, Layout, Rule>::steps_within) {
                gradient_at<Layout>(context, theta, support, k, t,
                                    rule_type::step_of(optimizer, t.first_step + k, t.x(k), t.x(k + 1)));
                continue;
            }
            const auto g = t.g(k);
            const bool fixed = rule_type::detached || !Rule::second(k, Steps) || !context.second_order;
            if (replayed != nullptr && fixed) {
                copy(n, replayed->support_gradient(k), g);
            } else {
                gradient_at<Layout>(context, theta, support, k, t, g);
            }
            if constexpr (trace<N, Layout, Rule>::keeps_unpulled) copy(n, g, t.support_gradient(k));
            if constexpr (has_proximal) {
                const auto lambda = strength<Layout>(context.stage, theta);
                const auto x = t.x(k), start = t.x(0);
                for (std::size_t i = 0; i < n; ++i) g.add(i, lambda * (x[i] - start[i]));
            }
            if constexpr (trace<N, Layout, Rule>::keeps_states) {
                copy(n * rule_type::slots, t.s(k), t.s(k + 1));
            }
            step<Layout>(optimizer, theta, t.first_step + k, t.x(k), t.x(k + 1), g, t.s(k + 1));
            if constexpr (!leaves_theta<Layout>) scatter<Layout>(t.x(k + 1), theta);
        }
        if constexpr (carries) leave_state<Layout>(theta, count, t);
        return leaves_theta<Layout> ? t.x(count) : theta;
    }

    template <class Layout, class N, class Trace>
    static void take_state(view<N> theta, Trace& t) noexcept {
        constexpr std::size_t count = plan<Layout>::size * rule_type::slots;
        if constexpr (carries) {
            copy(count, theta.at(Layout::offset_of(state_name.view())), t.s(0));
            t.first_step = static_cast<std::size_t>(primal(theta[Layout::offset_of(steps_name.view())]) + 0.5f);
        } else {
            fill_zero(count, t.s(0));
            t.first_step = 0;
        }
    }
    // How far the carried state shall move, where the gradient gathers that.
    template <class Layout, class N, class Trace>
    static void leave_state(view<N> theta, std::size_t count, Trace& t) noexcept {
        constexpr std::size_t at = Layout::offset_of(state_name.view());
        map(plan<Layout>::size * rule_type::slots, [](const auto& now, const auto& before) { return now - before; },
            t.gradient.all().at(at), t.s(count), theta.at(at));
        t.gradient.all().set(Layout::offset_of(steps_name.view()),
                             element_of<N>(static_cast<scalar_of<N>>(static_cast<float>(count))));
    }

    // x after step k, from that before it.
    template <class Layout, class Optimizer, class N>
    static void step(const Optimizer& optimizer, view<N> theta, std::size_t k, view<N> before, view<N> x, view<N> g,
                     view<N> s) noexcept {
        using moving = plan<Layout>;
        if constexpr (requires {
                          rule_type::template forward_from<Layout, moving, Steps>(optimizer, theta, k, before, x, g, s);
                      }) {
            rule_type::template forward_from<Layout, moving, Steps>(optimizer, theta, k, before, x, g, s);
        } else {
            copy(moving::size, before, x);
            rule_type::template forward<Layout, moving, Steps>(optimizer, theta, k, x, g, s);
        }
    }

    // seed(k, theta, theta_bar) adds the cotangents of losses taken before step k.
    template <class Layout, class Rule, class N, class Seed = nothing_seeded>
    static void vjp(const context_type& context, view<N> theta, view<N> theta_bar,
                    const Support& support, trace<N, Layout, Rule>& t, const Seed& seed = {}) noexcept {
        adaptation_run<adaptation, N, Layout, Rule, Seed> run{context, theta, theta_bar, support, t, seed};
        Rule::pull_back(run);
        if constexpr (!leaves_theta<Layout>) scatter<Layout>(t.x(0), theta);
    }
};

}  // namespace priori::detail
