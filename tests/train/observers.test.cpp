// SPDX-License-Identifier: BSL-1.0
// The observers: what a person reads, what a program reads, and when they end a training.
#include <priori/train/early_stopping.hpp>
#include <priori/train/interrupt.hpp>
#include <priori/train/json_log.hpp>
#include <priori/train/loop.hpp>
#include <priori/train/periodic_evaluation.hpp>
#include <priori/train/progress_bar.hpp>

#include <priori/io/files.hpp>

#include "catch.hpp"
#include "io/temporary_folder.hpp"
#include "train/small.hpp"

#include <csignal>
#include <cstdio>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace pr = priori;

namespace {

// What a progress bar writes about three iterations of 2000, one second apart.
std::string shown(pr::progress_settings settings, bool with_evaluation = false) {
    settings.stream = std::tmpfile();
    const auto learner = small::learner();
    pr::progress_bar bar(settings);
    bar.started(learner, {.iterations = 2000, .meta_batch = 25, .threads = 2, .parameters = 25, .bytes = 123456});
    const pr::evaluation_point point{.iteration = 20, .tasks = 100, .mean = 0.5, .ci95 = 0.125, .diverged = 0.01};
    for (std::uint64_t i = 1; i <= 3; ++i) {
        pr::training_progress now{.done = 10 * i, .iterations = 2000, .window_loss = 0.25, .seconds = 1.0 * i};
        if (with_evaluation && i == 2) now.evaluation = &point;
        bar.after_iteration(learner, now);
    }
    pr::training_report report{.iterations = 30, .loss = 0.125, .skipped = 2};
    report.sentence = "stopped by request after 30 iterations.";
    bar.finished(learner, report);
    std::rewind(settings.stream);
    char text[4096] = {};
    const std::size_t length = std::fread(text, 1, sizeof text, settings.stream);
    std::fclose(settings.stream);
    return {text, length};
}

// Writes one evaluation after the other.
struct played_evaluations {
    std::vector<double> means;
    std::vector<pr::evaluation_point> points{};

    void after_iteration(const small::learner_type&, pr::training_progress& now) {
        if (now.done > means.size()) return;
        points.reserve(means.size());
        points.push_back({.iteration = now.iteration, .tasks = 10, .mean = means[now.done - 1]});
        now.evaluation = &points.back();
    }
};

}  // namespace

TEST_CASE("without a terminal, progress is a line now and then") {
    CHECK(shown({.seconds = 2, .is_terminal = false}) ==
          "training 25 parameters: 2000 iterations of 25 tasks, 2 threads, 123 KB taken\n"
          "iteration 20 of 2000, 10/s, 3:18 left, loss 0.2500\n"
          "stopped by request after 30 iterations. Loss 0.125, 2 tasks skipped.\n");
}

TEST_CASE("on a terminal, progress is a bar that gives way to lines") {
    CHECK(shown({.is_terminal = true}, true) ==
          "training 25 parameters: 2000 iterations of 25 tasks, 2 threads, 123 KB taken\n"
          "\r[>                       ] 10/2000  10/s  3:19 left  loss 0.2500\x1b[K"
          "\r\x1b[Kevaluation at iteration 20: 0.5 +- 0.12 over 100 tasks, 1 % diverged\n"
          "\r[>                       ] 20/2000  10/s  3:18 left  loss 0.2500\x1b[K"
          "\r[>                       ] 30/2000  10/s  3:17 left  loss 0.2500\x1b[K"
          "\r\x1b[Kstopped by request after 30 iterations. Loss 0.125, 2 tasks skipped.\n");
}

TEST_CASE("a quiet progress bar says nothing") { CHECK(shown({.is_terminal = false, .quiet = true}, true).empty()); }

TEST_CASE("the log has a line of JSON for each event") {
    const test::temporary_folder folder;
    auto learner = small::learner(3);
    pr::train(learner, small::tasks, {.iterations = 5, .meta_batch = 2},
              pr::periodic_evaluation(small::tasks, {.every = 4, .tasks = 3}), pr::json_log(folder / "log.jsonl", 2));
    std::istringstream lines(pr::read_file(folder / "log.jsonl"));
    std::vector<std::string> begins;
    for (std::string line; std::getline(lines, line);) {
        CHECK(line.front() == '{');
        CHECK(line.back() == '}');
        begins.push_back(line.substr(0, line.find(',', line.find(',') + 1)));
    }
    CHECK(begins == std::vector<std::string>{
                        R"({"event": "start", "seed": 3)", R"({"event": "iteration", "iteration": 2)",
                        R"({"event": "iteration", "iteration": 4)", R"({"event": "evaluation", "iteration": 4)",
                        R"({"event": "iteration", "iteration": 5)", R"({"event": "evaluation", "iteration": 5)",
                        R"({"event": "end", "reason": "finished")"});
}

TEST_CASE("a log that cannot be written is refused before the training") {
    const test::temporary_folder folder;
    CHECK_THROWS_AS(pr::json_log(folder / "nowhere" / "log.jsonl"), pr::error);
    CHECK_THROWS_AS(pr::json_log(folder / "log.jsonl", 0), pr::error);
}

