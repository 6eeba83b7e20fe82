// SPDX-License-Identifier: BSL-1.0
// network: names, shapes and roles of what is composed, chains of chains, and shared names.
#include "catch.hpp"

#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/network.hpp>

#include <string_view>
#include <type_traits>

namespace pr = priori;

namespace {

template <class Net>
using blocks_of = typename std::remove_cvref_t<Net>::blocks;

template <class Layout>
void check_names(std::initializer_list<std::string_view> names) {
    REQUIRE(Layout::count == names.size());
    std::size_t i = 0;
    for (const auto name : names) CHECK(Layout::names[i++] == name);
}

}  // namespace

TEST_CASE("layers are counted by kind, named ones keep their place in the count") {
    const auto net = pr::input<2, 3> | pr::flatten | pr::dense<4> | pr::relu | pr::named<"middle">(pr::dense<4>) |
                     pr::relu | pr::dense<1>;
    using type = std::remove_cvref_t<decltype(net)>;
    check_names<type::blocks>(
        {"dense_0.weight", "dense_0.bias", "middle.weight", "middle.bias", "dense_2.weight", "dense_2.bias"});
    CHECK(type::name<2>.view() == "relu_0");
    CHECK(type::name<4>.view() == "relu_1");
    CHECK(type::find("middle") == 3);
    CHECK(type::find("dense_2") == 5);
    CHECK(type::find("dense_1") == type::size);
    CHECK(type::find("") == type::size);
    static_assert(std::is_same_v<type::shape_at<0>, pr::shape<2, 3>>);
    static_assert(std::is_same_v<type::shape_at<1>, pr::shape<6>>);
    static_assert(std::is_same_v<type::output_shape, pr::shape<1>>);
    static_assert(type::parameter_count<1> == 28 && type::parameter_count<2> == 0);
    CHECK(type::blocks::size == 28 + 20 + 5);
    CHECK(type::refusal().view().empty());
}

TEST_CASE("it does not matter how layers are put in brackets") {
    const auto flat = pr::input<3> | pr::dense<4> | pr::tanh | pr::dense<5> | pr::tanh | pr::dense<2>;
    const auto body = pr::dense<4> | pr::tanh;
    const auto chained = pr::input<3> | body | (pr::dense<5> | pr::tanh) | pr::dense<2>;
    static_assert(std::is_same_v<std::remove_cvref_t<decltype(chained)>, std::remove_cvref_t<decltype(flat)>>);
    SUCCEED();
}

TEST_CASE("chains join chains") {
    const auto half = pr::dense<4> | pr::tanh;
    const auto grouped = pr::input<3> | (half | pr::dense<5>) | half;
    const auto flat = pr::input<3> | pr::dense<4> | pr::tanh | pr::dense<5> | pr::dense<4> | pr::tanh;
    static_assert(std::is_same_v<std::remove_cvref_t<decltype(grouped)>, std::remove_cvref_t<decltype(flat)>>);
    static_assert(std::is_same_v<
                  std::remove_cvref_t<decltype(pr::input<3> | half | half)>,
                  std::remove_cvref_t<decltype(pr::input<3> | pr::dense<4> | pr::tanh | pr::dense<4> | pr::tanh)>>);
    SUCCEED();
}

TEST_CASE("a prefix stands before every name, scratch is not learned") {
    const auto net = pr::input_of<"encoder", 3> | pr::dense<4> | pr::scratch<"head">(pr::dense<2>.without_bias());
    using layout = blocks_of<decltype(net)>;
    check_names<layout>({"encoder.dense_0.weight", "encoder.dense_0.bias", "encoder.head.weight"});
    CHECK(layout::roles[0] == pr::role::learned);
    CHECK(layout::roles[2] == pr::role::scratch);
    CHECK(layout::learned_size() == 16);
}

TEST_CASE("a name used twice is one block, and the layers keep their own settings") {
    const auto net =
        pr::input<4> | pr::named<"same">(pr::dense<4>.with(pr::zero)) | pr::relu | pr::named<"same">(pr::dense<4>);
    using layout = blocks_of<decltype(net)>;
    check_names<layout>({"same.weight", "same.bias"});
    CHECK(net.layer<0>().initial.which == pr::initializer::kind::zero);
    CHECK(net.layer<2>().initial.which == pr::initializer::kind::he);
}

TEST_CASE("two layers of one name must have the same parameters, or one would lie over a third") {
    const auto apart =
        pr::input<2> | pr::named<"a">(pr::dense<2>.without_bias()) | pr::dense<2> | pr::named<"a">(pr::dense<2>);
    CHECK(std::remove_cvref_t<decltype(apart)>::refusal().view().find("[priori:T204]") == 0);
    // A part of the parameters that stands at their beginning is found.
    const auto part =
        pr::input<2> | pr::named<"a">(pr::dense<2>) | pr::dense<2> | pr::named<"a">(pr::dense<2>.without_bias());
    CHECK(std::remove_cvref_t<decltype(part)>::refusal().view().empty());
}

TEST_CASE("what does not fit is told for the first layer that does not") {
    const auto net = pr::input<2, 2> | pr::relu | pr::dense<3> | pr::dense<pr::ways>;
    const auto text = std::remove_cvref_t<decltype(net)>::refusal();
    CHECK(text.view().find("[priori:N103] dense: the input has shape (2, 2)") == 0);
}
