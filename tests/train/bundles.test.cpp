// SPDX-License-Identifier: BSL-1.0
// Training with several tasks at once: the same as task by task but for rounding, the same bits on any number of threads.
#include "catch.hpp"
#include "train/small.hpp"

#include <priori/meta/bundled_tasks.hpp>
#include <priori/train/loop.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pr = priori;
using small::broken_tasks;

namespace {

constexpr auto net = pr::input<1> | pr::dense<2> | pr::tanh | pr::dense<1>;
constexpr auto maml =
    net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01f}) | pr::exact | pr::outer(pr::sgd{.rate = 0.05f});
constexpr std::size_t lanes = pr::lanes<float>, meta_batch = lanes > 1 ? 3 * lanes - 1 : 11;

auto learner() { return pr::learner(maml, small::tasks, pr::seed{1}); }
using learner_type = decltype(learner());
constexpr bool bundled =
    pr::bundling<float, learner_type::given_type, learner_type::episode_type>::pays &&
    pr::bundling<float, learner_type::given_type, learner_type::episode_type>::fill(meta_batch);

template <class Tasks>
std::vector<float> trained(const Tasks& tasks, const pr::train_settings& settings) {
    auto one = learner();
    pr::train(one, tasks, settings);
    return small::parameters(one);
}

// The same, task by task; those that are not finite are left out.
template <class Tasks>
std::vector<float> by_hand(const Tasks& tasks, std::uint32_t iterations, std::size_t count) {
    auto one = learner();
    for (std::uint32_t i = 0; i < iterations; ++i) {
        std::vector<float> mean(one.size), own(one.size);
        float good = 0;
        for (std::size_t t = 0; t < count; ++t) {
            const pr::key k = pr::training_key(pr::seed{1}, i, t);
            const float loss = one.loss_and_gradient(tasks.draw(k), k, std::span<float, learner_type::size>(own));
            if (loss != loss) continue;
            for (std::size_t p = 0; p < own.size(); ++p) mean[p] += own[p];
            ++good;
        }
        for (float& m : mean) m /= good;
        one.step(std::span<const float, learner_type::size>(mean));
    }
    return small::parameters(one);
}

}  // namespace

TEST_CASE("this training computes several tasks at once where the registers are wide enough") {
    CHECK(bundled == (lanes >= 4));
}

TEST_CASE("several tasks at once: as task by task") {
    for (const std::size_t count : {lanes, meta_batch, 4 * lanes}) {
        const auto got = trained(small::tasks, {.iterations = 5, .meta_batch = count});
        const auto want = by_hand(small::tasks, 5, count);
        for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(want[i]).margin(1e-5));
    }
}

TEST_CASE("several tasks at once: the same bits on any number of threads") {
    const auto one = trained(small::tasks, {.iterations = 20, .meta_batch = meta_batch, .threads = 1});
    for (const std::size_t threads : {2, 3, 5})
        CHECK(small::same(one,
                          trained(small::tasks, {.iterations = 20, .meta_batch = meta_batch, .threads = threads})));
}

TEST_CASE("several tasks at once: those that are not finite are skipped, and no others") {
    const auto last = static_cast<std::uint32_t>(meta_batch) - 1;
    for (const broken_tasks& tasks : {broken_tasks{1, 0, 0}, broken_tasks{1, last - 1, last}, broken_tasks{1, 1, last}}) {
        const auto got =
            trained(tasks, {.iterations = 3, .meta_batch = meta_batch, .on_divergence = pr::divergence::skip_task});
        const auto want = by_hand(tasks, 3, meta_batch);
        for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(want[i]).margin(1e-5));
    }
}

TEST_CASE("several tasks at once: the sentence names the task that is not finite") {
    auto one = learner();
    const std::size_t bad = meta_batch - 2;
    const auto number = static_cast<std::uint32_t>(bad);
    const auto report = pr::train(one, broken_tasks{2, number, number}, {.iterations = 9, .meta_batch = meta_batch});
    CHECK(report.reason == pr::ending::diverged);
    CHECK(report.iterations == 2);
    CHECK(report.sentence.find("the loss of task " + std::to_string(bad) + ", drawn with key{") != std::string::npos);
    CHECK(small::same(small::parameters(one), trained(small::tasks, {.iterations = 2, .meta_batch = meta_batch})));
}

TEST_CASE("several tasks at once: the report says their memory") {
    const auto bytes = [](std::size_t count, std::size_t threads = 1) {
        auto one = learner();
        return pr::train(one, small::tasks, {.iterations = 1, .meta_batch = count, .threads = threads}).bytes;
    };
    const std::size_t more = bundled ? sizeof(pr::bundled_tasks<float, learner_type::given_type, learner_type::episode_type>) : 0;
    CHECK(bytes(lanes) > more);
    CHECK((bytes(lanes) > bytes(1) + more / 2) == bundled);
    if (bundled) CHECK(bytes(lanes, 8) == bytes(lanes));  // no thread without a bundle of its own
}
