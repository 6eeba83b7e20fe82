// SPDX-License-Identifier: BSL-1.0
// Chains of transforms before an optimizer: what each sees, how it is grouped, and what its fields are called.
#include "optim/equations.hpp"

#include "catch.hpp"

#include <priori/optim/chain.hpp>
#include <priori/optim/clip.hpp>
#include <priori/optim/detached.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/optim/weight_decay.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

namespace pr = priori;
using namespace equations;

namespace {

using numbers = std::array<double, count>;

numbers cut(numbers g, double limit) {
    double square = 0;
    for (const double x : g) square += x * x;
    for (double& x : g) x *= std::fmin(1, limit / std::sqrt(square));
    return g;
}

numbers decayed(numbers g, const numbers& p, double decay) {
    for (std::size_t i = 0; i < count; ++i) g[i] += decay * p[i];
    return g;
}

// Largest difference after six steps; `change(g, p)` is the gradient that the optimizer is to take, `decay` that of its
// momentum.
template <class O, class Change>
double error_of_whole(const O& optimizer, double decay, const Change& change) {
    numbers theta, want, gradient, moved{};
    for (std::size_t i = 0; i < count; ++i) theta[i] = want[i] = start(i);
    pr::outer_state<layout, O, double> own;
    own.start();
    double worst = 0;
    for (int k = 0; k < 6; ++k) {
        for (std::size_t i = 0; i < count; ++i) gradient[i] = slope(i, k);
        const numbers taken = change(gradient, want);
        own.step(optimizer, pr::view<double>(theta.data()), pr::view<double>(gradient.data()));
        for (std::size_t i = 0; i < count; ++i) {
            moved[i] = decay * moved[i] + taken[i];
            want[i] -= 0.1 * moved[i];
            worst = pr::maximum(worst, std::abs(theta[i] - want[i]));
        }
    }
    return worst;
}

constexpr auto rate = pr::sgd{.rate = 0.1};

}  // namespace

TEST_CASE("a norm is that of the gradient as the transforms before have left it") {
    const auto decay_first = pr::weight_decay{0.5} | pr::clip_by_norm{1.5} | rate;
    CHECK(error_of_whole(decay_first, 0, [](const numbers& g, const numbers& p) {
              return cut(decayed(g, p, 0.5), 1.5);
          }) < 1e-14);
    const auto clip_first = pr::clip_by_norm{1.5} | pr::weight_decay{0.5} | rate;
    CHECK(error_of_whole(clip_first, 0, [](const numbers& g, const numbers& p) {
              return decayed(cut(g, 1.5), p, 0.5);
          }) < 1e-14);
    const auto twice = pr::clip_by_norm{1.5} | pr::weight_decay{2.0} | pr::clip_by_norm{0.5} | rate;
    CHECK(error_of_whole(twice, 0, [](const numbers& g, const numbers& p) {
              return cut(decayed(cut(g, 1.5), p, 2.0), 0.5);
          }) < 1e-14);
}

TEST_CASE("the optimizer behind a chain keeps its own state") {
    const auto chain = pr::weight_decay{0.5} | pr::clip_by_norm{1.5} | pr::momentum{.rate = 0.1, .decay = 0.8};
    STATIC_REQUIRE(decltype(chain)::slots == 1);
    CHECK(error_of_whole(chain, 0.8, [](const numbers& g, const numbers& p) {
              return cut(decayed(g, p, 0.5), 1.5);
          }) < 1e-14);
}

TEST_CASE("a chain is the same however it is grouped") {
    constexpr auto decay = pr::weight_decay{0.5};
    constexpr auto clip = pr::clip_by_norm{1.5};
    STATIC_REQUIRE(std::is_same_v<decltype((decay | clip) | rate), decltype(decay | (clip | rate))>);
    STATIC_REQUIRE(std::is_same_v<decltype(clip | pr::detached(rate)), decltype(pr::detached(clip | rate))>);
}

TEST_CASE("fields of a chain have the names of their transforms, in its order") {
    using chain = std::remove_cvref_t<decltype(pr::weight_decay{0.5} | pr::clip_by_norm{1.5} | rate)>;
    STATIC_REQUIRE(std::is_same_v<chain::field_names, pr::names<pr::fixed_string{"weight_decay.decay"},
                                                                pr::fixed_string{"clip_by_norm.limit"},
                                                                pr::fixed_string{"rate"}>>);
    STATIC_REQUIRE(chain::kind.view() == "weight_decay | clip_by_norm | sgd");
}
