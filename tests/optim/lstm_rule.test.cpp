// SPDX-License-Identifier: BSL-1.0
// lstm_rule: a learned optimizer against PyTorch, on the support rows and on others.

#include "catch.hpp"
#include "goldens/learned_optimizer.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/detached.hpp>
#include <priori/optim/lstm_rule.hpp>

#include <cstddef>
#include <vector>

namespace pr = priori;
namespace goldens = pr::goldens;
using pr::tests::golden_run;

namespace {

constexpr auto quadratic = pr::input<4> | pr::dense<1>.without_bias() | pr::mse;
constexpr auto all_steps = pr::every_step(1, 1, 1, 1, 1, 1, 1, 1, 1);
using on_queries = pr::episode_of<double, pr::shape<4>, pr::shape<1>, 6, 7>;
using on_support = pr::episode_of<double, pr::shape<4>, pr::shape<1>, 6, 6>;

on_support support_twice() {
    auto task = pr::tests::golden_episode<on_support>();
    task.query = task.support;
    return task;
}

template <class Episode, class Given, class Gradient, class Start>
void compare(const Given& given, const Episode& task, double loss, const Gradient& gradient, const Start& start) {
    golden_run<Given, Episode> run(given);
    run.set("dense_0", 4).set("adapt_0", 76);
    run.run(task);
    CHECK(run.loss == Approx(loss).epsilon(1e-13));
    CHECK(run.gradient_error("adapt_0", gradient) < 1e-10);
    CHECK(run.gradient_error("dense_0", start) < 1e-10);
}

}  // namespace

TEST_CASE("the learned optimizer gives PyTorch's gradients of weights and start", "[optim]") {
    constexpr auto learned = quadratic | pr::adapt<8>(pr::lstm_rule<3>{}) | pr::exact | all_steps;
    {
        namespace golden = goldens::learned_optimizer_exact;
        compare(learned, support_twice(), golden::loss, golden::gradient, golden::gradient_of_start);
        golden_run<decltype(learned), on_support> run(learned);
        run.set("dense_0", 4).set("adapt_0", 76);
        CHECK(run.error(run.adapted(support_twice()), "dense_0", golden::adapted) < 1e-10);
    }
    {
        namespace golden = goldens::learned_optimizer_query_exact;
        compare(learned, pr::tests::golden_episode<on_queries>(), golden::loss, golden::gradient,
                golden::gradient_of_start);
    }
}

TEST_CASE("a first-order rule holds the gradients that the LSTM sees fixed", "[optim]") {
    constexpr auto learned = quadratic | pr::adapt<8>(pr::lstm_rule<3>{}) | pr::first_order | all_steps;
    namespace golden = goldens::learned_optimizer_detached;
    compare(learned, support_twice(), golden::loss, golden::gradient, golden::gradient_of_start);
}

TEST_CASE("the detached learned optimizer gives PyTorch's gradients", "[optim]") {
    constexpr auto learned = quadratic | pr::adapt<8>(pr::detached(pr::lstm_rule<3>{})) | pr::exact | all_steps;
    {
        namespace golden = goldens::learned_optimizer_detached;
        compare(learned, support_twice(), golden::loss, golden::gradient, golden::gradient_of_start);
    }
    {
        namespace golden = goldens::learned_optimizer_query_detached;
        compare(learned, pr::tests::golden_episode<on_queries>(), golden::loss, golden::gradient,
                golden::gradient_of_start);
    }
}

TEST_CASE("the LSTM starts from its key, and from nothing else", "[optim]") {
    constexpr auto learned = quadratic | pr::adapt<8>(pr::lstm_rule<3>{}) | pr::exact;
    using program = pr::program<double, decltype(learned), on_queries>;
    std::vector<double> one(program::size), same(program::size), other(program::size);
    program::initialize(learned, pr::key{1}, one.data());
    program::initialize(learned, pr::key{1}, same.data());
    program::initialize(learned, pr::key{2}, other.data());
    CHECK(one == same);
    const std::size_t at = program::layout_type::offset_of("adapt_0.hidden_weight");
    constexpr auto held = quadratic | pr::adapt<8>(pr::detached(pr::lstm_rule<3>{})) | pr::exact;
    pr::program<double, decltype(held), on_queries>::initialize(held, pr::key{1}, same.data());
    CHECK(one == same);
    for (std::size_t i = 0; i < 36; ++i) CHECK(one[at + i] != other[at + i]);
    for (std::size_t i = 3; i < 6; ++i) CHECK(one[program::layout_type::offset_of("adapt_0.bias") + i] == 1.0);
}
