// SPDX-License-Identifier: BSL-1.0
// prototypes: the nearest class mean as a linear head.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/detail/network_run.hpp>
#include <priori/core/name.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>

namespace priori {

// Column n of the weights is 2 c_n, the bias of class n is -|c_n|^2, c_n the mean feature of class n: up to a number
// that is the same for all classes the logit of x is -|x - c_n|^2.
// With per_dimension both are divided by F, so the logit is the mean square difference, not the sum, as in the code of
// Lee et al. 2019 (MetaOptNet): logits of wide features then start less certain.
// Shapes: features (B, F), weights (F, classes), bias (classes).
// Derivative: c_bar_n = 2 (W_bar_n - b_bar_n c_n), over F with per_dimension, shared by the rows of class n.
// Cost: B F additions forward and back.
// Reference: Snell et al. 2017 (prototypical networks), equation 1 and section 2.4; Triantafillou et al. 2020
// (Proto-MAML).
struct prototypes {
    static constexpr fixed_string kind{"prototypes"};
    static constexpr bool is_closed_form = true;
    static constexpr bool wants_labels = true;
    static constexpr fixed_string wants{"dense<ways>"};

    bool per_dimension = false;

    template <class Sizes>
    static constexpr std::size_t parameters = (Sizes::features + 1) * Sizes::outputs;
    template <fixed_string>
    using blocks = layout<>;
    template <class N, class Sizes>
    struct trace {
        storage<N, Sizes::features * Sizes::outputs> centers_bar;  // (classes, F)
    };

    template <fixed_string, class Layout, class T>
    static void initialize(T*) noexcept {}

    template <fixed_string, class Layout, class Sizes, class N, class X, class Support>
    void forward(view<N>, view<X> features, const Support& support, view<N> head,
                 trace<N, Sizes>&) const noexcept {
        using T = scalar_of<N>;
        using E = element_of<N>;
        constexpr std::size_t width = Sizes::features, classes = Sizes::outputs;
        fill_zero(parameters<Sizes>, head);
        for (std::size_t i = 0; i < Sizes::rows; ++i) {
            const std::size_t n = detail::class_of(support, i);
            const T weight = twice<T, Sizes>() * detail::share_of_class(support, i);
            for (std::size_t d = 0; d < width; ++d) head.add(d * classes + n, E(features[i * width + d] * weight));
        }
        for (std::size_t n = 0; n < classes; ++n) {
            E square(T(0));
            for (std::size_t d = 0; d < width; ++d) square += E(head[d * classes + n]) * E(head[d * classes + n]);
            head.set(width * classes + n, E(square * (T(-0.5) / twice<T, Sizes>())));
        }
    }

    template <fixed_string, class Layout, class Sizes, class N, class X, class Xb, class Support>
    void vjp(view<N>, view<N>, view<X>, view<Xb> features_bar, view<N> head, view<N> head_bar,
             const Support& support, trace<N, Sizes>& t) const noexcept {
        using T = scalar_of<N>;
        using E = element_of<N>;
        constexpr std::size_t width = Sizes::features, classes = Sizes::outputs;
        const auto bar = t.centers_bar.all();
        for (std::size_t n = 0; n < classes; ++n) {
            const E bias_bar = head_bar[width * classes + n];
            for (std::size_t d = 0; d < width; ++d) {
                const std::size_t at = d * classes + n;
                bar.set(n * width + d, E(E(head_bar[at]) * twice<T, Sizes>() - bias_bar * E(head[at])));
            }
        }
        for (std::size_t i = 0; i < Sizes::rows; ++i) {
            const T weight = detail::share_of_class(support, i);
            map(width, [weight](const auto& c) { return c * weight; }, features_bar.at(i * width),
                bar.at(detail::class_of(support, i) * width));
        }
    }

private:
    template <class T, class Sizes>
    T twice() const noexcept {
        return per_dimension ? T(2) / T(Sizes::features) : T(2);
    }
};

}  // namespace priori
