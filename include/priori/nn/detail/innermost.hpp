// SPDX-License-Identifier: BSL-1.0
// What layers share that keep plain numbers in a tape of duals.
#pragma once

#include <priori/ad/view.hpp>

namespace priori::detail {

// The array of plain values below all duals: what is kept there has no tangent and needs none.
template <class N>
PRIORI_ALWAYS_INLINE auto innermost(view<N> array) noexcept {
    if constexpr (depth<N> == 0) {
        return array;
    } else {
        return innermost(array.value);
    }
}

}  // namespace priori::detail
