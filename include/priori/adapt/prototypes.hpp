// SPDX-License-Identifier: BSL-1.0
// prototypes: the nearest class mean as a linear head.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/detail/network_run.hpp>
#include <priori/core/name.hpp>
#include <priori/tensor/layout.hpp>

#include <array>
#include <cstddef>

namespace priori {

// With c_n the mean feature of class n and m the mean of these, column n of the weights is 2 (c_n - m), the bias of
// class n is -(c_n - m) . (c_n + m): up to a number that is the same for all classes the logit of x is -|x - c_n|^2, as
// with the published 2 c_n and -|c_n|^2, whose difference loses all digits in float where features lie far from zero.
// To cross_entropy, and so to steps of gradients behind it (Proto-MAML), the two are the same.
// A class without examples has the bias -1e30, a probability of 0.
// With per_dimension both are divided by F, so the logit is the mean square difference, not the sum, as in the code of
// Lee et al. 2019 (MetaOptNet): logits of wide features then start less certain.
// Shapes: features (B, F), weights (F, classes), bias (classes).
// Derivative: c_bar_n = 2 (W_bar_n - b_bar_n c_n) + m_bar / classes, m_bar = 2 sum_n (b_bar_n m - W_bar_n), over F with
// per_dimension, shared by the rows of class n; only classes with examples count.
// Cost: 2 B F additions forward, B F back.
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
        storage<N, Sizes::features> mean;                          // of the centers
        storage<N, Sizes::features * Sizes::outputs> centers_bar;  // (classes, F)
    };

    template <fixed_string, class Layout, class T>
    static void initialize(T*) noexcept {}

    template <fixed_string, class Layout, class Sizes, class N, class X, class Support>
    void forward(view<N>, view<X> features, const Support& support, view<N> head, trace<N, Sizes>& t) const noexcept {
        using T = scalar_of<N>;
        using E = element_of<N>;
        constexpr std::size_t width = Sizes::features, classes = Sizes::outputs;
        const classes_seen<Sizes> seen(support);
        const auto mean = t.mean.all();
        fill_zero(width, mean);
        for (std::size_t i = 0; i < Sizes::rows; ++i) {
            const T weight = detail::share_of_class(support, i) / T(seen.count);
            map_add(width, [weight](const auto& x) { return x * weight; }, mean, features.at(i * width));
        }
        fill_zero(parameters<Sizes>, head);
        for (std::size_t i = 0; i < Sizes::rows; ++i) {
            const std::size_t n = detail::class_of(support, i);
            const T weight = twice<T, Sizes>() * detail::share_of_class(support, i);
            for (std::size_t d = 0; d < width; ++d) {
                head.add(d * classes + n, E((features[i * width + d] - mean[d]) * weight));
            }
        }
        for (std::size_t n = 0; n < classes; ++n) {
            if (!seen.has[n]) {
                head.set(width * classes + n, E(T(none)));
                continue;
            }
            E product(T(0));  // of the weights and 2 (c_n + m)
            for (std::size_t d = 0; d < width; ++d) {
                const E weight(head[d * classes + n]);
                product += weight * E(weight + mean[d] * (T(2) * twice<T, Sizes>()));
            }
            head.set(width * classes + n, E(product * (T(-0.5) / twice<T, Sizes>())));
        }
    }

    template <fixed_string, class Layout, class Sizes, class N, class X, class Xb, class Support>
    void vjp(view<N>, view<N>, view<X>, view<Xb> features_bar, view<N> head, view<N> head_bar,
             const Support& support, trace<N, Sizes>& t) const noexcept {
        using T = scalar_of<N>;
        using E = element_of<N>;
        constexpr std::size_t width = Sizes::features, classes = Sizes::outputs;
        const classes_seen<Sizes> seen(support);
        const T twice_one = twice<T, Sizes>();
        const auto mean = t.mean.all();
        const auto bar = t.centers_bar.all();
        const auto biases_bar = head_bar.at(width * classes);
        for (std::size_t d = 0; d < width; ++d) {
            E mean_bar(T(0));
            for (std::size_t n = 0; n < classes; ++n) {
                if (seen.has[n]) mean_bar += E(biases_bar[n]) * E(mean[d]) - E(head_bar[d * classes + n]);
            }
            const E share(mean_bar * (twice_one / T(seen.count)));
            for (std::size_t n = 0; n < classes; ++n) {
                const std::size_t at = d * classes + n;
                const E twice_center(E(head[at]) + E(mean[d]) * twice_one);
                bar.set(n * width + d, E(E(head_bar[at]) * twice_one - E(biases_bar[n]) * twice_center + share));
            }
        }
        for (std::size_t i = 0; i < Sizes::rows; ++i) {
            const T weight = detail::share_of_class(support, i);
            map(width, [weight](const auto& c) { return c * weight; }, features_bar.at(i * width),
                bar.at(detail::class_of(support, i) * width));
        }
    }

private:
    static constexpr double none = -1e30;

    // Which classes have examples, and how many have.
    template <class Sizes>
    struct classes_seen {
        std::array<bool, Sizes::outputs> has{};
        std::size_t count = 0;
        template <class Support>
        explicit classes_seen(const Support& support) noexcept {
            for (std::size_t i = 0; i < Sizes::rows; ++i) has[detail::class_of(support, i)] = true;
            for (const bool one : has) count += one;
        }
    };
    template <class T, class Sizes>
    T twice() const noexcept {
        return per_dimension ? T(2) / T(Sizes::features) : T(2);
    }
};

}  // namespace priori
