// SPDX-License-Identifier: BSL-1.0
// cholesky_factor and cholesky_solve: small symmetric positive definite systems, of any number.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/view.hpp>

#include <cstddef>

namespace priori {

// a = L L', a symmetric positive definite: L over the lower triangle of a; the upper one is neither read nor written.
// Shapes: a (Size, Size), row-major.
// Not positive definite: L holds numbers that are not finite, or its last pivot is 0; a solution with it is not finite.
// Cost: Size^3 / 6 multiply-adds, in scalars.
template <std::size_t Size, class N>
void cholesky_factor(view<N> a) noexcept {
    using E = element_of<N>;
    for (std::size_t j = 0; j < Size; ++j) {
        E square = a[j * Size + j];
        for (std::size_t k = 0; k < j; ++k) square -= E(a[j * Size + k]) * E(a[j * Size + k]);
        const E pivot = square_root(square);
        a.set(j * Size + j, pivot);
        for (std::size_t i = j + 1; i < Size; ++i) {
            E rest = a[i * Size + j];
            for (std::size_t k = 0; k < j; ++k) rest -= E(a[i * Size + k]) * E(a[j * Size + k]);
            a.set(i * Size + j, E(rest / pivot));
        }
    }
}

// x <- (L L')^-1 x, L the lower triangle that cholesky_factor left.
// Shapes: l (Size, Size), x (Size, Columns), row-major. Cost: Size^2 Columns multiply-adds, in scalars.
template <std::size_t Size, std::size_t Columns, class N>
void cholesky_solve(view<N> l, view<N> x) noexcept {
    using E = element_of<N>;
    const auto subtract = [&](std::size_t row, const E& factor, std::size_t from) {
        for (std::size_t c = 0; c < Columns; ++c) {
            x.set(row * Columns + c, E(E(x[row * Columns + c]) - factor * E(x[from * Columns + c])));
        }
    };
    const auto divide = [&](std::size_t row) {
        const E pivot = l[row * Size + row];
        for (std::size_t c = 0; c < Columns; ++c) x.set(row * Columns + c, E(E(x[row * Columns + c]) / pivot));
    };
    for (std::size_t i = 0; i < Size; ++i) {
        for (std::size_t k = 0; k < i; ++k) subtract(i, l[i * Size + k], k);
        divide(i);
    }
    for (std::size_t i = Size; i-- > 0;) {
        for (std::size_t k = i + 1; k < Size; ++k) subtract(i, l[k * Size + i], k);
        divide(i);
    }
}

}  // namespace priori
