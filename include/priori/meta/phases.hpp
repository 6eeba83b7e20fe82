// SPDX-License-Identifier: BSL-1.0
// first | then(n, second): a learner that follows one description for n iterations, and another one from there on.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/core/key.hpp>
#include <priori/core/result.hpp>
#include <priori/core/sentence.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/diagnosis.hpp>
#include <priori/meta/learner.hpp>
#include <priori/meta/misuse.hpp>
#include <priori/meta/program.hpp>
#include <priori/optim/outer.hpp>
#include <priori/tensor/parameters.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace priori {

template <class Second>
struct next_phase {
    static constexpr bool is_next_phase = true;
    std::uint64_t after;
    Second second;
};

template <class First, class Second>
struct phases {
    First first;
    std::uint64_t after;
    Second second;
};

// Both have an outer rule; the second one learns blocks of the first, with an outer state of its own.
// Model averaging: one iteration of displacement at rate 1 averages models that were trained on the support sets of the
// meta-batch; then plain training on query sets. A new task is adapted to as the first description says.
// What changes with the iteration counts from the beginning of its phase: outer rates, annealed_weights, exact_from.
// displacement.loss_every counts all iterations.
// Example: net | mse | adapt<50>(sgd{}) | displacement | outer(sgd{.rate = 1.f})
//              | then(1, net | mse | exact | outer(adam{})), on same_tasks{tasks}
template <class Second>
constexpr next_phase<Second> then(std::uint64_t after, Second second) {
    return {after, second};
}

template <class O, class Stages, class R, class Q, class Optimizer, class Second>
constexpr auto operator|(algorithm<O, Stages, R, Q, outer_rule<Optimizer>> first, next_phase<Second> next) {
    if constexpr (detail::is_said<Second>) {
        return detail::said{};
    } else if constexpr (!detail::has_outer<Second>) {
        static_assert(detail::has_outer<Second>,
                      "[priori:M521] then: the second description has no outer rule; append | outer(...) to it.");
        return detail::said{};
    } else {
        return phases<algorithm<O, Stages, R, Q, outer_rule<Optimizer>>, Second>{first, next.after, next.second};
    }
}
template <class First, class Second, class Third>
constexpr detail::said operator|(phases<First, Second>, next_phase<Third>) {
    static_assert(sizeof(Third) == 0, "[priori:M522] then: two phases are possible, a third is not.");
    return {};
}

namespace detail {

// The algorithm with its weights of query losses and its exact_from counted from iteration `first` on.
template <class Algorithm>
constexpr Algorithm begun_at(Algorithm algorithm, std::uint64_t first) {
    if constexpr (Algorithm::queries_type::every) algorithm.queries.first = first;
    if constexpr (std::is_same_v<typename Algorithm::rule_type, exact_from_rule>) algorithm.rule.iteration += first;
    return algorithm;
}

// Are the blocks of Part those that Whole begins with?
template <class Part, class Whole>
inline constexpr bool begins_with = [] {
    for (std::size_t b = 0; b < Part::count; ++b) {
        if (b >= Whole::count || Part::names[b] != Whole::names[b] || Part::sizes[b] != Whole::sizes[b]) return false;
    }
    return true;
}();

}  // namespace detail

template <class T, class First, class Second, class Episode>
class static_learner<T, phases<First, Second>, Episode> {
    using second_program = program<T, Second, Episode>;
    using second_layout = typename second_program::layout_type;

public:
    using scalar = T;
    using given_type = phases<First, Second>;
    using episode_type = Episode;
    using program_type = program<T, First, Episode>;
    using layout_type = typename program_type::layout_type;
    using adapter_type = adapter<T, First, Episode>;
    using adapted_type = typename adapter_type::adapted_type;
    static constexpr std::size_t size = layout_type::size;
    static constexpr bool learns = true;
    static_assert(
        !diagnosis<First, Episode>::fine || !diagnosis<Second, Episode>::fine ||
            detail::begins_with<second_layout, layout_type>,
        "[priori:M504] then: the second description has blocks that the first one does not have; begin both with "
        "the same network.");

