// SPDX-License-Identifier: BSL-1.0
// Schedules: fields that change with the step k = 0, 1, ... of the loop they stand in, inner or outer.
#pragma once

#include <priori/core/portable_math.hpp>
#include <priori/optim/field.hpp>

#include <cstddef>

namespace priori {

// Units: steps are steps of the rule: of the inner loop for an inner rule, iterations for the outer one.
// Example: adam{.rate = warm_up{.steps = 500, .then = cosine_schedule{.from = 1e-3, .to = 1e-5, .steps = 70'000}}}

struct constant {
    double value = 0;
    constexpr double at(std::size_t) const noexcept { return value; }
};

// In a straight line from `from` at step 0 to `to` at step `steps` and after.
struct linear_schedule {
    double from = 1;
    double to = 0;
    std::size_t steps = 1;

    constexpr double at(std::size_t k) const noexcept {
        return k >= steps ? to : from + (to - from) * (static_cast<double>(k) / static_cast<double>(steps));
    }
};

// Along half a wave of the cosine: to + (from - to) (1 + cos(pi k / steps)) / 2, and `to` after.
// Reference: Loshchilov and Hutter, SGDR (2017), equation 5, without restarts.
struct cosine_schedule {
    double from = 1;
    double to = 0;
    std::size_t steps = 1;

    double at(std::size_t k) const noexcept {
        if (k >= steps) return to;
        const double half_angle = 1.5707963267948966192 * (static_cast<double>(k) / static_cast<double>(steps));
        const double sine = portable_sin(half_angle);
        return to + (from - to) * (1.0 - sine * sine);
    }
};

// Up to the first value of `then` in equal parts, 1/steps of it at step 0 and all of it at step steps - 1; then `then`,
// whose own steps count from there. `then` is a number or a schedule.
template <class Then = double>
struct warm_up {
    static_assert(!is_learned_field<Then>,
                  "[priori:O402] warm_up: a learned field is no schedule; warm up to a number or a schedule.");

    std::size_t steps = 0;
    Then then = Then(1.0);

    constexpr double at(std::size_t k) const noexcept {
        if (k >= steps) return field_value(then, k - steps);
        return field_value(then, 0) * (static_cast<double>(k + 1) / static_cast<double>(steps));
    }
};

}  // namespace priori
