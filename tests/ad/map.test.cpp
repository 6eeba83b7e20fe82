// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/ad/map.hpp>

#include <array>

namespace pr = priori;

TEST_CASE("map writes every element of any count, in packs or alone") {
    for (std::size_t count = 0; count < 40; ++count) {
        std::array<float, 40> x{}, y{};
        for (std::size_t i = 0; i < 40; ++i) x[i] = static_cast<float>(i);
        pr::map(count, [](const auto& v) { return v * v; }, pr::view<float>(y.data()), pr::view<float>(x.data()));
        for (std::size_t i = 0; i < 40; ++i) CHECK(y[i] == (i < count ? x[i] * x[i] : 0.0f));
    }
}

TEST_CASE("map on duals gives value and tangent; on known duals the tangent alone") {
    pr::storage<double, 5> value, tangent, out_value, out_tangent;
    for (std::size_t i = 0; i < 5; ++i) {
        value.elements[i] = 1.0 + static_cast<double>(i);
        tangent.elements[i] = 0.5;
        out_value.elements[i] = -7.0;
    }
    pr::view<pr::dual<double>> in, out;
    in.value = value.all();
    in.tangent = tangent.all();
    out.value = out_value.all();
    out.tangent = out_tangent.all();
    const auto square = [](const auto& v) { return v * v; };

    pr::map(5, square, pr::swept(out_value.all(), out_tangent.all()), in);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(out_value.elements[i] == -7.0);
        CHECK(out_tangent.elements[i] == value.elements[i]);
    }
    pr::map(5, square, out, in);
    for (std::size_t i = 0; i < 5; ++i) CHECK(out_value.elements[i] == value.elements[i] * value.elements[i]);
}

TEST_CASE("a constant among duals has no tangent, and map_add adds to what is there") {
    pr::storage<double, 3> constant, value, tangent;
    pr::storage<pr::dual<double>, 3> out;
    for (std::size_t i = 0; i < 3; ++i) {
        constant.elements[i] = 2.0;
        value.elements[i] = 3.0;
        tangent.elements[i] = 1.0;
        out.values.elements[i] = 10.0;
        out.tangents.elements[i] = 20.0;
    }
    pr::view<pr::dual<double>> in;
    in.value = value.all();
    in.tangent = tangent.all();
    pr::map_add(3, [](const auto& a, const auto& b) { return a * b; }, out.all(), constant.all(), in);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(out.values.elements[i] == 16.0);
        CHECK(out.tangents.elements[i] == 22.0);
    }
}
