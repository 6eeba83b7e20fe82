// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/npy.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace pr = priori;
using test::refusal;
using sizes = std::vector<std::size_t>;

namespace {

// A file with this dictionary and data, in version 1 or 2.
std::string file(std::string_view dictionary, std::string_view data, char version = 1) {
    std::string bytes = "\x93NUMPY";
    bytes += version;
    bytes += '\0';
    bytes += static_cast<char>(dictionary.size());
    bytes.append(version == 1 ? 1 : 3, '\0');
    return bytes.append(dictionary).append(data);
}

std::string refused(const std::string& bytes) {
    return refusal([&] { pr::parse_npy<float>(bytes, "a.npy"); });
}

const std::string advice = "; save the array anew with numpy.save.";

}  // namespace

TEMPLATE_TEST_CASE("what is written is read back", "", std::uint8_t, std::int32_t, std::int64_t, float, double) {
    const test::temporary_folder folder;
    const pr::npy_array<TestType> array{
        {3, 1, 2}, {0, 1, 2, 3, std::numeric_limits<TestType>::max(), std::numeric_limits<TestType>::min()}};
    pr::write_npy(folder / "a.npy", array);
    const auto back = pr::read_npy<TestType>(folder / "a.npy");
    CHECK(back.shape == array.shape);
    CHECK(back.values == array.values);
}

TEST_CASE("the bytes are those that NumPy writes") {
    const std::vector<std::int32_t> values{1, -2};
    const std::string bytes = pr::npy_bytes<std::int32_t>(sizes{2}, values);
    const std::string header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }";
    CHECK(bytes == "\x93NUMPY\1" + std::string("\0\x76\0", 3) + header + std::string(117 - header.size(), ' ') + "\n" +
                       std::string("\1\0\0\0\xfe\xff\xff\xff", 8));
}

TEST_CASE("no extents are one number, an extent of zero is none") {
    CHECK(pr::parse_npy<double>(pr::npy_bytes<double>(sizes{}, std::vector<double>{2.5}), "a.npy").values ==
          std::vector<double>{2.5});
    const auto none = pr::parse_npy<float>(pr::npy_bytes<float>(sizes{3, 0}, std::vector<float>{}), "a.npy");
    CHECK(none.shape == sizes{3, 0});
    CHECK(none.values.empty());
}

TEST_CASE("version 2, other key orders, quotes and spaces are read") {
    const std::string data("\0\0\x80?\0\0\0@", 8);
    for (const char version : {'\1', '\2'})
        for (const char* dictionary : {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }  \n",
                                       "{\"shape\":(1,2,),\"fortran_order\":False,\"descr\":\"<f4\"}"}) {
            const auto array = pr::parse_npy<float>(file(dictionary, data, version), "a.npy");
            CHECK(array.shape == sizes{1, 2});
            CHECK(array.values == std::vector<float>{1, 2});
        }
}

TEST_CASE("narrower elements are widened, others are refused") {
    const std::string booleans =
        file("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", std::string("\1\0", 2));
    CHECK(pr::parse_npy<std::uint8_t>(booleans, "a.npy").values == std::vector<std::uint8_t>{1, 0});
    CHECK(pr::parse_npy<float>(booleans, "a.npy").values == std::vector<float>{1, 0});
    const std::string integers = pr::npy_bytes<std::int32_t>(sizes{1}, std::vector<std::int32_t>{-7});
    CHECK(pr::parse_npy<std::int64_t>(integers, "a.npy").values == std::vector<std::int64_t>{-7});
    CHECK(pr::parse_npy<double>(integers, "a.npy").values == std::vector<double>{-7});
    CHECK(refused(integers) ==
          "mismatch: 'a.npy', offset 10: expected elements that fit in '<f4', found '<i4'; convert the "
          "array with numpy's astype.");
    CHECK(refused(pr::npy_bytes<double>(sizes{1}, std::vector<double>{1})) ==
          "mismatch: 'a.npy', offset 10: expected elements that fit in '<f4', found '<f8'; convert the array with "
          "numpy's "
          "astype.");
}

