// SPDX-License-Identifier: BSL-1.0
// What is a model of which concept of optim, and what is none.
#include "catch.hpp"

#include <priori/optim/concepts.hpp>
#include <priori/optim/optim.hpp>

namespace {

namespace pr = priori;

template <class T>
constexpr bool elementwise(const T&) {
    return pr::Elementwise<T>;
}
template <class T>
constexpr bool transforms(const T&) {
    return pr::Transform<T>;
}
template <class T>
constexpr bool optimizes(const T&) {
    return pr::Optimizer<T>;
}

}  // namespace

TEST_CASE("elementwise optimizers are optimizers and no transforms") {
    const auto check = [](auto... each) {
        CHECK((elementwise(each) && ...));
        CHECK((optimizes(each) && ...));
        CHECK_FALSE((transforms(each) || ...));
    };
    check(pr::sgd{}, pr::momentum{}, pr::nesterov{}, pr::rmsprop{}, pr::adam{}, pr::adamw{});
    check(pr::weight_decay{} | pr::sgd{}, pr::clip_by_value{} | pr::weight_decay{} | pr::adam{});
}

TEST_CASE("transforms take no step") {
    const auto check = [](auto... each) {
        CHECK((transforms(each) && ...));
        CHECK_FALSE((elementwise(each) || ...));
        CHECK_FALSE((optimizes(each) || ...));
    };
    check(pr::weight_decay{}, pr::clip_by_value{}, pr::clip_by_norm{});
}

TEST_CASE("optimizers that are not elementwise have a rule of their own") {
    CHECK(optimizes(pr::lstm_rule<4>{}));
    CHECK_FALSE(elementwise(pr::lstm_rule<4>{}));
    CHECK(optimizes(pr::detached(pr::sgd{})));
    CHECK(pr::Rule<pr::rule<"rule", pr::adam<>>>);
    CHECK_FALSE(pr::Rule<pr::adam<>>);
    CHECK_FALSE(optimizes(0.1));
}

TEST_CASE("a root without eps inside is steep where the gradient is 0") {
    CHECK_FALSE(pr::is_steep_at_zero<pr::sgd<>>);
    CHECK_FALSE(pr::is_steep_at_zero<pr::adam<>>);
    CHECK(pr::is_steep_at_zero<decltype(pr::adam{}.with_eps_outside())>);
}
