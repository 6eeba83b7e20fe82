// SPDX-License-Identifier: BSL-1.0
// class_means, class_sums: one vector of features for each class, written into a layer.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/detail/network_run.hpp>
#include <priori/core/name.hpp>
#include <priori/nn/written_as.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>

namespace priori {

// c_n = the mean, or the sum, of the features of class n.
// A class without examples has c_n = 0, which is not far from anything: its cosine is 0, not -1. Where support sets may
// lack a class take prototypes or attention, which give it no chance.
// Shapes: features (B, F), c (classes, F), into a layer such as cosine_similarity or beside.
// Derivative: each row gets that of its class, times its share.
// Cost: B F additions forward and back.
// Reference: Snell et al. 2017, equation 1 (the mean); Sung et al. 2018 (relation networks), section 3.2 (the sum).
template <bool Sum>
struct class_features {
    static constexpr auto kind = [] {
        if constexpr (Sum) {
            return fixed_string("class_sums");
        } else {
            return fixed_string("class_means");
        }
    }();
    static constexpr auto variant = join<":", kind>();  // in signatures
    static constexpr bool is_closed_form = true;
    static constexpr bool wants_labels = true;
    static constexpr written_as gives = written_as::class_features;
    static constexpr fixed_string wants{"cosine_similarity<ways>, beside<ways> or cross_sum<ways>"};

    template <class Sizes>
    static constexpr std::size_t parameters = Sizes::features * Sizes::classes;
    template <fixed_string>
    using blocks = layout<>;
    template <class N, class Sizes>
    struct trace {};

    template <fixed_string, class Layout, class T>
    static void initialize(T*) noexcept {}

    template <fixed_string, class Layout, class Sizes, class N, class X, class Support>
    static void forward(view<N>, view<X> features, const Support& support, view<N> head, trace<N, Sizes>&) noexcept {
        constexpr std::size_t width = Sizes::features;
        fill_zero(parameters<Sizes>, head);
        for (std::size_t i = 0; i < Sizes::rows; ++i) {
            const auto weight = weight_of(support, i);
            map_add(
                width, [weight](const auto& x) { return x * weight; },
                head.at(detail::class_of(support, i) * width), features.at(i * width));
        }
    }

    template <fixed_string, class Layout, class Sizes, class N, class X, class Xb, class Support>
    static void vjp(view<N>, view<N>, view<X>, view<Xb> features_bar, view<N>, view<N> head_bar, const Support& support,
                    trace<N, Sizes>&) noexcept {
        constexpr std::size_t width = Sizes::features;
        for (std::size_t i = 0; i < Sizes::rows; ++i) {
            const auto weight = weight_of(support, i);
            map(
                width, [weight](const auto& c) { return c * weight; }, features_bar.at(i * width),
                head_bar.at(detail::class_of(support, i) * width));
        }
    }

private:
    template <class Support>
    static auto weight_of(const Support& support, std::size_t row) noexcept {
        using T = typename Support::scalar;
        if constexpr (Sum) {
            return T(1);
        } else {
            return T(detail::share_of_class(support, row));
        }
    }
};

using class_means = class_features<false>;
using class_sums = class_features<true>;

}  // namespace priori
