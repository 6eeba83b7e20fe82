// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/resize.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pr = priori;
using bytes = std::vector<std::uint8_t>;
using enum pr::resize_filter;
using test::refusal;

namespace {

// A picture with edges and ramps, 11 x 13.
pr::image pattern() {
    pr::image result{11, 13, 1, {}};
    for (unsigned r = 0; r < 11; ++r)
        for (unsigned c = 0; c < 13; ++c)
            result.pixels.push_back(static_cast<std::uint8_t>(r * r * 7 + c * c * c * 3 + r * c * 31));
    return result;
}

}  // namespace

TEST_CASE("images become smaller as Pillow 9.4 makes them, byte for byte") {
    CHECK(pr::resized(pattern(), 3, 4, nearest).pixels == bytes{41, 67, 255, 245, 77, 219, 135, 241, 81, 83, 239, 205});
    CHECK(pr::resized(pattern(), 3, 4, bilinear).pixels ==
          bytes{79, 121, 130, 149, 142, 131, 133, 132, 140, 101, 117, 129});
    CHECK(pr::resized(pattern(), 3, 4, bicubic).pixels ==
          bytes{72, 124, 131, 149, 145, 130, 135, 130, 143, 99, 113, 130});
    CHECK(pr::resized(pattern(), 3, 4, lanczos).pixels ==
          bytes{69, 127, 132, 148, 145, 134, 134, 125, 146, 97, 109, 134});
}

TEST_CASE("images become larger as Pillow 9.4 makes them, byte for byte") {
    const pr::image small{2, 3, 1, {0, 100, 255, 30, 60, 90}};
    CHECK(pr::resized(small, 4, 5, bilinear).pixels ==
          bytes{0, 40, 100, 193, 255, 8, 41, 90, 164, 214, 23, 42, 70, 107, 131, 30, 42, 60, 78, 90});
    CHECK(pr::resized(small, 4, 5, bicubic).pixels ==
          bytes{0, 27, 104, 216, 255, 6, 30, 92, 179, 221, 22, 37, 68, 107, 126, 30, 40, 56, 70, 78});
    CHECK(pr::resized(small, 4, 5, lanczos).pixels ==
          bytes{0, 13, 107, 237, 255, 7, 22, 91, 183, 217, 21, 32, 69, 114, 130, 33, 41, 53, 60, 63});
}

TEST_CASE("area is the mean over exactly the new pixel's area") {
    const pr::image line{1, 5, 1, {0, 100, 200, 100, 50}};
    // 2.5 pixels each: (0 + 100 + 200 / 2) / 2.5 and (200 / 2 + 100 + 50) / 2.5.
    CHECK(pr::resized(line, 1, 2, area).pixels == bytes{80, 100});
    const pr::image square{4, 4, 1, {0, 0, 8, 8, 0, 4, 8, 8, 1, 1, 2, 2, 1, 1, 2, 2}};
    CHECK(pr::resized(square, 2, 2, area).pixels == bytes{1, 8, 1, 2});
}

TEST_CASE("channels do not mix, one colour stays as it is, and the own size changes nothing") {
    pr::image colour{7, 5, 3, {}};
    for (std::size_t i = 0; i < 35; ++i) colour.pixels.insert(colour.pixels.end(), {10, 200, 255});
    for (const auto filter : {nearest, area, bilinear, bicubic, lanczos}) {
        const auto other = pr::resized(colour, 4, 9, filter);
        CHECK(other.channels == 3);
        REQUIRE(other.pixels.size() == 4 * 9 * 3);
        for (std::size_t i = 0; i < other.pixels.size(); ++i) REQUIRE(other.pixels[i] == colour.pixels[i % 3]);
        CHECK(pr::resized(pattern(), 11, 13, filter).pixels == pattern().pixels);
    }
}

TEST_CASE("sharp edges do not wrap around at black and white") {
    pr::image edges{1, 40, 1, bytes(40, 0)};
    std::fill(edges.pixels.begin() + 20, edges.pixels.end(), std::uint8_t{255});
    const auto small = pr::resized(edges, 1, 10, lanczos).pixels;
    CHECK(*std::max_element(small.begin(), small.begin() + 5) < 30);
    CHECK(*std::min_element(small.begin() + 5, small.end()) > 225);
}

TEST_CASE("the middle square is cut from the longer side") {
    const pr::image wide{2, 5, 1, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}};
    CHECK(pr::middle_square(wide).pixels == bytes{1, 2, 6, 7});
    const pr::image high{3, 1, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9}};
    CHECK(pr::middle_square(high).pixels == bytes{4, 5, 6});
}

