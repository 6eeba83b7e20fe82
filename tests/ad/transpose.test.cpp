// SPDX-License-Identifier: BSL-1.0
// transpose copies values and tangents, and of known values the tangents alone, between rows of any length.
#include "catch.hpp"

#include <priori/ad/transpose.hpp>

#include <cstddef>

namespace pr = priori;

namespace {

constexpr std::size_t rows = 7, columns = 5, to_row = 9, from_row = 6;

template <class In>
void number(pr::view<In> from, float first) {
    for (std::size_t i = 0; i < rows * from_row; ++i) from.set(i, first + float(i));
}

// Is to [columns][to_row] the transposed of what number() made, and zero beside it?
bool is_transposed(pr::view<float> to, float first) {
    for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t r = 0; r < to_row; ++r) {
            if (to[c * to_row + r] != (r < rows ? first + float(r * from_row + c) : 0.0f)) return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("a matrix of numbers is transposed between rows of any length") {
    pr::storage<float, rows * from_row> from;
    pr::storage<float, columns * to_row> to;
    to.clear();
    number(from.all(), 1);
    pr::transpose<rows, columns, to_row, from_row>(from.all(), to.all());
    CHECK(is_transposed(to.all(), 1));
}

TEST_CASE("a matrix of duals is transposed in its values and tangents, one of known values in its tangents") {
    pr::storage<pr::dual<float>, rows * from_row> from;
    pr::storage<pr::dual<float>, columns * to_row> to;
    to.clear();
    number(from.values.all(), 1);
    number(from.tangents.all(), 100);
    pr::transpose<rows, columns, to_row, from_row>(from.all(), to.all());
    CHECK(is_transposed(to.values.all(), 1));
    CHECK(is_transposed(to.tangents.all(), 100));

    to.clear();
    pr::transpose<rows, columns, to_row, from_row>(from.all(), pr::swept(to.values.all(), to.tangents.all()));
    CHECK(to.values.all()[0] == 0);
    CHECK(is_transposed(to.tangents.all(), 100));
}
