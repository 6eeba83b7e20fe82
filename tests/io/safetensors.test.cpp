// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/safetensors.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace pr = priori;
using test::refusal;
using sizes = std::vector<std::size_t>;

namespace {

pr::tensor_file small() {
    pr::tensor_file file;
    file.metadata = {{"signature", "input<1> | \"dense\"<40>\n\xe2\x82\xac"}, {"seed", "1"}};
    file.tensors.push_back({"dense_0.weight", {3, 1}, std::vector<float>{0.1f, -2, 3e-45f}});
    file.tensors.push_back({"rate", {}, std::vector<double>{0.1}});
    file.tensors.push_back({"none", {0, 2}, std::vector<float>{}});
    return file;
}

std::string file(std::string_view header, std::size_t data_size) {
    const std::uint64_t length = header.size();
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    return bytes.append(header).append(data_size, '\0');
}

std::string refused(const std::string& bytes) {
    return refusal([&] { pr::parse_safetensors(bytes, "p.safetensors"); });
}

std::string refused(std::string_view header, std::size_t data_size) { return refused(file(header, data_size)); }

const std::string advice = "; get the file anew or save it again.";

}  // namespace

TEST_CASE("tensors and texts are read back bit for bit, in their order") {
    const test::temporary_folder folder;
    pr::write_safetensors(folder / "p.safetensors", small());
    const auto back = pr::read_safetensors(folder / "p.safetensors");
    CHECK(back.metadata == small().metadata);
    REQUIRE(back.tensors.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(back.tensors[i].name == small().tensors[i].name);
        CHECK(back.tensors[i].shape == small().tensors[i].shape);
        CHECK(back.tensors[i].data == small().tensors[i].data);
    }
    CHECK(back.tensor("rate").values<double>()[0] == 0.1);
    CHECK(std::string(back.tensor("rate").dtype()) == "F64");
    REQUIRE(back.find_metadata("seed") != nullptr);
    CHECK(*back.find_metadata("seed") == "1");
    CHECK(back.find_metadata("none") == nullptr);
}

TEST_CASE("the data begin at a multiple of eight, doubles before floats") {
    const std::string bytes = pr::safetensors_bytes(small());
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    CHECK(length % 8 == 0);
    double rate = 0;
    std::memcpy(&rate, bytes.data() + 8 + length, 8);
    CHECK(rate == 0.1);
    CHECK(bytes.size() == 8 + length + 8 + 12);
}

TEST_CASE("a header in another's hand is read") {
    const auto read = pr::parse_safetensors(
        file("{ \"b\\u00e4\\uD83D\\uDE00\\n\":{\"data_offsets\":[ 0 , 8 ],\"shape\":[2],\"dtype\":\"F32\"},\r\n\t"
             "\"a\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[8,16]}}   ",
             16),
        "p");
    CHECK(read.tensors[0].name == "b\xc3\xa4\xf0\x9f\x98\x80\n");
    CHECK(read.tensors[1].shape == sizes{1, 1});
    CHECK(pr::parse_safetensors(file("{}", 0), "p").tensors.empty());
    CHECK(pr::parse_safetensors(file("{\"__metadata__\":{}}", 0), "p").tensors.empty());
}

TEST_CASE("a file cut off anywhere is refused") {
    const std::string whole = pr::safetensors_bytes(small());
    for (std::size_t length = 0; length < whole.size(); ++length)
        CHECK(refused(whole.substr(0, length)).starts_with("bad_file: 'p.safetensors'"));
    CHECK(refused(whole.substr(0, 5)) ==
          "bad_file: 'p.safetensors': expected 8 bytes with the length of the header, found "
          "5; the file is cut off or not a safetensors file.");
    CHECK(refused(whole.substr(0, 100)).starts_with("bad_file: 'p.safetensors' is cut off in its header: expected "));
    CHECK(
        refused(whole.substr(0, whole.size() - 1)) ==
        "bad_file: 'p.safetensors', tensor 'dense_0.weight': its place ends at byte 20 of the data, of which there are "
        "19; the file is cut off, get it anew.");
    CHECK(refused(whole + "x") ==
          "bad_file: 'p.safetensors': the tensors end at byte 20 of the data, of which there are "
          "21; the file is too long, get it anew.");
    CHECK(refused("PK\3\4 some zip archive") ==
          "bad_file: 'p.safetensors', offset 0: the header would be 7885648053892500304 bytes long, at most 100000000 "
          "are "
          "allowed; this is not a safetensors file.");
}

