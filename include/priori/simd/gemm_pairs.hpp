// SPDX-License-Identifier: BSL-1.0
// Two products added, c = a b + a2 b2, what the product rule asks for; in one sweep over the target where that pays.
#pragma once

#include <priori/simd/detail/tile.hpp>
#include <priori/simd/gemm.hpp>

#include <cstddef>

namespace priori {

// c = finish((c +) a b + a2 b2). Shapes: as multiply's.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate = false, class T,
          class Finish = detail::as_it_is>
void multiply(const T* a, const T* b, const T* a2, const T* b2, T* c, const Finish& finish = {}) noexcept {
    if constexpr (N == 1) {
        multiply<M, K, N, Accumulate>(a, b, c);
        multiply<M, K, N, true>(a2, b2, c, finish);
    } else {
        detail::tiled_products<detail::tile_shape<M, K, N, K, 1, N, N>,
                               Accumulate ? detail::tile_start::target : detail::tile_start::zero>(
            a, b, a2, b2, c, static_cast<const T*>(nullptr), finish);
    }
}

// c = finish(a b + a2 b2 + bias in every row). Shapes: as multiply_add_bias's.
template <std::size_t M, std::size_t K, std::size_t N, class T, class Finish = detail::as_it_is>
void multiply_add_bias(const T* a, const T* b, const T* a2, const T* b2, const T* bias, T* c,
                       const Finish& finish = {}) noexcept {
    if constexpr (N == 1) {
        multiply_add_bias<M, K, N>(a, b, bias, c);
        multiply<M, K, N, true>(a2, b2, c, finish);
    } else {
        detail::tiled_products<detail::tile_shape<M, K, N, K, 1, N, N>, detail::tile_start::bias>(a, b, a2, b2, c,
                                                                                                  bias, finish);
    }
}

// c = finish((c +) a^T b + a2^T b2), which may read the number of c that it writes. Shapes: as
// multiply_transposed_left's.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate = false, class T,
          class Finish = detail::as_it_is>
void multiply_transposed_left(const T* a, const T* b, const T* a2, const T* b2, T* c,
                              const Finish& finish = {}) noexcept {
    if constexpr (M == 1 && N == 1) {
        const T sum = dot<K>(a, b) + dot<K>(a2, b2);
        c[0] = finish.template operator()<T>(0, Accumulate ? c[0] + sum : sum);
    } else if constexpr (N == 1) {
        multiply_transposed_left<1, K, M, Accumulate>(b, a, b2, a2, c, finish);  // c^T = b^T a + b2^T a2
    } else {
        detail::tiled_products<detail::tile_shape<M, K, N, 1, M, N, N>,
                               Accumulate ? detail::tile_start::target : detail::tile_start::zero>(
            a, b, a2, b2, c, static_cast<const T*>(nullptr), finish);
    }
}

// c = finish((c +) a b^T + a2 b2^T). Shapes: as multiply_transposed_right's. One after the other, so that one buffer of
// transposed blocks serves both: a second one would push more out of the nearest cache than one sweep over c spares.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate = false, class T,
          class Finish = detail::as_it_is>
void multiply_transposed_right(const T* a, const T* b, const T* a2, const T* b2, T* c,
                               const Finish& finish = {}) noexcept {
    multiply_transposed_right<M, K, N, Accumulate>(a, b, c);
    multiply_transposed_right<M, K, N, true>(a2, b2, c, finish);
}

}  // namespace priori
