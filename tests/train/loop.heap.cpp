// SPDX-License-Identifier: BSL-1.0
// Nothing is allocated between the first iteration and the last, whoever looks on.
#include <priori/train/train.hpp>

#include "catch.hpp"
#include "support/allocation_counter.hpp"
#include "train/small.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>

namespace pr = priori;

namespace {

// Stands last: counts from the end of the first iteration to that of the last.
struct counting {
    std::uint64_t before = 0;
    std::uint64_t after = 0;

    template <class Learner>
    void after_iteration(const Learner&, pr::training_progress& now) {
        after = priori::test::allocations();
        if (now.done == 1) before = after;
    }
};

}  // namespace

TEST_CASE("training allocates nothing, on any number of threads") {
    constexpr auto tiny = pr::input<1> | pr::dense<2> | pr::tanh | pr::dense<1> | pr::mse |
                          pr::adapt<2>(pr::sgd{.rate = 0.01f}) | pr::exact | pr::outer(pr::adam{.rate = 0.01f});
    const auto check = [](auto description, std::size_t threads, std::size_t meta_batch) {
        auto learner = pr::learner(description, small::tasks, pr::seed{1});
        counting count;
        pr::train(learner, small::tasks, {.iterations = 200, .meta_batch = meta_batch, .threads = threads}, count);
        CHECK(count.after == count.before);
    };
    using tiny_type = decltype(pr::learner(tiny, small::tasks, pr::seed{1}));
    using at_once = pr::bundling<float, tiny_type::given_type, tiny_type::episode_type>;
    STATIC_REQUIRE(at_once::pays == (pr::lanes<float> >= 4));
    for (const std::size_t threads : {1, 3}) {
        check(small::maml, threads, 5);  // task by task
        check(tiny, threads, 64);        // several at once
    }
}

TEST_CASE("observers allocate nothing while training") {
    const auto path = std::filesystem::temp_directory_path() / "priori_loop_heap.jsonl";
    for (const bool is_terminal : {false, true}) {
        auto learner = small::learner();
        std::FILE* const stream = std::tmpfile();
        REQUIRE(stream != nullptr);
        counting count;
        pr::train(learner, small::tasks, {.iterations = 300, .meta_batch = 2},
                  pr::periodic_evaluation(small::tasks, {.every = 10, .tasks = 5}), pr::json_log(path, 1),
                  pr::early_stopping({.patience = 1000}),
                  pr::progress_bar({.stream = stream, .seconds = 0, .is_terminal = is_terminal}), count);
        CHECK(count.after == count.before);
        std::fclose(stream);
    }
    std::filesystem::remove(path);
}

TEST_CASE("divergence is handled without memory") {
    for (const auto policy : {pr::divergence::skip_task, pr::divergence::roll_back}) {
        auto learner = small::learner();
        counting count;
        const auto report = pr::train(learner, small::broken_tasks{50, 1, 1},
                                      {.iterations = 100, .on_divergence = policy, .snapshot_every = 7}, count);
        CHECK(report.skipped + report.rolled_back == 1);
        CHECK(count.after == count.before);
    }
}

TEST_CASE("an evaluator allocates nothing after its construction") {
    auto learner = small::learner();
    const pr::sinusoids<pr::count_t<10>, pr::count_t<10>> others{};
    pr::evaluator<float, decltype(others), 3> evaluate({.tasks = 20}, pr::at_steps<0, 1, 5>);
    const auto before = priori::test::allocations();
    const auto first = evaluate(learner, others, pr::query_loss{});
    const auto second = evaluate(learner, others, pr::query_loss{});
    CHECK(priori::test::allocations() == before);
    CHECK(first[2].mean == second[2].mean);
}

TEST_CASE("a training says how many bytes it takes") {
    auto learner = small::learner();
    struct measuring {
        std::uint64_t before = priori::test::allocated_bytes();
        std::uint64_t taken = 0;
        std::size_t said = 0;
        void started(const small::learner_type&, const pr::training_start& start) {
            taken = priori::test::allocated_bytes() - before;
            said = start.bytes;
        }
        void after_iteration(const small::learner_type&, pr::training_progress&) {}
    } measure;
    const auto report = pr::train(learner, small::tasks, {.iterations = 1, .meta_batch = 5}, measure);
    CHECK(report.bytes == measure.said);
    CHECK(measure.taken >= measure.said);
    CHECK(measure.taken <= measure.said + 1024);  // the report's sentence
}
