// SPDX-License-Identifier: BSL-1.0
// The fields of an optimizer: a number, a number that is learned, or a schedule over the steps.
#pragma once

#include <concepts>
#include <cstddef>

namespace priori {

// What a learned field has one value for; combine with |.
enum class granularity : unsigned { whole = 0, coordinate = 1, step = 2, layer = 4 };

constexpr granularity operator|(granularity a, granularity b) {
    return static_cast<granularity>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has(granularity all, granularity one) {
    return (static_cast<unsigned>(all) & static_cast<unsigned>(one)) != 0;
}

inline constexpr granularity coordinate = granularity::coordinate;
inline constexpr granularity step = granularity::step;
inline constexpr granularity layer = granularity::layer;

// A field that is a meta-parameter and starts at `start`.
template <granularity Per>
struct learned_field {
    static constexpr granularity per = Per;
    double start = 0;

    constexpr learned_field() = default;
    constexpr explicit learned_field(double value) : start(value) {}
};

constexpr learned_field<granularity::whole> learned(double start) {
    return learned_field<granularity::whole>(start);
}
// learned_per<coordinate>(0.01f): one rate for every weight, as in Meta-SGD (Li et al. 2017, equation 1);
// learned_per<layer | step>: one for every layer and step, as in MAML++ (Antoniou et al. 2019, section 4.2); weight and
// bias share it, the layers inside of residual(...) or per_class(...) have one each.
template <granularity Per>
constexpr learned_field<Per> learned_per(double start) {
    return learned_field<Per>(start);
}

template <class F>
inline constexpr bool is_learned_field = false;
template <granularity Per>
inline constexpr bool is_learned_field<learned_field<Per>> = true;

// Has the field a value for each step that is learned?
template <class F>
inline constexpr bool is_learned_by_step = false;
template <granularity Per>
inline constexpr bool is_learned_by_step<learned_field<Per>> = has(Per, step);

// A field that changes with the step k = 0, 1, ...: anything with a member `at(k)`.
template <class F>
concept Schedule = requires(const F& field, std::size_t k) {
    { field.at(k) } -> std::convertible_to<double>;
};

// The value of a field at step k; that of a learned field is where it starts.
template <class F>
constexpr double field_value(const F& field, std::size_t k) {
    if constexpr (is_learned_field<F>) {
        return field.start;
    } else if constexpr (Schedule<F>) {
        return field.at(k);
    } else {
        return field;
    }
}

// How many values a learned field has for so many coordinates, layers and steps; 0 for a field that is not learned.
template <class F>
constexpr std::size_t field_size(std::size_t coordinates, std::size_t layers, std::size_t steps) {
    if constexpr (is_learned_field<F>) {
        std::size_t size = 1;
        if (has(F::per, coordinate)) {
            size *= coordinates;
        } else if (has(F::per, layer)) {
            size *= layers;
        }
        return has(F::per, step) ? size * steps : size;
    } else {
        return 0;
    }
}

}  // namespace priori
