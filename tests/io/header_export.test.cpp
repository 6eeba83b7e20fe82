// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/header_export.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace pr = priori;
using test::refusal;
using floats = std::vector<float>;

namespace {

std::string exported(const std::string& name, const floats& values) {
    const pr::exported_array arrays[] = {{name, values}};
    return pr::header_of_constants("trained", "s", arrays);
}

std::string refused(const std::string& name, const floats& values) {
    return refusal([&] { exported(name, values); });
}

// The same literals as this compiler reads them: what the header of the next test holds.
inline constexpr float as_compiled[2] = {
    0x1.99999ap-4f,
    -0x1.8p+0f,
};
static_assert(std::bit_cast<std::uint32_t>(as_compiled[0]) == std::bit_cast<std::uint32_t>(0.1f));

}  // namespace

TEST_CASE("a header holds the signature and one array for each block") {
    const floats weight{0.1f, -1.5f};
    const floats bias{0};
    const pr::exported_array arrays[] = {{"dense_0.weight", weight}, {"dense_0.bias", bias}};
    CHECK(pr::header_of_constants("robot::policy",
                                  "input<1> | \"a\"\\\n\xc3\xa4"
                                  "1",
                                  arrays) ==
          "// Written by Priori: trained parameters, exact to the bit.\n"
          "#pragma once\n\n"
          "namespace robot::policy {\n\n"
          "inline constexpr char signature[] = \"input<1> | \\\"a\\\"\\\\\\012\\303\\2441\";\n\n"
          "inline constexpr float dense_0_weight[2] = {\n    0x1.99999ap-4f, -0x1.8p+0f,\n};\n\n"
          "inline constexpr float dense_0_bias[1] = {\n    0x0p+0f,\n};\n\n"
          "}  // namespace robot::policy\n");
    CHECK(as_compiled[1] == -1.5f);
}

TEST_CASE("every literal reads back to the same bits") {
    floats values{0.0f,
                  -0.0f,
                  1.0f / 3,
                  std::numeric_limits<float>::max(),
                  std::numeric_limits<float>::min(),
                  std::numeric_limits<float>::denorm_min(),
                  -5 * std::numeric_limits<float>::denorm_min()};
    for (std::uint32_t i = 0; i < 2000; ++i) {
        const float value = std::bit_cast<float>(i * 2654435761u);
        if (value - value == 0) values.push_back(value);
    }
    const std::string text = exported("w", values);
    const char* at = text.c_str() + text.find("w[") + 2;
    at = std::string_view(at).substr(std::string_view(at).find('{') + 1).data();
    for (const float value : values) {
        char* end = nullptr;
        const float read = std::strtof(at, &end);
        CHECK(std::bit_cast<std::uint32_t>(read) == std::bit_cast<std::uint32_t>(value));
        REQUIRE(std::string_view(end).starts_with("f,"));
        at = end + 2;
    }
}

TEST_CASE("the file appears whole or not at all") {
    const test::temporary_folder folder;
    const floats good{1};
    const floats bad{1, std::numeric_limits<float>::quiet_NaN()};
    const pr::exported_array bad_arrays[] = {{"w", bad}};
    CHECK(refusal([&] { pr::write_header(folder / "w.hpp", "trained", "s", bad_arrays); }) ==
          "bad_value: header_export: 'w' is not finite at position 1; a diverged learner is not exported.");
    CHECK(folder.file_count() == 0);
    const pr::exported_array good_arrays[] = {{"w", good}};
    pr::write_header(folder / "w.hpp", "trained", "s", good_arrays);
    CHECK(pr::read_file(folder / "w.hpp") == exported("w", good));
}

TEST_CASE("names that C++ does not allow are refused") {
    for (const std::string name : {"", "0w", "a-b", "new", "a b", "\xc3\xa4"})
        CHECK(refused(name, {1}) == "bad_option: header_export: expected an array's name that C++ allows, found '" +
                                        name + "'; write letters, digits and underscores, and no keyword.");
    for (const std::string name : {"", "a::", "::a", "a:b", "class::a", "a::::b"})
        CHECK(refusal([&] { pr::header_of_constants(name, "s", {}); }) ==
              "bad_option: header_export: expected the name of a namespace, found '" + name +
                  "'; write letters, digits and underscores.");
    CHECK(refused("signature", {1}) ==
          "bad_option: header_export: the name 'signature' would be given twice; rename 'signature'.");
    const floats values{1};
    const pr::exported_array arrays[] = {{"a.b", values}, {"a_b", values}};
    CHECK(refusal([&] { pr::header_of_constants("trained", "s", arrays); }) ==
          "bad_option: header_export: the name 'a_b' would be given twice; rename 'a_b'.");
    CHECK(refused("w", {}) == "bad_shape: header_export: the array 'w' is empty; leave it out.");
}
