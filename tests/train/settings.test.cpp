// SPDX-License-Identifier: BSL-1.0
// Settings that make no sense are refused with the name of the field; the words for an ending are told apart.
#include "catch.hpp"

#include <priori/optim/clip.hpp>
#include <priori/optim/detached.hpp>
#include <priori/train/loop.hpp>

#include "train/small.hpp"

#include <limits>
#include <string>
#include <string_view>

namespace pr = priori;

namespace {

// What is said about settings; the learner must be left as it was.
std::string refusal(const pr::train_settings& settings) {
    auto learner = small::learner();
    const auto before = small::parameters(learner);
    try {
        pr::train(learner, small::tasks, settings);
    } catch (const pr::error& e) {
        CHECK(e.kind() == pr::error_kind::bad_option);
        CHECK(small::same(before, small::parameters(learner)));
        CHECK(learner.iteration() == 0);
        return e.what();
    }
    return "";
}

bool names(const std::string& sentence, std::string_view field) {
    return sentence.find("train: ") == 0 && sentence.find(field) != std::string::npos && sentence.back() == '.';
}

}  // namespace

TEST_CASE("a field that makes no sense is named in the sentence that refuses it") {
    CHECK(names(refusal({.iterations = 1, .meta_batch = 0}), "meta_batch"));
    CHECK(names(refusal({.iterations = 1, .snapshot_every = 0}), "snapshot_every"));
    CHECK(names(refusal({.iterations = 1, .minutes = -1}), "minutes"));
    CHECK(names(refusal({.iterations = 1, .minutes = std::numeric_limits<double>::quiet_NaN()}), "minutes"));
    CHECK(refusal({.iterations = 1}).empty());
}

TEST_CASE("numbers that an optimizer cannot use are refused with their names") {
    const auto said = [](auto inner, auto outer) -> std::string {
        auto learner = pr::learner(small::net | pr::mse | pr::adapt<1>(inner) | pr::exact | pr::outer(outer),
                                   small::tasks, pr::seed{1});
        try {
            pr::train(learner, small::tasks, {.iterations = 1});
        } catch (const pr::error& e) {
            CHECK(e.kind() == pr::error_kind::bad_option);
            return e.what();
        }
        return "";
    };
    const pr::sgd fine{.rate = 0.01};
    CHECK(said(fine, pr::adam{.rate = -0.01}) ==
          "train: rate of adam is -0.01, expected a finite number, at least 0.");
    CHECK(said(fine, pr::adam{.beta2 = 1.5}) == "train: beta2 of adam is 1.5, expected a number from 0 to below 1.");
    CHECK(said(fine, pr::detached(pr::adam{.eps = -1.0})) ==
          "train: eps of adam is -1, expected a finite number, at least 0.");
    CHECK(said(pr::sgd{.rate = std::numeric_limits<double>::quiet_NaN()}, pr::adam{}).find("train: rate of sgd is ") == 0);
    CHECK(said(fine, pr::clip_by_norm{-1.0} | pr::sgd{}) ==
          "train: clip_by_norm.limit of clip_by_norm | sgd is -1, expected a number above 0.");
    CHECK(said(pr::sgd{.rate = pr::learned(-0.1)}, pr::adam{}).find("train: rate of sgd is -0.1") == 0);
    CHECK(said(fine, pr::adam{.rate = 0.0}).empty());
}

TEST_CASE("the number of the first iteration decides which tasks are drawn") {
    auto straight = small::learner(), resumed = small::learner();
    pr::train(straight, small::tasks, {.iterations = 3});
    pr::train(resumed, small::tasks, {.iterations = 1, .first_iteration = 0});
    pr::train(resumed, small::tasks, {.iterations = 2, .first_iteration = 1});
    CHECK(small::same(small::parameters(straight), small::parameters(resumed)));
    auto elsewhere = small::learner();
    pr::train(elsewhere, small::tasks, {.iterations = 3, .first_iteration = 100});
    CHECK(elsewhere.iteration() == 103);
    CHECK_FALSE(small::same(small::parameters(straight), small::parameters(elsewhere)));
}

TEST_CASE("each ending has its own word, and only a divergence is thrown") {
    using enum pr::ending;
    for (const auto one : {finished, stopped, time, diverged}) {
        CHECK(std::string_view(pr::to_string(one)) != "unknown");
        for (const auto other : {finished, stopped, time, diverged}) {
            CHECK((one == other) == (std::string_view(pr::to_string(one)) == pr::to_string(other)));
        }
        pr::training_report report;
        report.reason = one;
        report.sentence = "why.";
        if (one == diverged) {
            CHECK_THROWS_WITH(report.throw_if_diverged(), "why.");
        } else {
            CHECK(&report.throw_if_diverged() == &report);
        }
    }
}
