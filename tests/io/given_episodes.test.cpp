// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "pictures.hpp"
#include "temporary_folder.hpp"

#include <priori/core/shape.hpp>
#include <priori/io/given_episodes.hpp>
#include <priori/io/image_folder.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/labelled_data.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace pr = priori;
using test::refusal;
using names = std::vector<std::string>;

namespace {

const std::string header = "episode,role,label,image\n";

// Two episodes of 2 ways and 2 shots, their rows mixed.
const std::string two = header +
                        "a,query,cat,9\na,support,dog,0\nb,support,x,5\na,support,dog,1\na,support,cat,2\n"
                        "a,support,cat,3\nb,support,y,6\nb,support,y,7\nb,support,x,4\nb,query,y,8\na,query,dog,8\n"
                        "a,query,dog,7\n";

std::string refused(const std::string& text, std::size_t ways = 2, std::size_t shots = 1) {
    return refusal([&] { pr::parse_given_episodes(text, "e.csv", ways, shots); });
}

std::vector<std::size_t> images_of(const std::vector<pr::given_image>& rows) {
    std::vector<std::size_t> result;
    for (const auto& row : rows) result.push_back(row.image);
    return result;
}

}  // namespace

TEST_CASE("episodes are gathered by name, their support interleaved by label, their queries in order") {
    auto given = pr::parse_given_episodes(two, "e.csv", 2, 2);
    pr::use_indices(given, 10);
    REQUIRE(given.episodes.size() == 2);
    const auto& a = given.episodes[0];
    CHECK(a.name == "a");
    CHECK(a.labels == names{"dog", "cat"});
    CHECK(images_of(a.support) == std::vector<std::size_t>{0, 2, 1, 3});
    CHECK(images_of(a.query) == std::vector<std::size_t>{9, 8, 7});
    CHECK(a.query[0].label == 1);
    CHECK(a.query[1].label == 0);
    CHECK(a.query[0].line == 2);
    for (std::size_t i = 0; i < 4; ++i) CHECK(a.support[i].label == i % 2);
    CHECK(given.episodes[1].labels == names{"x", "y"});
    CHECK(images_of(given.episodes[1].support) == std::vector<std::size_t>{5, 6, 4, 7});
}

TEST_CASE("batches are filled as few_shot fills them, queries in portions") {
    auto given = pr::parse_given_episodes(two, "e.csv", 2, 2);
    pr::use_indices(given, 10);
    std::vector<std::uint8_t> pixels(20);
    for (std::size_t i = 0; i < 20; ++i) pixels[i] = static_cast<std::uint8_t>(i);
    const pr::labelled_data data(pr::shape<2>{}, pixels, std::vector<int>(10, 0));
    pr::episode_of<float, pr::shape<2>, pr::labels<2>, 4, 2> to;
    const pr::given_episode& a = given.episodes[0];
    const pr::few_shot_options half{.scale = 0.5, .offset = 1};
    pr::fill_support(a, data, to.support, half);
    const std::vector<float> expected{1, 1.5f, 3, 3.5f, 2, 2.5f, 4, 4.5f};
    for (std::size_t i = 0; i < 8; ++i) CHECK(to.support.inputs.data()[i] == expected[i]);
    for (std::size_t i = 0; i < 4; ++i) CHECK(to.support.targets.data()[i] == static_cast<int>(i % 2));
    CHECK(pr::fill_queries(a, 0, data, to.query) == 2);
    CHECK(to.query.inputs.data()[0] == 18);
    CHECK(to.query.targets.data()[0] == 1);
    CHECK(pr::fill_queries(a, 2, data, to.query) == 1);
    CHECK(to.query.inputs.data()[0] == 14);
    CHECK(to.query.inputs.data()[2] == 14);
    CHECK(pr::fill_queries(a, 3, data, to.query) == 0);
    pr::episode_of<float, pr::shape<2>, pr::labels<2>, 2, 2> other;
    CHECK(refusal([&] { pr::fill_support(a, data, other.support); }) ==
          "mismatch: fill_support: the episode has 2 ways and 4 support images, the batch 2 and 2; read the file with "
          "the "
          "learner's sizes.");
}

