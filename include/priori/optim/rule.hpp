// SPDX-License-Identifier: BSL-1.0
// rule<Id, Optimizer>: an elementwise optimizer bound to the blocks that hold what it learns, as a differentiable map.
#pragma once

#include <priori/ad/jet.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/detail/rule_fields.hpp>
#include <priori/optim/detail/rule_parts.hpp>
#include <priori/optim/segment.hpp>
#include <priori/simd/bundle.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

// State: slot j of coordinate i is s[j * Plan::size + i].
// Derivative: update runs on jets with a tangent for p, g, each slot, each learned field and each sum.
// Cost: one fused loop over the coordinates, and one more for each sum; constants are prepared once, in double where no
// field is learned. The way back of a linear rule without learned fields reads neither x nor g nor s.
template <fixed_string Id, Elementwise O>
struct rule<Id, O> {
private:
    using own = detail::rule_fields<Id, O>;
    using numbers = detail::rule_numbers<O>;
    static constexpr std::size_t entries = own::entries;
    static constexpr std::size_t sums = numbers::sums;
    static constexpr std::size_t inputs = numbers::inputs;
    template <class N, class P, bool Jets>
    using entry = typename numbers::template entry<N, P, Jets>;
    template <bool Jets, class Layout, class Plan, std::size_t Steps, class N>
    using table = typename own::template table<Jets, Layout, Plan, Steps, N>;
    template <class N>
    using field_sums = detail::running_sum<N>[own::learned_fields + 1];

public:
    static constexpr std::size_t slots = O::slots;
    static constexpr bool learns = own::learns;
    // Must the trajectory be kept for the pull-back?
    static constexpr bool reads_trajectory = learns || !detail::is_linear<O>;
    static constexpr bool detached = false;
    static constexpr bool spares_gradient = !reads_trajectory;

    // The blocks of learned fields; they follow the order of the fields.
    template <class Plan, std::size_t Steps>
    using blocks = typename decltype(own::template blocks_after<Plan, Steps>())::type;

    template <class Layout, class Plan, std::size_t Steps, class T>
    static void initialize(const O& optimizer, T* theta) noexcept {
        own::template initialize<Layout, Plan, Steps>(optimizer, theta);
    }

    // x and s after step k, in place.
    template <class Layout, class Plan, std::size_t Steps, class N>
    static void forward(const O& optimizer, view<N> theta, std::size_t k, view<N> x, view<N> g, view<N> s) noexcept {
        forward_from<Layout, Plan, Steps>(optimizer, theta, k, x, x, g, s);
    }
    // The same from an x before the step that stays as it is.
    template <class Layout, class Plan, std::size_t Steps, class N>
    static void forward_from(const O& optimizer, view<N> theta, std::size_t k, view<N> before, view<N> x, view<N> g,
                             view<N> s) noexcept {
        using T = scalar_of<N>;
        element_of<N> all_sums[sums + 1];
        if constexpr (sums > 0) add_up<Layout, Plan, Steps>(optimizer, theta, k, before, g, all_sums);
        for (const segment& part : detail::merged_segments<Plan, own::per_layer>) {
            const table<false, Layout, Plan, Steps, N> values(optimizer, theta, k, part);
            detail::in_lanes<T>(part.size, [&]<class P>(std::size_t i) {
                using E = element_of<N, P>;
                const std::size_t c = part.start + i;
                entry<N, P, false> h[entries + 1];
                values.template load<P>(i, h);
                E p = before.template load_lanes<P>(c), state[slots + 1], r[sums + 1];
                PRIORI_UNROLL
                for (std::size_t j = 0; j < slots; ++j) state[j] = s.template load_lanes<P>(j * Plan::size + c);
                PRIORI_UNROLL
                for (std::size_t j = 0; j < sums; ++j) r[j] = in_all_lanes<P>(all_sums[j]);
                update(p, E(g.template load_lanes<P>(c)), state, h, k, r);
                x.template set_lanes<P>(c, p);
                PRIORI_UNROLL
                for (std::size_t j = 0; j < slots; ++j) s.template set_lanes<P>(j * Plan::size + c, state[j]);
            });
        }
    }

