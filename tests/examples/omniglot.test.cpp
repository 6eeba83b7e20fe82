// SPDX-License-Identifier: BSL-1.0
// What the example `omniglot` reports of an episode, on cases worked out by hand.
#include "../../examples/omniglot/average.hpp"
#include "../../examples/omniglot/confusion.hpp"
#include "../../examples/omniglot/episode_picture.cpp"
#include "../../examples/omniglot/fit.hpp"
#include "../../examples/omniglot/members.hpp"
#include "../../examples/omniglot/read_data.cpp"
#include "../../examples/omniglot/test_tasks.hpp"
#include "catch.hpp"
#include "io/temporary_folder.hpp"

#include <priori/io/omniglot.hpp>
#include <priori/task/batch.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace pr = priori;

namespace {

constexpr std::size_t side = pr::omniglot_data::side, pixels = side * side;

// Six characters of one drawing each; all but the first are for testing. Character c is a dot in row 0, column c + 1.
void put_dots(const test::temporary_folder& folder) {
    pr::omniglot_data data;
    data.drawings = 1;
    data.alphabets = {"Dots"};
    data.alphabet.assign(6, 0);
    data.character = {"0", "1", "2", "3", "4", "5"};
    data.split.assign(6, pr::omniglot_split::test);
    data.split[0] = pr::omniglot_split::train;
    data.images.resize(6 * pixels);
    for (std::size_t c = 0; c < 6; ++c) data.images[c * pixels + c + 1] = 1;
    pr::write_packed_omniglot(folder.path(), data);
}

// Episodes of the characters 1 to 5 in this order; in the second one the character 3 stands where 1 was, turned by 90
// degrees: its dot is in row 27 - 4, column 0. The dot of query q is in row 1, column q.
struct dots {
    template <class T>
    using episode_type = pr::episode_of<T, omniglot::image_shape, pr::labels<5>, 5, 10>;

    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const {
        std::fill_n(out.support.inputs.data(), 5 * pixels, T(0));
        for (std::size_t c = 0; c < 5; ++c) {
            const bool turned = c == 0 && k == pr::evaluation_key({7}, 1);
            out.support.inputs.data()[c * pixels + (turned ? (side - 1 - 4) * side : c + 2)] = T(1);
        }
        std::fill_n(out.query.inputs.data(), 10 * pixels, T(0));
        for (std::size_t q = 0; q < 10; ++q) {
            out.query.inputs.data()[q * pixels + side + q] = T(1);
            out.query.targets.data()[q] = static_cast<std::int32_t>(q % 5);
        }
    }
};

std::vector<std::string> texts_of(const std::string& svg) {
    std::vector<std::string> found;
    for (std::size_t at = svg.find("<text"); at != std::string::npos; at = svg.find("<text", at + 1)) {
        const std::size_t begin = svg.find('>', at) + 1;
        found.push_back(svg.substr(begin, svg.find('<', begin) - begin));
    }
    return found;
}

}  // namespace

TEST_CASE("the confusion list counts the wrong queries of each pair of characters, and all that could be wrong") {
    const test::temporary_folder folder;
    put_dots(folder);
    const omniglot::characters data(folder.path().string(), "vinyals");
    using prediction = std::array<std::uint8_t, 10>;
    const std::vector<prediction> predicted{
        {0, 3, 2, 3, 4, 0, 3, 2, 3, 4},   // both queries of label 1 (character 2) taken for label 3 (character 4)
        {0, 3, 2, 3, 5, 1, 1, 2, 3, 4}};  // one more, one of label 0 (3 turned) for label 1, and one that is no number
    const auto found = omniglot::confusion_of(predicted, omniglot::test_tasks(dots{}, 10), data, 7);
    REQUIRE(found.size() == 2);
    CHECK(found[0].truth == "Dots/2");
    CHECK(found[0].prediction == "Dots/4");
    CHECK(found[0].count == 3);
    CHECK(found[0].together == 4);
    CHECK(found[1].truth == "Dots/3, turned by 90");
    CHECK(found[1].prediction == "Dots/2");
    CHECK(found[1].count == 1);
    CHECK(found[1].together == 2);
    const auto halved = omniglot::confusion_of(predicted, omniglot::test_tasks(dots{}, 5), data, 7);
    REQUIRE(halved.size() == 1);  // the others are among the copies
    CHECK(halved[0].truth == "Dots/2");
    CHECK(halved[0].count == 2);
    CHECK(halved[0].together == 2);
}

