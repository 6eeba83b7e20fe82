// SPDX-License-Identifier: BSL-1.0
// context_attention: attention by an input that an LSTM has read over the support set.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/linear.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/name.hpp>
#include <priori/core/random.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/attention.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/lstm_cell.hpp>
#include <priori/nn/detail/remembered.hpp>
#include <priori/nn/initializer.hpp>
#include <priori/nn/written_as.hpp>

#include <cstddef>

namespace priori {

// h_0 = x, c_0 = 0, and for k = 1 .. Steps, G the examples that the layer remembers:
//   r_k = softmax(h_{k-1} G') G,   (g_k, c_k) = LSTM(x, [h_{k-1}, r_k], c_{k-1}),   h_k = g_k + x
// then y as attention has it, of h_Steps in the place of x. With full_context{} in the place of support_set{} this is
// the full context embedding of both sides.
// Shapes: x (In), a vector; y (Classes); remembered, scratch: examples (Examples, In), labels (Examples); learned:
// input_weight (In, 4 In), state_weight (2 In, 4 In), bias (4 In), gates in the order i, f, o, u.
// Derivative: through all steps. Cost: Rows Steps (12 In^2 + 2 Examples In) forward, twice that backward.
// Reference: Vinyals et al. 2016 (matching networks), appendix A.1, equations 2 to 6; the first h is not said there.
// Example: embedding | named<"memory">(context_attention<5, ways>) | cross_entropy | solve<"memory">(full_context{})
template <std::size_t Steps, std::size_t Classes, std::size_t Examples>
struct context_attention_layer {
    static constexpr fixed_string kind{"context_attention"};
    static constexpr auto variant = join<":", decimal<Steps>()>();  // in signatures
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = true;
    static constexpr written_as keeps = written_as::examples;

    float scale = 1;
    initializer initial = glorot;

    constexpr context_attention_layer scaled_by(float factor) const { return {factor, initial}; }
    constexpr context_attention_layer with(initializer chosen) const { return {scale, chosen}; }

    template <class In>
    using output_shape = shape<Classes>;
    template <class In>
    using parameters = parameter_list<parameter<"examples", shape<Examples, In::size>, role::scratch>,
                                      parameter<"labels", shape<Examples>, role::scratch>,
                                      parameter<"input_weight", shape<In::size, 4 * In::size>>,
                                      parameter<"state_weight", shape<2 * In::size, 4 * In::size>>,
                                      parameter<"bias", shape<4 * In::size>>>;
    // What a stage writes: the first of them.
    template <class In>
    static constexpr std::size_t written = Examples * (In::size + 1);

private:
    template <class In>
    using cell = detail::lstm_cell<In::size>;
    static constexpr attention_layer<Classes, Examples> compare(float scale) { return {scale}; }

    // Where everything lies in what is kept: numbers of one step, of all rows.
    template <class Rows, class In>
    struct place {
        static constexpr std::size_t rows = Rows::count, width = In::size, one = rows * width;
        static constexpr std::size_t likeness = 0, share = likeness + rows * Examples, read = share + rows * Examples,
                                     raw = read + one, gates = raw + 4 * one, c = gates + 4 * one, squashed = c + one,
                                     g = squashed + one, h = g + one, h_bar = h + one, c_bar = h_bar + one,
                                     raw_bar = c_bar + one, read_bar = raw_bar + 4 * one, share_bar = read_bar + one,
                                     likeness_bar = share_bar + rows * Examples, step = likeness_bar + rows * Examples;
        // h_bar of step 0 lies behind all steps, then what the comparison keeps.
        static constexpr std::size_t first_bar = Steps * step, comparison = first_bar + one;
        static constexpr std::size_t size =
            comparison + attention_layer<Classes, Examples>::template saved_size<Rows, In>;
    };

public:
    template <class Rows, class In>
    static constexpr std::size_t saved_size = place<Rows, In>::size;

