// SPDX-License-Identifier: BSL-1.0
// adapter: the part of a learner that adapts and predicts: parameters, and what one adaptation forward needs.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/adapt/adapted.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/core/name.hpp>
#include <priori/core/result.hpp>
#include <priori/core/sentence.hpp>
#include <priori/meta/diagnosis.hpp>
#include <priori/meta/program.hpp>
#include <priori/tensor/parameters.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

namespace priori {

// The most that a call may put on the stack; beyond it, an object in static storage or on the heap must own the memory.
inline constexpr std::size_t stack_limit = 512 * 1024;

namespace detail {

template <class T>
inline constexpr auto name_of_number = fixed_string("other numbers");
template <>
inline constexpr auto name_of_number<float> = fixed_string("float");
template <>
inline constexpr auto name_of_number<double> = fixed_string("double");

// The sentence for a support set of another shape than the learner's that it cannot adapt to; empty if it can, or if
// the description is a mistake itself, as was said.
template <class Diagnosis, class Program, class Support>
consteval auto support_refusal() {
    using T = typename Program::scalar;
    using U = typename Support::scalar;
    if constexpr (!Diagnosis::fine) {
        return accepted;
    } else if constexpr (!std::is_same_v<U, T>) {
        return join<"[priori:M518] adapt: the batch is of ", name_of_number<U>, ", the learner of ", name_of_number<T>,
                    "; draw the batch in ", name_of_number<T>, ", or make the learner in ", name_of_number<U>, ".">();
    } else {
        return algorithm_refusal<typename Program::algorithm_type, Support, Support>();
    }
}

}  // namespace detail

// No outer state, no cotangents of the outer loss: what a device carries. `sizeof` is what it keeps; on the stack come
// what `adapt` returns, which has parameters of its own, and a kernel's: up to 16 KiB for a transposed block of weights;
// for a convolution 72 KiB, more where its kernel sees more than 4096 numbers, and 1 MiB by minimal filtering, which
// PRIORI_FREESTANDING does without.
// Episode is the type of the tasks that it shall meet; other support sizes work too, with their workspace on the stack.
template <class T, class Given, class Episode>
class adapter {
public:
    using diagnosis_type = typename diagnosis<Given, Episode>::type;  // says what is wrong, before anything else does
    using program_type = program<T, Given, Episode>;
    using layout_type = typename program_type::layout_type;
    using objective_type = typename program_type::objective_type;
    using adapted_type = adapted<T, objective_type, layout_type>;
    using support_view = typename program_type::support_view;
    using target_scalar = typename support_view::target_scalar;

    explicit adapter(const Given& description) noexcept : description_(program_type::resolve(description)) {
        program_type::initialize(description_, key{}, theta_.elements);
    }

    // With given parameters, such as those of write_header: none are drawn.
    adapter(const Given& description, std::span<const T, layout_type::size> values) noexcept
        : description_(program_type::resolve(description)) {
        import_parameters(values);
    }

    named_parameters<T, layout_type> parameters() noexcept { return named_parameters<T, layout_type>(theta_.elements); }
    named_parameters<const T, layout_type> parameters() const noexcept {
        return named_parameters<const T, layout_type>(theta_.elements);
    }

    // Takes over parameters, such as those written by write_header.
    void import_parameters(std::span<const T, layout_type::size> values) noexcept {
        std::copy(values.begin(), values.end(), theta_.elements);
    }

    // A batch of other shots is adapted to as well, where model, loss and stages go with it.
    // How many steps every adaptation takes may be given as a template argument or at run time; none leaves what a
    // gradient would move as it is, other stages still run.
    // Throws: error (bad_value) for a label that is no class; without exceptions that stops the program: see try_adapt.
    template <std::size_t Steps = as_described, class U, std::size_t Count, class Input, class Target>
    adapted_type adapt(const batch<U, Count, Input, Target>& support,
                       std::size_t steps = Steps) noexcept(!detail::has_labels<Target>) {
        if (!detail::are_classes<Target>(support.targets.data(), Count)) detail::refuse_access(no_class());
        return adapt_view(view_of(support), steps);
    }
    // The same with a failure for a label that is no class.
    template <std::size_t Steps = as_described, class U, std::size_t Count, class Input, class Target>
    result<adapted_type> try_adapt(const batch<U, Count, Input, Target>& support, std::size_t steps = Steps) noexcept {
        if (!detail::are_classes<Target>(support.targets.data(), Count)) return no_class();
        return adapt_view(view_of(support), steps);
    }

