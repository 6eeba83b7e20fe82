// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/omniglot.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pr = priori;
using test::refusal;

namespace {

// Three classes of two alphabets, two drawings each.
pr::omniglot_data small() {
    pr::omniglot_data data;
    data.drawings = 2;
    data.alphabets = {"Greek", "Latin_(modern)"};
    data.alphabet = {1, 0, 1};
    data.character = {"character01", "character01", "character02"};
    using enum pr::omniglot_split;
    data.split = {train, validation, test};
    data.evaluation = {0, 0, 1};
    data.images.resize(3 * 2 * pr::omniglot_data::pixels);
    for (std::size_t i = 0; i < data.images.size(); ++i) data.images[i] = (i * i / 7) % 3 == 0;
    data.labels = {0, 0, 1, 1, 2, 2};
    return data;
}

// What reading says when this row stands in the place of the second class.
std::string refused_row(const std::string& row) {
    const test::temporary_folder folder;
    pr::write_packed_omniglot(folder.path(), small());
    std::string text = pr::read_file(folder / "classes.csv");
    const std::string old = "1,0,Greek,character01,background,val";
    text.replace(text.find(old), old.size(), row);
    folder.put("classes.csv", text);
    return refusal([&] { pr::read_omniglot(folder.path()); }, folder.path().string());
}

}  // namespace

TEST_CASE("a packed folder is read back as it was written") {
    const test::temporary_folder folder;
    const auto data = small();
    pr::write_packed_omniglot(folder.path(), data);
    const auto back = pr::read_omniglot(folder.path());
    CHECK(back.class_count() == 3);
    CHECK(back.drawings == 2);
    CHECK(back.images == data.images);
    CHECK(back.labels == data.labels);
    CHECK(back.alphabets == data.alphabets);
    CHECK(back.alphabet == data.alphabet);
    CHECK(back.character == data.character);
    CHECK(back.split == data.split);
    CHECK(back.evaluation == data.evaluation);
    CHECK(back.classes(pr::omniglot_split::test) == std::vector<std::size_t>{2});
    CHECK(back.image(1, 1).data() == back.images.data() + 3 * 784);
}

TEST_CASE("other columns of the classes are not read") {
    const test::temporary_folder folder;
    pr::write_packed_omniglot(folder.path(), small());
    std::string text;
    for (const char c : pr::read_file(folder / "classes.csv")) text += c == '\n' ? ",a note\n" : std::string(1, c);
    folder.put("classes.csv", text);
    CHECK(pr::read_omniglot(folder.path()).character == small().character);
}

TEST_CASE("what is not known of the split is not written") {
    const test::temporary_folder folder;
    auto data = small();
    data.evaluation.clear();
    pr::write_packed_omniglot(folder.path(), data);
    CHECK(pr::read_omniglot(folder.path()).evaluation.empty());
}

TEST_CASE("the most significant bit is the first pixel, and a set bit is ink") {
    const test::temporary_folder folder;
    pr::npy_array<std::uint8_t> bits{{1, 1, 98}, std::vector<std::uint8_t>(98)};
    bits.values[0] = 0xa0;
    bits.values[97] = 0x01;
    pr::write_npy(folder / "omniglot28_bits.npy", bits);
    folder.put("classes.csv",
               "class_id,alphabet_id,alphabet,character,vinyals_split\r\n0,0,Greek,character01,train\r\n");
    const auto data = pr::read_omniglot(folder.path());
    std::vector<std::uint8_t> expected(784);
    expected[0] = expected[2] = expected[783] = 1;
    CHECK(data.images == expected);
    CHECK(data.evaluation.empty());
}

TEST_CASE("a folder that is not there or holds something else is refused with what to do") {
    const test::temporary_folder folder;
    CHECK(refusal([&] { pr::read_omniglot(folder / "none"); }, folder.path().string()) ==
          "missing_file: 'DIR/none' holds no omniglot28_bits.npy; give the packed folder that "
          "examples/convert_omniglot.py "
          "makes of the official archive.");
    pr::write_npy<std::uint8_t>(folder / "omniglot28_bits.npy", {{1, 1, 98}, std::vector<std::uint8_t>(98)});
    CHECK(refusal([&] { pr::read_omniglot(folder.path()); }, folder.path().string()) ==
          "missing_file: 'DIR/classes.csv' cannot be opened: No such file or directory; check the path.");
}

