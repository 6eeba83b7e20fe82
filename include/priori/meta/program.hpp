// SPDX-License-Identifier: BSL-1.0
// program: an algorithm met with the shape of an episode: its layout, its workspace, and one task's loss and gradient.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/key.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/detail/stage_names.hpp>
#include <priori/meta/diagnosis.hpp>
#include <priori/nn/initialize.hpp>
#include <priori/optim/outer.hpp>
#include <priori/optim/segment.hpp>
#include <priori/simd/bundle.hpp>
#include <priori/tensor/layout.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace priori {

namespace detail {

// Does the first stage change theta in place?
template <class Program, std::size_t Stages>
inline constexpr bool changes_theta =
    !leaves_theta<typename Program::template bound<0>, typename Program::layout_type>;
template <class Program>
inline constexpr bool changes_theta<Program, 0> = false;

// Seeds of losses taken along the way: adds weight[k] dL_Q/dtheta at the parameters before step k.
template <class Program, class T>
struct query_seeds {
    static constexpr bool seeds = true;
    const typename Program::algorithm_type& description;
    const typename Program::query_view& query;
    const typename Program::query_weights& weights;
    typename Program::workspace& space;
    T& loss;

    void operator()(std::size_t k, view<T> theta, view<T> theta_bar) const noexcept {
        if (weights.of[k] == 0) return;
        loss += Program::add_query(description, theta, query, theta_bar, space, weights.of[k], weights.share(k), k);
    }
};

}  // namespace detail

// T is float or double, or a bundle of them; Given is the algorithm as it was written, Episode the type of a task.
template <class T, class Given, class Episode>
struct program {
    using scalar = T;
    using number = one_task<T>;
    using episode_type = Episode;
    using algorithm_type = typename diagnosis<Given, Episode>::type;
    using objective_type = typename algorithm_type::objective_type;
    using stages_type = typename algorithm_type::stages_type;
    using support_view = typename detail::view_of_batch<typename Episode::support_type>::type;
    using query_view = decltype(queries_of<typename objective_type::model_type>(
        std::declval<support_view>(),
        std::declval<typename detail::view_of_batch<typename Episode::query_type>::type>()));

    static constexpr std::size_t stages = tuple_size<stages_type>;
    static constexpr bool every_step = algorithm_type::queries_type::every;
    using rule_type = std::conditional_t<every_step, keeping<typename algorithm_type::rule_type, true, false>,
                                         typename algorithm_type::rule_type>;

    template <std::size_t I>
    using stage_type = detail::stage_at<stages_type, I>;
    template <std::size_t I>
    static constexpr auto stage_id = detail::stage_name<stages_type, I>;

    // The description with the sizes that the episode settles.
    static constexpr algorithm_type resolve(const Given& description) {
        return diagnosis<Given, Episode>::resolve(description);
    }

private:
    template <std::size_t I>
    static constexpr auto layout_before() {
        if constexpr (I == 0) {
            return std::type_identity<typename objective_type::blocks>{};
        } else {
            return std::type_identity<typename bound<I - 1>::layout_after>{};
        }
    }

public:
    template <std::size_t I>
    using bound = typename stage_type<I>::template bound<stage_id<I>, typename decltype(layout_before<I>())::type,
                                                         objective_type, support_view>;
    using layout_type = typename decltype(layout_before<stages>())::type;
    static constexpr std::size_t size = layout_type::size;

    // The same stage on another support batch, as at test.
    template <std::size_t I, class Support>
    using bound_to = typename stage_type<I>::template bound<stage_id<I>, typename decltype(layout_before<I>())::type,
                                                            objective_type, Support>;

private:
    template <class Rule, class Support, std::size_t... I>
    static auto traces_type(std::index_sequence<I...>)
        -> std::type_identity<tuple<typename bound_to<I, Support>::template trace<T, layout_type, Rule, Support>...>>;

public:
    template <class Rule, class Support>
    using traces_of = typename decltype(traces_type<Rule, Support>(std::make_index_sequence<stages>{}))::type;
    using traces = traces_of<rule_type, support_view>;
    using query_tape = typename objective_type::template gradient_tape<T, layout_type, all_blocks, query_view>;

