// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "pictures.hpp"
#include "temporary_folder.hpp"

#include <priori/io/image.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#if defined(PRIORI_JPEG)
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>
#endif

namespace pr = priori;
using bytes = std::vector<std::uint8_t>;
using pr::image_colour;
using test::refusal;

namespace {

std::string refused(const std::string& content) {
    return refusal([&] { pr::parse_image(content, "a.png", image_colour::grey); });
}

[[maybe_unused]] bytes grey_of(const std::string& content) {
    return pr::parse_image(content, "a.png", image_colour::grey).pixels;
}
[[maybe_unused]] bytes rgb_of(const std::string& content) {
    return pr::parse_image(content, "a.png", image_colour::rgb).pixels;
}

const std::string small = test::png_bytes(3, 2, std::string("\0\1\2\200\376\377", 6), 3);

}  // namespace

TEST_CASE("what is neither PNG nor JPEG is refused with how it begins") {
    CHECK(refused("") == "bad_file: 'a.png' is empty; expected a PNG or JPEG image, get the file anew.");
    CHECK(refused("GIF89a") ==
          "bad_file: 'a.png': expected a PNG or JPEG image, found a file that begins with 47 49 46 38; convert it to "
          "PNG.");
    CHECK(refused("\x89P") ==
          "bad_file: 'a.png': expected a PNG or JPEG image, found a file that begins with 89 50; convert it to PNG.");
    const test::temporary_folder folder;
    CHECK(refusal([&] { pr::read_image(folder / "b.png", image_colour::rgb); }, folder.path().string()) ==
          "missing_file: 'DIR/b.png' cannot be opened: No such file or directory; check the path.");
}

TEST_CASE("an image of another size than is wanted is refused") {
    const pr::image found{105, 100, 1, bytes(10500)};
    CHECK(
        refusal([&] { pr::require_size(found, 105, 105, "a.png"); }) ==
        "bad_shape: 'a.png': expected 105 x 105 pixels (height x width), found 105 x 100; resize the image or leave it "
        "out.");
    CHECK(refusal([&] { pr::require_size(found, 105, 100, "a.png"); }).empty());
}

#if defined(PRIORI_PNG)

TEST_CASE("a grey PNG is read as it is, and in colour as three equal channels") {
    const auto image = pr::parse_image(small, "a.png", image_colour::grey);
    CHECK(image.height == 2);
    CHECK(image.width == 3);
    CHECK(image.channels == 1);
    CHECK(image.pixels == bytes{0, 1, 2, 128, 254, 255});
    CHECK(rgb_of(small) == bytes{0, 0, 0, 1, 1, 1, 2, 2, 2, 128, 128, 128, 254, 254, 254, 255, 255, 255});
    const test::temporary_folder folder;
    CHECK(pr::read_image(folder.put("a.png", small), image_colour::grey).pixels == image.pixels);
}

TEST_CASE("PNGs of 1, 2, 4 and 16 bits, palettes, alpha and interlaced rows are read") {
    CHECK(grey_of(test::png_bytes(10, 1, "\xa5\x40", 2, {.depth = 1})) ==
          bytes{255, 0, 255, 0, 0, 255, 0, 255, 0, 255});
    CHECK(grey_of(test::png_bytes(4, 1, "\x1b", 1, {.depth = 2})) == bytes{0, 85, 170, 255});
    CHECK(grey_of(test::png_bytes(2, 1, "\x3f", 1, {.depth = 4})) == bytes{51, 255});
    CHECK(grey_of(test::png_bytes(2, 1, std::string("\xff\xff\x01\x00", 4), 4, {.depth = 16})) == bytes{255, 1});
    const std::string palette = test::png_chunk("PLTE", std::string("\0\0\0\xff\0\0\0\xff\0", 9));
    CHECK(rgb_of(test::png_bytes(3, 1, std::string("\2\0\1", 3), 3, {.colour = 3, .before_pixels = palette})) ==
          bytes{0, 255, 0, 0, 0, 0, 255, 0, 0});
    CHECK(grey_of(test::png_bytes(2, 1, std::string("\x10\0\x20\xff", 4), 4, {.colour = 4})) == bytes{16, 32});
    CHECK(rgb_of(test::png_bytes(1, 1, std::string("\1\2\3\0", 4), 4, {.colour = 6})) == bytes{1, 2, 3});
    // Adam7 on 2 x 2: the first pixel, then the second of the first row (pass 6), then the second row (pass 7).
    std::string interlaced = "\x89PNG\r\n\x1a\n";
    interlaced += test::png_chunk("IHDR", test::big_endian(2) + test::big_endian(2) + std::string("\x8\0\0\0\1", 5));
    interlaced += test::png_chunk("IDAT", test::stored_stream(std::string("\0\1\0\2\0\3\4", 7)));
    interlaced += test::png_chunk("IEND", "");
    CHECK(grey_of(interlaced) == bytes{1, 2, 3, 4});
}

