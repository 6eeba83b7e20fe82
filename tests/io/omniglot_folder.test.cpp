// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "pictures.hpp"
#include "temporary_folder.hpp"

#include <priori/io/omniglot_folder.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pr = priori;
using test::refusal;
using test::temporary_folder;

namespace {

// One bit a pixel, ink black, in the columns [begin, end).
std::string drawing(std::size_t begin, std::size_t end, std::size_t side = 105) {
    std::string row((side + 7) / 8, '\xff');
    for (std::size_t x = begin; x < end; ++x) row[x / 8] = static_cast<char>(row[x / 8] & ~(0x80 >> x % 8));
    std::string rows;
    for (std::size_t y = 0; y < side; ++y) rows += row;
    return test::png_bytes(side, side, rows, row.size(), {.depth = 1});
}

void put(const temporary_folder& folder, const std::string& name, const std::string& content) {
    std::filesystem::create_directories((folder / name).parent_path());
    folder.put(name, content);
}

// Two drawings of a character; the first has a stroke that begins at `column`.
void put_character(const temporary_folder& folder, const std::string& name, const std::string& number,
                   std::size_t column) {
    put(folder, name + "/" + number + "_01.png", drawing(column, column + 4));
    put(folder, name + "/" + number + "_02.png", drawing(0, 105));
}

void put_archive(const temporary_folder& folder) {
    put_character(folder, "images_evaluation/Tengwar/character01", "1300", 30);
    put_character(folder, "images_background/Latin/character02", "0700", 15);
    put_character(folder, "images_background/Latin/character01", "0701", 45);
    put_character(folder, "images_background/Bengali/character01", "0100", 0);
}

std::string refused(const temporary_folder& folder) {
    return refusal([&] { pr::read_omniglot_folder(folder.path()); }, folder.path().string());
}

}  // namespace

TEST_CASE("a character in both sets of the archive is refused with both folders") {
    const temporary_folder folder;
    put_archive(folder);
    put_character(folder, "images_evaluation/Latin/character02", "1301", 30);
    CHECK(refused(folder) ==
          "mismatch: 'DIR/images_evaluation/Latin/character02': the same character is in "
          "'DIR/images_background/Latin/character02', and would be trained on and tested on; unpack the archive anew.");
}

TEST_CASE("an archive that is not there, or has no characters, is refused") {
    const temporary_folder folder;
    CHECK(refused(folder) ==
          "missing_file: 'DIR/images_background' is not there; unpack images_background.zip of Omniglot's archive into "
          "'DIR'.");
    std::filesystem::create_directories(folder / "images_background");
    CHECK(refused(folder) ==
          "missing_file: 'DIR/images_evaluation' is not there; unpack images_evaluation.zip of Omniglot's archive into "
          "'DIR'.");
    std::filesystem::create_directories(folder / "images_evaluation");
    CHECK(refused(folder) ==
          "bad_file: 'DIR' holds no characters; expected images_background/<Alphabet>/character<NN>/*.png.");
}

TEST_CASE("missing drawings, other names, numbers twice and thresholds out of range are refused") {
    const temporary_folder folder;
    put_archive(folder);
    std::filesystem::remove(folder / "images_background/Latin/character01/0701_02.png");
    CHECK(
        refused(folder) ==
        "bad_file: 'DIR/images_background/Latin/character01': expected 2 drawings, found 1; unpack the archive anew.");
    put(folder, "images_background/Latin/character01/0701_02.png", drawing(1, 2));
    // The first of all: those that are whole are more, and set the number.
    std::filesystem::remove(folder / "images_background/Bengali/character01/0100_01.png");
    CHECK(refused(folder) ==
          "bad_file: 'DIR/images_background/Bengali/character01': expected 2 drawings, found 1; unpack the archive "
          "anew.");
    std::filesystem::remove(folder / "images_background/Bengali/character01/0100_02.png");
    CHECK(refused(folder) ==
          "bad_file: 'DIR/images_background/Bengali/character01': expected 2 drawings, found 0; unpack the archive "
          "anew.");
    put_character(folder, "images_background/Bengali/character01", "0100", 0);
    put_character(folder, "images_evaluation/Tengwar/character02", "0700", 3);
    CHECK(refused(folder) ==
          "mismatch: 'DIR': the characters 'Latin/character02' and 'Tengwar/character02' both have the number 700; "
          "unpack "
          "the archive anew.");
    put_character(folder, "images_evaluation/Atlantean/character01", "one", 3);
    CHECK(refused(folder) ==
          "bad_file: 'DIR/images_evaluation/Atlantean/character01/one_01.png': expected a name such as 0001_01.png.");
    CHECK(refusal([&] { pr::read_omniglot_folder(folder.path(), {.threshold = 0}); }) ==
          "bad_option: read_omniglot_folder: expected a threshold above 0 and at most 1, found 0.");
}