TEST_CASE("where fewer queries are asked, they are repeated to the end of the episode") {
    const auto found = [](std::size_t asked) {
        const auto task = std::make_unique<dots::episode_type<float>>();
        omniglot::test_tasks(dots{}, asked).draw_into<float>(pr::key{1}, *task);
        std::vector<std::size_t> columns;
        for (std::size_t q = 0; q < 10; ++q) {
            const float* row = task->query.inputs.data() + q * pixels + side;
            columns.push_back(static_cast<std::size_t>(std::find(row, row + side, 1.0f) - row));
            CHECK(std::count(row - side, row - side + pixels, 1.0f) == 1);
            CHECK(task->query.targets.data()[q] == static_cast<std::int32_t>(columns.back() % 5));
        }
        return columns;
    };
    CHECK(found(10) == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    CHECK(found(5) == std::vector<std::size_t>{0, 1, 2, 3, 4, 0, 1, 2, 3, 4});
}

TEST_CASE("as many iterations as fit; parts of them that were named keep their length, the others their share") {
    const omniglot::preset p{.iterations = 1000, .multi_step = 100, .first_order = 500};
    struct lengths {
        std::uint64_t iterations, multi_step, first_order;
        bool operator==(const lengths&) const = default;
    };
    const auto found = [&](double seconds, bool multi_step, bool first_order) {
        const auto f = omniglot::fitted(p, seconds, {.first_order = 0.5, .exact = 1.5}, multi_step, first_order);
        return lengths{f.iterations, f.multi_step, f.first_order};
    };
    CHECK(found(400, false, false) == lengths{400, 40, 200});  // at a second each
    CHECK(found(400, true, false) == lengths{400, 100, 200});
    CHECK(found(400, true, true) == lengths{600, 100, 500});  // 250 s for 500, 150 s for 100
    CHECK(found(200, false, true) == lengths{400, 40, 500});  // all of them first-order
    CHECK(found(2000, false, false) == lengths{1000, 100, 500});
    CHECK(found(2000, false, true) == lengths{1000, 100, 500});
    CHECK(found(0.1, false, false) == lengths{1, 0, 0});
}

TEST_CASE("the best parameters are kept, written and read in their order, and refused where they do not fit") {
    omniglot::best_parameters best(2);
    best.offer(0.5, std::vector<float>{1, 1});
    best.offer(0.9, std::vector<float>{2, 2});
    best.offer(0.7, std::vector<float>{3, 3});
    best.offer(0.7, std::vector<float>{4, 4});  // no better than the worst
    const std::vector<float> last{5, 5};
    using members = std::vector<std::vector<float>>;
    CHECK(best.members(last) == members{{2, 2}, {3, 3}});
    pr::tensor_file file;
    best.add_to(file);
    const auto taken = [&](std::size_t count, bool keeps_all) {
        omniglot::best_parameters found(count);
        found.take_from(file, 2, "saved", keeps_all);
        return found.members(last);
    };
    CHECK(taken(0, true) == members{{2, 2}, {3, 3}});
    CHECK(taken(1, false) == members{{2, 2}});
    CHECK(taken(0, false) == members{{5, 5}});
    CHECK(test::refusal([&] { omniglot::best_parameters(2).take_from(file, 3, "saved", true); }) ==
          "mismatch: 'saved': 'member.0' holds 2 numbers, expected 3; save the ensemble anew.");
    file.tensors[1].data = std::vector<float>{std::numeric_limits<float>::infinity(), 0};
    CHECK(test::refusal([&] { omniglot::best_parameters(2).take_from(file, 2, "saved", true); }) ==
          "bad_value: 'saved': 'member.1' or its accuracy is not finite; save the ensemble anew.");
    file.tensors.erase(file.tensors.begin());
    CHECK(test::refusal([&] {
              omniglot::best_parameters(2).take_from(file, 2, "saved", true);
          }).starts_with("mismatch: there is no tensor 'member.0'"));
    file.tensors.clear();
    CHECK(taken(2, true) == members{{5, 5}});
}

TEST_CASE("an average goes on where it was saved, from what was averaged last, and is refused where it does not fit") {
    omniglot::parameter_average whole, begun;
    std::vector<float> parameters{1, -2};
    const auto next = [&] {
        for (float& x : parameters) x = 0.5f * x + 1;
    };
    for (int i = 0; i < 5; ++i, next()) {
        whole.add(parameters);
        begun.add(parameters);
    }
    CHECK(begun.values() != parameters);
    pr::tensor_file file;
    begun.add_to(file, parameters);
    omniglot::parameter_average gone_on;
    std::vector<float> saved = begun.values();
    gone_on.take_from(file, saved, "saved", true);
    CHECK(saved == parameters);
    CHECK(gone_on.values() == begun.values());
    for (int i = 0; i < 3; ++i, next()) {
        whole.add(parameters);
        gone_on.add(parameters);
    }
    CHECK(gone_on.values() == whole.values());

    std::vector<float> last = begun.values();
    omniglot::parameter_average none;
    none.take_from(file, last, "saved", false);
    CHECK(last == saved);
    CHECK(none.values().empty());
    std::vector<float> more{1, 2, 3};
    CHECK(test::refusal([&] { none.take_from(file, more, "saved", true); }) ==
          "mismatch: 'saved': 'average.last' and 'average.count' hold 2 and 1 numbers, expected 3 and 1; save the "
          "average anew.");
    for (const double wrong : {0.0, 1.5, 1e16, std::numeric_limits<double>::quiet_NaN()}) {
        file.tensors[1].data = std::vector<double>{wrong};
        CHECK(test::refusal([&] { none.take_from(file, last, "saved", true); }) ==
              "bad_value: 'saved': 'average.last' is not finite, or 'average.count' no number of iterations; save the "
              "average anew.");
    }
    file.tensors.pop_back();
    CHECK(test::refusal([&] {
              none.take_from(file, last, "saved", true);
          }).starts_with("mismatch: there is no tensor 'average.count'"));
    file.tensors.clear();
    last = {7, 8};
    none.take_from(file, last, "saved", true);
    CHECK(last == std::vector<float>{7, 8});
    none.add_to(file, last);
    CHECK(file.tensors.empty());
}

TEST_CASE("the picture of an episode says the true class of each query and what it was taken for") {
    const auto drawing = [](std::size_t label, std::size_t predicted, double x) {
        return omniglot::pictured_drawing{std::vector<float>(pixels, 1.0f), {x, x * x}, label, predicted};
    };
    const omniglot::episode_picture picture{.title = "made up",
                                            .ways = 3,
                                            .support = {drawing(0, 0, 0), drawing(1, 1, 1), drawing(2, 2, 2)},
                                            .queries = {drawing(0, 0, 3), drawing(1, 2, 4), drawing(2, 3, 5)}};
    const std::string svg = omniglot::svg_of(picture);
    CHECK(texts_of(svg) ==
          std::vector<std::string>{"made up", "given", "asked, and taken for",
                                   "features, first two principal components",  //
                                   "A", "B", "C",                               // the rows: true classes
                                   "A", "C", "?",  // what the queries were taken for; the last for nothing
                                   "A", "B", "C",  // the map: queries by their true class,
                                   "A", "B", "C",  // and what was given
                                   "circles: given; letters: asked, by true class; red: taken for another"});
    // What has no place is not in the map: then there is nothing to be read as a number that is none.
    omniglot::episode_picture lost = picture;
    lost.queries[1].features[0] = std::numeric_limits<double>::quiet_NaN();
    const auto count = [](const std::string& text, const std::string& part) {
        std::size_t found = 0;
        for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
        return found;
    };
    CHECK(texts_of(omniglot::svg_of(lost)).size() == texts_of(svg).size() - 1);
    CHECK(count(omniglot::svg_of(lost), "nan") == 0);
    for (auto* drawings : {&lost.support, &lost.queries})
        for (auto& each : *drawings) each.features[1] = std::numeric_limits<double>::infinity();
    CHECK(texts_of(omniglot::svg_of(lost)).size() == texts_of(svg).size() - 6);
    CHECK(count(omniglot::svg_of(lost), "nan") + count(omniglot::svg_of(lost), "inf") == 0);
    std::size_t framed = 0;
    for (std::size_t at = svg.find("stroke='#d00000'"); at != std::string::npos;
         at = svg.find("stroke='#d00000'", at + 1))
        ++framed;
    CHECK(framed == 4);  // the two wrong ones, in their rows and in the map
}