TEST_CASE("a file cut off or too long is refused with both lengths") {
    const std::string whole = pr::npy_bytes<float>(sizes{2, 3}, std::vector<float>(6));
    CHECK(refused(whole.substr(0, whole.size() - 1)) ==
          "bad_file: 'a.npy', offset 128: expected 24 bytes for the shape (2, 3) of '<f4', found 23; the file is cut "
          "off, "
          "get it anew.");
    CHECK(refused(whole + "x") ==
          "bad_file: 'a.npy', offset 128: expected 24 bytes for the shape (2, 3) of '<f4', found "
          "25; the file is too long, get it anew.");
    CHECK(refused(whole.substr(0, 60)) ==
          "bad_file: 'a.npy' is cut off in its header: expected 128 bytes of header, the "
          "file ends at byte 60; get the file anew.");
    for (std::size_t length = 0; length < whole.size(); ++length)
        CHECK(refused(whole.substr(0, length)).starts_with("bad_file: 'a.npy'"));
}

TEST_CASE("a shape whose size overflows is refused") {
    CHECK(
        refused(file("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "")) ==
        "bad_file: 'a.npy', offset 87: expected more bytes than there can be for the shape (4294967296, 4294967296) of "
        "'<f4', found 0; the file is cut off, get it anew.");
    CHECK(refused(file("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "")) ==
          "bad_file: 'a.npy', offset 61: expected an extent of the shape: a whole number from 0 on" + advice);
}

TEST_CASE("other files, versions, orders and elements are refused at their offset") {
    CHECK(refused("PK\3\4") ==
          "bad_file: 'a.npy', offset 0: expected the npy magic \\x93NUMPY; this is not an npy file.");
    CHECK(refused("") == "bad_file: 'a.npy', offset 0: expected the npy magic \\x93NUMPY; this is not an npy file.");
    CHECK(refused(file("{}", "", 3)) ==
          "bad_file: 'a.npy', offset 6: expected version 1 or 2 of the npy format, found 3" + advice);
    CHECK(refused(file("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "1234")) ==
          "bad_file: 'a.npy', offset 44: the array is in Fortran order, C order was expected; save "
          "numpy.ascontiguousarray(a).");
    CHECK(refused(file("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "1234")) ==
          "bad_file: 'a.npy', offset 20: expected elements of type '|u1', '|b1', '<i4', '<i8', '<f4' or '<f8', found "
          "'>f4'; convert the array with numpy's astype.");
    CHECK(refused(file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "1234")) ==
          "bad_file: 'a.npy', offset 20: expected a quoted text in the header" + advice);
}

TEST_CASE("a broken dictionary is refused at its offset") {
    CHECK(refused(file("{'descr': '<f4', 'shape': (1,), }", "1234")) ==
          "bad_file: 'a.npy', offset 43: the header lacks one of its keys 'descr', 'fortran_order' and 'shape'" +
              advice);
    CHECK(refused(file("{'descr': '<f4', 'descr': '<f4'}", "")) ==
          "bad_file: 'a.npy', offset 36: the header has the unexpected or repeated key 'descr'" + advice);
    CHECK(refused(file("{'descr': '<f4", "")) ==
          "bad_file: 'a.npy', offset 20: a quoted text does not end in the header" + advice);
    CHECK(refused(file("{'shape': (1 2)}", "")) ==
          "bad_file: 'a.npy', offset 23: expected ',' or ')' in the shape" + advice);
    CHECK(refused(file("{'shape': (-1,)}", "")) ==
          "bad_file: 'a.npy', offset 21: expected an extent of the shape: a whole number from 0 on" + advice);
    CHECK(refused(file("{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", "1234")) ==
          "bad_file: 'a.npy', offset 63: expected a comma in the shape of one extent" + advice);
    CHECK(refused(file("", "")) == "bad_file: 'a.npy', offset 10: expected '{' in the header" + advice);
}

TEST_CASE("writing wants as many values as the shape holds") {
    CHECK(refusal([] {
              pr::npy_bytes<float>(sizes{2, 3}, std::vector<float>(5));
          }) == "bad_shape: npy: the shape (2, 3) holds 6 numbers, got 5; give the shape that the values have.");
    CHECK(refusal([] {
              pr::npy_bytes<float>(sizes{std::size_t{1} << 32, std::size_t{1} << 32}, std::vector<float>());
          }) ==
          "bad_shape: npy: the shape (4294967296, 4294967296) holds more numbers than there can be, got 0; give "
          "the shape that the values have.");
}
