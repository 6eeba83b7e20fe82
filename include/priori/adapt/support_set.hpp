// SPDX-License-Identifier: BSL-1.0
// support_set: the features and labels of the support set, written into a layer that remembers them.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/detail/network_run.hpp>
#include <priori/core/name.hpp>
#include <priori/nn/written_as.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>

namespace priori {

// Shapes: features (B, F) and labels (B), one behind the other, into a layer such as attention or neighbours.
// Derivative: the cotangents of the examples are those of the features; labels have none.
// Cost: a copy.
// Reference: Vinyals et al. 2016 (matching networks), section 2.1, with g = f.
struct support_set {
    static constexpr fixed_string kind{"support_set"};
    static constexpr fixed_string variant{":support_set"};  // in signatures
    static constexpr bool is_closed_form = true;
    static constexpr bool wants_labels = true;
    static constexpr written_as gives = written_as::examples;
    static constexpr fixed_string wants{"attention<ways>, context_attention<k, ways> or neighbours<k, ways>"};

    template <class Sizes>
    static constexpr std::size_t parameters = Sizes::rows * (Sizes::features + 1);
    template <fixed_string>
    using blocks = layout<>;
    template <class N, class Sizes>
    struct trace {};

    template <fixed_string, class Layout, class T>
    static void initialize(T*) noexcept {}

    template <fixed_string, class Layout, class Sizes, class N, class X, class Support>
    static void forward(view<N>, view<X> features, const Support& support, view<N> head, trace<N, Sizes>&) noexcept {
        constexpr std::size_t size = Sizes::rows * Sizes::features;
        copy(size, features, head);
        detail::write_labels(support, head.at(size));
    }

    template <fixed_string, class Layout, class Sizes, class N, class X, class Xb, class Support>
    static void vjp(view<N>, view<N>, view<X>, view<Xb> features_bar, view<N>, view<N> head_bar, const Support&,
                    trace<N, Sizes>&) noexcept {
        copy(Sizes::rows * Sizes::features, head_bar, features_bar);
    }
};

}  // namespace priori
