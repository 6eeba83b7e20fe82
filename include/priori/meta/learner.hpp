// SPDX-License-Identifier: BSL-1.0
// learner: an algorithm with its meta-parameters, outer state and workspace; its size is its whole memory.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/adapt/adapted.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/result.hpp>
#include <priori/core/sentence.hpp>
#include <priori/core/shape.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/diagnosis.hpp>
#include <priori/meta/program.hpp>
#include <priori/optim/outer.hpp>
#include <priori/task/batch.hpp>
#include <priori/tensor/parameters.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

namespace priori {

// Adapts and predicts as an adapter does, and learns: one task's meta-gradient, and the outer rule's step.
template <class T, class Given, class Episode>
class static_learner {
public:
    using scalar = T;
    using given_type = Given;
    using episode_type = Episode;
    using diagnosis_type = typename diagnosis<Given, Episode>::type;  // says what is wrong, before anything else does
    using program_type = program<T, Given, Episode>;
    using algorithm_type = typename program_type::algorithm_type;
    using layout_type = typename program_type::layout_type;
    using workspace_type = typename program_type::workspace;
    using adapter_type = adapter<T, Given, Episode>;
    using adapted_type = typename adapter_type::adapted_type;
    static constexpr std::size_t trajectory_bytes = sizeof(typename program_type::traces);
    using outer_type = typename algorithm_type::outer_type;
    static constexpr std::size_t size = layout_type::size;
    static constexpr bool learns = !std::is_same_v<outer_type, undecided>;

    explicit static_learner(const Given& description, seed start = {}) noexcept
        : given_(description), description_(program_type::resolve(description)), seed_(start), adapter_(description) {
        program_type::initialize(description_, key{start.value, 0, 0}, theta().data);
        outer_.start();
    }
    // The tasks say the type of an episode, and are not kept.
    template <class Tasks>
    static_learner(const Given& description, const Tasks&, seed start = {}) noexcept
        : static_learner(description, start) {}

    const Given& description() const noexcept { return given_; }
    const algorithm_type& algorithm() const noexcept { return description_; }
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

    // The loss of one task; its meta-gradient, of all of Theta, into `gradient`. Labels are not looked at: they run from
    // 0 to ways - 1, as sources draw them.
    T loss_and_gradient(const Episode& task, const key& k, std::span<T, size> gradient) noexcept {
        return loss_and_gradient(task, k, gradient, workspace_);
    }
    // The same in somebody else's workspace: as many threads as have one.
    T loss_and_gradient(const Episode& task, const key& k, std::span<T, size> gradient,
                        workspace_type& space) const noexcept {
        return program_type::loss_and_gradient(description_, view<T>(parameters().all().data()), task, pass{true, k, 0},
                                               view<T>(gradient.data()), space);
    }

    // Is the loss of the iteration that comes computed, or 0 (see displacement)?
    bool is_loss_known() const noexcept { return detail::is_loss_known(description_.rule, outer_.iteration); }

    // The outer rule's next step, on a gradient that is usually the mean over a meta-batch; running averages move too.
    void step(std::span<const T, size> gradient) noexcept {
        static_assert(learns, "[priori:M502] step: the description has no outer rule; append | outer(adam{...}).");
        if constexpr (learns) {
            outer_.step(description_.outer.optimizer, theta(), view<T>(gradient.data()));
            move_buffers<layout_type>(theta(), view<T>(gradient.data()), T(1));
        }
    }
    std::uint64_t iteration() const noexcept { return outer_.iteration; }

    auto& outer_state() noexcept { return outer_; }
    const auto& outer_state() const noexcept { return outer_; }

private:
    view<T> theta() noexcept { return view<T>(adapter_.parameters().all().data()); }

    struct no_outer_state {
        std::uint64_t iteration;
        void start() noexcept { iteration = 0; }
    };
    template <class U>
    struct state_for {
        using type = no_outer_state;
    };
    template <class Optimizer>
    struct state_for<outer_rule<Optimizer>> {
        using type = priori::outer_state<layout_type, Optimizer, T>;
    };

    Given given_;
    algorithm_type description_;
    seed seed_;
    adapter<T, Given, Episode> adapter_;
    typename state_for<outer_type>::type outer_;
    workspace_type workspace_;
};

namespace detail {

template <class Tasks, class T>
concept HasEpisodes = requires {
    typename Tasks::template episode_type<T>;
};

// The type of a source's tasks, or some episode where it has none.
template <class Tasks, class T>
struct episode_from {
    using type = episode_of<T, shape<1>, shape<1>, 1, 1>;
};
template <class Tasks, class T>
requires HasEpisodes<Tasks, T>
struct episode_from<Tasks, T> {
    using type = typename Tasks::template episode_type<T>;
};

template <class Tasks, class T>
consteval auto tasks_refusal() {
    if constexpr (!HasEpisodes<Tasks, T>) {
        return fixed_string(
            "[priori:M508] learner: the second argument is not a source of tasks, such as sinusoids{...}; it has no "
            "episode_type<T>.");
    } else {
        return accepted;
    }
}

template <std::size_t Size>
consteval auto size_refusal() {
    if constexpr (Size > stack_limit) {
        return join<"[priori:M501] learner: this learner takes ", decimal<Size>(), " bytes, too many for a stack (",
                    decimal<stack_limit>(),
                    "); write make_learner(...) for one on the heap, or a static_learner in static "
                    "storage.">();
    } else {
        return accepted;
    }
}

}  // namespace detail

template <class T, class Given, class Tasks>
using learner_for = static_learner<T, Given, typename Tasks::template episode_type<T>>;

// A learner as a value: learner(maml, tasks, seed{1}), learner<double>(...); its type is learner_for<T, Given, Tasks>.
// Throws: nothing. Refuses, at compile time, what is too large for a stack.
template <class T = float, class Given, class Tasks>
auto learner(const Given& description, const Tasks& tasks, seed start = {}) {
    using learner_type = static_learner<T, Given, typename detail::episode_from<Tasks, T>::type>;
    constexpr auto no_tasks = detail::tasks_refusal<Tasks, T>();
    static_assert(mistake<detail::printed<no_tasks>()>::is_corrected);
    constexpr auto too_large = detail::size_refusal<sizeof(learner_type)>();
    static_assert(mistake<detail::printed<too_large>()>::is_corrected);
    return learner_type(description, tasks, start);
}

// The same in one heap object, made before the loop.
template <class T = float, class Given, class Tasks>
auto make_learner(const Given& description, const Tasks& tasks, seed start = {}) {
    constexpr auto no_tasks = detail::tasks_refusal<Tasks, T>();
    static_assert(mistake<detail::printed<no_tasks>()>::is_corrected);
    using learner_type = static_learner<T, Given, typename detail::episode_from<Tasks, T>::type>;
    return std::make_unique<learner_type>(description, tasks, start);
}

}  // namespace priori
