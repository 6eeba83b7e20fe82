// SPDX-License-Identifier: BSL-1.0
// The kernel of the products: a tile of the target stays in registers while the whole sum over K runs.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transform.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace priori::detail {

// a [M][K] with a(i, k) at a[i * ARow + k * AStep]; b [K][N] and c [M][N] with rows BRow and CRow apart.
template <std::size_t M, std::size_t K, std::size_t N, std::size_t ARow, std::size_t AStep, std::size_t BRow,
          std::size_t CRow>
struct tile_shape {
    static constexpr std::size_t m = M, k = K, n = N, a_row = ARow, a_step = AStep, b_row = BRow, c_row = CRow;
};

// What the sum starts from.
enum class tile_start { zero, target, bias };

// What becomes of each number of c before it is stored: finish.operator()<P>(index, sum), index that in c.
struct as_it_is {
    template <class P>
    PRIORI_ALWAYS_INLINE P operator()(std::size_t, const P& sum) const noexcept {
        return sum;
    }
};

inline constexpr std::size_t vector_registers =
#if defined(__AVX512F__) || defined(__aarch64__) || defined(__arm__) || defined(__riscv)
    32;
#else
    16;
#endif

// The narrowest pack that holds `Count` columns.
template <std::size_t Count, class T>
consteval std::size_t tail_width() {
    std::size_t best = lanes<T>;
    if constexpr (has_sized_pack<T, 8>) {
        if (8 >= Count) best = std::min<std::size_t>(best, 8);
    }
    if constexpr (has_sized_pack<T, 4>) {
        if (4 >= Count) best = std::min<std::size_t>(best, 4);
    }
    if constexpr (has_sized_pack<T, 2>) {
        if (2 >= Count) best = std::min<std::size_t>(best, 2);
    }
    return Count == 1 ? 1 : best;
}

// Columns (in packs, a tail counts as one) and rows of a tile: its sums, one row of b and one number of a fit into the
// registers. Of three columns and fewer, about 16 sums serve better than all 32 registers: while a tile is stored, the
// next one's products run already (40x10x40 at 82 % of the peak with 5 rows of three columns, 73 with 8; AVX-512, the
// benchmark `kernels`). Where there are 16 registers, they are the limit.
inline constexpr std::size_t most_columns = vector_registers == 32 ? 4 : 2;

consteval std::size_t most_rows(std::size_t columns) {
    const std::size_t fitting = (vector_registers - 1 - columns) / columns;
    return std::min<std::size_t>({fitting, columns < 4 ? 16 / columns : fitting, 12});
}

// n things in equal parts of at most `most`: `larger` parts of `size`, then `smaller` parts of size - 1.
struct even_parts {
    std::size_t size, larger, smaller;
};

consteval even_parts divide_evenly(std::size_t n, std::size_t most) {
    const std::size_t parts = (n + most - 1) / most, size = (n + parts - 1) / parts;
    const std::size_t larger = n - parts * (size - 1);
    return {size, larger, parts - larger};
}

// The factors of `Count` products that are added: a[0] b[0] + a[1] b[1] + ... `last` holds the tail of the last row of b,
// padded: the tails of the other rows are read as whole packs that reach into the next row, and the lanes beyond the
// tail are never stored.
template <class T, std::size_t Count>
struct factors {
    const T* a[Count];
    const T* b[Count];
    const T* last[Count];

    PRIORI_ALWAYS_INLINE void advance(const T* (&which)[Count], std::size_t by) noexcept {
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Count; ++i) which[i] += by;
    }
};

// Rows x (Full packs + Tail columns) of c. `index` is that of the tile's first number in c.
template <class Shape, tile_start Start, std::size_t Rows, std::size_t Full, std::size_t Tail, class T,
          std::size_t Count, class Finish>