    // Is x after a step the same few numbers' function of each x before it and of its gradient?
    static constexpr bool steps_alike = spares_gradient && slots == 0 && sums == 0;

    // x after step k, elementwise, where each gradient is written: for who computes them in an order of its own.
    template <class N>
        requires steps_alike
    static auto step_of(const O& optimizer, std::size_t k, view<N> before, view<N> x) noexcept {
        view<taken<N, one_step<N>>> result{x, {before, {}, k}};
        own::fixed_values(optimizer, k, result.take.h);
        return result;
    }

    // What a step does to the cotangent v of x, H being the derivative of the gradient: v <- kept v + given H v.
    template <class T>
    struct pull {
        T kept, given;
    };
    template <class T>
        requires steps_alike
    static pull<T> pull_of_step(const O& optimizer, std::size_t k) noexcept {
        jet<T, inputs> after[1];
        linear_step<T>(optimizer, k, after);
        return {after[0].tangent[0], after[0].tangent[1]};
    }

    // x_bar and s_bar: cotangents after step k in, before it out. g_bar is written, theta_bar added to. A g_bar that
    // nobody wants may be a view<void> if the rule spares_gradient.
    template <class Layout, class Plan, std::size_t Steps, class N, class G>
    static void vjp(const O& optimizer, view<N> theta, std::size_t k, view<N> x, view<N> g, view<N> s, view<N> x_bar,
                    view<N> s_bar, view<G> g_bar, view<N> theta_bar) noexcept {
        if constexpr (!reads_trajectory) {
            vjp_of_linear<Plan>(optimizer, k, x_bar, s_bar, g_bar);
        } else {
            using T = scalar_of<N>;
            element_of<N> all_sums[sums + 1];
            if constexpr (sums > 0) add_up<Layout, Plan, Steps>(optimizer, theta, k, x, g, all_sums);
            detail::running_sum<N> sums_bar[sums + 1];
            for (const segment& part : detail::merged_segments<Plan, own::per_layer>) {
                const table<true, Layout, Plan, Steps, N> values(optimizer, theta, k, part);
                field_sums<N> fields_bar;
                detail::in_lanes<T>(part.size, [&]<class P>(std::size_t i) {
                    using E = element_of<N, P>;
                    using J = jet<E, inputs>;
                    const std::size_t c = part.start + i;
                    entry<N, P, true> h[entries + 1];
                    values.template load<P>(i, h);
                    J p = J::variable(x.template load_lanes<P>(c), 0), state[slots + 1], r[sums + 1];
                    const J gradient = J::variable(g.template load_lanes<P>(c), 1);
                    PRIORI_UNROLL
                    for (std::size_t j = 0; j < slots; ++j) {
                        state[j] = J::variable(s.template load_lanes<P>(j * Plan::size + c), 2 + j);
                    }
                    load_sums<P>(all_sums, r);
                    update(p, gradient, state, h, k, r);
                    const E v = x_bar.template load_lanes<P>(c);
                    E pulled[inputs];
                    PRIORI_UNROLL
                    for (std::size_t m = 0; m < inputs; ++m) pulled[m] = v * p.tangent[m];
                    PRIORI_UNROLL
                    for (std::size_t j = 0; j < slots; ++j) {
                        const E w = s_bar.template load_lanes<P>(j * Plan::size + c);
                        PRIORI_UNROLL
                        for (std::size_t m = 0; m < inputs; ++m) pulled[m] = pulled[m] + w * state[j].tangent[m];
                    }
                    x_bar.template set_lanes<P>(c, pulled[0]);
                    g_bar.template set_lanes<P>(c, pulled[1]);
                    PRIORI_UNROLL
                    for (std::size_t j = 0; j < slots; ++j) {
                        s_bar.template set_lanes<P>(j * Plan::size + c, pulled[2 + j]);
                    }
                    own::template give<Layout, Plan, Steps, P>(k, part, i, pulled, fields_bar, theta_bar);
                    PRIORI_UNROLL
                    for (std::size_t j = 0; j < sums; ++j) sums_bar[j].add(pulled[numbers::first_sum + j]);
                });
                own::template flush<Layout, Plan, Steps>(k, part, fields_bar, theta_bar);
            }
            if constexpr (sums > 0) {
                each_backwards<sums>([&](auto j) {
                    pull_sum<j, Layout, Plan, Steps>(optimizer, theta, k, x, g, all_sums, sums_bar, x_bar, g_bar,
                                                     theta_bar);
                });
            }
        }
    }

private:
    template <class N>
    struct one_step {
        view<N> before;
        N h[entries + 1];
        std::size_t k;
        template <class P>
        PRIORI_ALWAYS_INLINE P operator()(std::size_t i, const P& g) const noexcept {
            P p = before.template load_lanes<P>(i), values[entries + 1];
            PRIORI_UNROLL
            for (std::size_t j = 0; j < entries; ++j) values[j] = P(h[j]);
            update(p, g, static_cast<P*>(nullptr), values, k, values);
            return p;
        }
    };

