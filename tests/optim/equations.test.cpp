// SPDX-License-Identifier: BSL-1.0
// Each optimizer for several steps against its paper's equations, written out in double for one coordinate after the
// other; eps inside the root, which is the default and which torch.optim does not have.
#include "catch.hpp"

#include <priori/optim/optim.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace pr = priori;

namespace {

constexpr std::size_t count = 19;  // packs and a rest
using layout = pr::layout<pr::block<"w", "", pr::shape<count>>>;

double start(std::size_t i) { return std::sin(1.0 + 0.7 * static_cast<double>(i)); }
// The gradient at step k; one coordinate has none.
double slope(std::size_t i, int k) { return i == 3 ? 0 : 2 * std::cos(0.3 + 1.1 * static_cast<double>(i) + 2.0 * k); }

struct state {
    double p, m = 0, v = 0;
};

// `step(state, g, t)` is a paper's step number t = 1, 2, .. of one coordinate.
template <class T, class O, class Step>
double error(const O& optimizer, const Step& step) {
    std::array<T, count> theta, gradient;
    std::array<state, count> want;
    for (std::size_t i = 0; i < count; ++i) {
        theta[i] = static_cast<T>(start(i));
        want[i].p = static_cast<double>(theta[i]);
    }
    pr::outer_state<layout, O, T> own;
    own.start();
    double worst = 0;
    for (int k = 0; k < 6; ++k) {
        for (std::size_t i = 0; i < count; ++i) gradient[i] = static_cast<T>(slope(i, k));
        own.step(optimizer, pr::view<T>(theta.data()), pr::view<T>(gradient.data()));
        for (std::size_t i = 0; i < count; ++i) {
            step(want[i], static_cast<double>(gradient[i]), k + 1);
            worst = pr::maximum(worst, std::abs(static_cast<double>(theta[i]) - want[i].p));
        }
    }
    return worst;
}

template <class O, class Step>
void check(const O& optimizer, const Step& step) {
    CHECK(error<double>(optimizer, step) < 1e-14);
    CHECK(error<float>(optimizer, step) < 2e-6);
}

}  // namespace

TEST_CASE("sgd, momentum and nesterov follow their equations") {
    check(pr::sgd{.rate = 0.1}, [](state& s, double g, int) { s.p -= 0.1 * g; });
    check(pr::momentum{.rate = 0.1, .decay = 0.8}, [](state& s, double g, int) {
        s.m = 0.8 * s.m + g;
        s.p -= 0.1 * s.m;
    });
    // Sutskever et al. 2013, equations 3 and 4: u is the velocity at the point that looks ahead, theta + decay u.
    check(pr::nesterov{.rate = 0.1, .decay = 0.8}, [](state& s, double g, int t) {
        double theta = t == 1 ? s.p : s.p - 0.8 * s.m;  // s.p is the point that looks ahead
        s.m = 0.8 * s.m - 0.1 * g;
        theta += s.m;
        s.p = theta + 0.8 * s.m;
    });
}

TEST_CASE("rmsprop, adam and adamw follow their equations, with eps inside the root and outside") {
    const auto rmsprop = [](bool inside) {
        return [inside](state& s, double g, int) {
            s.v = 0.9 * s.v + 0.1 * g * g;
            s.p -= 0.05 * g / (inside ? std::sqrt(s.v + 1e-3) : std::sqrt(s.v) + 1e-3);
        };
    };
    const pr::rmsprop r{.rate = 0.05, .decay = 0.9, .eps = 1e-3};
    check(r, rmsprop(true));
    check(r.with_eps_outside(), rmsprop(false));

    const auto adam = [](double decay, bool inside) {
        return [=](state& s, double g, int t) {
            s.m = 0.8 * s.m + 0.2 * g;
            s.v = 0.95 * s.v + 0.05 * g * g;
            const double m = s.m / (1 - std::pow(0.8, t)), v = s.v / (1 - std::pow(0.95, t));
            s.p -= 0.05 * (m / (inside ? std::sqrt(v + 1e-3) : std::sqrt(v) + 1e-3) + decay * s.p);
        };
    };
    const pr::adam a{.rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3};
    check(a, adam(0, true));
    check(a.with_eps_outside(), adam(0, false));
    const pr::adamw w{.rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3, .decay = 0.3};
    check(w, adam(0.3, true));
    check(w.with_eps_outside(), adam(0.3, false));
}

TEST_CASE("transforms change the gradient in the order in which they are written") {
    check(pr::weight_decay{0.5} | pr::momentum{.rate = 0.1, .decay = 0.8}, [](state& s, double g, int) {
        s.m = 0.8 * s.m + g + 0.5 * s.p;
        s.p -= 0.1 * s.m;
    });
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
