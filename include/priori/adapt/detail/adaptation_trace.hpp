// SPDX-License-Identifier: BSL-1.0
// What an adaptation keeps, and the moves of which its pull-backs are made.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/optim/rule.hpp>
#include <priori/optim/segment.hpp>

#include <cstddef>
#include <type_traits>

namespace priori::detail {

struct nothing_seeded {
    static constexpr bool seeds = false;
};

// Tapes of all steps are kept where they are no larger than this; else the gradient is computed again on the way back.
inline constexpr std::size_t tape_budget = 96 * 1024;

template <class Adaptation, class N, class Layout, class Rule>
struct adaptation_trace {
    static constexpr std::size_t steps = Adaptation::steps;
    static constexpr std::size_t size = Adaptation::template plan<Layout>::size;
    static constexpr std::size_t slots = Adaptation::rule_type::slots;
    // From one step's to the next's, so that all begin where a register's worth of numbers does.
    static constexpr std::size_t stride = (size + lanes<scalar_of<N>> - 1) / lanes<scalar_of<N>> * lanes<scalar_of<N>>;
    static constexpr bool whole = Adaptation::template leaves_theta<Layout>;
    static constexpr bool reads = Rule::keeps_path && Adaptation::rule_type::reads_trajectory;
    static constexpr bool curved =
        !Adaptation::rule_type::detached && Rule::any_second(steps);
    static constexpr bool keeps_points =
        Rule::keeps_points || (Rule::keeps_path && (reads || curved || Adaptation::has_proximal));
    static constexpr bool keeps_gradients = Rule::keeps_gradients || reads;
    static constexpr bool keeps_states = reads && slots > 0;
    static constexpr bool keeps_unpulled = Rule::keeps_gradients && Adaptation::has_proximal;
    // Does a step go into the next point as its gradient is computed, which then stands nowhere?
    static constexpr bool steps_within = [] {
        if constexpr (std::is_floating_point_v<N> && whole && !keeps_gradients && !Adaptation::has_proximal &&
                      requires { requires Adaptation::rule_type::steps_alike; }) {
            return requires { requires Adaptation::seen_objective::gives_gradient; };
        } else {
            return false;
        }
    }();
    // Does the cotangent go through a step as the curvature is computed, in its own place?
    static constexpr bool pulls_within = [] {
        if constexpr (std::is_floating_point_v<N> && whole && curved && !Adaptation::has_proximal &&
                      requires { requires Adaptation::rule_type::steps_alike; }) {
            return requires { requires Adaptation::seen_objective::pulls_in_place; };
        } else {
            return false;
        }
    }();
    static constexpr std::size_t points_kept = keeps_points ? steps : steps_within ? 2 : 1;  // but the first

    using seen_objective = typename Adaptation::seen_objective;
    using chosen = typename Adaptation::chosen;
    using step_batch = typename Adaptation::step_batch;
    using tape_type =
        std::conditional_t<curved, typename seen_objective::template tape<N, Layout, chosen, step_batch>,
                           typename seen_objective::template gradient_tape<N, Layout, chosen, step_batch>>;
    using sweep_type = typename seen_objective::template sweep<N, Layout, chosen, step_batch>;
    static constexpr bool keeps_tapes = curved && (steps == 1 || steps * sizeof(tape_type) <= tape_budget);

    struct empty {};

    view<N> start;  // x(0), where theta itself is that
    std::size_t first_step;  // of the optimizer: how many steps its state has seen before
    storage<N, (points_kept + !whole) * stride> points;
    storage<N, (keeps_gradients ? steps : !steps_within) * stride> gradients;
    storage<N, (keeps_states ? steps + 1 : 1) * size * slots> states;
    storage<N, keeps_unpulled ? steps * size : 0> unpulled;  // the gradients without the proximal pull
    storage<N, whole ? 0 : Layout::size> gradient;
    tape_type tapes[keeps_tapes ? steps : 1];

    // For the way back.
    storage<N, Rule::keeps_path && !whole ? size : 0> x_bar;
    storage<N, Rule::keeps_path && !pulls_within ? size : 0> g_bar;
    storage<N, Rule::keeps_path ? size * slots : 0> s_bar;
    storage<N, Adaptation::has_proximal ? size : 0> start_bar;
    storage<N, curved && !whole ? Layout::size : 0> direction;
    std::conditional_t<curved, sweep_type, empty> sweep;

