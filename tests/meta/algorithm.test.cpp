// SPDX-License-Identifier: BSL-1.0
// algorithm: the order in which a description is written decides what it holds, and every part keeps its numbers.
#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>

#include <type_traits>

namespace pr = priori;

namespace {

constexpr auto objective = pr::input<2> | pr::dense<1> | pr::mse;

template <class Left, class Right>
concept Joins = requires(Left left, Right right) {
    left | right;
};

template <class D>
using plain = std::remove_cvref_t<D>;

}  // namespace

TEST_CASE("stages stand in their order, rules and numbers are kept") {
    constexpr auto d = objective | pr::adapt<2>(pr::sgd{.rate = 0.25}) | pr::adapt<3>(pr::adam{.rate = 0.5}) |
                       pr::first_order | pr::outer(pr::sgd{.rate = 0.125});
    static_assert(pr::tuple_size<decltype(d)::stages_type> == 2);
    CHECK(pr::get<0>(d.stages).steps == 2);
    CHECK(pr::get<0>(d.stages).optimizer.rate == 0.25);
    CHECK(pr::get<1>(d.stages).steps == 3);
    CHECK(pr::get<1>(d.stages).optimizer.rate == 0.5);
    CHECK(d.outer.optimizer.rate == 0.125);
    static_assert(std::is_same_v<decltype(d)::rule_type, plain<decltype(pr::first_order)>>);
    static_assert(!decltype(d)::queries_type::every);
}

TEST_CASE("an objective without a stage is plain training") {
    constexpr auto d = objective | pr::exact | pr::outer(pr::sgd{});
    static_assert(pr::tuple_size<decltype(d)::stages_type> == 0);
    static_assert(std::is_same_v<decltype(d)::rule_type, plain<decltype(pr::exact)>>);
    SUCCEED();
}

TEST_CASE("every_step may stand before or after the outer rule, with its weights") {
    const auto before =
        objective | pr::adapt<2>(pr::sgd{}) | pr::exact | pr::every_step(0.25, 0.5, 1) | pr::outer(pr::sgd{});
    const auto after =
        objective | pr::adapt<2>(pr::sgd{}) | pr::exact | pr::outer(pr::sgd{}) | pr::every_step(0.25, 0.5, 1);
    static_assert(std::is_same_v<decltype(before), decltype(after)>);
    CHECK(before.queries.weights[0] == 0.25f);
    CHECK(after.queries.weights[2] == 1);
}

TEST_CASE("what nothing else may follow is not joined") {
    using open = plain<decltype(objective | pr::adapt<1>(pr::sgd{}))>;
    using ruled = plain<decltype(objective | pr::adapt<1>(pr::sgd{}) | pr::exact)>;
    using stage = plain<decltype(pr::adapt<1>(pr::sgd{}))>;
    using rule = plain<decltype(pr::exact)>;
    static_assert(Joins<open, stage> && Joins<open, rule>);
    static_assert(!Joins<pr::detail::at_no_step, rule>);
    static_assert(std::is_same_v<ruled::outer_type, pr::undecided>);
    CHECK(sizeof(pr::undecided) == 1);
}
