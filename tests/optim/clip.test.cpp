// SPDX-License-Identifier: BSL-1.0
// Clipping, also with weight decay, before an optimizer, against their equations.
#include "optim/equations.hpp"

#include "catch.hpp"

#include <priori/optim/chain.hpp>
#include <priori/optim/clip.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/optim/weight_decay.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace pr = priori;
using namespace equations;

namespace {

struct alone : pr::sgd<> {
    static constexpr bool takes_bundles = false;
};

}  // namespace

TEST_CASE("transforms change the gradient in the order in which they are written") {
    const auto clipped = [](double g) { return std::fmin(std::fmax(g, -0.7), 0.7); };
    check(pr::clip_by_value{0.7} | pr::sgd{.rate = 0.1}, [=](state& s, double g, int) { s.p -= 0.1 * clipped(g); });
    check(pr::weight_decay{0.5} | pr::clip_by_value{0.7} | pr::sgd{.rate = 0.1},
          [=](state& s, double g, int) { s.p -= 0.1 * clipped(g + 0.5 * s.p); });
    check(pr::clip_by_value{0.7} | pr::weight_decay{0.5} | pr::sgd{.rate = 0.1},
          [=](state& s, double g, int) { s.p -= 0.1 * (clipped(g) + 0.5 * s.p); });
    check(pr::clip_by_norm{1.5} | pr::sgd{.rate = 0.1}, [](state& s, double g, int t) {
        double square = 0;
        for (std::size_t i = 0; i < count; ++i) square += slope(i, t - 1) * slope(i, t - 1);
        s.p -= 0.1 * g * std::fmin(1, 1.5 / std::sqrt(square));
    });
}

TEST_CASE("what is not a number in a gradient is not hidden by clipping") {
    std::array<float, count> theta{}, gradient{};
    gradient[2] = std::numeric_limits<float>::quiet_NaN();
    const auto optimizer = pr::clip_by_value{1.0} | pr::sgd{.rate = 0.1};
    pr::outer_state<layout, std::remove_cvref_t<decltype(optimizer)>, float> own;
    own.start();
    own.step(optimizer, pr::view<float>(theta.data()), pr::view<float>(gradient.data()));
    CHECK(std::isnan(theta[2]));
    CHECK(theta[1] == 0);
}

TEST_CASE("a gradient of any finite length is cut back to the limit, in float") {
    const auto optimizer = pr::clip_by_norm{1.0} | pr::sgd{.rate = 1.0};
    for (const float large : {10.0f, 1e10f, 1e18f, 1e19f, 1e30f, 1e37f}) {
        std::array<float, count> theta{}, gradient{};
        gradient[0] = large;
        gradient[1] = -large;
        pr::outer_state<layout, std::remove_cvref_t<decltype(optimizer)>, float> own;
        own.start();
        own.step(optimizer, pr::view<float>(theta.data()), pr::view<float>(gradient.data()));
        CHECK(theta[0] == Approx(-std::sqrt(0.5)).epsilon(1e-6));
        CHECK(theta[1] == Approx(std::sqrt(0.5)).epsilon(1e-6));
        CHECK(theta[2] == 0);
    }
}

TEST_CASE("a gradient of many large numbers is cut back to the limit, in float") {
    const auto optimizer = pr::clip_by_norm{1.0} | pr::sgd{.rate = 1.0};
    for (const float large : {1e37f, 3e38f}) {
        std::array<float, count> theta{}, gradient{};
        gradient.fill(large);
        pr::outer_state<layout, std::remove_cvref_t<decltype(optimizer)>, float> own;
        own.start();
        own.step(optimizer, pr::view<float>(theta.data()), pr::view<float>(gradient.data()));
        for (const float moved : theta) CHECK(moved == Approx(-1 / std::sqrt(count)).epsilon(1e-6));
    }
}

TEST_CASE("a gradient that is small or zero is left as it is, in float") {
    const auto optimizer = pr::clip_by_norm{1.0} | pr::sgd{.rate = 1.0};
    for (const float small : {0.0f, 1e-37f, 1e-25f, 1e-3f}) {
        std::array<float, count> theta{}, gradient{};
        gradient[1] = small;
        pr::outer_state<layout, std::remove_cvref_t<decltype(optimizer)>, float> own;
        own.start();
        own.step(optimizer, pr::view<float>(theta.data()), pr::view<float>(gradient.data()));
        CHECK(theta[1] == -small);
        CHECK(theta[0] == 0);
    }
}

TEST_CASE("a chain runs on bundles of tasks if its parts do") {
    STATIC_REQUIRE(decltype(pr::clip_by_value{1.0} | pr::sgd{})::takes_bundles);
    STATIC_REQUIRE_FALSE(decltype(pr::clip_by_value{1.0} | alone{})::takes_bundles);
}