TEST_CASE("a pixel of a colour that the palette lacks is refused, and transparency of a palette dropped") {
    const std::string palette = test::png_chunk("PLTE", "abcdef") + test::png_chunk("tRNS", "\x01");
    CHECK(rgb_of(test::png_bytes(2, 2, std::string("\0\1\0\1", 4), 2, {.colour = 3, .before_pixels = palette})) ==
          bytes{'a', 'b', 'c', 'd', 'e', 'f', 'a', 'b', 'c', 'd', 'e', 'f'});
    CHECK(rgb_of(test::png_bytes(3, 1, "\x40", 1, {.depth = 1, .colour = 3, .before_pixels = palette})) ==
          bytes{'a', 'b', 'c', 'd', 'e', 'f', 'a', 'b', 'c'});
    const std::string beyond =
        test::png_bytes(2, 2, std::string("\0\7\0\1", 4), 2, {.colour = 3, .before_pixels = palette});
    CHECK(refused(beyond) == "bad_file: 'a.png', offset " + std::to_string(beyond.size()) +
                                 ": the PNG image is damaged (a pixel has a colour that the palette lacks); get the "
                                 "file anew.");
}

TEST_CASE("a PNG with more pixels than its header says is refused") {
    CHECK(refused(test::png_bytes(2, 3, "abcdef", 2)).empty());
    CHECK(refused(test::png_bytes(2, 3, "abcdefgh", 2)).starts_with("bad_file: 'a.png', offset "));
    CHECK(refused(test::png_bytes(2, 3, "abcdefghijklmnopqrstuvwxyz", 2)).starts_with("bad_file: 'a.png', offset "));
}

TEST_CASE("colours become grey by the luma of ITU-R BT.601") {
    const std::string rows("\xff\0\0\0\xff\0\0\0\xff\xff\xff\xff", 12);
    CHECK(grey_of(test::png_bytes(4, 1, rows, 12, {.colour = 2})) == bytes{76, 150, 29, 255});
}

TEST_CASE("a gamma chunk changes no pixel") {
    const std::string gamma = test::png_chunk("gAMA", test::big_endian(100000));
    CHECK(grey_of(test::png_bytes(2, 1, "\x20\x80", 2, {.before_pixels = gamma})) == bytes{32, 128});
}

TEST_CASE("a PNG cut off after any byte is refused, and says so") {
    CHECK(refused(small.substr(0, small.size() - 1)) ==
          "bad_file: 'a.png' is cut off: the PNG image does not end within its " + std::to_string(small.size() - 1) +
              " bytes; get the file anew.");
    for (std::size_t length = 8; length < small.size(); ++length)
        REQUIRE(refused(small.substr(0, length)).starts_with("bad_file: 'a.png' is cut off: the PNG image"));
}

TEST_CASE("a damaged PNG is refused with its place, and no change of one byte does harm") {
    std::string changed = small;
    changed[50] ^= 1;  // in the pixels' chunk
    CHECK(refused(changed).starts_with("bad_file: 'a.png', offset "));
    CHECK(refused(changed).ends_with("; get the file anew."));
    for (std::size_t i = 8; i < small.size(); ++i)
        for (const int bits : {1, 16, 128, 255}) {
            changed = small;
            changed[i] = static_cast<char>(changed[i] ^ bits);
            refused(changed);
        }
    const std::string few = test::png_bytes(3, 3, std::string("\0\1\2\200\376\377", 6), 3);
    CHECK(refused(few).starts_with("bad_file: 'a.png', offset "));
}

TEST_CASE("a PNG of too many pixels is refused before memory is taken for them") {
    CHECK(refused(test::png_bytes(100000, 100000, "", 1)) ==
          "bad_file: 'a.png': an image of 100000 x 100000 pixels is not read; give one of 1 to 2^28 pixels.");
}

