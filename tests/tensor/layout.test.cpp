// SPDX-License-Identifier: BSL-1.0
// Layouts: blocks follow each other without gaps, names are found exactly, merging shares equal names.
#include "catch.hpp"

#include <priori/tensor/layout.hpp>

#include <string_view>
#include <type_traits>

namespace pr = priori;

namespace {

using weight = pr::block<"head", "weight", pr::shape<3, 2>>;
using bias = pr::block<"head", "bias", pr::shape<2>>;
using code = pr::block<"code", "", pr::shape<4>, pr::role::scratch>;
using mean = pr::block<"norm", "mean", pr::shape<5>, pr::role::buffer>;
using all = pr::layout<weight, code, bias, mean>;

template <class Text>
bool says(const Text& text, std::string_view part) {
    return text.view().find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("blocks follow each other in their order, without gaps") {
    CHECK(all::count == 4);
    CHECK(all::size == 6 + 4 + 2 + 5);
    const std::size_t offsets[] = {0, 6, 10, 12};
    for (std::size_t i = 0; i < 4; ++i) CHECK(all::offsets[i] == offsets[i]);
    CHECK(pr::layout<>::size == 0);
    CHECK(pr::layout<>::count == 0);
}

TEST_CASE("a block's name is its group's and its own, or the group's alone") {
    CHECK(all::names[0] == "head.weight");
    CHECK(all::names[1] == "code");
    CHECK(all::groups[2] == "head");
}

TEST_CASE("a block is found by its full name only; a group begins at its first block and holds all of them") {
    CHECK(all::find("head.bias") == 2);
    CHECK(all::find("head") == all::count);
    CHECK(all::find("head.bia") == all::count);
    CHECK_FALSE(all::contains(""));
    CHECK(all::contains("code"));
    CHECK(all::offset_of("head") == 0);
    CHECK(all::offset_of("head.bias") == 10);
    CHECK(all::offset_of("nothing") == all::size);
    CHECK(all::size_of("head") == 8);
    CHECK(all::size_of("norm.mean") == 5);
    CHECK(all::size_of("nothing") == 0);
}

TEST_CASE("only learned blocks count as learned") { CHECK(all::learned_size() == 8); }

TEST_CASE("merging shares a block of the same name and size, and appends the others in their order") {
    using other = pr::layout<bias, pr::block<"tail", "bias", pr::shape<1>>>;
    using merged = pr::merged_layout<pr::layout<weight, bias>, other>;
    static_assert(std::is_same_v<merged, pr::layout<weight, bias, pr::block<"tail", "bias", pr::shape<1>>>>);
    static_assert(std::is_same_v<pr::merged_layout<all, all>, all>);
    static_assert(std::is_same_v<pr::merged_layout<pr::layout<>, all>, all>);
    static_assert(std::is_same_v<pr::merged_layout<all, pr::layout<>>, all>);
    // The same numbers in another shape are shared; the first one's shape stays.
    using flat = pr::layout<pr::block<"head", "weight", pr::shape<6>>>;
    static_assert(std::is_same_v<pr::merged_layout<pr::layout<weight>, flat>, pr::layout<weight>>);
    CHECK(pr::detail::clash_in<merged>.view().empty());
}

TEST_CASE("one name with two roles is told with both") {
    using written = pr::block<"head", "weight", pr::shape<3, 2>, pr::role::scratch>;
    constexpr auto text = pr::detail::clash_in<pr::merged_layout<pr::layout<weight>, pr::layout<written>>>;
    CHECK(says(text, "[priori:T205] parameters: two blocks have the name head.weight, one learned, one scratch; "));
}

TEST_CASE("one name with two sizes is told with both shapes") {
    using merged = pr::merged_layout<pr::layout<weight>, pr::layout<pr::block<"head", "weight", pr::shape<3, 5>>>>;
    CHECK(merged::size == 6);
    constexpr auto text = pr::detail::clash_in<merged>;
    CHECK(says(text, "[priori:T201]"));
    CHECK(says(text, "head.weight"));
    CHECK(says(text, "(3, 2)"));
    CHECK(says(text, "(3, 5)"));
}
