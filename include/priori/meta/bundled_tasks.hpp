// SPDX-License-Identifier: BSL-1.0
// bundled_tasks: as many tasks as a register has lanes, computed at once; and where that pays.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/key.hpp>
#include <priori/meta/program.hpp>
#include <priori/simd/bundle.hpp>
#include <priori/task/batch.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace priori {

namespace detail {

template <class X>
inline constexpr bool takes_bundles = requires { requires X::takes_bundles; };

template <class T, class Batch>
struct bundled_batch {
    using type = void;  // labels: an index for each task
};
template <class T, class Number, std::size_t Count, class Input, std::size_t... Extents>
struct bundled_batch<T, batch<Number, Count, Input, shape<Extents...>>> {
    using type = batch<bundle<T>, Count, Input, shape<Extents...>>;
};

template <class Model, std::size_t... Layer>
constexpr bool layers_take_bundles(std::index_sequence<Layer...>) {
    return (takes_bundles<typename Model::template layer_type<Layer>> && ...);
}
template <class Stages, std::size_t... Stage>
constexpr bool stages_take_bundles(std::index_sequence<Stage...>) {
    return (takes_bundles<stage_at<Stages, Stage>> && ...);
}
// The longest array of one example.
template <class Model, std::size_t... Place>
constexpr std::size_t widest_row(std::index_sequence<Place...>) {
    return std::max({Model::template shape_at<Place>::size...});
}

}  // namespace detail

// When are several tasks computed at once? A row of a layer that is narrower than a register leaves lanes empty; the same
// number of several tasks fills them. benchmarks/README.md has the measurements behind the bounds.
template <class T, class Given, class Episode>
struct bundling {
private:
    using algorithm_type = typename program<T, Given, Episode>::algorithm_type;
    using model = typename algorithm_type::objective_type::model_type;
    using stages = typename algorithm_type::stages_type;
    using loss = std::remove_cvref_t<decltype(std::declval<algorithm_type>().objective.loss)>;

public:
    static constexpr std::size_t count = lanes<T>;
    using support_type = typename detail::bundled_batch<T, typename Episode::support_type>::type;
    using query_type = typename detail::bundled_batch<T, typename Episode::query_type>::type;

    // Do all parts of the description run on bundles? See takes_bundles.
    static constexpr bool possible =
        count > 1 && !std::is_void_v<support_type> && !std::is_void_v<query_type> &&
        detail::layers_take_bundles<model>(std::make_index_sequence<model::size>{}) &&
        detail::stages_take_bundles<stages>(std::make_index_sequence<tuple_size<stages>>{}) &&
        detail::takes_bundles<loss> && detail::takes_bundles<typename algorithm_type::rule_type>;

    static constexpr std::size_t widest = detail::widest_row<model>(std::make_index_sequence<model::size + 1>{});

    // Rows up to here leave lanes empty that tasks would fill: a half of the second of two short registers, too.
    static constexpr std::size_t widest_that_pays = count == 8 ? 12 : count - 1;

    // Of all tasks together.
    static constexpr std::size_t workspace_bytes = [] {
        if constexpr (possible && widest <= widest_that_pays) {
            return sizeof(typename program<bundle<T>, Given, episode<support_type, query_type>>::workspace);
        } else {
            return std::size_t{0};
        }
    }();
    static constexpr bool narrow = widest <= (count == 8 ? 4 : count / 4), near = workspace_bytes <= 256 * 1024;

    // Is it faster, if there are tasks enough? Of rows that are not narrow, only as long as the nearer caches hold what
    // all tasks keep; of others, the next one.
    static constexpr bool pays =
        possible && widest <= widest_that_pays && (near || (narrow && workspace_bytes <= 2 * 1024 * 1024));

    // Are so many enough? The last lanes may stay empty.
    static constexpr bool fill(std::size_t tasks) {
        const std::size_t computed = (tasks + count - 1) / count * count;
        return narrow && near ? 2 * tasks >= computed : 8 * tasks >= 7 * computed;
    }
};

// As many tasks as pack<T> has lanes, computed at once; for descriptions where that is possible.
// Shapes: an episode, a loss and a gradient for each task. Derivative: that of the program, on another number.
// Cost: parameters, gradient and workspace as many times as there are lanes.
template <class T, class Given, class Episode>
class bundled_tasks {
    using plan = bundling<T, Given, Episode>;
    using number = bundle<T>;
    using episode_type = episode<typename plan::support_type, typename plan::query_type>;

public:
    static constexpr std::size_t count = plan::count;
    static constexpr std::size_t size = program<T, Given, Episode>::size;

private:
    using program_type = program<number, Given, episode_type>;

    template <class From, class To>
    static void put_array(const From& from, To& to, std::size_t lane) noexcept {
        T* const target = reinterpret_cast<T*>(to.data()) + lane;
        for (std::size_t i = 0; i < from.size(); ++i) target[i * count] = from.data()[i];
    }

public:
    explicit bundled_tasks(const Given& description) noexcept : description_(program_type::resolve(description)) {}

    // The parameters that all tasks start from.
    void start(const T* theta) noexcept {
        for (std::size_t i = 0; i < size; ++i) theta_.elements[i] = number(theta[i]);
    }
    void put(const Episode& task, std::size_t lane) noexcept {
        put_array(task.support.inputs, task_.support.inputs, lane);
        put_array(task.support.targets, task_.support.targets, lane);
        put_array(task.query.inputs, task_.query.inputs, lane);
        put_array(task.query.targets, task_.query.targets, lane);
    }
    // Their losses. An episode has to be in every lane, be it one that is not looked at afterwards.
    std::array<T, count> compute(const key& k) noexcept {
        std::array<T, count> losses;
        program_type::loss_and_gradient(description_, theta_.all(), task_, pass{true, k, 0}, gradient_.all(), space_)
            .write(losses.data());
        return losses;
    }

    // Which of the gradients are finite.
    std::array<bool, count> finite() const noexcept {
        number look(0);  // 0 x is NaN where x is not finite
        for (const number& g : gradient_.elements) look = fused(g, number(0), look);
        std::array<T, count> each;
        look.write(each.data());
        std::array<bool, count> found;
        for (std::size_t lane = 0; lane < count; ++lane) found[lane] = each[lane] == T(0);
        return found;
    }
    void gradient_of(std::size_t lane, std::span<T, size> out) const noexcept {
        for (std::size_t i = 0; i < size; ++i) {
            std::array<T, count> each;
            gradient_.elements[i].write(each.data());
            out[i] = each[lane];
        }
    }
    // The sum of the gradients that count, in an order that depends on the number of lanes alone.
    void sum(const std::array<bool, count>& counts, std::span<T, size> out) const noexcept {
        std::array<T, count> weights;
        for (std::size_t lane = 0; lane < count; ++lane) weights[lane] = counts[lane] ? T(1) : T(0);
        const auto counting = greater(number::read(weights.data()), number(0));
        for (std::size_t i = 0; i < size; ++i)
            out[i] = sum_lanes(select(counting, gradient_.elements[i], number(0)).tasks);
    }

private:
    typename program_type::algorithm_type description_;
    storage<number, size> theta_;
    storage<number, size> gradient_;
    episode_type task_;
    typename program_type::workspace space_;
};

}  // namespace priori
