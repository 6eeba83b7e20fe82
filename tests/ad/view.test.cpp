// SPDX-License-Identifier: BSL-1.0
// Views and storage: duals lie as two arrays, known values are never written, unwanted arrays swallow what is written.
#include "catch.hpp"

#include <priori/ad/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace pr = priori;

TEST_CASE("a view reads, writes and adds where its array lies, at an offset too") {
    float numbers[5] = {1, 2, 3, 4, 5};
    const pr::view<float> view(numbers), from_two = view.at(2);
    from_two(0) = 30;
    from_two(1) += 10;
    from_two.add(2, 1);
    view.set(0, -1);
    CHECK(view[2] == 30);
    const float want[5] = {-1, 2, 30, 14, 6};
    for (std::size_t i = 0; i < 5; ++i) CHECK(numbers[i] == want[i]);
}

TEST_CASE("a view of duals joins an array of values and one of tangents") {
    pr::storage<pr::dual<double>, 6> array;
    array.clear();
    const auto view = array.all();
    pr::dual<double> x(2.0);
    x.tangent[0] = 7;
    view.at(1)(2) = x;
    view(3) += x;
    CHECK(array.values.elements[3] == 4);
    CHECK(array.tangents.elements[3] == 14);
    view(0) = view(3);  // element by element, not the reference
    CHECK(array.values.elements[0] == 4);
    CHECK(array.tangents.elements[0] == 14);
    CHECK(view[0].tangent[0] == 14);
    for (const std::size_t i : {1, 2, 4, 5}) CHECK(array.values.elements[i] == 0);
}

TEST_CASE("through a view of known values only tangents are written, by element and by pack") {
    constexpr std::size_t first = std::max<std::size_t>(2, pr::lanes<float>);  // of the pack
    constexpr std::size_t count = first + pr::lanes<float>;
    pr::storage<float, count> value, tangent;
    for (std::size_t i = 0; i < count; ++i) value.elements[i] = static_cast<float>(i), tangent.elements[i] = 1;
    const auto view = pr::swept(value.all(), tangent.all());
    pr::dual<float> x(-100.0f);
    x.tangent[0] = 5;
    view(0) = x;
    view(1) += x;
    using P = pr::pack<float>;
    pr::dual<P> wide(P(-100.0f));
    wide.tangent[0] = P(2.0f);
    view.set_lanes<P>(first, wide);
    view.add_lanes<P>(first, wide);
    for (std::size_t i = 0; i < count; ++i) CHECK(value.elements[i] == static_cast<float>(i));
    CHECK(tangent.elements[0] == 5);
    CHECK(tangent.elements[1] == 6);
    for (std::size_t i = first; i < count; ++i) CHECK(tangent.elements[i] == 4);
    CHECK(view[0].value == 0);
    CHECK(view[3 % count].value == static_cast<float>(3 % count));
}

TEST_CASE("nested duals lie as four arrays") {
    using second = pr::dual<pr::dual<float>>;
    pr::storage<second, 3> array;
    array.clear();
    second x(1.0f);
    x.value.tangent[0] = 2;
    x.tangent[0].value = 3;
    x.tangent[0].tangent[0] = 4;
    array.all()(2) = x;
    CHECK(array.values.values.elements[2] == 1);
    CHECK(array.values.tangents.elements[2] == 2);
    CHECK(array.tangents.values.elements[2] == 3);
    CHECK(array.tangents.tangents.elements[2] == 4);
    CHECK(array.all()[2].tangent[0].tangent[0] == 4);
    static_assert(std::is_same_v<pr::scalar_of<second>, float>);
    static_assert(std::is_same_v<pr::element_of<pr::known<pr::dual<float>>>, second>);
}

TEST_CASE("what nobody wants may be written, and storage is aligned even when it is empty") {
    const pr::view<void> nothing;
    nothing.at(7)(3) = 1.0f;
    nothing(0) += pr::dual<float>(1.0f);
    static_assert(!pr::is_wanted<pr::view<void>> && pr::is_wanted<const pr::view<float>&>);
    pr::storage<float, 0> empty;
    pr::storage<pr::dual<float>, 3> three;
    const auto address = [](const auto& x) { return reinterpret_cast<std::uintptr_t>(x.elements); };
    CHECK(address(empty) % 64 == 0);
    CHECK(address(three.tangents) % 64 == 0);
}
