// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/npz.hpp>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#if defined(PRIORI_ZLIB)
#include <zlib.h>
#endif

namespace pr = priori;
using test::refusal;
using sizes = std::vector<std::size_t>;

namespace {

std::string number(std::uint64_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) {
        bytes += static_cast<char>(value & 255);
        value >>= 8;
    }
    return bytes;
}

struct member {
    std::string name;
    std::string data;
    int method = 0;
    std::string packed = data;
};

// A zip archive as numpy writes it: the local headers have a field of their own behind the name.
std::string zip(const std::vector<member>& members, const std::string& comment = {}) {
    std::string bytes;
    std::string directory;
    for (const member& each : members) {
        const std::string sizes_and_name = number(pr::detail::crc32(each.data), 4) + number(each.packed.size(), 4) +
                                           number(each.data.size(), 4) + number(each.name.size(), 2);
        const std::string method = number(static_cast<unsigned>(each.method), 2) + number(0, 4);
        directory += "PK\1\2" + number(20, 2) + number(20, 2) + number(0, 2) + method + sizes_and_name +
                     number(0, 2 + 2 + 2 + 2 + 4) + number(bytes.size(), 4) + each.name;
        bytes += "PK\3\4" + number(20, 2) + number(0, 2) + method + sizes_and_name + number(4, 2) + each.name + "\1\1" +
                 number(0, 2) + each.packed;
    }
    return bytes + directory + "PK\5\6" + number(0, 4) + number(members.size(), 2) + number(members.size(), 2) +
           number(directory.size(), 4) + number(bytes.size(), 4) + number(comment.size(), 2) + comment;
}

std::string floats(float first) { return pr::npy_bytes<float>(sizes{2, 2}, std::vector<float>{first, 2, 3, 4}); }

std::string small() { return zip({{"a.npy", floats(1)}, {"notes.txt", "hello"}, {"b.npy", floats(7)}}, "a comment"); }

std::string refused(const std::string& bytes, std::string_view name = "a") {
    return refusal([&] { pr::npz_archive(bytes, "x.npz").array<float>(name); });
}

}  // namespace

TEST_CASE("crc32 is that of its definition's check value") {
    CHECK(pr::detail::crc32("123456789") == 0xcbf43926u);
    CHECK(pr::detail::crc32("") == 0);
    CHECK(pr::detail::crc32("a") == 0xe8b7be43u);
}

TEST_CASE("stored arrays are read by name, other members are left alone") {
    const test::temporary_folder folder;
    folder.put("x.npz", small());
    const auto archive = pr::read_npz(folder / "x.npz");
    CHECK(archive.names() == std::vector<std::string>{"a", "b"});
    CHECK(archive.has("b"));
    CHECK(!archive.has("c"));
    CHECK(archive.array<float>("a").values == std::vector<float>{1, 2, 3, 4});
    CHECK(archive.array<float>("b").values == std::vector<float>{7, 2, 3, 4});
    CHECK(archive.array<double>("b").shape == sizes{2, 2});
}

TEST_CASE("an array that is not there, or of another type, is refused with what there is") {
    CHECK(refused(small(), "c") == "mismatch: 'x.npz' has no array 'c'; it holds 'a' and 'b'.");
    CHECK(refused(zip({}), "c") == "mismatch: 'x.npz' has no array 'c'; it holds none.");
    CHECK(refused(zip({{"notes.txt", "hello"}}), "c") == "mismatch: 'x.npz' has no array 'c'; it holds none.");
    CHECK(
        refused(zip({{"a.npy", pr::npy_bytes<double>(sizes{1}, std::vector<double>{1})}})) ==
        "mismatch: 'x.npz:a.npy', offset 10: expected elements that fit in '<f4', found '<f8'; convert the array with "
        "numpy's astype.");
}

TEST_CASE("an archive cut off after any byte is refused") {
    const std::string whole = small();
    CHECK(refused(whole.substr(0, whole.size() - 1)) ==
          "bad_file: 'x.npz' is cut off: the directory at the end of the archive is not within its " +
              std::to_string(whole.size() - 1) + " bytes; get the file anew.");
    for (std::size_t length = 0; length < whole.size(); ++length)
        REQUIRE(refused(whole.substr(0, length)).starts_with("bad_file: 'x.npz'"));
    CHECK(refused("\x93NUMPY") == "bad_file: 'x.npz', offset 0: expected the zip magic PK; this is not an npz file.");
}

TEST_CASE("a byte changed anywhere in an array is noticed by its checksum") {
    const std::string whole = small();
    const std::size_t begin = 30 + 5 + 4;
    for (std::size_t i = 0; i < floats(1).size(); ++i) {
        std::string changed = whole;
        changed[begin + i] ^= 4;
        REQUIRE(
            refused(changed) ==
            "bad_file: 'x.npz', offset 39: the bytes of 'a.npy' are damaged, for their checksum is another; get the "
            "file anew.");
    }
}