TEST_CASE("places that do not fit are refused") {
    CHECK(refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4) ==
          "bad_file: 'p.safetensors', tensor 'a': the shape (2) of F32 takes 8 bytes, its place is from 0 to 4" +
              advice);
    CHECK(refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4) ==
          "bad_file: 'p.safetensors', tensor 'a': the shape (1) of F32 takes 4 bytes, its place is from 4 to 0" +
              advice);
    CHECK(refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0) ==
          "bad_file: 'p.safetensors', tensor 'a': the shape (4294967296, 4294967296) of F32 takes 18446744073709551615 "
          "bytes, its place is from 0 to 0" +
              advice);
    const std::string overlap =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[";
    CHECK(
        refused(overlap + "4,12]}}", 12) ==
        "bad_file: 'p.safetensors', tensor 'b': its place begins at byte 4 of the data, expected 8: places may neither "
        "overlap nor leave holes" +
            advice);
    CHECK(refused(overlap + "12,20]}}", 20) ==
          "bad_file: 'p.safetensors', tensor 'b': its place begins at byte 12 of the data, expected 8: places may "
          "neither "
          "overlap nor leave holes" +
              advice);
}

TEST_CASE("names twice, other types and other keys are refused") {
    const std::string entry = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    CHECK(refused("{\"a\":" + entry + ",\"a\":" + entry + "}", 0) ==
          "bad_file: 'p.safetensors': the header has the name 'a' twice" + advice);
    CHECK(refused("{\"__metadata__\":{\"s\":\"1\",\"s\":\"2\"}}", 0) ==
          "bad_file: 'p.safetensors': the header has the name 's' twice" + advice);
    CHECK(refused("{\"a\":{\"dtype\":\"BF16\"}}", 0) ==
          "bad_file: 'p.safetensors', offset 28: the tensor 'a' holds 'BF16', expected F32 or F64; convert it.");
    CHECK(refused("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 0) ==
          "bad_file: 'p.safetensors', offset 36: the tensor 'a' has a key twice" + advice);
    CHECK(refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0) ==
          "bad_file: 'p.safetensors', offset 40: the tensor 'a' lacks one of dtype, shape and data_offsets" + advice);
    CHECK(refused("{\"a\":{\"type\":\"F32\"}}", 0) ==
          "bad_file: 'p.safetensors', offset 21: the tensor 'a' has the unexpected key 'type'" + advice);
}

TEST_CASE("a header that is not strict JSON is refused at its offset") {
    const std::string at = "bad_file: 'p.safetensors', offset ";
    CHECK(refused("", 0) == at + "8: expected '{' in the header" + advice);
    CHECK(refused("{\"a\"", 0) == at + "12: expected ':' in the header" + advice);
    CHECK(refused("{} x", 0) == at + "11: the header goes on after its closing brace" + advice);
    CHECK(refused("{a:1}", 0) == at + "9: expected a quoted text in the header" + advice);
    CHECK(refused("{\"a", 0) == at + "11: a quoted text does not end in the header" + advice);
    CHECK(refused("{\"\xff\":1}", 0) == at + "10: a quoted text is not UTF-8" + advice);
    CHECK(refused("{\"\n\":1}", 0) == at + "10: a control character stands in a quoted text" + advice);
    CHECK(refused("{\"\\x\":1}", 0) == at + "11: an escape in a quoted text is not one of JSON's" + advice);
    CHECK(refused("{\"\\u12g4\":1}", 0) == at + "14: expected four hexadecimal digits in a quoted text" + advice);
    CHECK(refused("{\"\\udc00\":1}", 0) == at + "16: half of a surrogate pair stands alone in a quoted text" + advice);
    CHECK(refused("{\"\\ud800\\u0041\":1}", 0) ==
          at + "22: half of a surrogate pair stands alone in a quoted text" + advice);
    CHECK(refused("{\"a\":{\"shape\":[-1]}}", 0) == at + "23: expected a whole number from 0 on" + advice);
    CHECK(refused("{\"a\":{\"shape\":[01]}}", 0) == at + "25: expected a whole number from 0 on" + advice);
    CHECK(refused("{\"a\":{\"shape\":[1.5]}}", 0) == at + "24: expected ']' in the header" + advice);
    CHECK(refused("{\"a\":{\"shape\":[1,]}}", 0) == at + "25: expected a whole number from 0 on" + advice);
    CHECK(refused("{\"a\":{\"shape\":[99999999999999999999]}}", 0) == at + "42: a number is too large" + advice);
    CHECK(refused("{\"__metadata__\":{\"a\":1}}", 0) == at + "29: expected a quoted text in the header" + advice);
}