    template <class In>
    static consteval auto refusal() {
        if constexpr (Steps == 0) {
            return fixed_string("[priori:N170] context_attention<0, ways>: it takes at least one step; take attention "
                                "for none.");
        } else {
            return detail::remembered_refusal<kind, Classes, Examples, In>();
        }
    }
    template <class Episode>
    constexpr auto resolve() const {
        if constexpr ((Classes == ways || Examples == ways) &&
                      requires { Episode::support_type::target_shape::ways; }) {
            using support = typename Episode::support_type;
            return context_attention_layer<Steps, detail::given_or<Classes, support::target_shape::ways>,
                                           detail::given_or<Examples, support::count>>{scale, initial};
        } else {
            return *this;
        }
    }

    // The forget gate starts open.
    template <class In, class T>
    void initialize(T* p, random_stream& random) const noexcept {
        T* const weights = p + written<In>;
        constexpr std::size_t width = In::size;
        for (std::size_t i = 0; i < 12 * width * width; ++i) weights[i] = initial.draw<T>(random, width, width);
        T* const bias = weights + 12 * width * width;
        for (std::size_t i = 0; i < 4 * width; ++i) bias[i] = T(i / width == 1);
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P> p, view<X> x, view<Y> y, view<S> saved) const noexcept {
        using at = place<Rows, In>;
        constexpr std::size_t rows = at::rows, width = at::width;
        const auto weight = p.at(written<In>);
        const auto run = [&]<bool First>(auto before, view<S> own, view<S> last) {
            multiply_transposed_right<rows, width, Examples, false>(before, p, own.at(at::likeness));
            softmax(rows, own.at(at::likeness), own.at(at::share));
            multiply<rows, Examples, width, false>(own.at(at::share), p, own.at(at::read));
            const auto raw = own.at(at::raw);
            multiply_add_bias<rows, width, 4 * width>(x, weight, weight.at(12 * width * width), raw);
            multiply<rows, width, 4 * width, true>(before, weight.at(4 * width * width), raw);
            multiply<rows, width, 4 * width, true>(own.at(at::read), weight.at(8 * width * width), raw);
            cell<In>::template forward<First>(rows, raw, last.at(at::c), own.at(at::gates), own.at(at::c),
                                              own.at(at::squashed), own.at(at::g));
            map(at::one, [](const auto& a, const auto& b) { return a + b; }, own.at(at::h), own.at(at::g), x);
        };
        run.template operator()<true>(x, saved, saved);
        for (std::size_t k = 1; k < Steps; ++k) {
            const auto last = saved.at((k - 1) * at::step);
            run.template operator()<false>(last.at(at::h), saved.at(k * at::step), last);
        }
        compare(scale).template forward<Rows, In>(p, saved.at((Steps - 1) * at::step + at::h), y,
                                                  saved.at(at::comparison));
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y> y, view<S> saved, view<Yb> y_bar, view<Xb> x_bar,
             view<Pb> p_bar) const noexcept {
        using at = place<Rows, In>;
        constexpr std::size_t rows = at::rows, width = at::width;
        const auto weight = p.at(written<In>);
        const auto weight_bar = p_bar.at(written<In>);
        const auto end = saved.at((Steps - 1) * at::step);
        compare(scale).template vjp<Rows, In>(p, end.at(at::h), y, saved.at(at::comparison), y_bar, end.at(at::h_bar),
                                              p_bar);
        if constexpr (is_wanted<view<Xb>>) fill_zero(at::one, x_bar);
        // `before` is h of the step before, before_bar its cotangent, which is written.
        const auto run = [&]<bool First, bool Last>(auto before, view<S> before_bar, view<S> own, view<S> last) {
            const auto h_bar = own.at(at::h_bar), raw_bar = own.at(at::raw_bar);
            if constexpr (is_wanted<view<Xb>>) add(at::one, h_bar, x_bar);
            cell<In>::template vjp<First, Last>(rows, own.at(at::gates), last.at(at::c), own.at(at::squashed), h_bar,
                                                own.at(at::c_bar), raw_bar, last.at(at::c_bar));
            multiply_transposed_right<rows, 4 * width, width, true>(raw_bar, weight, x_bar);
            multiply_transposed_left<width, rows, 4 * width, true>(x, raw_bar, weight_bar);
            multiply_transposed_left<width, rows, 4 * width, true>(before, raw_bar, weight_bar.at(4 * width * width));
            multiply_transposed_left<width, rows, 4 * width, true>(own.at(at::read), raw_bar,
                                                                   weight_bar.at(8 * width * width));
            if constexpr (is_wanted<view<Pb>>) {
                column_sums<rows, 4 * width, true>(raw_bar, weight_bar.at(12 * width * width));
            }
            const auto read_bar = own.at(at::read_bar), share_bar = own.at(at::share_bar);
            const auto likeness_bar = own.at(at::likeness_bar);
            multiply_transposed_right<rows, 4 * width, width, false>(raw_bar, weight.at(8 * width * width), read_bar);
            multiply_transposed_right<rows, width, Examples, false>(read_bar, p, share_bar);
            multiply_transposed_left<Examples, rows, width, true>(own.at(at::share), read_bar, p_bar);
            softmax_vjp(rows, own.at(at::share), share_bar, likeness_bar);
            multiply_transposed_right<rows, 4 * width, width, false>(raw_bar, weight.at(4 * width * width),
                                                                     before_bar);
            multiply<rows, Examples, width, true>(likeness_bar, p, before_bar);
            multiply_transposed_left<Examples, rows, width, true>(likeness_bar, before, p_bar);
        };
        const auto first_bar = saved.at(at::first_bar);
        if constexpr (Steps > 1) {
            for (std::size_t k = Steps - 1; k > 0; --k) {
                const auto last = saved.at((k - 1) * at::step), own = saved.at(k * at::step);
                if (k + 1 == Steps) {
                    run.template operator()<false, true>(last.at(at::h), last.at(at::h_bar), own, last);
                } else {
                    run.template operator()<false, false>(last.at(at::h), last.at(at::h_bar), own, last);
                }
            }
        }
        run.template operator()<true, Steps == 1>(x, first_bar, saved, saved);
        if constexpr (is_wanted<view<Xb>>) add(at::one, first_bar, x_bar);
    }

private:
    // share = softmax of each row of `likeness`
    template <class N>
    static void softmax(std::size_t rows, view<N> likeness, view<N> share) noexcept {
        using T = scalar_of<N>;
        using E = element_of<N>;
        for (std::size_t r = 0; r < rows; ++r) {
            T largest = primal(likeness[r * Examples]);
            for (std::size_t i = 1; i < Examples; ++i) {
                largest = maximum(largest, T(primal(likeness[r * Examples + i])));
            }
            E sum(T(0));
            for (std::size_t i = 0; i < Examples; ++i) sum += exponential(E(E(likeness[r * Examples + i]) - largest));
            for (std::size_t i = 0; i < Examples; ++i) {
                share.set(r * Examples + i, E(exponential(E(E(likeness[r * Examples + i]) - largest)) / sum));
            }
        }
    }
    template <class N>
    static void softmax_vjp(std::size_t rows, view<N> share, view<N> share_bar, view<N> likeness_bar) noexcept {
        using E = element_of<N>;
        for (std::size_t r = 0; r < rows; ++r) {
            E mean(scalar_of<N>(0));
            for (std::size_t i = r * Examples; i < (r + 1) * Examples; ++i) mean += E(share[i]) * E(share_bar[i]);
            for (std::size_t i = r * Examples; i < (r + 1) * Examples; ++i) {
                likeness_bar.set(i, E(E(share[i]) * (E(share_bar[i]) - mean)));
            }
        }
    }
};

template <std::size_t Steps, std::size_t Classes, std::size_t Examples = ways>
inline constexpr context_attention_layer<Steps, Classes, Examples> context_attention{};

}  // namespace priori
