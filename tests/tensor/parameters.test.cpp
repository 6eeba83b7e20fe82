// SPDX-License-Identifier: BSL-1.0
// named_parameters: each name sees its own part of the buffer, row-major, and nothing of the others.
#include "catch.hpp"

#include <priori/tensor/parameters.hpp>

#include <array>
#include <type_traits>

namespace pr = priori;
using namespace pr::literals;

namespace {

using layout = pr::layout<pr::block<"a", "weight", pr::shape<2, 3>>, pr::block<"a", "bias", pr::shape<3>>,
                          pr::block<"kernel", "", pr::shape<2, 2, 2>>>;

}  // namespace

TEST_CASE("every block lies at its offset, row-major") {
    std::array<float, layout::size> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
    const pr::named_parameters<float, layout> parameters(numbers.data());
    CHECK(parameters.size() == 17);
    CHECK(parameters["a.weight"_s](1, 2) == 5);
    CHECK(parameters["a.bias"_s](0) == 6);
    CHECK(parameters["kernel"_s](1, 0, 1) == 9 + 5);
    CHECK(parameters["kernel"_s].size() == 8);
    CHECK(parameters["kernel"_s].extents[2] == 2);
    CHECK(parameters["a.weight"_s].rank == 2);
}

TEST_CASE("writing through a name changes that block alone") {
    std::array<double, layout::size> numbers{};
    const pr::named_parameters<double, layout> parameters(numbers.data());
    for (double& x : parameters["a.bias"_s]) x = 1;
    for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == (i >= 6 && i < 9 ? 1 : 0));
    parameters.all()[0] = 7;
    CHECK(numbers[0] == 7);
}

TEST_CASE("parameters of a constant buffer cannot be written, and names work in constant expressions") {
    static constexpr std::array<float, layout::size> numbers{1, 2, 3, 4};
    constexpr pr::named_parameters<const float, layout> parameters(numbers.data());
    static_assert(parameters["a.weight"_s](1, 0) == 4);
    static_assert(std::is_same_v<decltype(parameters["a.bias"_s](0)), const float&>);
    CHECK(&parameters["a.bias"_s][0] == &numbers[6]);
}
