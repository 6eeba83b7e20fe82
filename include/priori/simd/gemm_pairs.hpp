// SPDX-License-Identifier: BSL-1.0
// Two products added in one sweep over the target, c = a b + a2 b2: what the product rule asks for.
#pragma once

#include <priori/simd/detail/tile.hpp>
#include <priori/simd/gemm.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transpose.hpp>

#include <cstddef>

namespace priori {

namespace detail {

// c = finish((c +) a b^T + a2 b2^T), both right factors transposed into buffers on the stack.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate, class T, class Finish>
void multiply_by_transposed_pair(const T* a, const T* b, const T* a2, const T* b2, T* c,
                                 const Finish& finish) noexcept {
    alignas(64) T buffers[2][K * N];
    transpose_into<N, K>(b, buffers[0]);
    transpose_into<N, K>(b2, buffers[1]);
    tiled_products<tile_shape<M, K, N, K, 1, N, N>, Accumulate ? tile_start::target : tile_start::zero>(
        a, buffers[0], a2, buffers[1], c, static_cast<const T*>(nullptr), finish);
}

}  // namespace detail

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

// c = (c +) a^T b + a2^T b2. Shapes: as multiply_transposed_left's.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate = false, class T>
void multiply_transposed_left(const T* a, const T* b, const T* a2, const T* b2, T* c) noexcept {
    if constexpr (M == 1 || K == 1 || N == 1) {
        multiply_transposed_left<M, K, N, Accumulate>(a, b, c);
        multiply_transposed_left<M, K, N, true>(a2, b2, c);
    } else {
        detail::tiled_products<detail::tile_shape<M, K, N, 1, M, N, N>,
                               Accumulate ? detail::tile_start::target : detail::tile_start::zero>(
            a, b, a2, b2, c, static_cast<const T*>(nullptr));
    }
}

// c = finish((c +) a b^T + a2 b2^T). Shapes: as multiply_transposed_right's. Stack: 32 KiB in float at most.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate = false, class T,
          class Finish = detail::as_it_is>
void multiply_transposed_right(const T* a, const T* b, const T* a2, const T* b2, T* c,
                               const Finish& finish = {}) noexcept {
    constexpr bool one_block = K <= detail::transposed_block && N <= detail::transposed_block;
    if constexpr (N > 1 && K > 1 && one_block && (M >= 4 || K < lanes<T>)) {
        detail::multiply_by_transposed_pair<M, K, N, Accumulate>(a, b, a2, b2, c, finish);
    } else {
        multiply_transposed_right<M, K, N, Accumulate>(a, b, c);
        multiply_transposed_right<M, K, N, true>(a2, b2, c, finish);
    }
}

}  // namespace priori
