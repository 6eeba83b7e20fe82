// SPDX-License-Identifier: BSL-1.0
// nearest_centroid and k_nearest_neighbours: evaluated as learners are, on raw inputs and on a learned embedding.

#include "catch.hpp"

#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/transfer.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/baselines.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/loop.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace pr = priori;

namespace {

template <std::size_t Shots>
constexpr auto blobs = pr::gaussian_blobs{.ways = pr::count<5>, .shots = pr::count<Shots>, .queries = pr::count<4>,
                                          .dimension = pr::count<6>};
template <std::size_t Shots>
using episode = typename std::remove_const_t<decltype(blobs<Shots>)>::template episode_type<float>;

constexpr auto embedding = pr::input<6> | pr::dense<12> | pr::relu | pr::dense<8>;

template <std::size_t Shots, class Description>
auto adapter_for(const Description& description) {
    return pr::adapter<float, Description, episode<Shots>>(description);
}

template <class Learner>
double accuracy(Learner& learner, const auto& tasks) {
    return pr::evaluate(learner, tasks, {.tasks = 60, .seed = pr::seed{9}}, pr::at_described_steps,
                        pr::query_accuracy{})[0]
        .mean;
}

}  // namespace

TEST_CASE("baselines are evaluated as learners are", "[adapt]") {
    constexpr auto raw = pr::input<6>;
    constexpr auto tasks = blobs<5>;
    auto centroid = adapter_for<5>(pr::nearest_centroid(raw));
    auto one = adapter_for<5>(pr::k_nearest_neighbours<1>(raw));
    auto five = adapter_for<5>(pr::k_nearest_neighbours<5>(raw));
    const double by_centroid = accuracy(centroid, tasks);
    CHECK(by_centroid > accuracy(one, tasks));  // blobs are round
    CHECK(accuracy(one, tasks) > 0.3);
    CHECK(accuracy(five, tasks) > 0.3);

    // On one task, by hand.
    episode<5> task;
    tasks.draw_into<float>(pr::key{8}, task);
    const auto votes = five.adapt(task.support)(task.query);
    for (std::size_t r = 0; r < 20; ++r) {
        std::array<std::pair<float, int>, 25> near;
        for (std::size_t i = 0; i < 25; ++i) {
            float square = 0;
            for (std::size_t d = 0; d < 6; ++d) {
                const float difference = task.query.inputs(r, d) - task.support.inputs(i, d);
                square += difference * difference;
            }
            near[i] = {square, task.support.targets(i)};
        }
        std::sort(near.begin(), near.end());
        float count[5]{};
        for (std::size_t j = 0; j < 5; ++j) ++count[near[j].second];
        for (std::size_t n = 0; n < 5; ++n) CHECK(std::abs(votes(r, n) - count[n]) < 1);
        for (std::size_t j = 0; j < 5; ++j) {
            const auto own = static_cast<std::size_t>(near[j].second), first = static_cast<std::size_t>(near[0].second);
            if (count[own] == count[first] && own != first) CHECK(votes(r, first) > votes(r, own));
        }
    }
}

TEST_CASE("a baseline takes the embedding of a learner", "[adapt]") {
    constexpr auto prototypical = embedding | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                                  pr::solve<"head">(pr::prototypes{}) | pr::exact | pr::outer(pr::adam{.rate = 1e-2f});
    auto trained = pr::make_learner(prototypical, blobs<2>, pr::seed{1});
    pr::train(*trained, blobs<2>, {.iterations = 20, .meta_batch = 2});
    auto baseline = adapter_for<2>(pr::nearest_centroid(embedding));
    pr::transfer(*trained, baseline);
    CHECK(accuracy(baseline, blobs<2>) == accuracy(*trained, blobs<2>));
}
