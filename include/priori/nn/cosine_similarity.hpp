// SPDX-License-Identifier: BSL-1.0
// cosine_similarity: each output is the cosine between the input and a vector of its own.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/random.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/cosines.hpp>
#include <priori/nn/initializer.hpp>
#include <priori/nn/written_as.hpp>

#include <cstddef>

namespace priori {

// y_n = x . w_n / (|x| |w_n|); 0, with no derivative, where one of them has no length.
// Written by solve<...>(class_means{}) it compares with prototypes; learned, it is a cosine classifier.
// Shapes: x (In), w (Units, In), y (Units); In is a vector.
// Derivative: x_bar = sum_n y_bar_n (w_n / |w_n| - y_n x / |x|) / |x|; w_bar likewise.
// Cost: Rows In Units multiply-adds forward, twice that backward.
// Reference: Snell et al. 2017, section 2.7 (the cosine as the distance of prototypes); Gidaris and Komodakis 2018.
// Example: embedding | scratch<"head">(cosine_similarity<ways>) | learned_scale(10.f) | cross_entropy
//          | solve<"head">(class_means{}) | exact
template <std::size_t Units>
struct cosine_similarity_layer {
    static constexpr fixed_string kind{"cosine_similarity"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = true;
    static constexpr written_as keeps = written_as::class_features;

    initializer initial = he;

    template <class In>
    using output_shape = shape<Units>;
    template <class In>
    using parameters = parameter_list<parameter<"weight", shape<Units, In::size>>>;
    template <class Rows, class In>
    static constexpr std::size_t saved_size = detail::cosines<Rows::count, Units, In::size>::saved;

    constexpr cosine_similarity_layer with(initializer chosen) const { return {chosen}; }

    template <class In>
    static consteval auto refusal() {
        if constexpr (Units == ways) {
            return fixed_string(
                "[priori:N161] cosine_similarity<ways>: the number of classes is not known; build a learner, which "
                "takes it from tasks with class labels, or give a number.");
        } else if constexpr (In::rank != 1) {
            return join<"[priori:N162] cosine_similarity: the input has shape ", detail::text_of<In>,
                        ", cosine_similarity wants a vector; put flatten before it.">();
        } else {
            return detail::accepted;
        }
    }
    template <class Episode>
    constexpr auto resolve() const {
        if constexpr (Units == ways && requires { Episode::support_type::target_shape::ways; }) {
            return cosine_similarity_layer<Episode::support_type::target_shape::ways>{initial};
        } else {
            return *this;
        }
    }

    template <class In, class T>
    void initialize(T* p, random_stream& random) const noexcept {
        for (std::size_t i = 0; i < Units * In::size; ++i) p[i] = initial.draw<T>(random, In::size, Units);
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P> p, view<X> x, view<Y> y, view<S> saved) const noexcept {
        detail::cosines<Rows::count, Units, In::size>::forward(x, p, y, saved, scalar_of<Y>(1));
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y> y, view<S> saved, view<Yb> y_bar, view<Xb> x_bar,
             view<Pb> p_bar) const noexcept {
        detail::cosines<Rows::count, Units, In::size>::vjp(x, p, y, y_bar, saved, x_bar, p_bar, scalar_of<Yb>(1));
    }
};

template <std::size_t Units>
inline constexpr cosine_similarity_layer<Units> cosine_similarity{};

}  // namespace priori
