// SPDX-License-Identifier: BSL-1.0
// transfer: what was learned with one shape of episode, at work with another.

#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/class_features.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/support_set.hpp>
#include <priori/adapt/transfer.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/loss/one_hot.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/nn.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/loop.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace pr = priori;
using pr::operator""_s;

namespace {

template <std::size_t Ways, std::size_t Shots>
constexpr auto blobs = pr::gaussian_blobs{.ways = pr::count<Ways>, .shots = pr::count<Shots>, .queries = pr::count<4>,
                                          .dimension = pr::count<6>};
template <std::size_t Ways, std::size_t Shots, class T = float>
using episode = typename std::remove_const_t<decltype(blobs<Ways, Shots>)>::template episode_type<T>;

constexpr auto embedding = pr::input<6> | pr::dense<12> | pr::relu | pr::dense<8>;
constexpr auto prototypical = embedding | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                              pr::solve<"head">(pr::prototypes{}) | pr::exact | pr::outer(pr::adam{.rate = 1e-2f});
constexpr auto matching = embedding | pr::named<"memory">(pr::attention<pr::ways>) | pr::cross_entropy |
                          pr::solve<"memory">(pr::support_set{}) | pr::exact | pr::outer(pr::adam{.rate = 1e-2f});
constexpr auto relation = embedding | pr::scratch<"classes">(pr::beside<pr::ways>) |
                          pr::per_class(pr::dense<8> | pr::relu | pr::dense<1> | pr::sigmoid) | pr::one_hot(pr::mse) |
                          pr::solve<"classes">(pr::class_sums{}) | pr::exact | pr::outer(pr::adam{.rate = 1e-2f});

template <std::size_t Ways, std::size_t Shots, class Description>
using adapter_of = pr::adapter<float, std::remove_cvref_t<Description>, episode<Ways, Shots>>;

template <class Learner>
double accuracy(Learner& learner, const auto& tasks) {
    return pr::evaluate(learner, tasks, {.tasks = 60, .seed = pr::seed{9}}, pr::at_described_steps,
                        pr::query_accuracy{})[0]
        .mean;
}

}  // namespace

TEST_CASE("an embedding trained on 12 ways and 3 shots serves 5 ways and 1 shot", "[adapt]") {
    const auto carried_over = [](const auto& description) {
        auto trained = pr::make_learner(description, blobs<12, 3>, pr::seed{1});
        adapter_of<5, 1, decltype(description)> tester(description);
        const auto find = [](auto& owner) { return owner.parameters()["dense_1.weight"_s]; };
        CHECK_FALSE(std::ranges::equal(find(*trained), find(tester)));
        pr::transfer(*trained, tester);
        const double before = accuracy(tester, blobs<5, 1>);
        pr::train(*trained, blobs<12, 3>, {.iterations = 60, .meta_batch = 2});
        pr::transfer(*trained, tester);
        CHECK(std::ranges::equal(find(*trained), find(tester)));
        CHECK(accuracy(tester, blobs<5, 1>) > before + 0.02);
    };
    carried_over(prototypical);
    carried_over(matching);
    carried_over(relation);
}

TEST_CASE("what was carried over predicts as the learner does, where the episodes are the same", "[adapt]") {
    auto trained = pr::make_learner(relation, blobs<5, 2>, pr::seed{1});
    adapter_of<5, 2, decltype(relation)> tester(relation);
    pr::transfer(*trained, tester);
    episode<5, 2> task;
    blobs<5, 2>.draw_into<float>(pr::key{4}, task);
    CHECK(tester.adapt(task.support).loss(task.query) == trained->adapt(task.support).loss(task.query));
}

TEST_CASE("transfer copies running statistics, and scratch of the same shape; other scratch stays", "[adapt]") {
    constexpr auto model = pr::input<6> | pr::batch_normalization<pr::running> | pr::context<3> |
                           pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                           pr::adapt<1>(pr::sgd{}, pr::only<"context">) | pr::solve<"head">(pr::prototypes{}) |
                           pr::exact;
    adapter_of<5, 2, decltype(model)> from(model);
    adapter_of<3, 1, decltype(model)> to(model);
    std::fill(from.parameters().all().begin(), from.parameters().all().end(), 7.0f);
    pr::transfer(from, to);
    const auto all = to.parameters();
    for (const float x : all["batch_normalization_0.mean"_s]) CHECK(x == 7.0f);
    for (const float x : all["batch_normalization_0.scale"_s]) CHECK(x == 7.0f);
    for (const float x : all["context"_s]) CHECK(x == 7.0f);
    for (const float x : all["head.weight"_s]) CHECK(x == 0.0f);
}

TEST_CASE("transfer goes between float and double, and from parameters alone", "[adapt]") {
    const auto from = pr::make_learner(prototypical, blobs<5, 1>, pr::seed{2});
    const auto to = pr::make_learner<double>(prototypical, blobs<3, 2>, pr::seed{3});
    pr::transfer(from->parameters(), to->parameters());
    const auto read = from->parameters()["dense_0.weight"_s];
    const auto written = to->parameters()["dense_0.weight"_s];
    for (std::size_t i = 0; i < 72; ++i) CHECK(written[i] == static_cast<double>(read[i]));
}
