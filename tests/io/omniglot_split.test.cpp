// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/omniglot_split.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <set>
#include <string>
#include <vector>

namespace pr = priori;
using pr::omniglot_partition;
using classes = std::vector<std::size_t>;

namespace {

// As many characters and alphabets as Omniglot has; alphabet a has the characters c with c mod 50 = a.
pr::omniglot_data whole() {
    pr::omniglot_data data;
    data.alphabets.resize(50);
    for (std::size_t c = 0; c < 1623; ++c) {
        data.alphabet.push_back(c % 50);
        data.evaluation.push_back(c % 50 < 20);
        data.split.push_back(c >= 1200         ? pr::omniglot_split::test
                             : c % 50 % 7 == 0 ? pr::omniglot_split::validation
                                               : pr::omniglot_split::train);
    }
    return data;
}

std::set<std::size_t> alphabets_of(const pr::omniglot_data& data, const classes& list) {
    std::set<std::size_t> result;
    for (const std::size_t c : list) result.insert(data.alphabet[c]);
    return result;
}

// All characters, each in one part.
void require_partition(const pr::class_split& split) {
    classes all = split.train;
    all.insert(all.end(), split.validation.begin(), split.validation.end());
    all.insert(all.end(), split.test.begin(), split.test.end());
    std::ranges::sort(all);
    classes expected(1623);
    std::iota(expected.begin(), expected.end(), std::size_t{0});
    REQUIRE(all == expected);
}

}  // namespace

TEST_CASE("every split of Omniglot has each character once") {
    for (const auto partition : {omniglot_partition::vinyals, omniglot_partition::random, omniglot_partition::lake})
        require_partition(pr::omniglot_classes(whole(), partition));
}

TEST_CASE("Vinyals' split is the column of the data") {
    const auto data = whole();
    const auto split = pr::omniglot_classes(data, omniglot_partition::vinyals);
    CHECK(split.test.front() == 1200);
    CHECK(split.validation.size() == data.classes(pr::omniglot_split::validation).size());
    CHECK(split.train == data.classes(pr::omniglot_split::train));
}

TEST_CASE("the random split has 1100, 100 and 423 characters and follows the seed") {
    const auto split = pr::omniglot_classes(whole(), omniglot_partition::random);
    CHECK(split.train.size() == 1100);
    CHECK(split.validation.size() == 100);
    CHECK(split.test.size() == 423);
    CHECK(split.train == pr::omniglot_classes(whole(), omniglot_partition::random, {1}).train);
    CHECK(split.train != pr::omniglot_classes(whole(), omniglot_partition::random, {2}).train);
}

TEST_CASE("Lake's split is by alphabet: five of the background's thirty validate, the evaluation's twenty test") {
    const auto data = whole();
    const auto split = pr::omniglot_classes(data, omniglot_partition::lake);
    const auto train = alphabets_of(data, split.train);
    const auto validation = alphabets_of(data, split.validation);
    const auto test = alphabets_of(data, split.test);
    CHECK(train.size() == 25);
    CHECK(validation.size() == 5);
    CHECK(test.size() == 20);
    CHECK(*test.rbegin() == 19);
    for (const std::size_t a : validation) CHECK((a >= 20 && train.count(a) == 0));
    CHECK(split.validation != pr::omniglot_classes(data, omniglot_partition::lake, {2}).validation);
}

TEST_CASE("Lake's split is refused where the data does not say which characters it is of") {
    auto data = whole();
    data.evaluation.clear();
    CHECK(
        test::refusal([&] { pr::omniglot_classes(data, omniglot_partition::lake); }) ==
        "mismatch: omniglot_classes: it is not known which characters are Lake's evaluation set; the file classes.csv "
        "lacks the column lake_split, make it anew with examples/convert_omniglot.py.");
}

TEST_CASE("Lake's split is refused where an alphabet is in both of its sets") {
    auto data = whole();
    data.alphabets[3] = "Braille";
    data.evaluation[53] = 0;
    CHECK(test::refusal([&] { pr::omniglot_classes(data, omniglot_partition::lake); }) ==
          "mismatch: omniglot_classes: the alphabet 'Braille' has characters in Lake's background set and in the "
          "evaluation set, and would be trained on and tested on; correct the data.");
    CHECK(pr::omniglot_classes(data, omniglot_partition::vinyals).test.size() == 423);
}