    struct workspace_type {
        typename program_type::workspace first;
        typename second_program::workspace second;
    };
    static constexpr std::size_t trajectory_bytes =
        sizeof(typename program_type::traces) + sizeof(typename second_program::traces);

    explicit static_learner(const given_type& description, seed start = {}) noexcept
        : given_(description),
          first_(program_type::resolve(description.first)),
          second_(detail::begun_at(second_program::resolve(description.second), description.after)),
          seed_(start),
          adapter_(description.first) {
        program_type::initialize(first_, key{start.value, 0, 0}, theta().data);
        outer_.first.start();
        outer_.second.start();
    }
    template <class Tasks>
    static_learner(const given_type& description, const Tasks&, seed start = {}) noexcept
        : static_learner(description, start) {}

    const given_type& description() const noexcept { return given_; }
    seed initial_seed() const noexcept { return seed_; }

    named_parameters<T, layout_type> parameters() noexcept { return adapter_.parameters(); }
    named_parameters<const T, layout_type> parameters() const noexcept { return adapter_.parameters(); }

    // See adapter::adapt.
    template <std::size_t Steps = as_described, class... Support>
    adapted_type adapt(const Support&... support) {
        return adapter_.template adapt<Steps>(support...);
    }
    // See adapter::try_adapt.
    template <std::size_t Steps = as_described, class... Support>
    result<adapted_type> try_adapt(const Support&... support) noexcept {
        return adapter_.template try_adapt<Steps>(support...);
    }

    // See static_learner::loss_and_gradient: labels are not looked at.
    T loss_and_gradient(const Episode& task, const key& k, std::span<T, size> gradient) noexcept {
        return loss_and_gradient(task, k, gradient, workspace_);
    }
    T loss_and_gradient(const Episode& task, const key& k, std::span<T, size> gradient,
                        workspace_type& space) const noexcept {
        const view<T> start(parameters().all().data()), out(gradient.data());
        if (in_first()) return program_type::loss_and_gradient(first_, start, task, pass{true, k, 0}, out, space.first);
        std::fill(gradient.begin() + second_layout::size, gradient.end(), T(0));
        return second_program::loss_and_gradient(second_, start, task, pass{true, k, 0}, out, space.second);
    }

    bool is_loss_known() const noexcept {
        return in_first() ? detail::is_loss_known(first_.rule, outer_.iteration)
                          : detail::is_loss_known(second_.rule, outer_.iteration);
    }

    // The outer rule's next step, that of the phase at hand; running averages move too.
    void step(std::span<const T, size> gradient) noexcept {
        const view<T> direction(gradient.data());
        if (in_first()) {
            outer_.first.iteration = outer_.iteration;
            outer_.first.step(first_.outer.optimizer, theta(), direction);
            move_buffers<layout_type>(theta(), direction, T(1));
        } else {
            outer_.second.iteration = outer_.iteration - given_.after;
            outer_.second.step(second_.outer.optimizer, theta(), direction);
            move_buffers<second_layout>(theta(), direction, T(1));
        }
        ++outer_.iteration;
    }
    std::uint64_t iteration() const noexcept { return outer_.iteration; }

    auto& outer_state() noexcept { return outer_; }
    const auto& outer_state() const noexcept { return outer_; }

private:
    bool in_first() const noexcept { return outer_.iteration < given_.after; }
    view<T> theta() noexcept { return view<T>(adapter_.parameters().all().data()); }

    template <class Algorithm, class Layout>
    using state_of = priori::outer_state<Layout, decltype(Algorithm::outer.optimizer), T>;

    struct states {
        state_of<typename program_type::algorithm_type, layout_type> first;
        state_of<typename second_program::algorithm_type, second_layout> second;
        std::uint64_t iteration = 0;
    };

    given_type given_;
    typename program_type::algorithm_type first_;
    typename second_program::algorithm_type second_;
    seed seed_;
    adapter<T, First, Episode> adapter_;
    states outer_;
    workspace_type workspace_;
};

}  // namespace priori