PRIORI_ALWAYS_INLINE void tile(const factors<T, Count>& of, T* c, const T* bias, std::size_t index,
                               const Finish& finish) noexcept {
    using P = pack<T>;
    constexpr std::size_t tail_lanes = tail_width<Tail, T>();
    using Q = sized_pack<T, tail_lanes>;
    constexpr bool has_tail = Tail > 0, exact = Tail == tail_lanes;
    constexpr std::size_t columns = Full + (has_tail ? 1 : 0), size = lanes<T>;
    // A few accumulators alone would wait for each other: split the sum over K into independent chains.
    constexpr std::size_t wanted = Rows * columns >= 8 ? 1 : Rows * columns >= 4 ? 2 : 4;
    constexpr std::size_t chains = Shape::k >= 2 * wanted ? wanted : 1;

    P sums[chains][Rows][Full > 0 ? Full : 1];
    Q tails[chains][Rows];
    PRIORI_UNROLL
    for (std::size_t s = 0; s < chains; ++s) {
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Rows; ++i) {
            PRIORI_UNROLL
            for (std::size_t j = 0; j != Full; ++j) {
                if constexpr (Start == tile_start::target) {
                    sums[s][i][j] = s == 0 ? load(c + i * Shape::c_row + j * size) : P(T(0));
                } else if constexpr (Start == tile_start::bias) {
                    sums[s][i][j] = s == 0 ? load(bias + j * size) : P(T(0));
                } else {
                    sums[s][i][j] = P(T(0));
                }
            }
            if constexpr (has_tail) tails[s][i] = Q(T(0));
        }
    }

    const auto step = [&](auto chain, const T* __restrict a, const T* __restrict b, const T* last,
                          std::size_t k) __attribute__((always_inline)) {
        constexpr std::size_t s = decltype(chain)::value;
        const T* row = b + k * Shape::b_row;
        P right[Full > 0 ? Full : 1];
        PRIORI_UNROLL
        for (std::size_t j = 0; j != Full; ++j) right[j] = load(row + j * size);
        [[maybe_unused]] Q right_tail;
        if constexpr (has_tail && exact) {
            right_tail = load_as<Q>(row + Full * size);
        } else if constexpr (has_tail) {
            right_tail = load_as<Q>(k + 1 < Shape::k ? row + Full * size : last);
        }
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Rows; ++i) {
            const T left = a[i * Shape::a_row + k * Shape::a_step];
            if constexpr (Full > 0 && has_tail && tail_lanes > 1) {  // one broadcast for both
                const P all(left);
                PRIORI_UNROLL
                for (std::size_t j = 0; j != Full; ++j) sums[s][i][j] = fused(all, right[j], sums[s][i][j]);
                tails[s][i] = fused(first_lanes<Q>(all), right_tail, tails[s][i]);
            } else {
                PRIORI_UNROLL
                for (std::size_t j = 0; j != Full; ++j) sums[s][i][j] = fused(P(left), right[j], sums[s][i][j]);
                if constexpr (has_tail) tails[s][i] = fused(Q(left), right_tail, tails[s][i]);
            }
        }
    };

    constexpr std::size_t round = Shape::k >= 4 && chains == 1 ? 2 : chains, whole = Shape::k - Shape::k % round;
    for (std::size_t f = 0; f < Count; ++f) {
        const T *const a = of.a[f], *const b = of.b[f], *const last = of.last[f];
        for (std::size_t k = 0; k < whole; k += round) {
            [&]<std::size_t... Step>(std::index_sequence<Step...>) __attribute__((always_inline)) {
                (step(std::integral_constant<std::size_t, Step % chains>{}, a, b, last, k + Step), ...);
            }(std::make_index_sequence<round>{});
        }
        PRIORI_UNROLL
        for (std::size_t k = whole; k < Shape::k; ++k) step(std::integral_constant<std::size_t, 0>{}, a, b, last, k);
    }

    PRIORI_UNROLL
    for (std::size_t i = 0; i < Rows; ++i) {
        T* row = c + i * Shape::c_row;
        const std::size_t at = index + i * Shape::c_row;
        PRIORI_UNROLL
        for (std::size_t s = chains / 2; s > 0; s /= 2) {
            PRIORI_UNROLL
            for (std::size_t t = 0; t < s; ++t) {
                PRIORI_UNROLL
                for (std::size_t j = 0; j != Full; ++j) sums[t][i][j] = sums[t][i][j] + sums[t + s][i][j];
                if constexpr (has_tail) tails[t][i] = tails[t][i] + tails[t + s][i];
            }
        }
        PRIORI_UNROLL
        for (std::size_t j = 0; j != Full; ++j) {
            store(row + j * size, finish.template operator()<P>(at + j * size, sums[0][i][j]));
        }
        if constexpr (has_tail) {
            const T* start = Start == tile_start::bias ? bias : row;
            if constexpr (exact) {
                if constexpr (Start != tile_start::zero) {
                    tails[0][i] = tails[0][i] + load_as<Q>(start + Full * size);
                }
                store(row + Full * size, finish.template operator()<Q>(at + Full * size, tails[0][i]));
            } else {
                alignas(64) T values[tail_lanes];
                store(values, tails[0][i]);
                for_each_pack<Tail, T>([&]<class R>(std::size_t j) __attribute__((always_inline)) {
                    R value = load_as<R>(values + j);
                    if constexpr (Start != tile_start::zero) value = value + load_as<R>(start + Full * size + j);
                    store(row + Full * size + j, finish.template operator()<R>(at + Full * size + j, value));
                });
            }
        }
    }
}