#else

TEST_CASE("without libpng a PNG is refused with what to install") {
    CHECK(refused(small) ==
          "bad_option: 'a.png' is a PNG image, and this program was built without libpng; install libpng-dev, link the "
          "CMake target priori::io and build it anew.");
}

#endif

#if defined(PRIORI_JPEG)

namespace {

// A JPEG of one colour space, all pixels alike but for a brighter last row.
std::string jpeg(J_COLOR_SPACE space, const bytes& pixel, int side = 16, bool progressive = false) {
    jpeg_compress_struct state{};
    jpeg_error_mgr errors{};
    state.err = jpeg_std_error(&errors);
    jpeg_create_compress(&state);
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&state, &memory, &size);
    state.image_width = state.image_height = static_cast<JDIMENSION>(side);
    state.input_components = static_cast<int>(pixel.size());
    state.in_color_space = space;
    jpeg_set_defaults(&state);
    jpeg_set_quality(&state, 100, TRUE);
    if (progressive) jpeg_simple_progression(&state);
    jpeg_start_compress(&state, TRUE);
    bytes row;
    for (int i = 0; i < side; ++i) row.insert(row.end(), pixel.begin(), pixel.end());
    JSAMPROW rows[1] = {row.data()};
    for (int i = 0; i < side; ++i) jpeg_write_scanlines(&state, rows, 1);
    jpeg_finish_compress(&state);
    jpeg_destroy_compress(&state);
    std::string result(reinterpret_cast<char*>(memory), size);
    std::free(memory);
    return result;
}

void require_near(const bytes& found, const bytes& pixel) {
    REQUIRE(found.size() % pixel.size() == 0);
    for (std::size_t i = 0; i < found.size(); ++i) REQUIRE(std::abs(found[i] - pixel[i % pixel.size()]) <= 2);
}

}  // namespace

TEST_CASE("grey, colour, progressive and CMYK JPEGs are read") {
    const auto grey = pr::parse_image(jpeg(JCS_GRAYSCALE, {200}), "a.jpg", image_colour::grey);
    CHECK(grey.height == 16);
    CHECK(grey.channels == 1);
    require_near(grey.pixels, {200});
    require_near(rgb_of(jpeg(JCS_RGB, {10, 100, 200})), {10, 100, 200});
    require_near(rgb_of(jpeg(JCS_RGB, {10, 100, 200}, 40, true)), {10, 100, 200});
    require_near(rgb_of(jpeg(JCS_GRAYSCALE, {90})), {90, 90, 90});
    require_near(grey_of(jpeg(JCS_RGB, {255, 0, 0})), {76});
    // libjpeg writes CMYK with Adobe's marker: 255 is no ink.
    require_near(rgb_of(jpeg(JCS_CMYK, {255, 128, 0, 255})), {255, 128, 0});
    require_near(rgb_of(jpeg(JCS_CMYK, {255, 128, 0, 128})), {128, 64, 0});
}

TEST_CASE("a JPEG cut off after any byte is refused, whether in its header or its pixels") {
    for (const bool progressive : {false, true}) {
        const std::string whole = jpeg(JCS_RGB, {10, 100, 200}, 24, progressive);
        CHECK(refused(whole.substr(0, whole.size() - 3)) ==
              "bad_file: 'a.png' is cut off: the JPEG image does not end within its " +
                  std::to_string(whole.size() - 3) + " bytes; get the file anew.");
        for (std::size_t length = 3; length < whole.size(); ++length)
            REQUIRE(refused(whole.substr(0, length)).starts_with("bad_file: 'a.png'"));
    }
}

TEST_CASE("no change of one byte of a JPEG does harm") {
    const std::string whole = jpeg(JCS_RGB, {10, 100, 200});
    for (std::size_t i = 3; i < whole.size(); ++i) {
        std::string changed = whole;
        changed[i] = static_cast<char>(~changed[i]);
        refused(changed);
    }
    CHECK(refused("\xff\xd8\xff\xe0 no").starts_with("bad_file: 'a.png'"));
}

#else

TEST_CASE("without libjpeg a JPEG is refused with what to install") {
    CHECK(refused("\xff\xd8\xff\xe0") ==
          "bad_option: 'a.png' is a JPEG image, and this program was built without libjpeg; install libjpeg-dev, link "
          "the CMake target priori::io and build it anew.");
}

#endif
