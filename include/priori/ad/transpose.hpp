// SPDX-License-Identifier: BSL-1.0
// transpose: a transposed copy of a small matrix of any number.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/simd/transpose.hpp>

#include <cstddef>

namespace priori {

// to = from transposed; the two must not overlap. Of known values the tangents alone.
// Shapes: from [Rows][Columns], a row every FromRow numbers; to [Columns][Rows], a row every ToRow numbers.
template <std::size_t Rows, std::size_t Columns, std::size_t ToRow = Rows, std::size_t FromRow = Columns, class In,
          class Out>
void transpose(view<In> from, view<Out> to) noexcept {
    static_assert(depth<In> == depth<Out>);
    if constexpr (depth<In> == 0) {
        detail::transpose_part<Rows, Columns, FromRow, ToRow>(static_cast<const In*>(from.data), to.data);
    } else {
        if constexpr (detail::computes_value<Out>) transpose<Rows, Columns, ToRow, FromRow>(from.value, to.value);
        transpose<Rows, Columns, ToRow, FromRow>(from.tangent, to.tangent);
    }
}

}  // namespace priori