TEST_CASE("a drawing of another character is refused by the number in its name") {
    const temporary_folder folder;
    put_archive(folder);
    const std::string latin = "images_background/Latin/character01/";
    std::filesystem::rename(folder / (latin + "0701_02.png"), folder / (latin + "0702_03.png"));
    CHECK(
        refused(folder) ==
        "mismatch: 'DIR/images_background/Latin/character01/0702_03.png': the drawing has the number of the character "
        "702, those beside it are of 701; unpack the archive anew.");
    std::filesystem::rename(folder / (latin + "0702_03.png"), folder / (latin + "two.png"));
    CHECK(refused(folder) ==
          "bad_file: 'DIR/images_background/Latin/character01/two.png': expected a name such as 0001_01.png.");
}

#if defined(PRIORI_PNG)

TEST_CASE("the archive is read in the order of its numbers, with alphabets and splits") {
    const temporary_folder folder;
    put_archive(folder);
    const auto data = pr::read_omniglot_folder(folder.path());
    CHECK(data.class_count() == 4);
    CHECK(data.drawings == 2);
    CHECK(data.labels == std::vector<std::int32_t>{0, 0, 1, 1, 2, 2, 3, 3});
    CHECK(data.alphabets == std::vector<std::string>{"Bengali", "Latin", "Tengwar"});
    CHECK(data.alphabet == std::vector<std::size_t>{0, 1, 1, 2});
    CHECK(data.character == std::vector<std::string>{"character01", "character02", "character01", "character01"});
    using enum pr::omniglot_split;
    CHECK(data.split == std::vector<pr::omniglot_split>{validation, train, train, test});
    CHECK(data.evaluation == std::vector<std::uint8_t>{0, 0, 0, 1});
    // Stroke by stroke: the columns 0 .. 3, 15 .. 18 and so on; 3.75 columns each become one.
    for (std::size_t c = 0; c < 4; ++c) {
        const std::size_t ink = std::vector<std::size_t>{0, 4, 12, 8}[c];
        for (std::size_t i = 0; i < pr::omniglot_data::pixels; ++i) {
            REQUIRE(data.image(c, 0)[i] == (i % 28 == ink));
            REQUIRE(data.image(c, 1)[i] == 1);
        }
    }
    const temporary_folder packed;
    pr::write_packed_omniglot(packed.path(), data);
    CHECK(pr::read_omniglot(packed.path()).images == data.images);
}

TEST_CASE("the threshold is the share of ink of a pixel's area, and the filters reduce otherwise") {
    const temporary_folder folder;
    put_archive(folder);
    put(folder, "images_background/Bengali/character01/0100_01.png", drawing(0, 2));  // 2 of 3.75 columns: 0.533
    const auto first = [&](const pr::omniglot_reduction& reduction) {
        return static_cast<int>(pr::read_omniglot_folder(folder.path(), reduction).image(0, 0)[0]);
    };
    CHECK(first({.threshold = 0.53}) == 1);
    CHECK(first({.threshold = 0.54}) == 0);
    CHECK(first({.filter = pr::resize_filter::nearest}) == 1);  // the middle is column 1
    CHECK(first({.filter = pr::resize_filter::lanczos, .threshold = 0.5}) == 1);
    CHECK(first({.filter = pr::resize_filter::lanczos, .threshold = 0.9}) == 0);
}

TEST_CASE("a truncated drawing and one of another size are refused with their file") {
    const temporary_folder folder;
    put_archive(folder);
    const std::string name = "images_background/Latin/character01/0701_02.png";
    put(folder, name, drawing(1, 2).substr(0, 100));
    CHECK(refused(folder) == "bad_file: 'DIR/" + name +
                                 "' is cut off: the PNG image does not end within its 100 bytes; get the file anew.");
    put(folder, name, drawing(1, 2, 28));
    CHECK(refused(folder) == "bad_shape: 'DIR/" + name +
                                 "': expected 105 x 105 pixels (height x width), found 28 x 28; resize the image or "
                                 "leave it out.");
}

#endif
