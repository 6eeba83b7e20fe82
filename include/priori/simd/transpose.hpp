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

// Of each group of `Group` lanes: the units of `Unit` lanes at even (Odd = 0) or odd places, those of a, then of b.
template <std::size_t Size, std::size_t Unit, std::size_t Group, std::size_t Odd>
constexpr int unzip_lane(std::size_t lane) {
    const std::size_t half = Group / 2, place = lane % Group, group = lane - place;
    const std::size_t within = place % half;
    const std::size_t from = group + (within / Unit * 2 + Odd) * Unit + within % Unit;
    return static_cast<int>(place < half ? from : from + Size);
}

template <std::size_t Size, std::size_t Unit, std::size_t Group, std::size_t Odd, class V, std::size_t... Lane>
PRIORI_ALWAYS_INLINE V unzip(V a, V b, std::index_sequence<Lane...>) noexcept {
    return __builtin_shufflevector(a, b, unzip_lane<Size, Unit, Group, Odd>(Lane)...);
}

// Transposes `Count` vectors (a stride apart) of `Count` units each by log2(Count) rounds of unzipping.
template <std::size_t Size, std::size_t Unit, std::size_t Group, std::size_t Stride, class V>
PRIORI_ALWAYS_INLINE void transpose_units(V* rows) noexcept {
    constexpr std::size_t count = Group / Unit;
    constexpr auto all = std::make_index_sequence<Size>{};
    PRIORI_UNROLL
    for (std::size_t round = 1; round < count; round *= 2) {
        V next[count];
        PRIORI_UNROLL
        for (std::size_t i = 0; i < count / 2; ++i) {
            next[i] = unzip<Size, Unit, Group, 0>(rows[2 * i * Stride], rows[(2 * i + 1) * Stride], all);
            next[count / 2 + i] = unzip<Size, Unit, Group, 1>(rows[2 * i * Stride], rows[(2 * i + 1) * Stride], all);
        }
        PRIORI_UNROLL
        for (std::size_t i = 0; i < count; ++i) rows[i * Stride] = next[i];
    }
}

// One block of Size x Size: within the 16-byte quarters of the registers first, then whole quarters.
template <std::size_t Size, std::size_t SourceRow, std::size_t TargetRow, class T>
PRIORI_ALWAYS_INLINE void transpose_block(const T* source, T* target) noexcept {
    using V = typename registers<T, Size>::type;
    constexpr std::size_t quarter = 16 / sizeof(T) < Size ? 16 / sizeof(T) : Size;
    V rows[Size];
    PRIORI_UNROLL
    for (std::size_t i = 0; i < Size; ++i) std::memcpy(&rows[i], source + i * SourceRow, sizeof(V));
    PRIORI_UNROLL
    for (std::size_t i = 0; i < Size; i += quarter) transpose_units<Size, 1, quarter, 1>(rows + i);
    if constexpr (quarter < Size) {
        PRIORI_UNROLL
        for (std::size_t i = 0; i < quarter; ++i) transpose_units<Size, quarter, Size, quarter>(rows + i);
    }
    PRIORI_UNROLL
    for (std::size_t i = 0; i < Size; ++i) std::memcpy(target + i * TargetRow, &rows[i], sizeof(V));
}

// The widest block that fits, halved while that wastes less of the last, overlapping blocks.
template <std::size_t Rows, std::size_t Columns, class T>
consteval std::size_t transpose_block_size() {
    std::size_t size = lanes<T>;
    while (size > 1 && (size > Rows || size > Columns)) size /= 2;
    const std::size_t quarter = 16 / sizeof(T);
    while (size > quarter && (Rows % size != 0 || Columns % size != 0)) size /= 2;
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
        // The last block of a row or column moves back to end at the border and writes some values twice.
        constexpr std::size_t blocks_down = (Rows + size - 1) / size, blocks_across = (Columns + size - 1) / size;
        for (std::size_t i = 0; i < blocks_down; ++i) {
            const std::size_t row = i + 1 < blocks_down ? i * size : Rows - size;
            for (std::size_t j = 0; j < blocks_across; ++j) {
                const std::size_t column = j + 1 < blocks_across ? j * size : Columns - size;
                transpose_block<size, SourceRow, TargetRow>(source + row * SourceRow + column,
                                                            target + column * TargetRow + row);
            }
        }
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