template <class Shape, tile_start Start, std::size_t Full, std::size_t Tail, class T, std::size_t Count, class Finish>
PRIORI_ALWAYS_INLINE void tile_columns(factors<T, Count> of, T* c, const T* bias, std::size_t index,
                                       const Finish& finish) noexcept {
    constexpr even_parts rows = divide_evenly(Shape::m, most_rows(Full + (Tail > 0 ? 1 : 0)));
    for (std::size_t part = 0; part < rows.larger; ++part) {
        tile<Shape, Start, rows.size, Full, Tail>(of, c, bias, index, finish);
        of.advance(of.a, rows.size * Shape::a_row);
        c += rows.size * Shape::c_row;
        index += rows.size * Shape::c_row;
    }
    if constexpr (rows.smaller > 0) {
        for (std::size_t part = 0; part < rows.smaller; ++part) {
            tile<Shape, Start, rows.size - 1, Full, Tail>(of, c, bias, index, finish);
            of.advance(of.a, (rows.size - 1) * Shape::a_row);
            c += (rows.size - 1) * Shape::c_row;
            index += (rows.size - 1) * Shape::c_row;
        }
    }
}

// c = finish(start + the sum of the products). Strips of columns outside, so that a strip of b stays in the nearest cache
// for all rows.
template <class Shape, tile_start Start, class T, std::size_t Count, class Finish>
PRIORI_ALWAYS_INLINE void tiled(factors<T, Count> of, T* c, const T* bias, const Finish& given) noexcept {
    const Finish finish = given;  // a copy: what is stored to c cannot change it
    constexpr std::size_t size = lanes<T>, tail = Shape::n % size, columns = (Shape::n + size - 1) / size;
    constexpr even_parts strips = divide_evenly(columns, most_columns);
    constexpr std::size_t last_strip = strips.smaller > 0 ? strips.size - 1 : strips.size;

    constexpr bool pads = tail > 0 && tail_width<tail, T>() > tail;
    constexpr std::size_t width = pads ? tail_width<tail, T>() : 1;
    alignas(64) [[maybe_unused]] T padded[Count][width];
    if constexpr (pads) {
        for (std::size_t f = 0; f < Count; ++f) {
            of.last[f] = padded[f];
            for (std::size_t j = 0; j < width; ++j) {
                padded[f][j] = j < tail ? of.b[f][(Shape::k - 1) * Shape::b_row + Shape::n - tail + j] : T(0);
            }
        }
    }
    std::size_t index = 0;
    const auto advance = [&](std::size_t packs) {
        index += packs * size;
        of.advance(of.b, packs * size);
        c += packs * size;
        if constexpr (Start == tile_start::bias) bias += packs * size;
    };
    constexpr std::size_t larger = strips.larger - (strips.smaller > 0 ? 0 : 1);
    for (std::size_t strip = 0; strip < larger; ++strip) {
        tile_columns<Shape, Start, strips.size, 0>(of, c, bias, index, finish);
        advance(strips.size);
    }
    if constexpr (strips.smaller > 1) {
        for (std::size_t strip = 0; strip + 1 < strips.smaller; ++strip) {
            tile_columns<Shape, Start, strips.size - 1, 0>(of, c, bias, index, finish);
            advance(strips.size - 1);
        }
    }
    tile_columns<Shape, Start, last_strip - (tail > 0 ? 1 : 0), tail>(of, c, bias, index, finish);
}

// A function of its own, which g++ 12 needs to allot 32 registers well: 3 % of a small net's whole step with AVX-512. With
// the 16 of AVX2, nets with tanh lose 9 % by it.
template <class Shape, tile_start Start, class T, std::size_t Count, class Finish>
PRIORI_NO_INLINE void tiled_apart(const T* a, const T* b, const T* a2, const T* b2, T* c, const T* bias,
                                   const Finish& finish) noexcept {
    if constexpr (Count == 1) {
        tiled<Shape, Start>(factors<T, 1>{{a}, {b}, {}}, c, bias, finish);
    } else {
        tiled<Shape, Start>(factors<T, 2>{{a, a2}, {b, b2}, {}}, c, bias, finish);
    }
}

// c = finish(start + a b)
template <class Shape, tile_start Start, class T, class Finish = as_it_is>
void tiled_product(const T* a, const T* b, T* c, const T* bias, const Finish& finish = {}) noexcept {
    if constexpr (vector_registers == 32) {
        tiled_apart<Shape, Start, T, 1>(a, b, nullptr, nullptr, c, bias, finish);
    } else {
        tiled<Shape, Start>(factors<T, 1>{{a}, {b}, {}}, c, bias, finish);
    }
}

// c = finish(start + a b + a2 b2)
template <class Shape, tile_start Start, class T, class Finish = as_it_is>
void tiled_products(const T* a, const T* b, const T* a2, const T* b2, T* c, const T* bias,
                    const Finish& finish = {}) noexcept {
    if constexpr (vector_registers == 32) {
        tiled_apart<Shape, Start, T, 2>(a, b, a2, b2, c, bias, finish);
    } else {
        tiled<Shape, Start>(factors<T, 2>{{a, a2}, {b, b2}, {}}, c, bias, finish);
    }
}

}  // namespace priori::detail
