// SPDX-License-Identifier: BSL-1.0
// batch: inputs and targets of a fixed number of examples; episode: the support and query batches of one task.
#pragma once

#include <priori/core/shape.hpp>
#include <priori/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>

namespace priori {

// What a target is: numbers of a shape, or one of `Ways` class labels 0 .. Ways - 1.
template <std::size_t Ways>
struct labels {
    static constexpr std::size_t ways = Ways;
};

namespace detail {

template <class Target>
inline constexpr bool has_labels = requires { Target::ways; };

// Are targets of this kind, if they are labels, all classes?
template <class Target, class T>
constexpr bool are_classes([[maybe_unused]] const T* targets, [[maybe_unused]] std::size_t count) noexcept {
    if constexpr (has_labels<Target>) {
        for (std::size_t i = 0; i < count; ++i) {
            if (targets[i] < 0 || static_cast<std::size_t>(targets[i]) >= Target::ways) return false;
        }
    }
    return true;
}

}  // namespace detail

// Shapes: inputs (Count, Input...), targets (Count, Target...), or (Count) labels where Target is labels<Ways>.
template <class T, std::size_t Count, class Input, class Target>
struct batch {
    using scalar = T;
    using target_scalar = T;
    using input_shape = Input;
    using target_shape = Target;
    static constexpr std::size_t count = Count;
    static constexpr std::size_t target_size = Target::size;

    batch_tensor<T, Count, Input> inputs;
    batch_tensor<T, Count, Target> targets;
};

template <class T, std::size_t Count, class Input, std::size_t Ways>
struct batch<T, Count, Input, labels<Ways>> {
    using scalar = T;
    using target_scalar = std::int32_t;
    using input_shape = Input;
    using target_shape = labels<Ways>;
    static constexpr std::size_t count = Count;
    static constexpr std::size_t target_size = 1;

    batch_tensor<T, Count, Input> inputs;
    tensor<std::int32_t, Count> targets;
};

template <class Support, class Query>
struct episode {
    using support_type = Support;
    using query_type = Query;

    Support support;
    Query query;
};

template <class T, class Input, class Target, std::size_t Shots, std::size_t Queries>
using episode_of = episode<batch<T, Shots, Input, Target>, batch<T, Queries, Input, Target>>;

}  // namespace priori
