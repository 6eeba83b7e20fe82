// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/json.hpp>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

namespace pr = priori;
using test::refusal;

namespace {

template <class Value>
std::string written(const Value& value) {
    pr::json_writer json;
    return json.value(value).text();
}

}  // namespace

TEST_CASE("objects and arrays nest, with commas between and nowhere else") {
    pr::json_writer json;
    json.begin_object().member("seed", 1).member("mse", std::vector<float>{0.5f, 0.1f}).key("evaluation").begin_array();
    for (const int steps : {0, 5}) json.begin_object().member("steps", steps).member("good", steps > 0).end_object();
    json.begin_object().end_object().null().begin_array().end_array().end_array().member("name", "maml").end_object();
    CHECK(json.text() == R"({"seed": 1, "mse": [0.5, 0.1], "evaluation": [{"steps": 0, "good": false}, )"
                         R"({"steps": 5, "good": true}, {}, null, []], "name": "maml"})");
}

TEST_CASE("numbers read back to the same value") {
    for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 1e22, 123456789.0})
        CHECK(std::strtod(written(value).c_str(), nullptr) == value);
    for (const float value : {0.1f, 1.0f / 3, 1.17549435e-38f, 3.4028235e38f})
        CHECK(std::strtof(written(value).c_str(), nullptr) == value);
    CHECK(written(0.1f) == "0.1");
    CHECK(written(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(written(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("what is not finite is null") {
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK(written(std::vector<double>{infinity, -infinity, std::nan(""), 1}) == "[null, null, null, 1]");
    CHECK(written(std::nanf("")) == "null");
}

TEST_CASE("texts are escaped, and bytes that are not UTF-8 replaced") {
    CHECK(written("a\"b\\c/\n\t\x7f") == R"("a\"b\\c/\n\u0009\u007f")");
    CHECK(written(std::string("\0", 1)) == R"("\u0000")");
    CHECK(written("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80") == "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\"");
    CHECK(written("\xff|\xc3|\xe2\x82|\xc0\x80|\xed\xa0\x80") ==
          R"("\ufffd|\ufffd|\ufffd\ufffd|\ufffd\ufffd|\ufffd\ufffd\ufffd")");
    CHECK(written(std::vector<std::string>{"a", "b"}) == R"(["a", "b"])");
}

TEST_CASE("calls that no JSON allows are refused") {
    CHECK(refusal([] { pr::json_writer().begin_object().value(1); }) ==
          "bad_option: json_writer: a value in an object wants a key before it.");
    CHECK(refusal([] { pr::json_writer().value(1).value(2); }) == "bad_option: json_writer: a text holds one value.");
    CHECK(refusal([] { pr::json_writer().begin_array().key("a"); }) ==
          "bad_option: json_writer: a key belongs into an object, followed by its value.");
    for (const auto& call : {+[](pr::json_writer& json) { json.begin_array().end_object(); },
                             +[](pr::json_writer& json) { json.begin_object().key("a").end_object(); },
                             +[](pr::json_writer& json) { json.end_array(); }}) {
        pr::json_writer json;
        CHECK(refusal([&] { call(json); }) ==
              "bad_option: json_writer: an end wants the beginning that belongs to it.");
    }
    const std::string open = "bad_option: json_writer: the text is taken when everything that was begun has ended.";
    CHECK(refusal([] { pr::json_writer().begin_array().text(); }) == open);
    CHECK(refusal([] { pr::json_writer().text(); }) == open);
}

TEST_CASE("a cleared writer begins anew") {
    pr::json_writer json;
    json.begin_object().member("a", 1).end_object();
    json.clear();
    CHECK(json.begin_array().value(2).end_array().text() == "[2]");
}