    // Is theta changed in place, so that one who wants to keep it copies it first?
    static constexpr bool works_in_place = detail::changes_theta<program, stages>;
    // Where theta lies before each stage, and after the last.
    using places = std::array<view<T>, stages + 1>;

    // All that one task needs beside the parameters; threads have one each.
    struct workspace {
        storage<T, works_in_place ? size : 0> theta;
        storage<T, size> theta_bar;
        traces stage_traces;
        query_tape query;
        storage<T, every_step ? size : 0> query_bar;
    };

    // Runs all stages, from theta. steps: how many steps every adaptation takes.
    template <class Rule, class Support, class Traces>
    static places adapt(const algorithm_type& description, view<T> theta, const Support& support, const pass& how,
                        Traces& kept, std::size_t steps = as_described) noexcept {
        places at{};
        at[0] = theta;
        each<stages>([&](auto i) {
            at[i + 1] = detail::advance<bound_to<i, Support>, layout_type, Rule>(context<i>(description, how, steps),
                                                                                 at[i], support, get<i>(kept));
        });
        return at;
    }

    // The loss of one task, and the meta-gradient of all of theta into gradient. theta is not changed.
    // Not inlined: compilers fuse multiply-adds differently in every copy, and all threads shall get the same bits.
    PRIORI_NO_INLINE static T loss_and_gradient(const algorithm_type& description, view<T> start, const Episode& task,
                                                const pass& given, view<T> gradient, workspace& space) noexcept {
        pass how = given;
        how.averages = moved_averages::all;
        const auto support = view_of(task.support);
        const auto query = query_of(task);
        if constexpr (works_in_place) copy(size, start, space.theta.all());
        const places at = adapt<rule_type>(description, works_in_place ? space.theta.all() : start, support, how,
                                           space.stage_traces);
        const view<T> theta = at[stages];
        const query_weights weights(description, how.key.iteration);
        fill_zero(size - first_written, gradient.at(first_written));
        space.query.how = query_pass(how, steps_taken);
        T loss(0);
        if constexpr (rule_type::needs_query) {
            loss = add_query(description, theta, query, gradient, space, weights.last(),
                             weights.share(weights.count - 1), steps_taken);
        } else if (detail::is_loss_known(description.rule, how.key.iteration)) {
            loss = description.objective.template value<layout_type>(theta, query, space.query);
        }
        const auto pull = [&](auto i) {
            constexpr std::size_t stage = i;
            auto& trace = get<stage>(space.stage_traces);
            if constexpr (every_step && stage == last_adaptation) {
                const detail::query_seeds<program, T> seeds{description, query, weights, space, loss};
                bound<i>::template vjp<layout_type, rule_type>(context<i>(description, how), at[i], gradient, support,
                                                               trace, seeds);
            } else {
                bound<i>::template vjp<layout_type, rule_type>(context<i>(description, how), at[i], gradient, support,
                                                               trace);
            }
        };
        if constexpr (rule_type::needs_query || rule_type::keeps_path) {
            each_backwards<stages>(pull);
        } else {
            // How far parameters went is no cotangent: the stages that would pull it back have their turn before.
            each_backwards<stages>([&](auto i) {
                if constexpr (!detail::is_adaptation<stage_type<i>>) pull(i);
            });
            each_backwards<stages>([&](auto i) {
                if constexpr (detail::is_adaptation<stage_type<i>>) pull(i);
            });
        }
        return loss;
    }

    // Of the query losses before each step and after the last, in an outer iteration.
    struct query_weights {
        static constexpr std::size_t count = [] {
            if constexpr (every_step) {
                return algorithm_type::queries_type::count;
            } else {
                return std::size_t{1};
            }
        }();
        std::array<number, count> of;

        query_weights(const algorithm_type& description, std::uint64_t iteration) noexcept {
            if constexpr (every_step) {
                const auto weights = description.queries.at(iteration);
                for (std::size_t k = 0; k < count; ++k) of[k] = static_cast<number>(weights[k]);
            } else {
                of[0] = number(1);
            }
        }
        number last() const noexcept { return of[count - 1]; }
        // As a part of all weights; none if they cancel.
        number share(std::size_t k) const noexcept {
            number total(0);
            for (const number one : of) total += one;
            return total > number(0) ? of[k] / total : number(0);
        }
    };