TEST_CASE("files cut off in the middle are refused") {
    const test::temporary_folder folder;
    pr::write_packed_omniglot(folder.path(), small());
    const std::string bits = pr::read_file(folder / "omniglot28_bits.npy");
    const std::string classes = pr::read_file(folder / "classes.csv");
    const auto refused = [&] { return refusal([&] { pr::read_omniglot(folder.path()); }, folder.path().string()); };

    folder.put("omniglot28_bits.npy", bits.substr(0, 300));
    CHECK(refused() ==
          "bad_file: 'DIR/omniglot28_bits.npy', offset 128: expected 588 bytes for the shape (3, 2, 98) of "
          "'|u1', found 172; the file is cut off, get it anew.");
    folder.put("omniglot28_bits.npy", bits);
    folder.put("classes.csv", classes.substr(0, classes.find("2,1,")));
    CHECK(refused() ==
          "mismatch: 'DIR/classes.csv' has 2 classes, the images are of 3; the two files must come from one "
          "conversion.");
    folder.put("classes.csv", classes.substr(0, classes.size() - 18));
    CHECK(refused().starts_with("bad_"));
}

TEST_CASE("images of another shape are refused") {
    const test::temporary_folder folder;
    pr::write_npy<std::uint8_t>(folder / "omniglot28_bits.npy", {{2, 784}, std::vector<std::uint8_t>(2 * 784)});
    CHECK(refusal([&] { pr::read_omniglot(folder.path()); }, folder.path().string()) ==
          "bad_shape: 'DIR/omniglot28_bits.npy': expected the shape (classes, drawings, 98), found (2, 784).");
}

TEST_CASE("labels and names out of range are refused with their place") {
    CHECK(refused_row("1,0,Greek,character01,background,val").empty());
    CHECK(refused_row("7,0,Greek,character01,background,val") ==
          "bad_value: 'DIR/classes.csv', line 3, column 'class_id': expected 1, the classes in order, found 7.");
    for (const std::string id : {"2", "-1", "0.5", "1e300"})
        CHECK(refused_row("1," + id + ",Greek,character01,background,val") ==
              "bad_value: 'DIR/classes.csv', line 3, column 'alphabet_id': expected a whole number from 0 to 1, for "
              "there "
              "are 2 alphabets, found " +
                  (id == "1e300" ? "1e+300" : id) + ".");
    CHECK(
        refused_row("1,1,Greek,character01,background,val") ==
        "mismatch: 'DIR/classes.csv', line 3, column 'alphabet_id': the id 1 belongs to the alphabet 'Latin_(modern)', "
        "found it at 'Greek'.");
    CHECK(refused_row("1,0,Greek,character01,background,dev") ==
          "bad_value: 'DIR/classes.csv', line 3, column 'vinyals_split': expected train, val or test, found 'dev'.");
    CHECK(refused_row("1,0,Greek,character01,foreground,val") ==
          "bad_value: 'DIR/classes.csv', line 3, column 'lake_split': expected background or evaluation, found "
          "'foreground'.");
}

TEST_CASE("a character under two ids is refused with both lines, for it would be in two parts of a split") {
    const test::temporary_folder folder;
    auto data = small();
    data.character = {"character01", "character01", "character01"};  // the first and the last are of one alphabet
    pr::write_packed_omniglot(folder.path(), data);
    CHECK(
        refusal([&] { pr::read_omniglot(folder.path()); }, folder.path().string()) ==
        "mismatch: 'DIR/classes.csv', line 4, column 'character': the character 'Latin_(modern)/character01' is the "
        "class of line 2 already, and a split could train on the one and test on the other; list each character once.");
}

TEST_CASE("writing wants sizes that fit together") {
    const test::temporary_folder folder;
    auto data = small();
    data.images.pop_back();
    CHECK(refusal([&] { pr::write_packed_omniglot(folder.path(), data); }) ==
          "mismatch: write_packed_omniglot: images, alphabets, characters and split are not of the same number of "
          "classes.");
    CHECK(folder.file_count() == 0);
}

TEST_CASE("where one of the two files cannot be written, neither is") {
    const test::temporary_folder folder;
    pr::write_packed_omniglot(folder.path(), small());
    const std::string bits = pr::read_file(folder / "omniglot28_bits.npy");
    std::filesystem::remove(folder / "classes.csv");
    std::filesystem::create_symlink("/dev/full", folder / "classes.csv");
    auto other = small();
    other.images.assign(other.images.size(), 1);
    CHECK(refusal([&] { pr::write_packed_omniglot(folder.path(), other); }).starts_with("missing_file:"));
    CHECK(pr::read_file(folder / "omniglot28_bits.npy") == bits);
    CHECK(folder.file_count() == 2);
}

TEST_CASE("alphabets that no class is of are left out, and the others numbered anew") {
    const test::temporary_folder folder;
    auto data = small();
    data.alphabets = {"Angelic", "Greek", "Hebrew", "Latin"};
    data.alphabet = {3, 1, 3};
    pr::write_packed_omniglot(folder.path(), data);
    const auto back = pr::read_omniglot(folder.path());
    CHECK(back.alphabets == std::vector<std::string>{"Greek", "Latin"});
    CHECK(back.alphabet == std::vector<std::size_t>{1, 0, 1});
}
