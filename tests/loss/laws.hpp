// SPDX-License-Identifier: BSL-1.0
// The laws of a Loss, checked on any loss in double at smooth places: its gradient is that of its value, its tangents
// are those of value and gradient, known values change nothing, and it writes nothing else.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/shape.hpp>
#include <priori/loss/concepts.hpp>

#include "catch.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace loss_laws {

namespace pr = priori;

inline constexpr std::size_t rows = 5, outputs = 7, size = rows * outputs;  // packs and a rest
using numbers = std::array<double, size>;

// `target` holds numbers, or a label for each row.
template <pr::Loss L, class Target>
void check(const L& loss, const Target* target) {
    using out = pr::shape<outputs>;
    constexpr double unwritten = std::numeric_limits<double>::quiet_NaN();
    numbers y, direction;
    for (std::size_t i = 0; i < size; ++i) {
        y[i] = 1.1 * std::sin(2.3 * static_cast<double>(i) + 0.4);
        direction[i] = std::cos(1.7 * static_cast<double>(i));
    }
    const auto gradient_at = [&](numbers at, numbers& bar) {
        bar.fill(unwritten);
        return loss.template gradient<rows, out>(pr::view<double>(at.data()), target, pr::view<double>(bar.data()));
    };
    const auto moved = [&](double step, std::size_t i) {
        numbers at = y;
        at[i] += step;
        return at;
    };
    const auto along = [&](double step) {
        numbers at = y;
        for (std::size_t i = 0; i < size; ++i) at[i] += step * direction[i];
        return at;
    };
    const auto slope = [](double h, double up, double down, double up_twice, double down_twice) {
        return (8 * (up - down) - (up_twice - down_twice)) / (12 * h);
    };

    constexpr double h = 1e-3;
    numbers bar, other;
    const double value = gradient_at(y, bar);
    numbers unwanted = y;
    CHECK(loss.template gradient<rows, out>(pr::view<double>(unwanted.data()), target, pr::view<void>{}) == value);
    double directional = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const double expected = slope(h, gradient_at(moved(h, i), other), gradient_at(moved(-h, i), other),
                                      gradient_at(moved(2 * h, i), other), gradient_at(moved(-2 * h, i), other));
        CHECK(bar[i] == Approx(expected).margin(1e-9));
        directional += bar[i] * direction[i];
    }

    numbers up, down, up_twice, down_twice, value_bar, tangent_bar, known_bar;
    gradient_at(along(h), up), gradient_at(along(-h), down);
    gradient_at(along(2 * h), up_twice), gradient_at(along(-2 * h), down_twice);
    pr::view<pr::dual<double>> at, dual_bar;
    at.value = pr::view<double>(y.data()), at.tangent = pr::view<double>(direction.data());
    dual_bar.value = pr::view<double>(value_bar.data()), dual_bar.tangent = pr::view<double>(tangent_bar.data());
    value_bar.fill(unwritten), tangent_bar.fill(unwritten), known_bar.fill(unwritten);
    const auto cost = loss.template gradient<rows, out>(at, target, dual_bar);
    CHECK(cost.value == Approx(value).epsilon(1e-14));
    CHECK(cost.tangent[0] == Approx(directional).epsilon(1e-12));
    loss.template gradient<rows, out>(pr::swept(at.value, at.tangent), target,
                                      pr::swept(pr::view<double>(), pr::view<double>(known_bar.data())));
    for (std::size_t i = 0; i < size; ++i) {
        CHECK(value_bar[i] == Approx(bar[i]).margin(1e-15));
        CHECK(tangent_bar[i] == Approx(slope(h, up[i], down[i], up_twice[i], down_twice[i])).margin(1e-9));
        CHECK(known_bar[i] == Approx(tangent_bar[i]).margin(1e-15));
    }
}

// Targets that no prediction comes near, so that losses with a kink are smooth there.
inline numbers far_targets() {
    numbers result;
    for (std::size_t i = 0; i < size; ++i) result[i] = (i % 2 == 0 ? 3.0 : -3.0) + 0.1 * static_cast<double>(i);
    return result;
}
inline numbers near_targets() {
    numbers result;
    for (std::size_t i = 0; i < size; ++i) result[i] = 1.1 * std::sin(2.3 * static_cast<double>(i) + 0.4) + 0.3;
    return result;
}

}  // namespace loss_laws
