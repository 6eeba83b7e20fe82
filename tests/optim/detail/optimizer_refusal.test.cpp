// SPDX-License-Identifier: BSL-1.0
// What is accepted and by which code the rest is refused; optimizers.fail.cpp has the sentences as compilers print them.
#include <priori/optim/detail/optimizer_refusal.hpp>

#include "catch.hpp"

#include <priori/optim/adam.hpp>
#include <priori/optim/chain.hpp>
#include <priori/optim/clip.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/rule.hpp>
#include <priori/optim/sgd.hpp>

#include <string>

namespace pr = priori;

namespace {

struct no_optimizer {};

// How the refusal begins: its code, or nothing where there is none.
template <class O>
std::string code() {
    constexpr auto sentence = pr::detail::optimizer_refusal<O>();
    return std::string(sentence.view().substr(0, 13));
}
template <class O>
std::string outer_code() {
    constexpr auto sentence = pr::detail::outer_optimizer_refusal<O>();
    return std::string(sentence.view().substr(0, 13));
}

}  // namespace

TEST_CASE("optimizers are accepted, alone and behind what changes the gradient") {
    CHECK(code<pr::sgd<>>().empty());
    CHECK(code<pr::adam<>>().empty());
    CHECK(code<decltype(pr::clip_by_norm{} | pr::sgd{})>().empty());
    CHECK(outer_code<pr::adam<>>().empty());
}

TEST_CASE("what makes no step, and what is no optimizer, have codes of their own") {
    CHECK(code<pr::clip_by_norm<>>() == "[priori:O405]");
    CHECK(code<no_optimizer>() == "[priori:O406]");
    CHECK(code<int>() == "[priori:O406]");
}

TEST_CASE("the outer rule is refused where it learns, and for what any optimizer is refused for") {
    using learning = decltype(pr::sgd{.rate = pr::learned(0.1)});
    CHECK(code<learning>().empty());
    CHECK(outer_code<learning>() == "[priori:O401]");
    CHECK(outer_code<pr::clip_by_norm<>>() == "[priori:O405]");
    CHECK(outer_code<no_optimizer>() == "[priori:O406]");
}
