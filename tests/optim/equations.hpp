// SPDX-License-Identifier: BSL-1.0
// An optimizer for several steps against its paper's equations, written out in double for one coordinate after the
// other; eps inside the root, which is the default and which torch.optim does not have.
#pragma once

#include "catch.hpp"

#include <priori/optim/outer.hpp>
#include <priori/simd/pack.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace equations {

namespace pr = priori;

inline constexpr std::size_t count = 19;  // packs and a rest
using layout = pr::layout<pr::block<"w", "", pr::shape<count>>>;

inline double start(std::size_t i) { return std::sin(1.0 + 0.7 * static_cast<double>(i)); }
// The gradient at step k; one coordinate has none.
inline double slope(std::size_t i, int k) { return i == 3 ? 0 : 2 * std::cos(0.3 + 1.1 * static_cast<double>(i) + 2.0 * k); }

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

// Of adam with rate 0.05, moments 0.8 and 0.95 and eps 1e-3 on either side of the root; of adamw with a decay.
inline auto adam_equation(double decay, bool inside) {
    return [=](state& s, double g, int t) {
        s.m = 0.8 * s.m + 0.2 * g;
        s.v = 0.95 * s.v + 0.05 * g * g;
        const double m = s.m / (1 - std::pow(0.8, t)), v = s.v / (1 - std::pow(0.95, t));
        s.p -= 0.05 * (m / (inside ? std::sqrt(v + 1e-3) : std::sqrt(v) + 1e-3) + decay * s.p);
    };
}

}  // namespace equations
