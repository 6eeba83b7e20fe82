// SPDX-License-Identifier: BSL-1.0
// transpose_into: a transposed copy of a small matrix, through square blocks that fit in registers.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>

#include <cstddef>
#include <cstring>
#include <utility>

namespace priori {

namespace detail {

// Of each group of `Group` lanes: those of a at even (Odd = 0) or odd places, then those of b.
template <std::size_t Size, std::size_t Group, std::size_t Odd>
constexpr int unzip_lane(std::size_t lane) {
    const std::size_t half = Group / 2, place = lane % Group, group = lane - place;
    const std::size_t from = group + place % half * 2 + Odd;
    return static_cast<int>(place < half ? from : from + Size);
}

template <std::size_t Size, std::size_t Group, std::size_t Odd, class V, std::size_t... Lane>
PRIORI_ALWAYS_INLINE V unzip(V a, V b, std::index_sequence<Lane...>) noexcept {
    return __builtin_shufflevector(a, b, unzip_lane<Size, Group, Odd>(Lane)...);
}

// Transposes the squares of `Group` lanes that lie side by side in `Group` vectors, by log2(Group) rounds of unzipping.
template <std::size_t Size, std::size_t Group, class V>
PRIORI_ALWAYS_INLINE void transpose_groups(V* rows) noexcept {
    constexpr auto all = std::make_index_sequence<Size>{};
    PRIORI_UNROLL
    for (std::size_t round = 1; round < Group; round *= 2) {
        V next[Group];
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Group / 2; ++i) {
            next[i] = unzip<Size, Group, 0>(rows[2 * i], rows[2 * i + 1], all);
            next[Group / 2 + i] = unzip<Size, Group, 1>(rows[2 * i], rows[2 * i + 1], all);
        }
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Group; ++i) rows[i] = next[i];
    }
}

template <class V, class Half, std::size_t... Lane>
PRIORI_ALWAYS_INLINE V side_by_side(Half a, Half b, std::index_sequence<Lane...>) noexcept {
    return __builtin_shufflevector(a, b, static_cast<int>(Lane)...);
}

// `Size` numbers in parts of at most 16 bytes, `Stride` numbers apart.
template <std::size_t Size, std::size_t Stride, class T>
PRIORI_ALWAYS_INLINE auto load_parts(const T* source) noexcept {
    using V = typename registers<T, Size>::type;
    if constexpr (sizeof(V) <= 16) {
        V part;
        std::memcpy(&part, source, sizeof(V));
        return part;
    } else {
        constexpr std::size_t half = Size / 2, parts = half * sizeof(T) / 16;
        return side_by_side<V>(load_parts<half, Stride>(source), load_parts<half, Stride>(source + parts * Stride),
                               std::make_index_sequence<Size>{});
    }
}

// One block of Size x Size: quarters of registers are put where they belong as they are loaded, so that what is left
// are shuffles within them.
template <std::size_t Size, std::size_t SourceRow, std::size_t TargetRow, class T>
PRIORI_ALWAYS_INLINE void transpose_block(const T* source, T* target) noexcept {
    constexpr std::size_t quarter = 16 / sizeof(T) < Size ? 16 / sizeof(T) : Size;
    PRIORI_UNROLL
    for (std::size_t part = 0; part < Size; part += quarter) {
        typename registers<T, Size>::type rows[quarter];
        PRIORI_UNROLL
        for (std::size_t i = 0; i < quarter; ++i) {
            rows[i] = load_parts<Size, quarter * SourceRow>(source + i * SourceRow + part);
        }
        transpose_groups<Size, quarter>(rows);
        PRIORI_UNROLL
        for (std::size_t i = 0; i < quarter; ++i) {
            std::memcpy(target + (part + i) * TargetRow, &rows[i], sizeof(rows[i]));
        }
    }
}

// The widest block that fits, of at most 32 bytes: one of 64 takes longer, where shuffles of whole registers do.
template <std::size_t Rows, std::size_t Columns, class T>
consteval std::size_t transpose_block_size() {
    std::size_t size = lanes<T>;
    while (size > 1 && (size > Rows || size > Columns || size * sizeof(T) > 32)) size /= 2;
    return size;
}

// The extents and the row lengths apart, so that a part of a matrix can be transposed.
template <std::size_t Rows, std::size_t Columns, std::size_t SourceRow, std::size_t TargetRow, class T>
PRIORI_ALWAYS_INLINE void transpose_part(const T* source, T* target) noexcept {
    constexpr std::size_t size = transpose_block_size<Rows, Columns, T>();
    if constexpr (size == 1) {
        for (std::size_t row = 0; row < Rows; ++row) {
            for (std::size_t column = 0; column < Columns; ++column) {
                target[column * TargetRow + row] = source[row * SourceRow + column];
            }
        }
    } else {
        // Target rows are finished in their order: who reads them next does not wait until the last ones are stored.
        // The last block of a row or column moves back to end at the border and writes some values twice.
        const auto finish_rows = [](const T* from, T* to) __attribute__((always_inline)) {
            for (std::size_t row = 0; row + size <= Rows; row += size) {
                transpose_block<size, SourceRow, TargetRow>(from + row * SourceRow, to + row);
            }
            if constexpr (Rows % size > 0) {
                transpose_block<size, SourceRow, TargetRow>(from + (Rows - size) * SourceRow, to + Rows - size);
            }
        };
        for (std::size_t column = 0; column + size <= Columns; column += size) {
            finish_rows(source + column, target + column * TargetRow);
        }
        if constexpr (Columns % size > 0) finish_rows(source + Columns - size, target + (Columns - size) * TargetRow);
    }
}

}  // namespace detail

// target = source transposed; the two must not overlap.
// Shapes: source [Rows][Columns], target [Columns][Rows], contiguous.
template <std::size_t Rows, std::size_t Columns, class T>
void transpose_into(const T* source, T* target) noexcept {
    if constexpr (Rows == 1 || Columns == 1) {
        std::memcpy(target, source, Rows * Columns * sizeof(T));
    } else {
        detail::transpose_part<Rows, Columns, Columns, Rows>(source, target);
    }
}

}  // namespace priori
