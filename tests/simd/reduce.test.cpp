// SPDX-License-Identifier: BSL-1.0
// Reductions agree with plain loops for every length, and notice what is not finite wherever it stands.
#include "catch.hpp"

#include <priori/simd/reduce.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

namespace {

template <class T>
T value_at(std::size_t i) {
    return static_cast<T>(static_cast<double>((i * 2654435761u + 12345u) % 2001u) / 1000.0 - 1.0);
}

template <std::size_t Count, class T>
bool agrees() {
    const double tolerance = std::is_same_v<T, float> ? 1e-6 : 1e-14;
    T a[Count], b[Count];
    double total = 0, product = 0, squares = 0, size = 1, largest = -2;
    for (std::size_t i = 0; i < Count; ++i) {
        a[i] = value_at<T>(i), b[i] = value_at<T>(i + 77);
        total += a[i], product += double(a[i]) * b[i], squares += double(a[i]) * a[i], size += 1;
        largest = std::max(largest, double(a[i]));
    }
    bool right = std::abs(priori::sum<Count>(a) - total) <= tolerance * size &&
                 std::abs(priori::dot<Count>(a, b) - product) <= tolerance * size &&
                 std::abs(priori::squared_norm<Count>(a) - squares) <= tolerance * size &&
                 double(priori::max_of<Count>(a)) == largest && priori::all_finite<Count>(a);
    using limits = std::numeric_limits<T>;
    for (std::size_t i = 0; i < Count; ++i) {
        const T kept = a[i];
        for (const T bad : {limits::quiet_NaN(), limits::infinity(), -limits::infinity()}) {
            a[i] = bad;
            right = right && !priori::all_finite<Count>(a);
        }
        a[i] = limits::quiet_NaN();
        right = right && std::isnan(priori::max_of<Count>(a));
        a[i] = limits::max();
        right = right && priori::all_finite<Count>(a) && priori::max_of<Count>(a) == limits::max();
        a[i] = kept;
    }
    return right;
}

template <class T, std::size_t... Count>
bool all_agree(std::index_sequence<Count...>) {
    return (agrees<Count + 1, T>() && ...);
}

}  // namespace

TEST_CASE("the reductions agree with plain loops for every length", "[simd]") {
    CHECK(all_agree<float>(std::make_index_sequence<50>{}));
    CHECK(all_agree<double>(std::make_index_sequence<26>{}));
    CHECK(agrees<1000, float>());
}

TEST_CASE("an array of no elements has sum zero and is finite", "[simd]") {
    const float none[1] = {std::numeric_limits<float>::infinity()};
    CHECK(priori::sum<0>(none) == 0);
    CHECK(priori::all_finite<0>(none));
}
