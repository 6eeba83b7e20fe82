// SPDX-License-Identifier: BSL-1.0
// detached(optimizer): the gradients that it takes are held fixed; its state and what it learns are still pulled back.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/rule.hpp>

#include <cstddef>

namespace priori {

template <class O>
struct detached_rule {
    O optimizer;
};

template <class O>
inline constexpr bool is_steep_at_zero<detached_rule<O>> = is_steep_at_zero<O>;

// adapt<20>(detached(adam{.rate = learned(0.01)})): no second derivative of the support loss is ever computed.
// Derivative: that of the optimizer. Its g_bar is what a term added to the gradient, such as a proximal pull, has as
// cotangent; whoever asks `detached` carries it no further into the support loss.
// Reference: Andrychowicz et al., Learning to learn by gradient descent by gradient descent (2016), section 2.1.
template <class O>
constexpr detached_rule<O> detached(O optimizer) {
    return {optimizer};
}

template <fixed_string Id, class O>
struct rule<Id, detached_rule<O>> {
    using inner = rule<Id, O>;
    static constexpr std::size_t slots = inner::slots;
    static constexpr bool reads_trajectory = inner::reads_trajectory;
    static constexpr bool detached = true;

    template <class Plan, std::size_t Steps>
    using blocks = typename inner::template blocks<Plan, Steps>;

    template <class Layout, class Plan, std::size_t Steps, class T>
    static void initialize(const detached_rule<O>& rule, T* theta) noexcept {
        inner::template initialize<Layout, Plan, Steps>(rule.optimizer, theta);
    }
    // For an optimizer that starts at random.
    template <class Layout, class Plan, std::size_t Steps, class T>
    requires requires(const O& optimizer, key k, T* p) {
        inner::template initialize<Layout, Plan, Steps>(optimizer, k, p);
    }
    static void initialize(const detached_rule<O>& rule, key k, T* theta) noexcept {
        inner::template initialize<Layout, Plan, Steps>(rule.optimizer, k, theta);
    }
    template <class Layout, class Plan, std::size_t Steps, class N>
    static void forward(const detached_rule<O>& rule, view<N> theta, std::size_t k, view<N> x, view<N> g,
                        view<N> s) noexcept {
        inner::template forward<Layout, Plan, Steps>(rule.optimizer, theta, k, x, g, s);
    }
    template <class Layout, class Plan, std::size_t Steps, class N>
    static void vjp(const detached_rule<O>& rule, view<N> theta, std::size_t k, view<N> x, view<N> g, view<N> s,
                    view<N> x_bar, view<N> s_bar, view<N> g_bar, view<N> theta_bar) noexcept {
        inner::template vjp<Layout, Plan, Steps>(rule.optimizer, theta, k, x, g, s, x_bar, s_bar, g_bar, theta_bar);
    }
};

}  // namespace priori
