// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "pictures.hpp"
#include "temporary_folder.hpp"

#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>
#include <priori/io/image_folder.hpp>
#include <priori/task/few_shot.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pr = priori;
using test::refusal;
using test::temporary_folder;

TEST_CASE("a list of nothing is refused") {
    CHECK(refusal([] { pr::load_images({}); }) ==
          "bad_option: load_images: 0 images of 84 x 84 pixels are wanted; there must be one at least.");
    CHECK(refusal([] {
              pr::load_images({{"a"}, {}, {{"a.png", 0}}}, {.height = 0});
          }) == "bad_option: load_images: 1 images of 0 x 84 pixels are wanted; there must be one at least.");
}

TEST_CASE("a list whose numbers fit no class is refused before a file is looked at") {
    CHECK(refusal([] {
              pr::load_images({{"a"}, {}, {{"no/1.png", 0}, {"no/2.png", 7}}});
          }) ==
          "bad_value: load_images: the image '2.png' has the class 7, the list has 1 classes, counted from 0; "
          "correct the list.");
    CHECK(refusal([] {
              pr::load_images({{"a", "b"}, {0}, {{"1.png", 0}}});
          }) ==
          "mismatch: load_images: the list has 2 classes and a part for 1 of them; give each class its part, or "
          "none.");
    CHECK(refusal([] {
              pr::load_images({{"a", "b"}, {0, 3}, {{"1.png", 0}}});
          }) == "bad_value: load_images: the class 'b' has the part 3; 0 is training, 1 validation, 2 testing.");
}

TEST_CASE("sizes that no file or memory holds are refused before a file is looked at") {
    const auto refused = [](const pr::image_options& options) {
        return refusal([&] { pr::load_images({{"a"}, {}, {{"none.png", 0}}}, options); });
    };
    CHECK(refused({.height = 70000, .width = 1}) ==
          "bad_option: load_images: 1 images of 70000 x 1 pixels are wanted; sides go up to 65,536, images to 2^28 "
          "pixels.");
    CHECK(refused({.height = ~std::size_t{0}, .width = 2}).starts_with("bad_option:"));
    CHECK(refused({.height = 65536, .width = 65536}).starts_with("bad_option:"));
    pr::image_list many{{"a"}, {}, std::vector<pr::listed_image>(2000)};
    CHECK(refusal([&] { pr::load_images(many, {.height = 1u << 14, .width = 1u << 14}); }) ==
          "bad_option: load_images: 2000 images of 16384 x 16384 pixels are wanted; they would take more than 2^40 "
          "bytes.");
}

#if defined(PRIORI_PNG)

namespace {

constexpr pr::image_options grey4{.height = 4, .width = 4, .colour = pr::image_colour::grey};

std::string flat(std::size_t height, std::size_t width, int shade) {
    return test::grey_png(height, width, [&](std::size_t, std::size_t) { return shade; });
}

// Two classes of two images, each of one shade.
pr::image_list put_images(const temporary_folder& folder) {
    for (const char* name : {"ape", "bee"}) std::filesystem::create_directories(folder / name);
    folder.put("ape/1.png", flat(8, 8, 10));
    folder.put("ape/2.png", flat(5, 9, 20));
    folder.put("bee/1.png", flat(4, 4, 30));
    folder.put("bee/2.png", flat(1, 3, 40));
    return pr::list_image_folder(folder.path());
}

void require_shades(const pr::image_set& set, const std::vector<int>& shades) {
    REQUIRE(set.images.size() == 16 * shades.size());
    for (std::size_t i = 0; i < set.images.size(); ++i) REQUIRE(set.images[i] == shades[i / 16]);
}

}  // namespace