    // From raw memory: inputs (Count, Input) and targets (Count, Target), row-major; Count as in Episode.
    // Errors: bad_shape for spans of another size, bad_value for a label that is no class.
    template <std::size_t Steps = as_described>
    result<adapted_type> try_adapt(std::span<const T> inputs, std::span<const target_scalar> targets,
                                   std::size_t steps = Steps) noexcept {
        if (inputs.size() != support_view::count * support_view::input_shape::size) {
            return failure{error_kind::bad_shape,
                           "adapt: the span of inputs has another size than the episode's support "
                           "set; give it count x input numbers, row-major."};
        }
        if (targets.size() != support_view::count * support_view::target_size) {
            return failure{error_kind::bad_shape,
                           "adapt: the span of targets has another size than the episode's support "
                           "set; give it count x target numbers, row-major."};
        }
        if (!detail::are_classes<typename support_view::target_shape>(targets.data(), targets.size())) return no_class();
        return adapt_view(support_view{inputs.data(), targets.data()}, steps);
    }

#if !defined(PRIORI_FREESTANDING)
    // Throws: error, where try_adapt returns a failure.
    template <std::size_t Steps = as_described>
    adapted_type adapt(std::span<const T> inputs, std::span<const target_scalar> targets, std::size_t steps = Steps) {
        return try_adapt(inputs, targets, steps).value();
    }
#endif

private:
    static failure no_class() noexcept {
        return failure{error_kind::bad_value,
                       "adapt: a label is not a class of the episode; labels run from 0 to ways - 1."};
    }

    static constexpr std::size_t look_size = adapted_type::template place_to_look<support_view::count>;
    struct no_place {};

    template <class View>
    adapted_type adapt_view(const View& support, std::size_t steps) noexcept {
        adapted_type result(description_.objective);
        if constexpr (std::is_same_v<View, support_view>) {
            run(support, steps, traces_, result);
            if constexpr (look_size > 0) result.lend(std::span<T>(look_.elements, look_size));
            result.look_at(support);
            result.lend({});
        } else {
            constexpr auto text = detail::support_refusal<diagnosis<Given, Episode>, program_type, View>();
            static_assert(mistake<detail::printed<text>()>::is_corrected);
            if constexpr (text.length == 0) adapt_other(support, steps, result);
        }
        return result;
    }
    template <class View>
    void adapt_other(const View& support, std::size_t steps, adapted_type& result) noexcept {
        using traces = typename program_type::template traces_of<forward_only_rule, View>;
        static_assert(sizeof(traces) <= stack_limit,
                      "[priori:M503] adapt: the workspace for a support set of another size than the learner's is too "
                      "large for the stack; make an adapter for that size of episode.");
        traces kept;
        run(support, steps, kept, result);
        result.look_at(support);
    }
    template <class View, class Traces>
    void run(const View& support, std::size_t steps, Traces& kept, adapted_type& result) noexcept {
        constexpr bool in_place = program_type::works_in_place;
        result.have_taken(steps == as_described ? program_type::steps_taken : steps);
        if constexpr (in_place) copy(layout_type::size, theta_.all(), result.theta());
        const auto after = program_type::template adapt<forward_only_rule>(
            description_, in_place ? result.theta() : theta_.all(), support, pass{}, kept, steps)[program_type::stages];
        if (after.data != result.theta().data) copy(layout_type::size, after, result.theta());
    }

    typename program_type::algorithm_type description_;
    storage<T, layout_type::size> theta_;
    typename program_type::template traces_of<forward_only_rule, support_view> traces_;
    [[no_unique_address]] std::conditional_t<(look_size > 0), storage<T, look_size>, no_place> look_;
};

}  // namespace priori