TEST_CASE("an unknown label in the query is refused with its line") {
    CHECK(
        refused(header + "e,support,cat,1\ne,support,dog,2\ne,query,cow,3\n") ==
        "bad_value: 'e.csv', line 4, column 'label': no support image of the episode 'e' has the query's label 'cow'; "
        "its labels are 'cat' and 'dog'.");
    CHECK(refused(header + "e,query,cow,3\n").ends_with("its labels are none."));
}

TEST_CASE("unequal shots, other ways and episodes without a query are refused with where they begin") {
    CHECK(
        refused(header + "e,support,cat,1\ne,support,dog,2\ne,support,dog,4\ne,query,cat,3\n") ==
        "bad_file: 'e.csv', line 2: the episode 'e' has 2 support images of the label 'dog', expected 1 (the shots) of "
        "each.");
    CHECK(refused(header + "e,support,cat,1\ne,support,dog,2\ne,query,cat,3\nf,support,cat,1\nf,query,cat,1\n") ==
          "bad_file: 'e.csv', line 5: the episode 'f' has support images of 1 labels, expected 2 (the ways).");
    CHECK(refused(header + "e,support,cat,1\ne,support,dog,2\n") ==
          "bad_file: 'e.csv', line 2: the episode 'e' has no query image.");
}

TEST_CASE("a number of shots that no file can have is refused as any other") {
    const std::string rows = header + "e,support,cat,1\ne,support,dog,2\ne,query,cat,3\n";
    for (const std::size_t shots : {std::size_t{1} << 63, std::size_t{1} << 40, ~std::size_t{0}})
        CHECK(refused(rows, 2, shots) ==
              "bad_file: 'e.csv', line 2: the episode 'e' has 1 support images of the label 'cat', expected " +
                  std::to_string(shots) + " (the shots) of each.");
}

TEST_CASE("another role, missing columns and rows without a text are refused") {
    CHECK(refused(header + "e,train,cat,1\n") ==
          "bad_value: 'e.csv', line 2, column 'role': expected support or query, found 'train'.");
    CHECK(refused("episode,role,label\ne,query,cat\n") ==
          "mismatch: 'e.csv' has no column 'image'; its columns are 'episode', 'role' and 'label'.");
    CHECK(
        refused(header + "e,support,cat,\n") ==
        "bad_value: 'e.csv', line 2, column 'image': expected a text, found an empty cell; correct or remove the row.");
}

TEST_CASE("an index that is none, or of no image, is refused with its line") {
    for (const std::string bad : {"10", "-1", "1.5", "a.png", "99999999999999999999"}) {
        auto given = pr::parse_given_episodes(header + "e,support,cat,1\ne,support,dog,2\ne,query,cat," + bad + "\n",
                                              "e.csv", 2, 1);
        CHECK(refusal([&] { pr::use_indices(given, 10); }) ==
              "bad_value: 'e.csv', line 4, column 'image': expected the number of an image, from 0 to 9, found '" +
                  bad + "'.");
    }
}

TEST_CASE("what is given is not asked for, and is given once") {
    CHECK(refused(header + "e,support,cat,1\ne,support,dog,2\ne,query,cat,1\n") ==
          "bad_value: 'e.csv', line 4, column 'image': '1' is a support image of the episode 'e' in line 2 already; give "
          "each image once, for support or as a query.");
    CHECK(refused(header + "e,query,dog,5\ne,support,cat,5\ne,support,dog,2\n")
              .starts_with("bad_value: 'e.csv', line 3, column 'image': '5' is a support image of the episode"));
    CHECK(refused(header + "e,support,cat,1\ne,support,dog,2\ne,support,cat,1\ne,support,dog,3\ne,query,cat,9\n", 2, 2)
              .starts_with("bad_value: 'e.csv', line 4, column 'image': '1' is a support image"));
    CHECK(refused(header + "e,support,cat,1\ne,support,dog,2\ne,query,cat,3\ne,query,cat,3\nf,support,cat,3\n"
                           "f,support,dog,4\nf,query,cat,1\n")
              .empty());
}

