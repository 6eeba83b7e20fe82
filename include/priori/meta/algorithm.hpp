// SPDX-License-Identifier: BSL-1.0
// algorithm: model | loss | stages... | meta-gradient | outer rule, as one value without storage.
#pragma once

#include <priori/adapt/objective.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/sentence.hpp>
#include <priori/optim/detail/optimizer_refusal.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace priori {

struct undecided {};

// The rule of the outer loop: any optimizer.
template <class Optimizer>
struct outer_rule {
    Optimizer optimizer;
};

template <class Optimizer>
constexpr auto outer(Optimizer optimizer) {
    constexpr auto text = detail::outer_optimizer_refusal<Optimizer>();
    if constexpr (text.length > 0) {
        static_assert(mistake<detail::printed<text>()>::is_corrected);
        return detail::said{};
    } else {
        return outer_rule<Optimizer>{optimizer};
    }
}

// The query loss after the last step only.
struct at_the_end {
    static constexpr bool every = false;
};

// Weights that change with the outer iteration: W::count of them, `at(iteration)` an array.
// Models: annealed_weights<5>. Not a model: an array, which is the same in every iteration.
template <class W>
concept WeightSchedule = requires(const W& weights, std::uint64_t iteration) {
    { weights.at(iteration) } -> std::convertible_to<std::array<float, W::count>>;
};

// The query loss at every step of the last adaptation: sum over k of weights[k] L_Q(phi_k), k = 0 .. K.
// Reference: Antoniou et al. 2019, section 4.1.
template <std::size_t Count, class Weights = std::array<float, Count>>
struct at_every_query_step {
    static constexpr bool every = true;
    static constexpr std::size_t count = Count;
    Weights weights;
    std::uint64_t first = 0;  // the outer iteration from which on a schedule counts

    constexpr std::array<float, Count> at([[maybe_unused]] std::uint64_t iteration) const noexcept {
        if constexpr (WeightSchedule<Weights>) {
            return weights.at(iteration > first ? iteration - first : 0);
        } else {
            return weights;
        }
    }
};
template <std::convertible_to<float>... Weights>
constexpr at_every_query_step<sizeof...(Weights)> every_step(Weights... weights) {
    return {{static_cast<float>(weights)...}};
}
template <std::size_t Count>
constexpr at_every_query_step<Count> every_step(const std::array<float, Count>& weights) {
    return {weights};
}

template <WeightSchedule Weights>
constexpr at_every_query_step<Weights::count, Weights> every_step(const Weights& weights) {
    return {weights};
}

template <class Objective, class Stages, class Rule, class Queries, class Outer>
struct algorithm {
    using objective_type = Objective;
    using stages_type = Stages;
    using rule_type = Rule;
    using queries_type = Queries;
    using outer_type = Outer;
    static constexpr bool is_algorithm = true;

    Objective objective;
    Stages stages;
    Rule rule;
    Queries queries;
    Outer outer;
};

namespace detail {

template <class Objective, class Stages, class Rule, class Queries, class Outer>
constexpr algorithm<Objective, Stages, Rule, Queries, Outer> make_algorithm(Objective objective, Stages stages,
                                                                            Rule rule, Queries queries, Outer outer) {
    return {objective, stages, rule, queries, outer};
}

template <class O>
concept ObjectiveLike = requires {
    requires O::is_objective;
};

}  // namespace detail

template <detail::ObjectiveLike O, Stage S>
constexpr auto operator|(O objective, S stage) {
    return detail::make_algorithm(objective, tuple<S>{stage}, undecided{}, at_the_end{}, undecided{});
}
template <class O, class Stages, class Q, Stage S>
constexpr auto operator|(algorithm<O, Stages, undecided, Q, undecided> a, S stage) {
    return detail::make_algorithm(a.objective, appended(a.stages, stage), a.rule, a.queries, a.outer);
}
// Without a stage, `exact` is plain training on the query sets.
template <detail::ObjectiveLike O, MetaGradient R>
constexpr auto operator|(O objective, R rule) {
    return detail::make_algorithm(objective, tuple<>{}, rule, at_the_end{}, undecided{});
}
template <class O, class Stages, class Q, MetaGradient R>
constexpr auto operator|(algorithm<O, Stages, undecided, Q, undecided> a, R rule) {
    return detail::make_algorithm(a.objective, a.stages, rule, a.queries, a.outer);
}
template <class O, class Stages, class R, class U, std::size_t Count, class Weights>
constexpr auto operator|(algorithm<O, Stages, R, at_the_end, U> a, at_every_query_step<Count, Weights> queries) {
    return detail::make_algorithm(a.objective, a.stages, a.rule, queries, a.outer);
}
template <class O, class Stages, MetaGradient R, class Q, class Optimizer>
constexpr auto operator|(algorithm<O, Stages, R, Q, undecided> a, outer_rule<Optimizer> rule) {
    return detail::make_algorithm(a.objective, a.stages, a.rule, a.queries, rule);
}

}  // namespace priori
