// SPDX-License-Identifier: BSL-1.0
// cross_sum<ways>: one half of the features of each class, plus the other half of the input's.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/sentence.hpp>
#include <priori/core/shape.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/written_as.hpp>

#include <cstddef>
#include <utility>

namespace priori {

namespace detail {

template <std::size_t Classes, class In, class Indices = std::make_index_sequence<In::rank>>
struct shape_of_halves;
template <std::size_t Classes, class In, std::size_t... I>
struct shape_of_halves<Classes, In, std::index_sequence<I...>> {
    using type = shape<Classes, (I + 1 == In::rank ? In::extents[I] / 2 : In::extents[I])...>;
};

}  // namespace detail

// y_n = the first half of c_n's channels + the second half of x's, at each place, for each class n.
// A linear layer A without bias on a pair [c, x] is A_1 c + A_2 x. So the first layer of a relation module may stand
// before the pairs, with 2 M outputs in the place of M: it runs once an example, not once a pair, and gives the same
// numbers if the class features are sums. dense<M>.without_bias() or convolution<M>.without_bias() behind beside<ways>
// is dense<2 * M>.without_bias() or convolution<2 * M>.without_bias() before cross_sum<ways>.
// Shapes: x (In..., 2 M), c (Classes, In..., 2 M), scratch, its second half unused; y (Classes, In..., M).
// Derivative: the halves of x_bar and c_bar are the sums of y_bar over the classes, and over the examples.
// Cost: Classes additions for each number of half an input.
// Reference: Sung et al. 2018 (relation networks), section 3.2, rearranged.
// Example: maps | convolution<128>.without_bias() | scratch<"classes">(cross_sum<ways>)
//          | per_class(batch_normalization<transductive> | relu | ...)
template <std::size_t Classes>
struct cross_sum_layer {
    static constexpr fixed_string kind{"cross_sum"};
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;
    static constexpr written_as keeps = written_as::class_features;

    template <class In>
    using output_shape = typename detail::shape_of_halves<Classes, In>::type;
    template <class In>
    using parameters = parameter_list<parameter<"", shape<Classes, In::size>, role::scratch>>;

    template <class In>
    static consteval auto refusal() {
        if constexpr (Classes == ways) {
            return fixed_string(
                "[priori:N168] cross_sum<ways>: the number of classes is not known; build a learner, which takes it "
                "from tasks with class labels, or give a number.");
        } else if constexpr (In::extents[In::rank - 1] % 2 != 0) {
            return join<"[priori:N169] cross_sum: the input has shape ", detail::text_of<In>,
                        ", cross_sum wants two halves of its last dimension; make it even.">();
        } else {
            return detail::accepted;
        }
    }
    template <class Episode>
    constexpr auto resolve() const {
        if constexpr (Classes == ways && requires { Episode::support_type::target_shape::ways; }) {
            return cross_sum_layer<Episode::support_type::target_shape::ways>{};
        } else {
            return *this;
        }
    }

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P> p, view<X> x, view<Y> y) const noexcept {
        each_pair<Rows, In>([&](std::size_t of_class, std::size_t of_input, std::size_t pair) {
            map(half<In>, [](const auto& c, const auto& own) { return c + own; }, y.at(pair), p.at(of_class),
                x.at(of_input));
        });
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X>, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb> p_bar) const noexcept {
        if constexpr (is_wanted<view<Xb>>) fill_zero(Rows::count * In::size, x_bar);
        each_pair<Rows, In>([&](std::size_t of_class, std::size_t of_input, std::size_t pair) {
            if constexpr (is_wanted<view<Pb>>) add(half<In>, y_bar.at(pair), p_bar.at(of_class));
            if constexpr (is_wanted<view<Xb>>) add(half<In>, y_bar.at(pair), x_bar.at(of_input));
        });
    }

private:
    template <class In>
    static constexpr std::size_t half = In::extents[In::rank - 1] / 2;

    // f(place in the class, place in the input, place in y), at every place of every example and class.
    template <class Rows, class In, class F>
    static void each_pair(const F& f) noexcept {
        constexpr std::size_t places = In::size / (2 * half<In>);
        for (std::size_t r = 0; r < Rows::count; ++r) {
            for (std::size_t n = 0; n < Classes; ++n) {
                for (std::size_t i = 0; i < places; ++i) {
                    f(n * In::size + i * 2 * half<In>, r * In::size + i * 2 * half<In> + half<In>,
                      ((r * Classes + n) * places + i) * half<In>);
                }
            }
        }
    }
};

template <std::size_t Classes>
inline constexpr cross_sum_layer<Classes> cross_sum{};

}  // namespace priori