TEST_CASE("an image whose shorter side is resized is cut in the middle as torchvision does, byte for byte") {
    CHECK(pr::resized_then_cropped(pattern(), 5, 3, 4, bilinear).pixels ==
          bytes{105, 114, 154, 107, 160, 138, 158, 130, 129, 108, 106, 100});
    pr::image turned{13, 11, 1, {}};  // to the left
    for (std::size_t r = 0; r < 13; ++r)
        for (std::size_t c = 0; c < 11; ++c) turned.pixels.push_back(pattern().pixels[c * 13 + 12 - r]);
    CHECK(pr::resized_then_cropped(turned, 6, 4, 3, lanczos).pixels ==
          bytes{134, 117, 119, 210, 143, 83, 88, 121, 80, 153, 140, 146});
}

TEST_CASE("where the middle lies between two pixels, the cut begins at the even one") {
    const auto first_column = [](std::size_t width) {
        pr::image line{2, width, 1, {}};
        for (std::size_t i = 0; i < 2 * width; ++i) line.pixels.push_back(static_cast<std::uint8_t>(i % width));
        const auto part = pr::resized_then_cropped(line, 2, 2, 2, bilinear);
        CHECK(part.pixels[1] == part.pixels[0] + 1);
        CHECK(part.pixels[2] == part.pixels[0]);
        return int(part.pixels[0]);
    };
    CHECK(first_column(2) == 0);
    CHECK(first_column(3) == 0);
    CHECK(first_column(5) == 2);
    CHECK(first_column(6) == 2);
    CHECK(first_column(7) == 2);
    CHECK(first_column(9) == 4);
}

TEST_CASE("a part of a resized image has the bytes that it has in the whole") {
    for (const auto filter : {pr::resize_filter::nearest, area, bilinear, bicubic, lanczos})
        for (const std::size_t side : {5u, 11u, 24u}) {
            const auto whole = pr::resized(pattern(), side, side * 13 / 11, filter);
            const auto part = pr::resized_then_cropped(pattern(), side, 3, 4, filter);
            const std::size_t top = pr::detail::margin(whole.height, 3);
            const std::size_t left = pr::detail::margin(whole.width, 4);
            CHECK(part.pixels == pr::detail::cut(whole, top, left, 3, 4).pixels);
        }
}

TEST_CASE("of an image of another form than any only the part that is kept is made") {
    const pr::image thread{60000, 1, 1, std::vector<std::uint8_t>(60000, 9)};
    const auto part = pr::resized_then_cropped(thread, 920, 84, 84, lanczos);  // the whole has 50,784,000,000 pixels
    CHECK(part.pixels == bytes(84 * 84, 9));
}

TEST_CASE("sizes that no memory holds are refused") {
    CHECK(refusal([] { pr::resized(pattern(), 1u << 20, 1u << 20, area); }) ==
          "bad_shape: resized: 1048576 x 1048576 pixels are wanted; there can be 2^30 at most.");
    CHECK(refusal([] { pr::resized(pattern(), ~std::size_t{0}, 2, area); }).starts_with("bad_shape:"));
    CHECK(
        refusal([] {
            pr::resized({1u << 20, 1, 1, bytes(1u << 20)}, 2, 1u << 11, area);
        }) ==
        "bad_shape: resized: from 1048576 x 1 pixels to 2 x 2048; more than 2^30 pixels would have to be made, take a "
        "smaller image or size.");
    CHECK(
        refusal([] { pr::resized_then_cropped(pattern(), std::size_t{1} << 60, 3, 3, area); }) ==
        "bad_shape: resized_then_cropped: an image of 11 x 13 pixels whose shorter side becomes 1152921504606846976 is "
        "too large; take a smaller side.");
}

TEST_CASE("sizes of zero are refused") {
    CHECK(refusal([] { pr::resized(pattern(), 0, 4, area); }) ==
          "bad_shape: resized: from 11 x 13 pixels to 0 x 4; both sizes have to be positive.");
    CHECK(refusal([] { pr::resized(pr::image{}, 2, 2, area); }) ==
          "bad_shape: resized: from 0 x 0 pixels to 2 x 2; both sizes have to be positive.");
    CHECK(refusal([] { pr::resized_then_cropped(pattern(), 5, 5, 6, bilinear); }) ==
          "bad_shape: resized_then_cropped: 5 x 6 pixels of 11 x 13, whose shorter side becomes 5; expected a part "
          "that is not empty and fits into it.");
}
