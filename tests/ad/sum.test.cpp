// SPDX-License-Identifier: BSL-1.0
// sum_over: every count, on numbers and duals, against a plain loop; the same bits every time.
#include "catch.hpp"

#include <priori/ad/sum.hpp>

#include <cmath>
#include <cstddef>

namespace pr = priori;

TEST_CASE("sum_over adds each term once, for every count") {
    pr::storage<float, 70> x;
    for (std::size_t i = 0; i < 70; ++i) x.elements[i] = static_cast<float>(1 + i * i % 13);
    const auto view = x.all();
    for (std::size_t count = 0; count <= 70; ++count) {
        float want = 0;  // whole numbers: exact in any order
        for (std::size_t i = 0; i < count; ++i) want += x.elements[i];
        CHECK(pr::sum_over<float>(count, [&]<class P>(std::size_t i) { return view.load_lanes<P>(i); }) == want);
    }
}

TEST_CASE("sum_over of duals adds values and tangents: the sum of squares has the slope 2 x . x'") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{33}}) {
        pr::storage<pr::dual<double>, 33> x;
        double value = 0, slope = 0;
        for (std::size_t i = 0; i < 33; ++i) {
            x.values.elements[i] = static_cast<double>(i) - 3;
            x.tangents.elements[i] = 2 - static_cast<double>(i % 5);
            if (i >= count) continue;
            value += x.values.elements[i] * x.values.elements[i];
            slope += 2 * x.values.elements[i] * x.tangents.elements[i];
        }
        const auto view = x.all();
        const auto got = pr::sum_over<pr::dual<double>>(count, [&]<class P>(std::size_t i) {
            const auto v = view.load_lanes<P>(i);
            return v * v;
        });
        CHECK(got.value == value);
        CHECK(got.tangent[0] == slope);
    }
}

TEST_CASE("constant terms of a sum of duals have no tangent, and the sum is as long as a pack allows") {
    const auto got = pr::sum_over<pr::dual<double>>(19, []<class P>(std::size_t) { return P(0.5); });
    CHECK(got.value == 9.5);
    CHECK(got.tangent[0] == 0);
}

TEST_CASE("sum_lanes and in_all_lanes are each other's counterpart, on duals too") {
    using P = pr::pack<float>;
    const auto width = static_cast<float>(pr::lanes<float>);
    CHECK(pr::sum_lanes(pr::in_all_lanes<P>(1.5f)) == 1.5f * width);
    pr::dual<float> x(2.0f);
    x.tangent[0] = -3;
    const auto spread = pr::sum_lanes(pr::in_all_lanes<P>(x));
    CHECK(spread.value == 2 * width);
    CHECK(spread.tangent[0] == -3 * width);
}
