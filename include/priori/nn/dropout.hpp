// SPDX-License-Identifier: BSL-1.0
// dropout: in training, some numbers become zero and the others larger.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/core/error.hpp>
#include <priori/core/random.hpp>
#include <priori/core/result.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/innermost.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace priori {

namespace detail {

// A stream for one step and layer of a task, from the key of the task.
inline random_stream dropout_stream(const pass& how) noexcept {
    const std::array<std::uint32_t, 2> seed{static_cast<std::uint32_t>(how.key.seed),
                                            static_cast<std::uint32_t>(how.key.seed >> 32)};
    const auto words = philox4x32({how.step, purpose::dropout, how.layer, 0}, seed);
    key own = how.key;
    own.seed = words[0] | (std::uint64_t{words[1]} << 32);
    return random_stream(own, purpose::dropout);
}

struct product_function {
    template <class A, class B>
    PRIORI_ALWAYS_INLINE auto operator()(const A& a, const B& b) const noexcept {
        return a * b;
    }
};

}  // namespace detail

// y = x mask, the mask 0 with probability `rate`, else 1 / (1 - rate), so that the mean stays; y = x at evaluation.
// Derivative: x_bar = y_bar mask. The mask is a constant, the same in every sweep of a step: a function of the task's
// key, the step (the query loss is one) and the layer's name; before the first moving layer all steps share it.
// Cost: one draw of 32 bits a number in training; keeps the mask.
// Reference: Srivastava et al. 2014, section 10 (inverted).
struct dropout_layer {
    static constexpr fixed_string kind{"dropout"};
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;
    static constexpr bool piecewise_linear = true;
    static constexpr bool in_place = true;
    static constexpr bool uses_pass = true;

    double rate = 0.5;

    template <class In>
    using output_shape = In;
    template <class In>
    using parameters = parameter_list<>;
    template <class Rows, class In>
    static constexpr std::size_t saved_size = Rows::count * In::size;

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P>, view<X> x, view<Y> y, view<S> saved, const pass& how = {}) const noexcept {
        using T = scalar_of<Y>;
        constexpr std::size_t size = Rows::count * In::size;
        const auto mask = detail::innermost(saved);
        if (!how.training) {
            map(size, [] { return T(1); }, mask);
        } else if constexpr (detail::computes_value<Y>) {
            random_stream random = detail::dropout_stream(how);
            const T kept = T(1.0 / (1.0 - rate));
            for (std::size_t i = 0; i < size; ++i) mask(i) = random.uniform<double>() < rate ? T(0) : kept;
        }
        map(size, detail::product_function{}, y, x, mask);
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X>, view<Y>, view<S> saved, view<Yb> y_bar, view<Xb> x_bar, view<Pb>) const noexcept {
        map(Rows::count * In::size, detail::product_function{}, x_bar, y_bar, detail::innermost(saved));
    }
};

// 0 <= rate < 1: with 1 nothing would be left.
// Throws: error (bad_value) for another rate, which is no constant either; without exceptions that stops the program.
constexpr dropout_layer dropout(double rate) {
    if (!(rate >= 0 && rate < 1)) {
        detail::refuse_access(failure{error_kind::bad_value, "dropout: the rate is at least 0 and less than 1."});
    }
    return {rate};
}

}  // namespace priori