    view<N> x(std::size_t k) const noexcept {
        const std::size_t kept = keeps_points ? k : k == 0 ? 0 : 1 + (k - 1) % points_kept;
        if constexpr (whole) {
            return k == 0 ? start : points.all().at((kept - 1) * stride);
        } else {
            return points.all().at(kept * stride);
        }
    }
    view<N> g(std::size_t k) const noexcept { return gradients.all().at((keeps_gradients ? k : 0) * stride); }
    view<N> s(std::size_t k) const noexcept { return states.all().at((keeps_states ? k : 0) * size * slots); }
    // The gradient of step k as the support loss gave it, where all of them are kept.
    view<N> support_gradient(std::size_t k) const noexcept {
        return keeps_unpulled ? unpulled.all().at(k * size) : g(k);
    }
    tape_type& tape(std::size_t k) noexcept { return tapes[keeps_tapes ? k : 0]; }
};

// The moves of a pull-back. The cotangent of what moves is x_bar, that of all else stands in theta_bar.
template <class Adaptation, class N, class Layout, class Rule, class Seed>
struct adaptation_run {
    using trace_type = adaptation_trace<Adaptation, N, Layout, Rule>;
    using plan = typename Adaptation::template plan<Layout>;
    using rule_type = typename Adaptation::rule_type;
    using chosen = typename Adaptation::chosen;
    static constexpr std::size_t steps = Adaptation::steps;
    static constexpr std::size_t size = plan::size;
    static constexpr bool whole = trace_type::whole;

    const typename Adaptation::context_type& context;
    view<N> theta;
    view<N> theta_bar;
    const typename Adaptation::support_type& support;
    trace_type& t;
    const Seed& add_seed;

    void start() noexcept {
        take();
        fill_zero(size * rule_type::slots, t.s_bar.all());
        if constexpr (Adaptation::has_proximal) fill_zero(size, t.start_bar.all());
        if constexpr (trace_type::curved) {
            if constexpr (!whole) fill_zero(Layout::size, t.direction.all());
            t.sweep.start();
        }
    }

    // theta at the beginning of step k.
    void restore(std::size_t k) noexcept {
        if constexpr (trace_type::keeps_points && whole) {
            theta = t.x(k);
        } else if constexpr (trace_type::keeps_points) {
            Adaptation::template scatter<Layout>(t.x(k), theta);
        }
    }

    // x_bar and s_bar: through step k, to second order where the context asks for that, too.
    void pull_step(std::size_t k, bool second) noexcept {
        const bool bends = trace_type::curved && second && context.second_order;
        if constexpr (trace_type::pulls_within) {
            bends ? pull_within(k) : pull_rule(k);
        } else {
            pull_rule(k);
            if (bends) pull_gradient(k);
        }
    }

    void seed(std::size_t k) noexcept {
        if constexpr (Seed::seeds) {
            add_seed(k, theta, theta_bar);
            give();
        }
    }

    void finish() noexcept {
        if constexpr (trace_type::curved && Adaptation::one_batch) {
            Adaptation::seen(context).template finish<Layout, chosen>(
                theta, Adaptation::batch_at(support, 0), theta_bar, t.tape(0), t.sweep);
        }
        if constexpr (Adaptation::has_proximal) add(size, t.start_bar.all(), x_bar());
        if constexpr (!whole) Adaptation::template scatter<Layout>(x_bar(), theta_bar);
        move_averages();
    }

