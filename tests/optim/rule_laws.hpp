// SPDX-License-Identifier: BSL-1.0
// The laws of a Rule, checked on any optimizer in double: its pull-back is the transpose of its derivative, on plain
// numbers and on duals, and writes nothing else.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/rule.hpp>
#include <priori/optim/segment.hpp>
#include <priori/simd/pack.hpp>
#include <priori/tensor/layout.hpp>

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace rule_laws {

namespace pr = priori;

// Two layers in three segments that are not neighbours in the flat buffer; 29 numbers are packs and a rest.
struct plan {
    static constexpr std::size_t size = 29;
    static constexpr std::size_t layers = 2;
    static constexpr std::array<pr::segment, 3> segments{
        pr::segment{1, 11, 0, 0}, pr::segment{12, 3, 11, 0}, pr::segment{17, 15, 14, 1}};
};
using model = pr::layout<pr::block<"model", "all", pr::shape<40>>>;
inline constexpr std::size_t trained = 3;

// All numbers that a step depends on, one after the other: what the rule learns, x, g, s.
template <class O>
struct step_of {
    using rule = pr::rule<"rule", O>;
    static_assert(pr::Rule<rule>);
    using layout = pr::merged_layout<model, typename rule::template blocks<plan, trained>>;
    static constexpr std::size_t n = plan::size, slots = rule::slots;
    static constexpr std::size_t x_at = layout::size, g_at = x_at + n, s_at = g_at + n, size = s_at + n * slots;
    using numbers = std::vector<double>;

    O optimizer;
    std::size_t k;

    static numbers inputs(const O& optimizer) {
        numbers z(size);
        rule::template initialize<layout, plan, trained>(optimizer, z.data());
        for (std::size_t i = 0; i < size; ++i) {
            const double wave = std::sin(2.3 * static_cast<double>(i) + 0.4);
            if (i >= s_at) {
                z[i] = 0.3 + 0.2 * wave;
            } else if (i >= x_at || i < model::size) {
                z[i] = wave;
            } else {
                z[i] *= 1.0 + 0.1 * wave;  // what is learned is not the same everywhere
            }
        }
        return z;
    }

    // x and s after the step, weighted.
    double value(numbers z, const numbers& weights) const {
        double* p = z.data();
        rule::template forward<layout, plan, trained>(optimizer, pr::view<double>(p), k, pr::view<double>(p + x_at),
                                                      pr::view<double>(p + g_at), pr::view<double>(p + s_at));
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += weights[x_at + i] * z[x_at + i];
        for (std::size_t i = s_at; i < size; ++i) sum += weights[i] * z[i];
        return sum;
    }

    template <class N>
    void pull(pr::view<N> z, pr::view<N> bar) const {
        rule::template vjp<layout, plan, trained>(optimizer, z, k, z.at(x_at), z.at(g_at), z.at(s_at), bar.at(x_at),
                                                  bar.at(s_at), bar.at(g_at), bar);
    }
    // The cotangents of all inputs. Those of theta are added to 1, those of g written over NaN.
    numbers pulled(numbers z, const numbers& weights) const {
        numbers bar = weights;
        std::fill_n(bar.begin(), layout::size, 1.0);
        std::fill_n(bar.begin() + g_at, n, NAN);
        pull(pr::view<double>(z.data()), pr::view<double>(bar.data()));
        for (std::size_t i = 0; i < layout::size; ++i) bar[i] -= 1.0;
        return bar;
    }
};

// Fourth order.
template <class F>
double difference(const F& f) {
    constexpr double h = 1e-3;
    return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

inline double waves(std::size_t i, double turn) { return std::cos(turn * static_cast<double>(i) + 1.1); }

template <bool Duals, class O>
void check_at(const O& optimizer, std::size_t k, double tolerance = 1e-8) {
    const step_of<O> step{optimizer, k};
    using S = step_of<O>;
    const auto z = S::inputs(optimizer);
    typename S::numbers weights(S::size), direction(S::size);
    for (std::size_t i = 0; i < S::size; ++i) {
        weights[i] = waves(i, 0.7);
        direction[i] = waves(i, 1.9);
    }
    const auto moved = [&](double by, std::size_t i) {
        auto at = z;
        at[i] += by;
        return at;
    };

    const auto bar = step.pulled(z, weights);
    double scale = 0, worst = 0;
    for (std::size_t i = 0; i < S::size; ++i) {
        const double expected = difference([&](double h) { return step.value(moved(h, i), weights); });
        scale = std::max(scale, std::abs(expected));
        const double error = std::abs(bar[i] - expected);
        worst = pr::maximum(worst, error);  // keeps NaN
    }
    CHECK(worst <= tolerance * scale);

    if constexpr (requires { requires S::rule::steps_alike; }) {
        const auto pull = S::rule::template pull_of_step<double>(optimizer, k);
        double apart = 0;
        for (std::size_t i = 0; i < S::n; ++i) {
            const double v = weights[S::x_at + i];
            apart = pr::maximum(apart, std::abs(bar[S::x_at + i] - pull.kept * v));
            apart = pr::maximum(apart, std::abs(bar[S::g_at + i] - pull.given * v));
        }
        CHECK(apart <= 1e-15);
    }

    if constexpr (Duals) {
        // On duals: the value is that on numbers, the tangent its derivative.
        std::vector<double> duals(4 * S::size);
        const auto dual_at = [&](std::size_t from) {
            pr::view<pr::dual<double>> result;
            result.value = pr::view<double>(duals.data() + from);
            result.tangent = pr::view<double>(duals.data() + from + S::size);
            return result;
        };
        std::copy(z.begin(), z.end(), duals.begin());
        std::copy(direction.begin(), direction.end(), duals.begin() + S::size);
        for (std::size_t i = S::layout::size; i < S::size; ++i) duals[2 * S::size + i] = weights[i];
        step.pull(dual_at(0), dual_at(2 * S::size));
        const auto along = [&](double by) {
            auto at = z;
            for (std::size_t i = 0; i < S::size; ++i) at[i] += by * direction[i];
            return step.pulled(at, weights);
        };
        double second_scale = scale, second_worst = 0, value_worst = 0;
        for (std::size_t i = 0; i < S::size; ++i) {
            const double expected = difference([&](double h) { return along(1e-2 * h)[i]; }) * 1e2;
            second_scale = std::max(second_scale, std::abs(expected));
            const double error = std::abs(duals[3 * S::size + i] - expected);
            second_worst = pr::maximum(second_worst, error);
            const double value_error = std::abs(duals[2 * S::size + i] - bar[i]);
            value_worst = pr::maximum(value_worst, value_error);
        }
        CHECK(value_worst <= 1e-13 * scale);
        CHECK(second_worst <= 10 * tolerance * second_scale);
    }
}

// At the first step, and at one beyond those that per-step fields have values for.
template <class O>
void check(const O& optimizer) {
    check_at<false>(optimizer, 0);
    check_at<false>(optimizer, 7);
}
// The same, and the pull-back on duals, which takes long to compile.
template <class O>
void check_twice(const O& optimizer) {
    check_at<true>(optimizer, 0);
    check_at<true>(optimizer, 7);
}

}  // namespace rule_laws
