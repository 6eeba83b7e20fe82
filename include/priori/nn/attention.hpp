// SPDX-License-Identifier: BSL-1.0
// attention: how much each class's examples are like the input, as a logit.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/name.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/cosines.hpp>
#include <priori/nn/detail/remembered.hpp>
#include <priori/nn/written_as.hpp>

#include <array>
#include <cstddef>

namespace priori {

// y_n = ln sum_{i in class n} exp(scale cos(x, x_i)), x_i the examples that the layer remembers. The softmax of y is
// the attention summed by class, p_n = sum_i softmax_i(scale cos(x, x_i)) [i in class n], so that cross_entropy behind
// it is -ln p of the right class; the largest similarity is taken out of the sum first, so nothing overflows.
// Shapes: x (In), a vector; y (Classes); remembered: examples (Examples, In), labels (Examples), both scratch.
// A class without examples has the logit -1e30, a probability of 0.
// Derivative: s_bar_i = y_bar_n exp(s_i - y_n), and that of the cosine; labels have none.
// Cost: Rows Examples (In + two exponentials) forward, twice that backward.
// Reference: Vinyals et al. 2016 (matching networks), equations 1 and 2; there scale is 1.
// Example: embedding | named<"memory">(attention<ways>) | cross_entropy | solve<"memory">(support_set{}) | exact
template <std::size_t Classes, std::size_t Examples>
struct attention_layer {
    static constexpr fixed_string kind{"attention"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = true;
    static constexpr written_as keeps = written_as::examples;

    float scale = 1;

    constexpr attention_layer scaled_by(float factor) const { return {factor}; }

    template <class In>
    using output_shape = shape<Classes>;
    template <class In>
    using parameters = detail::remembered_parameters<Examples, In>;
    template <class Rows, class In>
    static constexpr std::size_t saved_size =
        detail::cosines<Rows::count, Examples, In::size>::saved + 2 * Rows::count * Examples;

    template <class In>
    static consteval auto refusal() {
        return detail::remembered_refusal<kind, Classes, Examples, In>();
    }
    template <class Episode>
    constexpr auto resolve() const {
        if constexpr ((Classes == ways || Examples == ways) &&
                      requires { Episode::support_type::target_shape::ways; }) {
            using support = typename Episode::support_type;
            return attention_layer<detail::given_or<Classes, support::target_shape::ways>,
                                   detail::given_or<Examples, support::count>>{scale};
        } else {
            return *this;
        }
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P> p, view<X> x, view<Y> y, view<S> saved) const noexcept {
        using T = scalar_of<Y>;
        using E = element_of<Y>;
        const auto s = saved.at(cosines_of<Rows, In>::saved);
        cosines_of<Rows, In>::forward(x, p, s, saved, static_cast<T>(scale));
        const auto classes = classes_of<In>(p);
        for (std::size_t r = 0; r < Rows::count; ++r) {
            std::array<T, Classes> largest;
            largest.fill(T(none));
            std::array<E, Classes> sum;
            sum.fill(E(T(0)));
            for (std::size_t i = 0; i < Examples; ++i) {
                const T now = primal(s[r * Examples + i]);
                largest[classes[i]] = maximum(largest[classes[i]], now);
            }
            for (std::size_t i = 0; i < Examples; ++i) {
                sum[classes[i]] += exponential(E(E(s[r * Examples + i]) - largest[classes[i]]));
            }
            for (std::size_t n = 0; n < Classes; ++n) {
                const bool is_empty = largest[n] == T(none);
                y.set(r * Classes + n, is_empty ? E(T(none)) : E(logarithm(sum[n]) + largest[n]));
            }
        }
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y> y, view<S> saved, view<Yb> y_bar, view<Xb> x_bar,
             view<Pb> p_bar) const noexcept {
        using E = element_of<Yb>;
        const auto s = saved.at(cosines_of<Rows, In>::saved);
        const auto s_bar = s.at(Rows::count * Examples);
        const auto classes = classes_of<In>(p);
        for (std::size_t r = 0; r < Rows::count; ++r) {
            for (std::size_t i = 0; i < Examples; ++i) {
                const std::size_t n = r * Classes + classes[i];
                s_bar.set(r * Examples + i,
                          element_of<S>(E(y_bar[n]) * exponential(E(E(s[r * Examples + i]) - E(y[n])))));
            }
        }
        cosines_of<Rows, In>::vjp(x, p, s, s_bar, saved, x_bar, p_bar, static_cast<scalar_of<Yb>>(scale));
    }

private:
    static constexpr double none = -1e30;
    template <class Rows, class In>
    using cosines_of = detail::cosines<Rows::count, Examples, In::size>;

    template <class In, class P>
    static std::array<std::size_t, Examples> classes_of(view<P> p) noexcept {
        std::array<std::size_t, Examples> result;
        for (std::size_t i = 0; i < Examples; ++i) {
            result[i] = detail::remembered_class<Classes>(p.at(Examples * In::size), i);
        }
        return result;
    }
};

template <std::size_t Classes, std::size_t Examples = ways>
inline constexpr attention_layer<Classes, Examples> attention{};

}  // namespace priori