TEST_CASE("images of different sizes come in one size, and give episodes") {
    const temporary_folder folder;
    const auto loaded = pr::load_images(put_images(folder), grey4);
    CHECK(loaded.cache == pr::cache_use::none);
    require_shades(loaded.set, {10, 20, 30, 40});
    CHECK(loaded.set.labels == std::vector<std::int32_t>{0, 0, 1, 1});
    CHECK(loaded.set.class_names == std::vector<std::string>{"ape", "bee"});
    const auto data = loaded.set.data<pr::shape<4, 4>>();
    const pr::few_shot source(data, {0, 1},
                              pr::way_shot{.ways = pr::count<2>, .shots = pr::count<1>, .queries = pr::count<1>});
    CHECK(source.draw(pr::key{1}).query.inputs.data()[0] >= 10);
    const auto colour = pr::load_images(put_images(folder), {.height = 4, .width = 4});
    CHECK(colour.set.data<pr::shape<4, 4, 3>>().size() == 4);
}

TEST_CASE("the fit decides what becomes of an image of another form") {
    const temporary_folder folder;
    const auto bright_middle =
        test::grey_png(2, 6, [](std::size_t, std::size_t c) { return c == 2 || c == 3 ? 255 : 0; });
    const pr::image_list list{{"a"}, {}, {{folder.put("a.png", bright_middle), 0}}};
    pr::image_options options{
        .height = 2, .width = 2, .colour = pr::image_colour::grey, .filter = pr::resize_filter::area};
    CHECK(pr::load_images(list, options).set.images == std::vector<std::uint8_t>{85, 85, 85, 85});
    options.fit = pr::image_fit::middle_square;
    CHECK(pr::load_images(list, options).set.images == std::vector<std::uint8_t>{255, 255, 255, 255});
    options.fit = pr::image_fit::resize_then_crop;
    CHECK(pr::load_images(list, options).set.images == std::vector<std::uint8_t>{255, 255, 255, 255});
    options.shorter_side = 1;
    CHECK(refusal([&] { pr::load_images(list, options); }) ==
          "bad_option: load_images: a shorter_side of 1 is given for images of 2 x 2 pixels; take 2 or more, with the "
          "fit resize_then_crop, or leave it out.");
    options.shorter_side = 4;  // 4 x 12 pixels, bright in columns 4 to 7, of which 5 and 6 are cut
    CHECK(pr::load_images(list, options).set.images == std::vector<std::uint8_t>{255, 255, 255, 255});
    options.width = 4;
    options.shorter_side = 4;
    CHECK(pr::load_images(list, options).set.images == std::vector<std::uint8_t>(8, 255));
    options.shorter_side = 0;
    options.width = 6;  // 6 x 18, bright in columns 6 to 11
    CHECK(pr::load_images(list, options).set.images == std::vector<std::uint8_t>(12, 255));
    options.width = 2;
    options.shorter_side = 8;
    options.fit = pr::image_fit::squeeze;
    CHECK(refusal([&] { pr::load_images(list, options); }).find("a shorter_side of 8 is given") != std::string::npos);
    options.height = 2, options.shorter_side = 0;
    options.fit = pr::image_fit::exact;
    CHECK(refusal([&] { pr::load_images(list, options); }, folder.path().string()) ==
          "bad_shape: 'DIR/a.png': expected 2 x 2 pixels (height x width), found 2 x 6; resize the image or leave it "
          "out.");
}

TEST_CASE("a truncated image is refused with its file, and leaves no packed file") {
    const temporary_folder folder;
    const auto list = put_images(folder);
    const std::string whole = flat(8, 8, 10);
    folder.put("ape/1.png", whole.substr(0, 60));
    const auto packed = folder / "images.packed";
    CHECK(refusal([&] { pr::load_images(list, grey4, packed); }, folder.path().string()) ==
          "bad_file: 'DIR/ape/1.png' is cut off: the PNG image does not end within its 60 bytes; get the file anew.");
    CHECK(!std::filesystem::exists(packed));
}

TEST_CASE("the packed file is made once and used again, without a look into the images") {
    const temporary_folder folder;
    const temporary_folder other;
    const auto list = put_images(folder);
    const auto packed = other / "images.packed";
    CHECK(pr::load_images(list, grey4, packed).cache == pr::cache_use::made);
    const auto image = folder / "ape/1.png";
    const auto time = std::filesystem::last_write_time(image);
    folder.put("ape/1.png", std::string(pr::read_file(image).size(), 'x'));
    std::filesystem::last_write_time(image, time);
    const auto again = pr::load_images(list, grey4, packed);
    CHECK(again.cache == pr::cache_use::used);
    require_shades(again.set, {10, 20, 30, 40});
    CHECK(again.set.labels == std::vector<std::int32_t>{0, 0, 1, 1});
    CHECK(pr::read_image_set(packed).class_names == list.class_names);
}

