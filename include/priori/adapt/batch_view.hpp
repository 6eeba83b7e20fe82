// SPDX-License-Identifier: BSL-1.0
// batch_view: some rows of a batch, where they lie; referenced_batch: queries behind their support set.
#pragma once

#include <priori/task/batch.hpp>

#include <cstddef>

namespace priori {

// Shapes: inputs (Count, Input), targets (Count, Target), row-major.
template <class T, std::size_t Count, class Input, class Target>
struct batch_view {
    using batch_type = batch<T, Count, Input, Target>;
    using scalar = T;
    using target_scalar = typename batch_type::target_scalar;
    using input_shape = Input;
    using target_shape = Target;
    static constexpr std::size_t count = Count;      // examples that have a prediction and a loss
    static constexpr std::size_t reference = 0;      // rows that stand before them
    static constexpr std::size_t row_count = Count;  // both

    const T* inputs = nullptr;
    const target_scalar* targets = nullptr;

    static constexpr std::size_t target_size = batch_type::target_size;

    // `Size` rows from row `first` on.
    template <std::size_t Size>
    batch_view<T, Size, Input, Target> slice(std::size_t first) const noexcept {
        return {inputs + first * Input::size, targets + first * target_size};
    }
};

template <class T, std::size_t Count, class Input, class Target>
batch_view<T, Count, Input, Target> view_of(const batch<T, Count, Input, Target>& rows) noexcept {
    return {rows.inputs.data(), rows.targets.data()};
}

// The queries of a task behind its support set, for a model that looks at the support set when it predicts (batch
// normalization by the support set's statistics). The loss is that of the queries alone.
template <class Support, class Query>
struct referenced_batch {
    using scalar = typename Query::scalar;
    using target_scalar = typename Query::target_scalar;
    using input_shape = typename Query::input_shape;
    using target_shape = typename Query::target_shape;
    static constexpr std::size_t count = Query::count;
    static constexpr std::size_t reference = Support::count;
    static constexpr std::size_t row_count = reference + count;
    static constexpr std::size_t target_size = Query::target_size;

    const scalar* reference_inputs = nullptr;
    const scalar* inputs = nullptr;
    const target_scalar* targets = nullptr;
};

// What a model meets when it is asked for the queries: a model that looks at the support set gets it too.
template <class Model, class Support, class Query>
auto queries_of(const Support& support, const Query& query) noexcept {
    if constexpr (Model::uses_reference) {
        return referenced_batch<Support, Query>{support.inputs, query.inputs, query.targets};
    } else {
        return query;
    }
}

}  // namespace priori