TEST_CASE("what is given is not asked for in another spelling either") {
    CHECK(refused(header + "e,support,cat,a.png\ne,support,dog,b.png\ne,query,cat,./x/../a.png\n") ==
          "bad_value: 'e.csv', line 4, column 'image': './x/../a.png' is a support image of the episode 'e' in line 2 "
          "already; give each image once, for support or as a query.");
    CHECK(refused(header + "e,support,cat,x//a.png\ne,support,dog,x/a.png\ne,query,cat,b.png\n")
              .starts_with("bad_value: 'e.csv', line 3, column 'image': 'x/a.png' is a support image"));
    auto given = pr::parse_given_episodes(header + "e,support,cat,0\ne,support,dog,2\ne,query,cat,00\n", "e.csv", 2, 1);
    CHECK(refusal([&] { pr::use_indices(given, 10); }) ==
          "bad_value: 'e.csv', line 4, column 'image': '00' is a support image of the episode 'e' in line 2 already; "
          "give each image once, for support or as a query.");
    CHECK(!given.has_indices);
    CHECK(images_of(given.episodes[0].query) == std::vector<std::size_t>{2});
}

TEST_CASE("what is asked for twice has one label") {
    CHECK(refused(header + "e,support,cat,a.png\ne,support,dog,b.png\ne,query,cat,c.png\ne,query,dog,./c.png\n") ==
          "bad_value: 'e.csv', line 5, column 'label': './c.png' is asked for in line 4 as 'cat' and here as 'dog'; give "
          "an image one label.");
    CHECK(refused(header + "e,support,cat,a.png\ne,support,dog,b.png\ne,query,cat,c.png\ne,query,cat,c.png\n").empty());
}

TEST_CASE("other columns are not read, whatever they hold") {
    const auto given = pr::parse_given_episodes("note,episode,role,label,image,weight\nfirst,e,support,cat,1,\n"
                                                ",e,support,dog,2,high\nlast,e,query,cat,3,0.5\n",
                                                "e.csv", 2, 1);
    CHECK(given.images == names{"1", "2", "3"});
    CHECK(given.episodes[0].labels == names{"cat", "dog"});
}

TEST_CASE("numbers of examples are taken once, wholly or not, and are no paths") {
    auto given = pr::parse_given_episodes(header + "e,support,cat,1\ne,support,dog,2\ne,query,cat,30\n", "e.csv", 2, 1);
    CHECK(refusal([&] { pr::use_indices(given, 0); }) ==
          "bad_option: use_indices: the data has no examples; give other data.");
    CHECK(refusal([&] { pr::use_indices(given, 10); }).starts_with("bad_value: 'e.csv', line 4"));
    pr::use_indices(given, 40);
    CHECK(images_of(given.episodes[0].query) == std::vector<std::size_t>{30});
    CHECK(refusal([&] { pr::use_indices(given, 40); }) ==
          "bad_option: use_indices: the images are numbers of examples already; call it once.");
    CHECK(refusal([&] { pr::list_given_images(given, "."); }) ==
          "bad_option: list_given_images: the images are numbers of examples, not paths; read the episodes anew, without "
          "use_indices.");
}

TEST_CASE("episodes of numbers are filled after use_indices only, and from data that has the image") {
    const std::string rows = header + "e,support,cat,9\ne,support,dog,8\ne,query,cat,7\ne,query,cat,0\n";
    auto given = pr::parse_given_episodes(rows, "e.csv", 2, 1);
    const std::vector<float> pixels(10);
    const pr::labelled_data data(pr::shape<1>{}, pixels, std::vector<int>(10, 0));
    const pr::labelled_data fewer(pr::shape<1>{}, std::span(pixels).first(8), std::vector<int>(8, 0));
    pr::episode_of<float, pr::shape<1>, pr::labels<2>, 2, 2> to;
    CHECK(refusal([&] { pr::fill_support(given.episodes[0], data, to.support); }) ==
          "bad_option: fill_support: the episode 'e' has numbers of examples that are not looked up yet; call "
          "use_indices with the number of examples first.");
    CHECK(refusal([&] {
              pr::fill_queries(given.episodes[0], 0, data, to.query);
          }).starts_with("bad_option: fill_queries: the episode 'e' has numbers"));
    pr::use_indices(given, 10);
    pr::fill_support(given.episodes[0], data, to.support);
    CHECK(refusal([&] { pr::fill_support(given.episodes[0], fewer, to.support); }) ==
          "mismatch: fill_support: the episode 'e' has the image 9, the data has 8 examples, counted from 0; give the "
          "data that the episodes are of.");
    CHECK(pr::fill_queries(given.episodes[0], 0, fewer, to.query) == 2);
    given.episodes[0].query[1].index = given.episodes[0].query[1].image = 8;
    CHECK(refusal([&] { pr::fill_queries(given.episodes[0], 0, fewer, to.query); }).starts_with("mismatch:"));
}