    template <class N, class H, class R>
    PRIORI_ALWAYS_INLINE static void update(N& p, const N& g, N* s, const H* h, std::size_t k, const R* r) noexcept {
        if constexpr (sums > 0) {
            O::update(p, g, s, h, k, r);
        } else {
            O::update(p, g, s, h, k);
        }
    }

    template <class P, class E, class J>
    PRIORI_ALWAYS_INLINE static void load_sums(const E* all_sums, J* r) noexcept {
        PRIORI_UNROLL
        for (std::size_t j = 0; j < sums; ++j) {
            r[j] = J::variable(in_all_lanes<P>(all_sums[j]), numbers::first_sum + j);
        }
    }

    // The sums over all coordinates, one after the other: a later one may depend on an earlier one.
    template <class Layout, class Plan, std::size_t Steps, class N, class E>
    PRIORI_ALWAYS_INLINE static void add_up(const O& optimizer, view<N> theta, std::size_t k, view<N> x, view<N> g,
                                            E* all_sums) noexcept {
        each<sums>([&](auto j) {
            detail::running_sum<N> sum;
            for (const segment& part : detail::merged_segments<Plan, own::per_layer>) {
                const table<false, Layout, Plan, Steps, N> values(optimizer, theta, k, part);
                detail::in_lanes<scalar_of<N>>(part.size, [&]<class P>(std::size_t i) {
                    using F = element_of<N, P>;
                    entry<N, P, false> h[entries + 1];
                    values.template load<P>(i, h);
                    F r[sums + 1];
                    each<j>([&](auto m) { r[m] = in_all_lanes<P>(all_sums[m]); });
                    sum.add(F(O::template term<j>(F(x.template load_lanes<P>(part.start + i)),
                                                  F(g.template load_lanes<P>(part.start + i)), h, r)));
                });
            }
            all_sums[j] = sum.total();
        });
    }