    // theta_bar: plus theta - phi_K where it moves.
    void displace() noexcept {
        for (const segment& part : plan::segments) {
            map_add(part.size, [](const auto& from, const auto& to) { return from - to; }, theta_bar.at(part.offset),
                t.x(0).at(part.start), t.x(steps).at(part.start));
        }
        move_averages();
    }

private:
    void move_averages() noexcept {
        Adaptation::template each_buffer<Layout>([&](const segment& part) {
            add(part.size, t.gradient.all().at(part.offset), theta_bar.at(part.offset));
        });
    }
    // Where all of theta moves, theta_bar is x_bar.
    view<N> x_bar() const noexcept {
        if constexpr (whole) {
            return theta_bar;
        } else {
            return t.x_bar.all();
        }
    }
    // The moving part of theta_bar to x_bar, and zero in its place; `give` adds what has come there since.
    void take() noexcept {
        if constexpr (!whole) {
            Adaptation::template gather<Layout>(theta_bar, x_bar());
            Adaptation::template clear<Layout>(theta_bar);
        }
    }
    void give() noexcept {
        if constexpr (!whole) {
            for (const segment& part : plan::pieces) add(part.size, theta_bar.at(part.offset), x_bar().at(part.start));
            Adaptation::template clear<Layout>(theta_bar);
        }
    }

    // x_bar, s_bar: through the optimizer's step k; g_bar: the cotangent of the gradient that it took.
    void pull_rule(std::size_t k) noexcept {
        const auto pull = [&](auto g_bar) {
            rule_type::template vjp<Layout, plan, Adaptation::steps>(context.stage.optimizer, theta, t.first_step + k,
                                                                     t.x(k), t.g(k), t.s(k), x_bar(), t.s_bar.all(),
                                                                     g_bar, theta_bar);
        };
        constexpr bool wanted = (trace_type::curved && !trace_type::pulls_within) || trace_type::reads ||
                                Adaptation::has_proximal;
        if constexpr (!wanted && requires { requires rule_type::spares_gradient; }) {
            pull(view<void>{});
        } else {
            pull(t.g_bar.all());
        }
        if constexpr (Adaptation::has_proximal) pull_proximal(k);
    }

    // x_bar and theta_bar: plus the tangent of the support loss's whole gradient at phi_k in the direction g_bar.
    void pull_gradient(std::size_t k) noexcept {
        if constexpr (trace_type::curved) {
            const view<N> direction = whole ? t.g_bar.all() : t.direction.all();
            if constexpr (!whole) Adaptation::template scatter<Layout>(t.g_bar.all(), direction);
            at_curvature(k, [&](const auto& objective, const auto& batch, auto& tape, auto& base) {
                if constexpr (!Adaptation::one_batch) t.sweep.start();
                objective.template tangent<Layout, chosen>(theta, direction, batch, theta_bar, tape, base, t.sweep);
                if constexpr (!Adaptation::one_batch) {
                    objective.template finish<Layout, chosen>(theta, batch, theta_bar, base, t.sweep);
                }
            });
            give();
        }
    }
    // Both at once: the cotangent before the step is the direction, and the one after it is written over it.
    void pull_within(std::size_t k) noexcept {
        const auto pull = rule_type::template pull_of_step<N>(context.stage.optimizer, t.first_step + k);
        at_curvature(k, [&](const auto& objective, const auto& batch, auto& tape, auto& base) {
            objective.template pull<Layout, chosen>(theta, theta_bar, pull.kept, pull.given, batch, tape, base,
                                                    t.sweep);
        });
    }
    // f(objective, batch, tape, base), the tape that of step k.
    template <class F>
    void at_curvature(std::size_t k, const F& f) noexcept {
        if constexpr (!trace_type::keeps_tapes) {
            if (k + 1 < steps) Adaptation::template gradient_again<Layout>(context, theta, support, k, t);
        }
        auto& tape = t.tape(k);
        f(Adaptation::seen(context), Adaptation::batch_at(support, k), tape, Adaptation::one_batch ? t.tape(0) : tape);
    }

    void pull_proximal(std::size_t k) noexcept {
        const auto lambda = Adaptation::template strength<Layout>(context.stage, theta);
        const auto x = t.x(k), start = t.x(0), g_bar = t.g_bar.all();
        element_of<N> strength_bar(scalar_of<N>(0));
        for (std::size_t i = 0; i < size; ++i) {
            const auto pull = lambda * g_bar[i];
            x_bar().add(i, pull);
            t.start_bar.all().add(i, -pull);
            strength_bar += g_bar[i] * (x[i] - start[i]);
        }
        if constexpr (Adaptation::learns_strength) {
            theta_bar.add(Layout::offset_of(Adaptation::strength_name.view()), strength_bar);
        }
    }
};

}  // namespace priori::detail
