// SPDX-License-Identifier: BSL-1.0
// Products of small matrices of fixed shape, row-major and contiguous: one register-tiled kernel serves them all.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/detail/tile.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/reduce.hpp>
#include <priori/simd/transform.hpp>
#include <priori/simd/transpose.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

namespace detail {

// c[i] (+)= a_i . b for `Rows` rows a_i at once.
template <std::size_t Rows, std::size_t K, bool Accumulate, class T>
PRIORI_ALWAYS_INLINE void dot_rows(const T* __restrict a, const T* __restrict b, T* __restrict c) noexcept {
    constexpr std::size_t size = lanes<T>, whole = K - K % size;
    pack<T> sums[Rows];
    PRIORI_UNROLL
    for (std::size_t i = 0; i < Rows; ++i) sums[i] = pack<T>(T(0));
    for (std::size_t k = 0; k < whole; k += size) {
        const pack<T> right = load(b + k);
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Rows; ++i) sums[i] = fused(load(a + i * K + k), right, sums[i]);
    }
    PRIORI_UNROLL
    for (std::size_t i = 0; i < Rows; ++i) {
        const T value = finish_dot<K % size>(sums[i], a + i * K + whole, b + whole);
        c[i] = Accumulate ? c[i] + value : value;
    }
}

// c (+)= a b. Shapes: a [M][K], b [K], c [M].
template <std::size_t M, std::size_t K, bool Accumulate, class T>
PRIORI_ALWAYS_INLINE void multiply_rows_by_vector(const T* a, const T* b, T* c) noexcept {
    constexpr even_parts rows = divide_evenly(M, 8);
    for (std::size_t part = 0; part < rows.larger; ++part, a += rows.size * K, c += rows.size) {
        dot_rows<rows.size, K, Accumulate>(a, b, c);
    }
    if constexpr (rows.smaller > 0) {
        for (std::size_t part = 0; part < rows.smaller; ++part, a += (rows.size - 1) * K, c += rows.size - 1) {
            dot_rows<rows.size - 1, K, Accumulate>(a, b, c);
        }
    }
}

// Elements of the local buffer that holds a transposed block of the right factor.
inline constexpr std::size_t transposed_block = 64;

// Where c was stored unfinished.
template <std::size_t Count, class T, class Finish>
PRIORI_ALWAYS_INLINE void finish_all(T* c, const Finish& finish) noexcept {
    if constexpr (!std::is_same_v<Finish, as_it_is>) {
        for_each_pack<Count, T>(
            [&]<class P>(std::size_t i) { store(c + i, finish.template operator()<P>(i, load_as<P>(c + i))); });
    }
}

// c = finish((c +) a b^T), the right factor transposed block by block into a buffer on the stack (16 KiB in float).
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate, class T, class Finish>
void multiply_by_transposed_blocks(const T* a, const T* b, T* c, const Finish& finish) noexcept {
    constexpr std::size_t edge = transposed_block;
    constexpr std::size_t k_whole = K <= edge ? K : edge, k_rest = K % k_whole;
    constexpr std::size_t n_whole = N <= edge ? N : edge, n_rest = N % n_whole;
    alignas(64) T buffer[k_whole * n_whole];
    constexpr bool one_block = K == k_whole && N == n_whole;
    const auto block = [&]<std::size_t KPart, std::size_t NPart, bool Add>(std::size_t k, std::size_t n) {
        transpose_part<NPart, KPart, K, NPart>(b + n * K + k, buffer);
        using shape = tile_shape<M, KPart, NPart, K, 1, NPart, N>;
        constexpr tile_start start = Add ? tile_start::target : tile_start::zero;
        const T* const none = nullptr;
        if constexpr (one_block) {
            tiled_product<shape, start>(a, buffer, c, none, finish);
        } else {
            tiled_product<shape, start>(a + k, buffer, c + n, none);
        }
    };
    const auto strip = [&]<std::size_t NPart>(std::size_t n) {
        block.template operator()<k_whole, NPart, Accumulate>(0, n);
        if constexpr (K >= 2 * k_whole) {
            for (std::size_t k = k_whole; k + k_whole <= K; k += k_whole) {
                block.template operator()<k_whole, NPart, true>(k, n);
            }
        }
        if constexpr (k_rest > 0) block.template operator()<k_rest, NPart, true>(K - k_rest, n);
    };
    for (std::size_t n = 0; n + n_whole <= N; n += n_whole) strip.template operator()<n_whole>(n);
    if constexpr (n_rest > 0) strip.template operator()<n_rest>(N - n_rest);
    if constexpr (!one_block) finish_all<M * N>(c, finish);
}

}  // namespace detail

// c = a b, or c += a b. Given a finish (detail/tile.hpp): c = finish(a b) or finish(c + a b), elementwise.
// Shapes: a [M][K], b [K][N], c [M][N]. c must not overlap a or b.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate = false, class T,
          class Finish = detail::as_it_is>
