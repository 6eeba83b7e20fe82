// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>
#include <priori/io/image_set.hpp>
#include <priori/task/few_shot.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pr = priori;
using test::refusal;

namespace {

// Three classes of two images of 2 x 1, grey.
pr::image_set small() {
    return {2, 1, 1, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255}, {0, 1, 2, 2, 1, 0}, {"ape", "bee", "cat"}, {0, 2, 1}};
}

std::string refused(const std::string& bytes) {
    return refusal([&] { pr::parse_image_set(bytes, "a.packed"); });
}

}  // namespace

TEST_CASE("packed images are read back as they were written") {
    const test::temporary_folder folder;
    auto set = small();
    for (const bool has_split : {true, false}) {
        if (!has_split) set.part.clear();
        pr::write_image_set(folder / "a.packed", set);
        const auto back = pr::read_image_set(folder / "a.packed");
        CHECK(back.height == 2);
        CHECK(back.width == 1);
        CHECK(back.channels == 1);
        CHECK(back.images == set.images);
        CHECK(back.labels == set.labels);
        CHECK(back.class_names == set.class_names);
        CHECK(back.part == set.part);
    }
}

TEST_CASE("an image_set is data for few_shot, with its split") {
    const auto set = small();
    const auto split = set.split();
    CHECK(split.train == std::vector<std::size_t>{0});
    CHECK(split.validation == std::vector<std::size_t>{2});
    CHECK(split.test == std::vector<std::size_t>{1});
    const auto data = set.data<pr::shape<2, 1>>();
    const pr::few_shot source(data, {0, 1, 2},
                              pr::way_shot{.ways = pr::count<3>, .shots = pr::count<1>, .queries = pr::count<1>});
    CHECK(source.draw(pr::key{1}).support.inputs.size() == 6);
    CHECK(set.data<pr::shape<2, 1, 1>>().class_count() == 3);
}

TEST_CASE("a class with fewer images than shots and queries is refused") {
    const auto set = small();
    const auto data = set.data<pr::shape<2, 1>>();
    const pr::way_shot sizes{.ways = pr::count<3>, .shots = pr::count<1>, .queries = pr::count<2>};
    CHECK(refusal([&] {
              pr::few_shot(data, {0, 1, 2}, sizes);
          }) ==
          "mismatch: few_shot: class 0 ('ape') has 2 examples, an episode takes 1 + 2 of each class; take fewer, or "
          "leave the class out of the list.");
    auto nameless = small();
    nameless.class_names.clear();
    CHECK(nameless.data<pr::shape<2, 1>>().shown_class(2) == "class 2");
}

TEST_CASE("another shape, and a split that is not there, are refused") {
    auto set = small();
    CHECK(refusal([&] { set.data<pr::shape<1, 2>>(); }) ==
          "bad_shape: image_set: expected images of the shape (1, 2), these have (2, 1); load them with that height, "
          "width and colour.");
    CHECK(refusal([&] { set.data<pr::shape<2, 1, 3>>(); })
              .starts_with("bad_shape: image_set: expected images of the "
                           "shape (2, 1, 3), these have (2, 1, 1);"));
    set.part.clear();
    CHECK(refusal([&] { set.split(); }) ==
          "bad_option: image_set: these images came without a split; divide their classes with random_split.");
}

TEST_CASE("a packed file cut off after any byte, or longer, is refused") {
    const std::string whole = pr::image_set_bytes(small());
    CHECK(refused(whole.substr(0, whole.size() - 1)) ==
          "bad_file: 'a.packed' is cut off: the packed images do not end within its " +
              std::to_string(whole.size() - 1) + " bytes; make it anew.");
    for (std::size_t length = 1; length < whole.size(); ++length)
        REQUIRE(refused(whole.substr(0, length)).starts_with("bad_file: 'a.packed' is cut off"));
    CHECK(refused("") ==
          "bad_file: 'a.packed', offset 0: expected the magic PRIORIIM; this is no file of packed images.");
    CHECK(refused(whole + "x") == "bad_file: 'a.packed', offset " + std::to_string(whole.size()) +
                                      ": there are 1 bytes too many; make it anew.");
}

TEST_CASE("every change of a byte of a packed file is noticed") {
    const std::string whole = pr::image_set_bytes(small());
    for (std::size_t i = 0; i < whole.size(); ++i)
        for (const int bits : {1, 64, 255}) {
            std::string changed = whole;
            changed[i] = static_cast<char>(changed[i] ^ bits);
            REQUIRE(refused(changed).starts_with("bad_file: 'a.packed'"));
        }
    std::string changed = whole;
    changed[whole.size() - 5] ^= 1;
    CHECK(refused(changed) == "bad_file: 'a.packed', offset " + std::to_string(whole.size() - 4) +
                                  ": the checksum is not that of the file, so it is damaged; make it anew.");
    changed = whole;
    changed[8] = 2;
    CHECK(refused(changed) ==
          "bad_file: 'a.packed', offset 8: expected version 1 of packed images, found 2; make it anew.");
    CHECK(refused("\x93NUMPY") ==
          "bad_file: 'a.packed', offset 0: expected the magic PRIORIIM; this is no file of packed images.");
}

TEST_CASE("a set that does not fit together is not written") {
    auto set = small();
    set.part[0] = 3;
    CHECK(refusal([&] { pr::image_set_bytes(set); }).find("do not fit together") != std::string::npos);
    set = small();
    set.channels = 2;
    CHECK(refusal([&] { pr::image_set_bytes(set); }).ends_with("sides go up to 65,536, channels are 1 or 3."));
    set = small();
    set.labels.back() = 3;
    CHECK(
        refusal([&] { pr::image_set_bytes(set); }) ==
        "mismatch: image_set_bytes: images, labels, class names and parts do not fit together; each image takes height "
        "x width x channels bytes and a label below the number of classes; all classes or none have a part from 0 to "
        "2.");
    set = small();
    set.images.pop_back();
    CHECK(refusal([&] { pr::image_set_bytes(set); }).starts_with("mismatch: image_set_bytes:"));
    set = small();
    set.part.pop_back();
    CHECK(refusal([&] { pr::image_set_bytes(set); }).starts_with("mismatch: image_set_bytes:"));
}