TEST_CASE("no change of one byte of an archive does harm") {
    const std::string whole = small();
    for (std::size_t i = 0; i < whole.size(); ++i)
        for (const int bits : {1, 4, 128, 255}) {
            std::string changed = whole;
            changed[i] = static_cast<char>(changed[i] ^ bits);
            refused(changed);
            refused(changed, "b");
        }
    SUCCEED();
}

TEST_CASE("other methods, encryption, repeated names and wrong places are refused") {
    CHECK(refused(zip({{"a.npy", floats(1), 14}})) ==
          "bad_file: 'x.npz', offset 183: 'a.npy' is packed by method 14; save it with numpy.savez or "
          "numpy.savez_compressed.");
    CHECK(refused(zip({{"a.npy", floats(1)}, {"a.npy", floats(2)}})) ==
          "bad_file: 'x.npz', offset 417: two members are called 'a.npy'; get the file anew or save it again.");
    std::string secret = zip({{"a.npy", floats(1)}});
    secret[183 + 8] = 1;
    CHECK(refused(secret) == "bad_file: 'x.npz', offset 183: 'a.npy' is encrypted; save it without a password.");
    std::string moved = zip({{"a.npy", floats(1)}});
    moved[183 + 42] = 7;
    CHECK(refused(moved) ==
          "bad_file: 'x.npz', offset 183: 'a.npy' is not where the directory says; get the file anew or save it "
          "again.");
    CHECK(refused(zip({{"a.npy", floats(1), 0, "abc"}})) ==
          "bad_file: 'x.npz', offset 42: 'a.npy' cannot hold 144 bytes; get the file anew or save it again.");
    std::string large = zip({{"a.npy", floats(1)}});
    for (std::size_t i = 0; i < 4; ++i) large[183 + 24 + i] = '\xff';
    CHECK(refused(large) ==
          "bad_file: 'x.npz', offset 183: 'a.npy' is larger than 4 GB, which is not read; save it in parts.");
}

TEST_CASE("an archive of as many members as a directory takes is read in time") {
    std::vector<member> many;
    for (int i = 0; i < 60000; ++i) many.push_back({std::to_string(i), {}});
    const std::string bytes = zip(many);
    many.push_back({"7", {}});
    const std::clock_t begin = std::clock();
    CHECK(refused(bytes).starts_with("mismatch:"));
    CHECK(refused(zip(many)).ends_with("two members are called '7'; get the file anew or save it again."));
    CHECK(std::clock() - begin < 4 * CLOCKS_PER_SEC);
}

#if defined(PRIORI_ZLIB)

namespace {

std::string deflated(const std::string& data) {
    z_stream z{};
    deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string packed(data.size() + 100, '\0');
    std::string copy = data;
    z.next_in = reinterpret_cast<Bytef*>(copy.data());
    z.avail_in = static_cast<uInt>(copy.size());
    z.next_out = reinterpret_cast<Bytef*>(packed.data());
    z.avail_out = static_cast<uInt>(packed.size());
    deflate(&z, Z_FINISH);
    packed.resize(z.total_out);
    deflateEnd(&z);
    return packed;
}

}  // namespace

TEST_CASE("deflated arrays are read, and refused when they are damaged or of another length") {
    std::vector<float> values(5000);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 17);
    const std::string data = pr::npy_bytes<float>(sizes{5000}, values);
    const std::string packed = deflated(data);
    CHECK(pr::npz_archive(zip({{"a.npy", data, 8, packed}}), "x.npz").array<float>("a").values == values);

    const std::string sentence =
        "bad_file: 'x.npz', offset 39: the bytes of 'a.npy' are damaged, for their checksum is another; get the file "
        "anew.";
    CHECK(refused(zip({{"a.npy", data, 8, packed.substr(0, packed.size() - 1)}})) == sentence);
    CHECK(refused(zip({{"a.npy", data + "x", 8, packed}})) == sentence);
    CHECK(refused(zip({{"a.npy", data.substr(1), 8, packed}})) == sentence);
    CHECK(refused(zip({{"a.npy", data, 8, packed + "GARBAGE"}})) == sentence);
    std::string other = data;
    other.back() ^= 1;
    CHECK(refused(zip({{"a.npy", other, 8, packed}})) == sentence);
    CHECK(refused(zip({{"a.npy", std::string(100000, 'x'), 8, "x"}})) ==
          "bad_file: 'x.npz', offset 40: 'a.npy' cannot hold 100000 bytes; get the file anew or save it again.");
}

#else

TEST_CASE("without zlib a deflated array is refused with what to install") {
    CHECK(refused(zip({{"a.npy", floats(1), 8}})) ==
          "bad_option: 'x.npz:a.npy' is packed, and this program was built without zlib; install zlib1g-dev, link the "
          "CMake target priori::io and build it anew, or save the arrays with numpy.savez.");
}

#endif