void multiply(const T* a, const T* b, T* c, const Finish& finish = {}) noexcept {
    if constexpr (N == 1 && M > 1 && K > 1) {
        detail::multiply_rows_by_vector<M, K, Accumulate>(a, b, c);
        detail::finish_all<M>(c, finish);
    } else if constexpr (N == 1 && M == 1) {
        c[0] = finish.template operator()<T>(0, Accumulate ? c[0] + dot<K>(a, b) : dot<K>(a, b));
    } else if constexpr (N == 1) {
        multiply<1, 1, M, Accumulate>(b, a, c, finish);  // a column times a number
    } else {
        detail::tiled_product<detail::tile_shape<M, K, N, K, 1, N, N>,
                              Accumulate ? detail::tile_start::target : detail::tile_start::zero>(
            a, b, c, static_cast<const T*>(nullptr), finish);
    }
}

// c = a b + bias in every row; given a finish, finish of that.
// Shapes: a [M][K], b [K][N], bias [N], c [M][N].
template <std::size_t M, std::size_t K, std::size_t N, class T, class Finish = detail::as_it_is>
void multiply_add_bias(const T* a, const T* b, const T* bias, T* c, const Finish& finish = {}) noexcept {
    if constexpr (N == 1) {
        for (std::size_t i = 0; i < M; ++i) c[i] = bias[0];
        multiply<M, K, 1, true>(a, b, c, finish);
    } else {
        detail::tiled_product<detail::tile_shape<M, K, N, K, 1, N, N>, detail::tile_start::bias>(a, b, c, bias,
                                                                                                  finish);
    }
}

// c = a^T b, or c += a^T b, perhaps finished: the gradient of a weight, K the batch. A finish may read the number of c
// that it writes.
// Shapes: a [K][M], b [K][N], c [M][N].
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate = false, class T,
          class Finish = detail::as_it_is>
void multiply_transposed_left(const T* a, const T* b, T* c, const Finish& finish = {}) noexcept {
    if constexpr (M == 1 || K == 1) {
        multiply<M, K, N, Accumulate>(a, b, c, finish);  // a vector is its own transpose
    } else if constexpr (N == 1) {
        multiply<1, K, M, Accumulate>(b, a, c, finish);  // c^T = b^T a
    } else {
        detail::tiled_product<detail::tile_shape<M, K, N, 1, M, N, N>,
                              Accumulate ? detail::tile_start::target : detail::tile_start::zero>(
            a, b, c, static_cast<const T*>(nullptr), finish);
    }
}

// c = a b^T, or c += a b^T, perhaps finished: the gradient of an input.
// Shapes: a [M][K], b [N][K], c [M][N].
// Cost: b is transposed once; who multiplies by the same b often calls transpose_into and multiply.
template <std::size_t M, std::size_t K, std::size_t N, bool Accumulate = false, class T,
          class Finish = detail::as_it_is>
void multiply_transposed_right(const T* a, const T* b, T* c, const Finish& finish = {}) noexcept {
    if constexpr (N == 1 || K == 1) {
        multiply<M, K, N, Accumulate>(a, b, c, finish);
    } else if constexpr (M < 4 && K >= lanes<T>) {
        for (std::size_t i = 0; i < M; ++i) {
            detail::multiply_rows_by_vector<N, K, Accumulate>(b, a + i * K, c + i * N);
        }
        detail::finish_all<M * N>(c, finish);
    } else {
        detail::multiply_by_transposed_blocks<M, K, N, Accumulate>(a, b, c, finish);
    }
}

// sums = the sums of the columns of a, or += them, perhaps finished: the gradient of a bias.
// Shapes: a [M][N], sums [N].
template <std::size_t M, std::size_t N, bool Accumulate = false, class T, class Finish = detail::as_it_is>
void column_sums(const T* a, T* sums, const Finish& finish = {}) noexcept {
    if constexpr (N == 1) {
        const T total = Accumulate ? sums[0] + sum<M>(a) : sum<M>(a);
        sums[0] = finish.template operator()<T>(0, total);
    } else {
        for_each_pack<N, T>([=]<class P>(std::size_t column) {
            constexpr std::size_t chains = M < 4 ? M : 4;
            constexpr std::size_t whole = M - M % chains;
            P partial[chains];
            PRIORI_UNROLL
            for (std::size_t i = 0; i < chains; ++i) partial[i] = load_as<P>(a + i * N + column);
            for (std::size_t row = chains; row < whole; row += chains) {
                PRIORI_UNROLL
                for (std::size_t i = 0; i < chains; ++i) {
                    partial[i] = partial[i] + load_as<P>(a + (row + i) * N + column);
                }
            }
            if constexpr (whole < M) {
                for (std::size_t row = whole; row < M; ++row)
                    partial[0] = partial[0] + load_as<P>(a + row * N + column);
            }
            PRIORI_UNROLL
            for (std::size_t i = 1; i < chains; ++i) partial[0] = partial[0] + partial[i];
            if constexpr (Accumulate) partial[0] = load_as<P>(sums + column) + partial[0];
            store(sums + column, finish.template operator()<P>(column, partial[0]));
        });
    }
}

// Adds the bias to every row of c.
// Shapes: bias [N], c [M][N].
template <std::size_t M, std::size_t N, class T>
void add_rows(const T* bias, T* c) noexcept {
    for (std::size_t i = 0; i < M; ++i) {
        T* row = c + i * N;
        for_each_pack<N, T>([=]<class P>(std::size_t column) {
            store(row + column, load_as<P>(row + column) + load_as<P>(bias + column));
        });
    }
}

}  // namespace priori