    // The cotangent of sum J, whole by now, to what it was made of.
    template <std::size_t S, class Layout, class Plan, std::size_t Steps, class N, class E, class Sums>
    static void pull_sum(const O& optimizer, view<N> theta, std::size_t k, view<N> x, view<N> g, const E* all_sums,
                         Sums* sums_bar, view<N> x_bar, view<N> g_bar, view<N> theta_bar) noexcept {
        const E bar = sums_bar[S].total();
        for (const segment& part : detail::merged_segments<Plan, own::per_layer>) {
            const table<true, Layout, Plan, Steps, N> values(optimizer, theta, k, part);
            field_sums<N> fields_bar;
            detail::in_lanes<scalar_of<N>>(part.size, [&]<class P>(std::size_t i) {
                using J = jet<element_of<N, P>, inputs>;
                const std::size_t c = part.start + i;
                entry<N, P, true> h[entries + 1];
                values.template load<P>(i, h);
                J r[sums + 1];
                load_sums<P>(all_sums, r);
                const J term = O::template term<S>(J::variable(x.template load_lanes<P>(c), 0),
                                                   J::variable(g.template load_lanes<P>(c), 1), h, r);
                element_of<N, P> pulled[inputs];
                PRIORI_UNROLL
                for (std::size_t m = 0; m < inputs; ++m) pulled[m] = in_all_lanes<P>(bar) * term.tangent[m];
                x_bar.template add_lanes<P>(c, pulled[0]);
                g_bar.template add_lanes<P>(c, pulled[1]);
                own::template give<Layout, Plan, Steps, P>(k, part, i, pulled, fields_bar, theta_bar);
                each<S>([&](auto m) { sums_bar[m].add(pulled[numbers::first_sum + m]); });
            });
            own::template flush<Layout, Plan, Steps>(k, part, fields_bar, theta_bar);
        }
    }

    // p and the slots of a linear rule after a step, with their derivatives, the same few numbers for every coordinate.
    template <class T, class J>
    static void linear_step(const O& optimizer, std::size_t k, J* after) noexcept {
        T h[entries + 1];
        own::fixed_values(optimizer, k, h);
        PRIORI_UNROLL
        for (std::size_t j = 0; j <= slots; ++j) after[j] = J::variable(T(0), j == 0 ? 0 : 1 + j);
        update(after[0], J::variable(T(0), 1), after + 1, h, k, h);
    }

    template <class Plan, class N, class G>
    static void vjp_of_linear(const O& optimizer, std::size_t k, view<N> x_bar, view<N> s_bar, view<G> g_bar) noexcept {
        using T = one_task<scalar_of<N>>;  // the same for all tasks of a bundle
        jet<T, inputs> after[1 + slots];
        linear_step<T>(optimizer, k, after);
        bool same = after[0].tangent[0] == T(1);
        PRIORI_UNROLL
        for (std::size_t j = 0; j < slots; ++j) same = same && after[1 + j].tangent[0] == T(0);

        const auto run = [&](auto x_bar_stays) {
            for (const segment& part : detail::merged_segments<Plan, false>) {
                detail::in_lanes<scalar_of<N>>(part.size, [&]<class P>(std::size_t i) {
                    using E = element_of<N, P>;
                    const std::size_t c = part.start + i;
                    E v[1 + slots];
                    v[0] = x_bar.template load_lanes<P>(c);
                    PRIORI_UNROLL
                    for (std::size_t j = 0; j < slots; ++j) v[1 + j] = s_bar.template load_lanes<P>(j * Plan::size + c);
                    const auto pulled = [&](std::size_t m) {
                        E sum = v[0] * P(after[0].tangent[m]);
                        PRIORI_UNROLL
                        for (std::size_t j = 0; j < slots; ++j) sum = sum + v[1 + j] * P(after[1 + j].tangent[m]);
                        return sum;
                    };
                    if constexpr (!x_bar_stays) x_bar.template set_lanes<P>(c, pulled(0));
                    if constexpr (is_wanted<view<G>>) g_bar.template set_lanes<P>(c, pulled(1));
                    PRIORI_UNROLL
                    for (std::size_t j = 0; j < slots; ++j) {
                        s_bar.template set_lanes<P>(j * Plan::size + c, pulled(2 + j));
                    }
                });
            }
        };
        if constexpr (slots == 0 && !is_wanted<view<G>>) {
            if (same) return;
        }
        same ? run(std::true_type{}) : run(std::false_type{});
    }

};

}  // namespace priori