    // How many numbers of a task's gradient the query's gradient writes, where it need not be added: the model's blocks,
    // which stand first. The rest begins at zero.
    static constexpr std::size_t first_written = [] {
        using theta_view = view<T>;
        constexpr bool stand_first = [] {
            using blocks = typename objective_type::blocks;
            for (std::size_t i = 0; i < blocks::count; ++i) {
                if (layout_type::names[i] != blocks::names[i]) return false;
            }
            return true;
        }();
        if constexpr (rule_type::needs_query && !every_step && stand_first &&
                      requires(const objective_type& o, theta_view theta, const query_view& query, query_tape& tape) {
                          o.template first_gradient<layout_type, all_blocks>(theta, query, theta, tape, tape);
                      }) {
            return objective_type::blocks::size;
        } else {
            return std::size_t{0};
        }
    }();

    // Adds weight dL_Q/dtheta to theta_bar, or writes what is first_written of it, at the parameters after so many steps;
    // returns the weighted loss. share: what running averages take of theirs.
    static T add_query(const algorithm_type& description, view<T> theta, const query_view& query, view<T> theta_bar,
                       workspace& space, number weight, [[maybe_unused]] number share,
                       std::size_t taken) noexcept {
        const auto& objective = description.objective;
        space.query.how = query_pass(space.query.how, taken);
        objective.template begin<layout_type, all_blocks>(theta, query, space.query);
        if constexpr (every_step) {
            const auto own = space.query_bar.all();
            fill_zero(size, own);
            const T loss =
                objective.template gradient<layout_type, all_blocks>(theta, query, own, space.query, space.query);
            map_add(
                size, [weight](const auto& g) { return g * weight; }, theta_bar, own);
            // What running averages want is no gradient: the mean over the steps, whatever the weights sum to.
            const number more = share - weight;
            for (const segment& part : blocks_of_role<layout_type, role::buffer>::segments) {
                map_add(
                    part.size, [more](const auto& g) { return g * more; }, theta_bar.at(part.offset),
                    own.at(part.offset));
            }
            return weight * loss;
        } else if constexpr (first_written > 0) {
            return objective.template first_gradient<layout_type, all_blocks>(theta, query, theta_bar, space.query,
                                                                              space.query);
        } else {
            return objective.template gradient<layout_type, all_blocks>(theta, query, theta_bar, space.query,
                                                                        space.query);
        }
    }

    // Starts every block: layers by their initializers, scratch at zero, what rules and stages learn at its start.
    static void initialize(const algorithm_type& description, key k, T* theta) noexcept {
        std::fill_n(theta, size, T(0));
        initialize_network<layout_type>(description.objective.model, k, theta);
        each<stages>([&](auto i) { bound<i>::template initialize<layout_type>(get<i>(description.stages), k, theta); });
    }

    static query_view query_of(const Episode& task) noexcept {
        return queries_of<typename objective_type::model_type>(view_of(task.support), view_of(task.query));
    }

    static constexpr std::size_t last_adaptation = detail::last_adaptation<stages_type>();
    // How many steps lead to the parameters that meet the queries.
    static constexpr std::size_t steps_taken = [] {
        if constexpr (last_adaptation < stages) {
            return bound<last_adaptation>::steps;
        } else {
            return std::size_t{0};
        }
    }();
    static pass query_pass(pass how, std::size_t taken) noexcept {
        how.step = pass::query_step;
        how.taken = static_cast<std::uint32_t>(taken);
        return how;
    }

    template <std::size_t I>
    static auto context(const algorithm_type& description, const pass& how, std::size_t steps = as_described) noexcept {
        return stage_context<stage_type<I>, objective_type>{
            get<I>(description.stages), description.objective, how, steps,
            detail::is_exact_at(description.rule, how.key.iteration)};
    }
};

}  // namespace priori
