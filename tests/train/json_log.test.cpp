// SPDX-License-Identifier: BSL-1.0
// json_log: every line is one strict JSON object, also when a loss is not finite and a sentence has odd characters.
#include "catch.hpp"

#include <priori/io/files.hpp>
#include <priori/train/json_log.hpp>
#include <priori/train/loop.hpp>

#include "io/temporary_folder.hpp"
#include "train/small.hpp"

#include <cctype>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

namespace pr = priori;

namespace {

// A strict parser of flat objects: the members as they stand, or {"error": where}.
std::map<std::string, std::string> members_of(std::string_view line) {
    std::map<std::string, std::string> result;
    std::size_t at = 0;
    bool good = true;
    const auto want = [&](char c) { good = good && at < line.size() && line[at++] == c; };
    const auto text = [&] {
        const std::size_t first = at;
        want('"');
        while (good && at < line.size() && line[at] != '"') {
            good = static_cast<unsigned char>(line[at]) >= 0x20;
            at += line[at] == '\\' ? 2 : 1;
        }
        want('"');
        return std::string(line.substr(first, at - first));
    };
    const auto number = [&] {  // or null
        const std::size_t first = at;
        while (at < line.size() && (std::isalnum(static_cast<unsigned char>(line[at])) ||
                                    std::string_view("+-.").find(line[at]) != std::string_view::npos))
            ++at;
        const std::string value(line.substr(first, at - first));
        std::istringstream in(value);
        double read = 0;
        good = good && (value == "null" ||
                        (in >> read && in.eof() && (std::isdigit(static_cast<unsigned char>(value.back())))));
        return value;
    };
    want('{');
    for (bool first = true; good && at < line.size() && line[at] != '}'; first = false) {
        if (!first) want(','), want(' ');
        const std::string name = text();
        want(':');
        want(' ');
        const std::string value = at < line.size() && line[at] == '"' ? text() : number();
        good = good && result.emplace(name.substr(1, name.size() - 2), value).second;
    }
    want('}');
    good = good && at == line.size();
    if (!good) result["error"] = std::string(line.substr(0, at));
    return result;
}

}  // namespace

TEST_CASE("every line parses, with the numbers that were told") {
    const test::temporary_folder folder;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    {
        const auto learner = small::learner(9);
        pr::json_log log(folder / "log.jsonl", 10);
        log.started(learner, {.iterations = 20, .meta_batch = 3, .threads = 2, .parameters = 25, .bytes = 7});
        const pr::evaluation_point point{.iteration = 20, .tasks = 5, .mean = -1.5e-300, .ci95 = nan, .diverged = 1};
        for (std::uint64_t i : {7, 10, 20}) {
            pr::training_progress now{
                .iteration = i, .done = i, .iterations = 20, .loss = i == 10 ? nan : 0.125, .seconds = 0.5};
            if (i == 20) now.evaluation = &point;
            log.after_iteration(learner, now);
        }
        pr::training_report report{.iterations = 20, .loss = std::numeric_limits<double>::infinity()};
        report.reason = pr::ending::diverged;
        report.sentence = "a \"quote\", a \\ and a\nnew line.";
        log.finished(learner, report);
    }
    std::istringstream lines(pr::read_file(folder / "log.jsonl"));
    std::vector<std::map<std::string, std::string>> all;
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        all.push_back(members_of(line));
        CHECK(all.back().count("error") == 0);
    }
    REQUIRE(all.size() == 5);
    CHECK(all[0]["event"] == "\"start\"");
    CHECK(all[0]["seed"] == "9");
    CHECK(all[0]["threads"] == "2");
    CHECK(all[1]["iteration"] == "10");
    CHECK(all[1]["loss"] == "null");
    CHECK(all[2]["loss"] == "0.125");
    CHECK(all[3]["event"] == "\"evaluation\"");
    CHECK(std::stod(all[3]["mean"]) == -1.5e-300);
    CHECK(all[3]["ci95"] == "null");
    CHECK(all[4]["reason"] == "\"diverged\"");
    CHECK(all[4]["loss"] == "null");
    CHECK(all[4]["sentence"] == "\"a \\\"quote\\\", a \\\\ and a\\nnew line.\"");
}

TEST_CASE("the parser of this test refuses what is no JSON") {
    for (const auto bad : {"{\"a\": 1", "{\"a\": nan}", "{\"a\": 1}, ", "{\"a\": 1, \"a\": 2}", "{a: 1}",
                           "{\"a\": \"\n\"}", "{\"a\": 1,}"}) {
        CHECK(members_of(bad).count("error") == 1);
    }
    CHECK(members_of("{\"a\": 1, \"b\": \"c\"}").size() == 2);
}

TEST_CASE("a log is kept where it is refused, and goes on where that is asked for") {
    const test::temporary_folder folder;
    const auto path = folder / "log.jsonl";
    auto learner = small::learner();
    pr::train(learner, small::tasks, {.iterations = 3}, pr::json_log(path, 1));
    const auto first = pr::read_file(path);
    CHECK_THROWS_WITH(pr::json_log(path, 0), "json_log: every is 0, expected a number of iterations from 1 on.");
    CHECK(pr::read_file(path) == first);
    pr::train(learner, small::tasks, {.iterations = 2}, pr::json_log(path, 1, true));
    const auto both = pr::read_file(path);
    CHECK(both.starts_with(first));
    CHECK(both.size() > first.size());
}
