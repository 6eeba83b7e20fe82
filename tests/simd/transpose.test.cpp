// SPDX-License-Identifier: BSL-1.0
// transpose_into: every element arrives, nothing is written beyond the target.
#include "catch.hpp"

#include <priori/simd/transpose.hpp>

#include <cstddef>
#include <vector>

namespace {

template <std::size_t Rows, std::size_t Columns, class T>
bool transposes() {
    std::vector<T> source(Rows * Columns), target(Rows * Columns + 1, T(-1));
    for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<T>(i + 1);
    priori::transpose_into<Rows, Columns>(source.data(), target.data());
    bool right = target.back() == T(-1);
    for (std::size_t i = 0; i < Rows; ++i) {
        for (std::size_t j = 0; j < Columns; ++j) right = right && target[j * Rows + i] == source[i * Columns + j];
    }
    return right;
}

}  // namespace

TEMPLATE_TEST_CASE("a transposed copy holds every element in its place", "[simd]", float, double) {
    using T = TestType;
    CHECK(transposes<1, 1, T>());
    CHECK(transposes<1, 9, T>());
    CHECK(transposes<9, 1, T>());
    CHECK(transposes<2, 3, T>());
    CHECK(transposes<4, 4, T>());
    CHECK(transposes<5, 7, T>());
    CHECK(transposes<8, 8, T>());
    CHECK(transposes<16, 16, T>());
    CHECK(transposes<10, 40, T>());
    CHECK(transposes<40, 40, T>());
    CHECK(transposes<33, 47, T>());
    CHECK(transposes<64, 5, T>());
    CHECK(transposes<3, 64, T>());
    CHECK(transposes<64, 32, T>());
}