TEST_CASE("a learning curve begins before the first iteration and ends after the last") {
    auto learner = small::learner();
    const double before = pr::evaluate(learner, small::tasks, {.tasks = 50})[0].mean;
    pr::periodic_evaluation curve(small::tasks, {.every = 200, .tasks = 50});
    pr::train(learner, small::tasks, {.iterations = 500, .meta_batch = 5}, curve);
    REQUIRE(curve.history().size() == 4);
    CHECK(curve.history()[0].iteration == 0);
    CHECK(curve.history()[0].mean == before);
    CHECK(curve.history()[1].iteration == 200);
    CHECK(curve.history()[3].iteration == 500);
    CHECK(curve.history()[3].mean == pr::evaluate(learner, small::tasks, {.tasks = 50})[0].mean);
    CHECK(curve.history()[3].mean < before);
    CHECK_THROWS_AS(pr::periodic_evaluation(small::tasks, {.every = 0}), pr::error);
}

TEST_CASE("looking on does not change the training") {
    auto watched = small::learner(), alone = small::learner();
    pr::train(watched, small::tasks, {.iterations = 30},
              pr::periodic_evaluation(small::tasks, {.every = 3, .tasks = 4}));
    pr::train(alone, small::tasks, {.iterations = 30});
    CHECK(small::same(small::parameters(watched), small::parameters(alone)));
}

TEST_CASE("early stopping ends when the evaluation gets no better and brings the best parameters back") {
    auto learner = small::learner(), expected = small::learner();
    pr::early_stopping stopping({.patience = 2});
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto report =
        pr::train(learner, small::tasks, {.iterations = 100}, played_evaluations{{5, 4, 3, nan, 3, 2.5, 1}}, stopping);
    CHECK(report.reason == pr::ending::stopped);
    CHECK(report.sentence == "stopped after iteration 5: the evaluation no longer gets better.");
    CHECK(stopping.best().iteration == 3);
    pr::train(expected, small::tasks, {.iterations = 3});
    CHECK(small::same(small::parameters(learner), small::parameters(expected)));
}

TEST_CASE("a gain that is too small is none") {
    auto learner = small::learner();
    pr::early_stopping stopping({.patience = 2, .least_gain = 0.5, .keep_best = false});
    const auto report =
        pr::train(learner, small::tasks, {.iterations = 100}, played_evaluations{{5, 4.9, 4.8, 4}}, stopping);
    CHECK(report.iterations == 3);
    CHECK(stopping.best().mean == 5);
}

TEST_CASE("early stopping keeps the parameters from before the training if none were better") {
    constexpr auto wild =
        small::net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01f}) | pr::exact | pr::outer(pr::adam{.rate = 2.f});
    auto learner = pr::learner(wild, small::tasks, pr::seed{1});
    const auto before = small::parameters(learner);
    pr::early_stopping stopping({.patience = 3});
    const auto report = pr::train(learner, small::tasks, {.iterations = 100},
                                  pr::periodic_evaluation(small::tasks, {.every = 1, .tasks = 200}), stopping);
    CHECK(report.iterations == 3);
    CHECK(stopping.best().iteration == 0);
    CHECK(small::same(small::parameters(learner), before));
}

TEST_CASE("early stopping says that it saw no evaluation, and whose parameters stand after a divergence") {
    auto learner = small::learner();
    const auto blind = pr::train(learner, small::tasks, {.iterations = 4}, pr::early_stopping({.patience = 1}),
                                 pr::periodic_evaluation(small::tasks, {.every = 1, .tasks = 2}));
    CHECK(blind.sentence.find("early_stopping saw no evaluation: put a periodic_evaluation before it.") !=
          std::string::npos);
    const auto diverged = pr::train(learner, small::broken_tasks{7, 0, 3}, {.iterations = 9},
                                    played_evaluations{{5, 4, 6}}, pr::early_stopping({.patience = 9}));
    CHECK(diverged.reason == pr::ending::diverged);
    CHECK(diverged.sentence.find(" early_stopping put back those of iteration ") != std::string::npos);
}

TEST_CASE("a learning curve takes as much memory as it can have points, not as there are iterations") {
    auto learner = small::learner();
    const auto report = pr::train(
        learner, small::tasks, {.iterations = std::numeric_limits<std::uint64_t>::max(), .minutes = 0.0001},
        pr::periodic_evaluation(small::tasks, {.every = 1, .tasks = 1}));
    CHECK(report.reason == pr::ending::time);
}

TEST_CASE("Ctrl-C asks the interrupt token to stop") {
    auto learner = small::learner();
    const auto report = pr::train(learner, small::tasks, {.iterations = 1'000'000, .stop = pr::interrupt_token()},
                                  [](auto&, pr::training_progress& now) {
                                      if (now.done == 3) std::raise(SIGINT);
                                  });
    std::signal(SIGINT, SIG_DFL);
    CHECK(report.reason == pr::ending::stopped);
    CHECK(report.iterations == 3);
}