TEST_CASE("asking for what is not there lists what is") {
    const auto file = small();
    CHECK(refusal([&] { file.tensor("bias"); }) ==
          "mismatch: there is no tensor 'bias'; the file holds 'dense_0.weight', 'rate' and 'none'.");
    CHECK(refusal([&] { file.tensor("rate").values<float>(); }) ==
          "mismatch: the tensor 'rate' holds F64, F32 was expected.");
}

TEST_CASE("writing wants shapes that fit and names that differ") {
    pr::tensor_file file;
    file.tensors.push_back({"a", {2, 2}, std::vector<float>(3)});
    CHECK(refusal([&] { pr::safetensors_bytes(file); }) ==
          "bad_shape: safetensors: the shape (2, 2) of 'a' holds 4 numbers, got 3; give the shape that the values "
          "have.");
    file.tensors[0] = {"a", {std::size_t{1} << 32, std::size_t{1} << 32}, std::vector<float>()};
    CHECK(refusal([&] { pr::safetensors_bytes(file); }).find("holds more numbers than there can be") !=
          std::string::npos);
    file.tensors[0] = {"a", {2, 2}, std::vector<float>(3)};
    file.tensors[0].shape = {3};
    file.tensors.push_back(file.tensors[0]);
    const std::string end = ", or one has the name that the format keeps; give each a name of its own.";
    CHECK(refusal([&] { pr::safetensors_bytes(file); }) == "bad_value: safetensors: two tensors are called 'a'" + end);
    file.tensors[0].name = "__metadata__";
    CHECK(refusal([&] { pr::safetensors_bytes(file); }) ==
          "bad_value: safetensors: two tensors are called '__metadata__'" + end);
    file.tensors.clear();
    file.metadata = {{"s", "1"}, {"s", "2"}};
    CHECK(refusal([&] { pr::safetensors_bytes(file); }) ==
          "bad_value: safetensors: two texts of the metadata are called 's'; give each a name of its own.");
}

TEST_CASE("names and texts that are not UTF-8 are not written, for they could not be read") {
    for (const char* bad : {"a\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80"}) {
        pr::tensor_file file;
        file.tensors.push_back({bad, {1}, std::vector<float>(1)});
        CHECK(refusal([&] { pr::safetensors_bytes(file); }).starts_with("bad_value: safetensors: the name '"));
        file.tensors.clear();
        file.metadata = {{"note", bad}};
        CHECK(refusal([&] { pr::safetensors_bytes(file); }) ==
              "bad_value: safetensors: the metadata 'note' is not UTF-8, which the format wants; convert it.");
        file.metadata = {{bad, "note"}};
        CHECK(refusal([&] { pr::safetensors_bytes(file); }).starts_with("bad_value: safetensors: the metadata's name"));
    }
    pr::tensor_file file;
    file.tensors.push_back(
        {"gr\xc3\xb6\xc3\x9f"
         "e",
         {1},
         std::vector<float>(1)});
    CHECK(pr::parse_safetensors(pr::safetensors_bytes(file), "x").tensors[0].name ==
          "gr\xc3\xb6\xc3\x9f"
          "e");
}