TEST_CASE("episodes of paths are filled from as many images as they name") {
    const auto given =
        pr::parse_given_episodes(header + "e,support,cat,a.png\ne,support,dog,1\ne,query,cat,b.png\n", "e.csv", 2, 1);
    const std::vector<float> pixels{1, 2, 3, 4};
    const pr::labelled_data data(pr::shape<1>{}, std::span(pixels).first(3), std::vector<int>(3, 0));
    const pr::labelled_data more(pr::shape<1>{}, pixels, std::vector<int>(4, 0));
    pr::episode_of<float, pr::shape<1>, pr::labels<2>, 2, 2> to;
    pr::fill_support(given.episodes[0], data, to.support);
    CHECK(to.support.inputs.data()[1] == 2);
    CHECK(refusal([&] { pr::fill_support(given.episodes[0], more, to.support); }) ==
          "mismatch: fill_support: the episode 'e' is of 3 image files, the data has 4 examples; load the files by "
          "list_given_images.");
}

TEST_CASE("a file that cannot be read is refused") {
    CHECK(refusal([] { pr::read_given_episodes("no/such/episodes.csv", 2, 1); }).starts_with("missing_file:"));
}

TEST_CASE("an image that is not there is refused with the line that names it") {
    const test::temporary_folder folder;
    folder.put("1.png", "x");
    folder.put("3.png", "x");
    const auto given = pr::parse_given_episodes(
        header + "e,support,cat,1.png\ne,support,dog,2.png\nf,support,cat,2.png\nf,support,dog,1.png\n"
                 "e,query,cat,3.png\nf,query,cat,3.png\n", "e.csv", 2, 1);
    CHECK(given.images == names{"1.png", "2.png", "3.png"});
    CHECK(
        refusal([&] { pr::list_given_images(given, folder.path()); }, folder.path().string()) ==
        "missing_file: 'e.csv', line 3, column 'image': there is no image 'DIR/2.png'; give the folder that the names "
        "are in, or correct the row.");
}

TEST_CASE("an image that is given and asked for by a link is refused") {
    const test::temporary_folder folder;
    for (const auto name : {"1.png", "2.png"}) folder.put(name, "x");
    std::error_code code;
    std::filesystem::create_symlink("1.png", folder / "link.png", code);
    if (code) return;  // a file system without links
    const auto given = pr::parse_given_episodes(
        header + "e,support,cat,1.png\ne,support,dog,2.png\ne,query,cat,link.png\n", "e.csv", 2, 1);
    CHECK(refusal([&] { pr::list_given_images(given, folder.path()); }, folder.path().string()) ==
          "bad_value: 'e.csv', line 4, column 'image': 'link.png' is a support image of the episode 'e' in line 2 "
          "already; give each image once, for support or as a query.");
}

#if defined(PRIORI_PNG)

TEST_CASE("images given by their paths are loaded, each once, and fill the batches") {
    const test::temporary_folder folder;
    for (const int shade : {10, 20, 30, 40})
        folder.put(std::to_string(shade) + ".png",
                   test::grey_png(3, 3, [&](std::size_t, std::size_t) { return shade; }));
    folder.put("e.csv",
               header + "e,query,dog,30.png\ne,support,cat,10.png\ne,support,dog,20.png\ne,query,cat,40.png\n");
    const auto given = pr::read_given_episodes(folder / "e.csv", 2, 1);
    const auto set = pr::load_images(pr::list_given_images(given, folder.path()),
                                     {.height = 2, .width = 2, .colour = pr::image_colour::grey})
                         .set;
    CHECK(set.size() == 4);
    const auto data = set.data<pr::shape<2, 2>>();
    pr::episode_of<float, pr::shape<2, 2>, pr::labels<2>, 2, 2> to;
    pr::fill_support(given.episodes[0], data, to.support);
    CHECK(pr::fill_queries(given.episodes[0], 0, data, to.query) == 2);
    CHECK(to.support.inputs.data()[0] == 10);
    CHECK(to.support.inputs.data()[7] == 20);
    CHECK(to.query.inputs.data()[0] == 30);
    CHECK(to.query.inputs.data()[7] == 40);
    CHECK(to.query.targets.data()[0] == 1);
}

#endif
