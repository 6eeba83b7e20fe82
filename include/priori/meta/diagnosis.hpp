// SPDX-License-Identifier: BSL-1.0
// diagnosis<Description, Episode>: the first mistake of a description that meets an episode, said in one sentence.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/detail/stage_names.hpp>
#include <priori/meta/detail/stand_in.hpp>
#include <priori/meta/misuse.hpp>
#include <priori/meta/resolve.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/task/batch.hpp>
#include <priori/tensor/layout.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace priori {

namespace detail {

template <class Batch>
struct view_of_batch;
template <class T, std::size_t Count, class Input, class Target>
struct view_of_batch<batch<T, Count, Input, Target>> {
    using type = batch_view<T, Count, Input, Target>;
};

// Has a stage, as `bound`, what program runs it with?
template <class Bound, class Stage, class Objective, class Support>
concept RunsStage = requires(
    const stage_context<Stage, Objective>& context, const Stage& stage, const Support& support, view<float> theta,
    key k, float* start, typename Bound::template trace<float, typename Bound::layout_after, exact_rule, Support>& t) {
    Bound::template initialize<typename Bound::layout_after>(stage, k, start);
    Bound::template forward<typename Bound::layout_after, exact_rule>(context, theta, support, t);
    Bound::template vjp<typename Bound::layout_after, exact_rule>(context, theta, theta, support, t);
};

// The stages from I on, Before being the layout so far.
template <class Algorithm, class Support, std::size_t I, class Before>
consteval auto stages_refusal() {
    using stages = typename Algorithm::stages_type;
    if constexpr (I == tuple_size<stages>) {
        return accepted;
    } else {
        using stage = stage_at<stages, I>;
        using objective_type = typename Algorithm::objective_type;
        if constexpr (!requires { stage::kind.view(); }) {
            return fixed_string(
                "[priori:A340] stage: a stage has no kind; give it static constexpr fixed_string kind{...}, "
                "its name in parameter names.");
        } else if constexpr (!requires {
                                 typename stage::template bound<stage_name<stages, I>, Before, objective_type,
                                                                Support>::layout_after;
                             }) {
            return join<"[priori:A341] ", stage::kind,
                        ": the stage has no bound<Id, Before, Objective, Support> with a "
                        "layout_after.">();
        } else {
            using bound = typename stage::template bound<stage_name<stages, I>, Before, objective_type, Support>;
            if constexpr (stage_refusal<bound>().length > 0) {
                return stage_refusal<bound>();
            } else if constexpr (!is_adaptation<stage> && !RunsStage<bound, stage, objective_type, Support>) {
                return join<"[priori:A342] ", stage::kind,
                            ": the bound of the stage lacks trace<N, Layout, Rule, Support>, "
                            "or a static initialize, forward or vjp for it.">();
            } else {
                return stages_refusal<Algorithm, Support, I + 1, typename bound::layout_after>();
            }
        }
    }
}

template <class R>
concept Pulls = requires {
    { R::needs_query } -> std::convertible_to<bool>;
    { R::keeps_path } -> std::convertible_to<bool>;
    { R::keeps_points } -> std::convertible_to<bool>;
    { R::keeps_gradients } -> std::convertible_to<bool>;
    { R::second(std::size_t{}, std::size_t{}) } -> std::convertible_to<bool>;
    { R::any_second(std::size_t{}) } -> std::convertible_to<bool>;
};

// The names of scratch blocks of the model that no stage writes or moves; "" for all other blocks.
template <class Algorithm>
struct left_at_zero {
    using model_blocks = typename Algorithm::objective_type::blocks;
    static constexpr std::size_t count = model_blocks::count;
    static constexpr std::string_view at(std::size_t i) {
        if (model_blocks::roles[i] != role::scratch || model_blocks::sizes[i] == 0) return "";
        return is_written(model_blocks::names[i]) ? "" : model_blocks::groups[i];
    }
    static constexpr bool any = [] {
        for (std::size_t i = 0; i < count; ++i) {
            if (!at(i).empty()) return true;
        }
        return false;
    }();

private:
    static constexpr bool is_written(std::string_view block) {
        using stages = typename Algorithm::stages_type;
        bool found = false;
        each<tuple_size<stages>>([&](auto i) { found = found || writes<stage_at<stages, i>, model_blocks>(block); });
        return found;
    }
};

template <class Algorithm>
consteval auto scratch_refusal() {
    if constexpr (left_at_zero<Algorithm>::any) {
        return join<"[priori:M516] description: nothing writes or moves ", listed<left_at_zero<Algorithm>>(),
                    ", which is scratch and stays zero; put solve<...>(...), encode<...>(...), write<...>(...) or "
                    "adapt<k>(...) for it behind the loss.">();
    } else {
        return accepted;
    }
}

// Are the steps of an adaptation pulled back, and is its optimizer's derivative not finite? Of what is seen through a
// stage they always are.
template <class S, bool IsPulled>
consteval bool pulls_steep_steps() {
    if constexpr (!is_adaptation<S>) {
        return false;
    } else {
        using optimizer = std::remove_cvref_t<decltype(std::declval<S>().optimizer)>;
        if constexpr (IsPulled && is_steep_at_zero<optimizer>) {
            return true;
        } else if constexpr (requires(S s) { s.seen.stage; }) {
            return pulls_steep_steps<std::remove_cvref_t<decltype(std::declval<S>().seen.stage)>, true>();
        } else {
            return false;
        }
    }
}
template <class Algorithm>
inline constexpr bool any_pulls_steep_steps = [] {
    using stages = typename Algorithm::stages_type;
    bool found = false;
    each<tuple_size<stages>>([&](auto i) {
        found = found || pulls_steep_steps<stage_at<stages, i>, Algorithm::rule_type::keeps_path>();
    });
    return found;
}();

inline constexpr fixed_string steep_steps{
    "[priori:M517] adapt: the optimizer has eps outside of its root, whose derivative is not finite where a gradient "
    "is 0, and its steps are pulled back; leave out with_eps_outside(), which is for outer(...)."};

// Bound to Support, the layout after the stages from I on, Before being that so far.
template <class Algorithm, class Support, std::size_t I, class Before>
struct layout_behind : std::type_identity<Before> {};
template <class Algorithm, class Support, std::size_t I, class Before>
    requires(I < tuple_size<typename Algorithm::stages_type>)
struct layout_behind<Algorithm, Support, I, Before>
    : layout_behind<Algorithm, Support, I + 1,
                    typename stage_at<typename Algorithm::stages_type, I>::template bound<
                        stage_name<typename Algorithm::stages_type, I>, Before, typename Algorithm::objective_type,
                        Support>::layout_after> {};

// The names of blocks that stages and rules learn and no inner step moves; "" for all other blocks.
template <class Algorithm, class Support>
struct left_at_start {
    using model_blocks = typename Algorithm::objective_type::blocks;
    using blocks = typename layout_behind<Algorithm, Support, 0, model_blocks>::type;
    static constexpr std::size_t count = blocks::count;
    static constexpr std::string_view at(std::size_t i) {
        const bool is_added = blocks::roles[i] == role::learned && blocks::sizes[i] > 0 &&
                              !model_blocks::contains(blocks::names[i]);
        return is_added && !is_moved(blocks::names[i]) ? blocks::names[i] : "";
    }
    static constexpr bool any = [] {
        for (std::size_t i = 0; i < count; ++i) {
            if (!at(i).empty()) return true;
        }
        return false;
    }();

private:
    static constexpr bool is_moved(std::string_view block) {
        using stages = typename Algorithm::stages_type;
        bool found = false;
        each<tuple_size<stages>>([&](auto i) {
            using stage = stage_at<stages, i>;
            if constexpr (is_adaptation<stage>) found = found || stage::chosen::template contains<model_blocks>(block);
        });
        return found;
    }
};

template <class Algorithm, class Support>
consteval auto displacement_refusal() {
    if constexpr (left_at_start<Algorithm, Support>::any) {
        return join<"[priori:M519] displacement: no inner step moves ", listed<left_at_start<Algorithm, Support>>(),
                    ", which is learned, so displacement leaves it where it starts; give it a fixed value, or take "
                    "exact or first_order.">();
    } else {
        return accepted;
    }
}

// The meta-gradient and every_step.
template <class Algorithm, class Support>
consteval auto rule_refusal() {
    using stages = typename Algorithm::stages_type;
    using queries = typename Algorithm::queries_type;
    using rule_type = typename Algorithm::rule_type;
    constexpr std::size_t last = last_adaptation<stages>();
    constexpr bool adapts = last < tuple_size<stages>;
    if constexpr (std::is_same_v<rule_type, undecided>) {
        return fixed_string(
            "[priori:M506] description: it has no meta-gradient; append | exact, | first_order, "
            "| truncated<k> or | displacement.");
    } else if constexpr (!Pulls<rule_type>) {
        return fixed_string(
            "[priori:M515] meta-gradient: it lacks one of needs_query, keeps_path, keeps_points, "
            "keeps_gradients, second(k, K), any_second(K).");
    } else if constexpr (queries::every && !adapts) {
        return fixed_string(
            "[priori:M511] every_step: the description has no adapt<k>(...) whose steps could have a loss; "
            "leave every_step out.");
    } else if constexpr (queries::every) {
        constexpr std::size_t steps = stage_at<stages, last>::steps;
        if constexpr (!rule_type::needs_query) {
            return fixed_string(
                "[priori:M512] every_step: the meta-gradient does not look at the query loss, as "
                "displacement does not; leave every_step out, or take exact or first_order.");
        } else if constexpr (any_pulls_steep_steps<Algorithm>) {
            return steep_steps;
        } else if constexpr (queries::count != steps + 1) {
            return join<"[priori:M513] every_step: it has ", decimal<queries::count>(), " weights, adapt<",
                        decimal<steps>(), "> wants ", decimal<steps + 1>(),
                        ": one before each step, one after the last.">();
        } else if constexpr (last + 1 < tuple_size<stages>) {
            return join<"[priori:M520] every_step: ", stage_at<stages, last + 1>::kind,
                        " stands behind the last adapt<k>, so the losses before its last step would be of a model that "
                        "it has not written yet; leave every_step out.">();
        } else {
            return accepted;
        }
    } else if constexpr (std::is_same_v<rule_type, displacement_rule> && !adapts) {
        return fixed_string(
            "[priori:M514] displacement: nothing moves, the description has no adapt<k>(...); put one before "
            "it.");
    } else if constexpr (any_pulls_steep_steps<Algorithm>) {
        return steep_steps;
    } else if constexpr (std::is_same_v<rule_type, displacement_rule> && has_outer<Algorithm>) {
        return displacement_refusal<Algorithm, Support>();  // without an outer rule nothing is learned
    } else {
        return accepted;
    }
}

template <class Algorithm, class Support, class Query>
consteval auto algorithm_refusal() {
    using objective_type = typename Algorithm::objective_type;
    if constexpr (objective_type::template refusal<Support>().length > 0) {
        return objective_type::template refusal<Support>();
    } else if constexpr (objective_type::template refusal<Query>().length > 0) {
        return objective_type::template refusal<Query>();
    } else if constexpr (stages_refusal<Algorithm, Support, 0, typename objective_type::blocks>().length > 0) {
        return stages_refusal<Algorithm, Support, 0, typename objective_type::blocks>();
    } else if constexpr (scratch_refusal<Algorithm>().length > 0) {
        return scratch_refusal<Algorithm>();
    } else {
        return rule_refusal<Algorithm, Support>();
    }
}

template <class Given, class Episode>
consteval auto refusal_of() {
    if constexpr (is_said<Given>) {
        return accepted;
    } else if constexpr (requires { requires Given::is_algorithm; }) {
        using algorithm_type = decltype(resolved<Episode>(std::declval<const Given&>()));
        return algorithm_refusal<algorithm_type, typename view_of_batch<typename Episode::support_type>::type,
                                 typename view_of_batch<typename Episode::query_type>::type>();
    } else {
        return fixed_string(
            "[priori:M505] description: it ends too early to be learned or adapted; append a loss, stages "
            "such as adapt<k>(...), and a meta-gradient such as exact.");
    }
}

}  // namespace detail

// A cheap walk over types: model, loss, stages, rules, in this order. Where a rule is broken the sentence is the error;
// `type` is then a stand-in for which everything compiles, so that nothing else is said.
template <class Given, class Episode>
struct diagnosis {
    static constexpr auto text = detail::refusal_of<Given, Episode>();
    static constexpr bool fine = text.length == 0 && !detail::is_said<Given>;
    static_assert(mistake<detail::printed<text>()>::is_corrected);

    static constexpr auto resolve([[maybe_unused]] const Given& given) {
        if constexpr (fine) {
            return resolved<Episode>(given);
        } else {
            return detail::stand_in<Episode>();
        }
    }
    using type = decltype(resolve(std::declval<const Given&>()));
};

}  // namespace priori
