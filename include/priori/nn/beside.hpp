// SPDX-License-Identifier: BSL-1.0
// beside<ways>: the input beside the features of each class.
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
struct shape_beside;
template <std::size_t Classes, class In, std::size_t... I>
struct shape_beside<Classes, In, std::index_sequence<I...>> {
    using type = shape<Classes, (I + 1 == In::rank ? 2 * In::extents[I] : In::extents[I])...>;
};

}  // namespace detail

// y_n = [c_n, x] for each class n; at each place of feature maps the channels of c_n, then those of x.
// Shapes: x (In..., Channels), c (Classes, In..., Channels), scratch; y (Classes, In..., 2 Channels).
// Derivative: x_bar and c_bar are the parts of y_bar, x_bar summed over the classes, c_bar over the examples.
// Cost: a copy of 2 Classes inputs. Where a linear layer is next, cross_sum<ways> does with one run of it an example.
// Reference: Sung et al. 2018 (relation networks), section 3.2.
// Example: embedding | scratch<"classes">(beside<ways>) | per_class(dense<8> | relu | dense<1> | sigmoid)
//          | one_hot(mse) | solve<"classes">(class_sums{}) | exact
template <std::size_t Classes>
struct beside_layer {
    static constexpr fixed_string kind{"beside"};
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;
    static constexpr written_as keeps = written_as::class_features;

    template <class In>
    using output_shape = typename detail::shape_beside<Classes, In>::type;
    template <class In>
    using parameters = parameter_list<parameter<"", shape<Classes, In::size>, role::scratch>>;

    template <class In>
    static consteval auto refusal() {
        if constexpr (Classes == ways) {
            return fixed_string(
                "[priori:N166] beside<ways>: the number of classes is not known; build a learner, which takes it from "
                "tasks with class labels, or give a number.");
        } else {
            return detail::accepted;
        }
    }
    template <class Episode>
    constexpr auto resolve() const {
        if constexpr (Classes == ways && requires { Episode::support_type::target_shape::ways; }) {
            return beside_layer<Episode::support_type::target_shape::ways>{};
        } else {
            return *this;
        }
    }

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P> p, view<X> x, view<Y> y) const noexcept {
        each_pair<Rows, In>([&](std::size_t of_class, std::size_t of_input, std::size_t pair) {
            copy(channels<In>, p.at(of_class), y.at(pair));
            copy(channels<In>, x.at(of_input), y.at(pair + channels<In>));
        });
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X>, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb> p_bar) const noexcept {
        if constexpr (is_wanted<view<Xb>>) fill_zero(Rows::count * In::size, x_bar);
        each_pair<Rows, In>([&](std::size_t of_class, std::size_t of_input, std::size_t pair) {
            if constexpr (is_wanted<view<Pb>>) add(channels<In>, y_bar.at(pair), p_bar.at(of_class));
            if constexpr (is_wanted<view<Xb>>) add(channels<In>, y_bar.at(pair + channels<In>), x_bar.at(of_input));
        });
    }

private:
    template <class In>
    static constexpr std::size_t channels = In::extents[In::rank - 1];

    // f(place in the class, place in the input, place of the pair), at every place of every example and class.
    template <class Rows, class In, class F>
    static void each_pair(const F& f) noexcept {
        constexpr std::size_t places = In::size / channels<In>;
        for (std::size_t r = 0; r < Rows::count; ++r) {
            for (std::size_t n = 0; n < Classes; ++n) {
                for (std::size_t i = 0; i < places; ++i) {
                    f(n * In::size + i * channels<In>, r * In::size + i * channels<In>,
                      ((r * Classes + n) * places + i) * 2 * channels<In>);
                }
            }
        }
    }
};

template <std::size_t Classes>
inline constexpr beside_layer<Classes> beside{};

}  // namespace priori
