// SPDX-License-Identifier: BSL-1.0
// batch_view: some rows of a batch, where they lie.
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
    static constexpr std::size_t count = Count;

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

}  // namespace priori