TEST_CASE("a packed file of other options, other files or another split is made anew") {
    const temporary_folder folder;
    const temporary_folder other;
    auto list = put_images(folder);
    const auto packed = other / "images.packed";
    const auto use = [&](const pr::image_options& options) { return pr::load_images(list, options, packed).cache; };
    CHECK(use(grey4) == pr::cache_use::made);
    auto options = grey4;
    options.filter = pr::resize_filter::area;
    CHECK(use(options) == pr::cache_use::stale);
    CHECK(use(options) == pr::cache_use::used);
    options.fit = pr::image_fit::resize_then_crop;
    CHECK(use(options) == pr::cache_use::stale);
    options.shorter_side = 5;
    CHECK(use(options) == pr::cache_use::stale);
    CHECK(use(options) == pr::cache_use::used);
    CHECK(use(grey4) == pr::cache_use::stale);
    folder.put("bee/2.png", flat(2, 2, 77));
    const auto changed = pr::load_images(list, grey4, packed);
    CHECK(changed.cache == pr::cache_use::stale);
    require_shades(changed.set, {10, 20, 30, 77});
    list.part = {0, 2};
    CHECK(use(grey4) == pr::cache_use::stale);
    list.images.pop_back();
    CHECK(use(grey4) == pr::cache_use::stale);
    CHECK(use(grey4) == pr::cache_use::used);
}

TEST_CASE("a packed file that is cut off or damaged is noticed and made anew") {
    const temporary_folder folder;
    const temporary_folder other;
    const auto list = put_images(folder);
    const auto packed = other / "images.packed";
    pr::load_images(list, grey4, packed);
    const std::string whole = pr::read_file(packed);
    other.put("images.packed", whole.substr(0, whole.size() / 2));
    const auto cut = pr::load_images(list, grey4, packed);
    CHECK(cut.cache == pr::cache_use::damaged);
    require_shades(cut.set, {10, 20, 30, 40});
    CHECK(pr::read_file(packed) == whole);
    std::string changed = whole;
    changed[whole.size() - 10] ^= 1;
    other.put("images.packed", changed);
    CHECK(pr::load_images(list, grey4, packed).cache == pr::cache_use::damaged);
    CHECK(refusal([&] { pr::load_images(list, grey4, other.path()); }).starts_with("missing_file:"));
    other.put("train.csv", "filename,label\n");
    CHECK(refusal([&] { pr::load_images(list, grey4, other / "train.csv"); }, other.path().string()) ==
          "bad_file: 'DIR/train.csv' is no file of packed images, and would be written over; give another path for the "
          "cache, or remove it.");
    CHECK(pr::read_file(other / "train.csv") == "filename,label\n");
    other.put("short", "P");
    CHECK(refusal([&] { pr::load_images(list, grey4, other / "short"); }).starts_with("bad_file:"));
    CHECK(pr::read_file(other / "short") == "P");
    CHECK(pr::load_images(list, grey4, other.put("empty", "")).cache == pr::cache_use::damaged);
    CHECK(pr::read_file(other / "empty") == whole);
}

TEST_CASE("a place for the packed file that cannot be written is refused before an image is decoded") {
    const temporary_folder folder;
    const auto list = put_images(folder);
    folder.put("bee/2.png", "damaged");
    CHECK(refusal([&] { pr::load_images(list, grey4, folder / "none/x.packed"); }, folder.path().string()) ==
          "missing_file: 'DIR/none/x.packed' cannot be written: No such file or directory; check that the folder is "
          "there and may be written, and that the disk is not full.");
    CHECK(refusal([&] { pr::load_images(list, grey4, folder / "x.packed"); }).starts_with("bad_file:"));
    CHECK(folder.file_count() == 2);
}

#endif
