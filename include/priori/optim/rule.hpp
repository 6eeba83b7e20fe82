// SPDX-License-Identifier: BSL-1.0
// rule<Id, Optimizer>: an elementwise optimizer bound to the blocks that hold what it learns, as a differentiable map.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/detail/rule_parts.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/segment.hpp>
#include <priori/tensor/layout.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace priori {

// State: slot j of coordinate i is s[j * Plan::size + i].
// Derivative: update runs on jets with a tangent for p, g, each slot, each learned field and each sum.
// Cost: one fused loop over the coordinates, and one more for each sum; constants are prepared once, in double where no
// field is learned. The way back of a linear rule without learned fields reads neither x nor g nor s.
template <fixed_string Id, Elementwise O>
struct rule<Id, O> {
    static constexpr std::size_t slots = O::slots;
    using fields_type = decltype(std::declval<const O&>().fields());
    static constexpr std::size_t fields = O::field_names::count;
    static constexpr std::size_t constants = detail::constants_of<O>;
    static constexpr std::size_t entries = fields + constants;
    static constexpr std::size_t sums = detail::sums_of<O>;

    template <std::size_t J>
    using field = std::remove_cvref_t<decltype(priori::get<J>(std::declval<fields_type&>()))>;
    template <std::size_t J>
    static constexpr auto field_name = detail::nth_name<J, typename O::field_names>::value;
    template <std::size_t J>
    static constexpr auto block_name = join<Id, ".", field_name<J>>();

private:
    template <std::size_t J>
    static constexpr bool is_learned = is_learned_field<field<J>>;
    template <std::size_t J>
    static constexpr std::size_t learned_before = detail::count_learned<fields_type, J>(granularity::whole);
    using numbers = detail::rule_numbers<O>;
    static constexpr std::size_t learned_fields = numbers::learned_fields;
    static constexpr bool per_coordinate = detail::count_learned<fields_type, fields>(coordinate) > 0;
    static constexpr bool per_layer = detail::count_learned<fields_type, fields>(layer) > 0;

public:
    static constexpr bool learns = learned_fields > 0;
    // Must the trajectory be kept for the pull-back?
    static constexpr bool reads_trajectory = learns || !detail::is_linear<O>;
    static constexpr bool detached = false;

    // The blocks of learned fields; they follow the order of the fields.
    template <class Plan, std::size_t Steps>
    static constexpr auto blocks_after() {
        return blocks_from<Plan, Steps, 0, layout<>>();
    }
    template <class Plan, std::size_t Steps>
    using blocks = typename decltype(blocks_after<Plan, Steps>())::type;

    template <class Layout, class Plan, std::size_t Steps, class T>
    static void initialize(const O& optimizer, T* theta) noexcept {
        const auto values = optimizer.fields();
        each<fields>([&](auto j) {
            constexpr std::size_t size = field_size<field<j>>(Plan::size, Plan::layers, Steps);
            if constexpr (size > 0) {
                std::fill_n(theta + Layout::offset_of(block_name<j>.view()), size,
                            static_cast<T>(field_value(priori::get<j>(values), 0)));
            }
        });
    }

    // x and s after step k, in place.
    template <class Layout, class Plan, std::size_t Steps, class N>
    static void forward(const O& optimizer, view<N> theta, std::size_t k, view<N> x, view<N> g, view<N> s) noexcept {
        using T = scalar_of<N>;
        element_of<N> all_sums[sums + 1];
        if constexpr (sums > 0) add_up<Layout, Plan, Steps>(optimizer, theta, k, x, g, all_sums);
        for (const segment& part : detail::merged_segments<Plan, per_layer>) {
            const table<false, Layout, Plan, Steps, N> values(optimizer, theta, k, part);
            detail::in_lanes<T>(part.size, [&]<class P>(std::size_t i) {
                using E = element_of<N, P>;
                const std::size_t c = part.start + i;
                entry<N, P, false> h[entries + 1];
                values.template load<P>(i, h);
                E p = x.template load_lanes<P>(c), state[slots + 1], r[sums + 1];
                for (std::size_t j = 0; j < slots; ++j) state[j] = s.template load_lanes<P>(j * Plan::size + c);
                for (std::size_t j = 0; j < sums; ++j) r[j] = detail::in_all_lanes<P>(all_sums[j]);
                update(p, E(g.template load_lanes<P>(c)), state, h, k, r);
                x.template set_lanes<P>(c, p);
                for (std::size_t j = 0; j < slots; ++j) s.template set_lanes<P>(j * Plan::size + c, state[j]);
            });
        }
    }

    // x_bar and s_bar: cotangents after step k in, before it out. g_bar is written, theta_bar added to.
    template <class Layout, class Plan, std::size_t Steps, class N>
    static void vjp(const O& optimizer, view<N> theta, std::size_t k, view<N> x, view<N> g, view<N> s, view<N> x_bar,
                    view<N> s_bar, view<N> g_bar, view<N> theta_bar) noexcept {
        if constexpr (!reads_trajectory) {
            vjp_of_linear<Plan>(optimizer, k, x_bar, s_bar, g_bar);
        } else {
            using T = scalar_of<N>;
            element_of<N> all_sums[sums + 1];
            if constexpr (sums > 0) add_up<Layout, Plan, Steps>(optimizer, theta, k, x, g, all_sums);
            detail::running_sum<N> sums_bar[sums + 1];
            for (const segment& part : detail::merged_segments<Plan, per_layer>) {
                const table<true, Layout, Plan, Steps, N> values(optimizer, theta, k, part);
                detail::running_sum<N> fields_bar[learned_fields + 1];
                detail::in_lanes<T>(part.size, [&]<class P>(std::size_t i) {
                    using E = element_of<N, P>;
                    using J = jet<E, numbers::inputs>;
                    const std::size_t c = part.start + i;
                    entry<N, P, true> h[entries + 1];
                    values.template load<P>(i, h);
                    J p = J::variable(x.template load_lanes<P>(c), 0), state[slots + 1], r[sums + 1];
                    const J gradient = J::variable(g.template load_lanes<P>(c), 1);
                    for (std::size_t j = 0; j < slots; ++j) {
                        state[j] = J::variable(s.template load_lanes<P>(j * Plan::size + c), 2 + j);
                    }
                    load_sums<P>(all_sums, r);
                    update(p, gradient, state, h, k, r);
                    const E v = x_bar.template load_lanes<P>(c);
                    E pulled[numbers::inputs];
                    for (std::size_t m = 0; m < numbers::inputs; ++m) pulled[m] = v * p.tangent[m];
                    for (std::size_t j = 0; j < slots; ++j) {
                        const E w = s_bar.template load_lanes<P>(j * Plan::size + c);
                        for (std::size_t m = 0; m < numbers::inputs; ++m) pulled[m] = pulled[m] + w * state[j].tangent[m];
                    }
                    x_bar.template set_lanes<P>(c, pulled[0]);
                    g_bar.template set_lanes<P>(c, pulled[1]);
                    for (std::size_t j = 0; j < slots; ++j) {
                        s_bar.template set_lanes<P>(j * Plan::size + c, pulled[2 + j]);
                    }
                    give_fields<Layout, Plan, Steps, P>(k, part, i, pulled, fields_bar, theta_bar);
                    for (std::size_t j = 0; j < sums; ++j) sums_bar[j].add(pulled[numbers::first_sum + j]);
                });
                flush_fields<Layout, Plan, Steps>(k, part, fields_bar, theta_bar);
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
    template <class N, class P, bool Jets>
    using entry = typename numbers::template entry<N, P, Jets>;

    // The values of fields and constants at step k in one segment.
    template <bool Jets, class Layout, class Plan, std::size_t Steps, class N>
    struct table {
        using scalar = scalar_of<N>;
        const O& optimizer;
        view<N> theta;
        std::size_t k;
        const segment& part;
        entry<N, scalar, Jets> shared[entries + 1];

        PRIORI_ALWAYS_INLINE table(const O& o, view<N> all, std::size_t at, const segment& where) noexcept
            : optimizer(o), theta(all), k(at), part(where) {
            if constexpr (!learns) {
                fixed_values(o, k, shared);
            } else if constexpr (!per_coordinate) {
                compute<scalar>(0, shared);
            }
        }

        template <class P, class H>
        PRIORI_ALWAYS_INLINE void load(std::size_t i, H* h) const noexcept {
            if constexpr (per_coordinate) {
                compute<P>(i, h);
            } else {
                for (std::size_t j = 0; j < entries; ++j) h[j] = detail::in_all_lanes<P>(shared[j]);
            }
        }

        template <class P, class H>
        PRIORI_ALWAYS_INLINE void compute(std::size_t i, H* h) const noexcept {
            using E = element_of<N, P>;
            const auto values = optimizer.fields();
            each<fields>([&](auto j) {
                if constexpr (!is_learned<j>) {
                    h[j] = H(E(static_cast<scalar>(field_value(priori::get<j>(values), k))));
                } else {
                    const std::size_t at = place<Layout, Plan, Steps, j>(k, part);
                    E value;
                    if constexpr (has(field<j>::per, coordinate)) {
                        value = theta.template load_lanes<P>(at + i);
                    } else {
                        value = detail::in_all_lanes<P>(element_of<N>(theta[at]));
                    }
                    if constexpr (Jets) {
                        h[j] = H::variable(value, numbers::first_field + learned_before<j>);
                    } else {
                        h[j] = value;
                    }
                }
            });
            if constexpr (constants > 0) O::prepare(h, k);
        }
    };

    // In double, so that 1 - 0.999 is exact enough in float.
    template <class T>
    static void fixed_values(const O& optimizer, std::size_t k, T* h) noexcept {
        const auto values = optimizer.fields();
        double wide[entries + 1];
        each<fields>([&](auto j) { wide[j] = field_value(priori::get<j>(values), k); });
        if constexpr (constants > 0) O::prepare(wide, k);
        for (std::size_t j = 0; j < entries; ++j) h[j] = static_cast<T>(wide[j]);
    }

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
        for (std::size_t j = 0; j < sums; ++j) r[j] = J::variable(detail::in_all_lanes<P>(all_sums[j]), numbers::first_sum + j);
    }

    // The sums over all coordinates, one after the other: a later one may depend on an earlier one.
    template <class Layout, class Plan, std::size_t Steps, class N, class E>
    PRIORI_ALWAYS_INLINE static void add_up(const O& optimizer, view<N> theta, std::size_t k, view<N> x, view<N> g,
                                            E* all_sums) noexcept {
        each<sums>([&](auto j) {
            detail::running_sum<N> sum;
            for (const segment& part : detail::merged_segments<Plan, per_layer>) {
                const table<false, Layout, Plan, Steps, N> values(optimizer, theta, k, part);
                detail::in_lanes<scalar_of<N>>(part.size, [&]<class P>(std::size_t i) {
                    using F = element_of<N, P>;
                    entry<N, P, false> h[entries + 1];
                    values.template load<P>(i, h);
                    F r[sums + 1];
                    for (std::size_t m = 0; m < j; ++m) r[m] = detail::in_all_lanes<P>(all_sums[m]);
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
        for (const segment& part : detail::merged_segments<Plan, per_layer>) {
            const table<true, Layout, Plan, Steps, N> values(optimizer, theta, k, part);
            detail::running_sum<N> fields_bar[learned_fields + 1];
            detail::in_lanes<scalar_of<N>>(part.size, [&]<class P>(std::size_t i) {
                using J = jet<element_of<N, P>, numbers::inputs>;
                const std::size_t c = part.start + i;
                entry<N, P, true> h[entries + 1];
                values.template load<P>(i, h);
                J r[sums + 1];
                load_sums<P>(all_sums, r);
                const J term = O::template term<S>(J::variable(x.template load_lanes<P>(c), 0),
                                                   J::variable(g.template load_lanes<P>(c), 1), h, r);
                element_of<N, P> pulled[numbers::inputs];
                for (std::size_t m = 0; m < numbers::inputs; ++m) pulled[m] = detail::in_all_lanes<P>(bar) * term.tangent[m];
                x_bar.template add_lanes<P>(c, pulled[0]);
                g_bar.template add_lanes<P>(c, pulled[1]);
                give_fields<Layout, Plan, Steps, P>(k, part, i, pulled, fields_bar, theta_bar);
                for (std::size_t m = 0; m < S; ++m) sums_bar[m].add(pulled[numbers::first_sum + m]);
            });
            flush_fields<Layout, Plan, Steps>(k, part, fields_bar, theta_bar);
        }
    }

    // A linear rule's derivative is the same few numbers for every coordinate.
    template <class Plan, class N>
    static void vjp_of_linear(const O& optimizer, std::size_t k, view<N> x_bar, view<N> s_bar, view<N> g_bar) noexcept {
        using T = scalar_of<N>;
        using J = jet<T, numbers::inputs>;
        T h[entries + 1];
        fixed_values(optimizer, k, h);
        J after[1 + slots];  // p and the slots
        for (std::size_t j = 0; j <= slots; ++j) after[j] = J::variable(T(0), j == 0 ? 0 : 1 + j);
        update(after[0], J::variable(T(0), 1), after + 1, h, k, h);
        bool same = after[0].tangent[0] == T(1);
        for (std::size_t j = 0; j < slots; ++j) same = same && after[1 + j].tangent[0] == T(0);

        const auto run = [&](auto x_bar_stays) {
            for (const segment& part : detail::merged_segments<Plan, false>) {
                detail::in_lanes<T>(part.size, [&]<class P>(std::size_t i) {
                    using E = element_of<N, P>;
                    const std::size_t c = part.start + i;
                    E v[1 + slots];
                    v[0] = x_bar.template load_lanes<P>(c);
                    for (std::size_t j = 0; j < slots; ++j) v[1 + j] = s_bar.template load_lanes<P>(j * Plan::size + c);
                    const auto pulled = [&](std::size_t m) {
                        E sum = v[0] * P(after[0].tangent[m]);
                        for (std::size_t j = 0; j < slots; ++j) sum = sum + v[1 + j] * P(after[1 + j].tangent[m]);
                        return sum;
                    };
                    if constexpr (!x_bar_stays) x_bar.template set_lanes<P>(c, pulled(0));
                    g_bar.template set_lanes<P>(c, pulled(1));
                    for (std::size_t j = 0; j < slots; ++j) {
                        s_bar.template set_lanes<P>(j * Plan::size + c, pulled(2 + j));
                    }
                });
            }
        };
        same ? run(std::true_type{}) : run(std::false_type{});
    }

    template <class Layout, class Plan, std::size_t Steps, class P, class E, class N, class Bars>
    PRIORI_ALWAYS_INLINE static void give_fields(std::size_t k, const segment& part, std::size_t i, const E* pulled,
                                                 Bars* fields_bar, view<N> theta_bar) noexcept {
        each<fields>([&](auto j) {
            if constexpr (is_learned<j>) {
                const E& bar = pulled[numbers::first_field + learned_before<j>];
                if constexpr (has(field<j>::per, coordinate)) {
                    theta_bar.template add_lanes<P>(place<Layout, Plan, Steps, j>(k, part) + i, bar);
                } else {
                    fields_bar[learned_before<j>].add(bar);
                }
            }
        });
    }

    template <class Layout, class Plan, std::size_t Steps, class N, class Bars>
    static void flush_fields(std::size_t k, const segment& part, const Bars* fields_bar, view<N> theta_bar) noexcept {
        each<fields>([&](auto j) {
            if constexpr (is_learned<j>) {
                if constexpr (!has(field<j>::per, coordinate)) {
                    theta_bar.add(place<Layout, Plan, Steps, j>(k, part), fields_bar[learned_before<j>].total());
                }
            }
        });
    }

    template <class Plan, std::size_t Steps, std::size_t J, class Layout>
    static constexpr auto blocks_from() {
        if constexpr (J == fields) {
            return std::type_identity<Layout>{};
        } else {
            constexpr std::size_t size = field_size<field<J>>(Plan::size, Plan::layers, Steps);
            if constexpr (size > 0) {
                using next = merged_layout<Layout, layout<block<Id, field_name<J>, shape<size>>>>;
                return blocks_from<Plan, Steps, J + 1, next>();
            } else {
                return blocks_from<Plan, Steps, J + 1, Layout>();
            }
        }
    }

    // Where in the flat buffer the value of field J for the first coordinate of a segment stands at step k.
    template <class Layout, class Plan, std::size_t Steps, std::size_t J>
    static std::size_t place(std::size_t k, const segment& part) noexcept {
        constexpr granularity per = field<J>::per;
        constexpr std::size_t base = Layout::offset_of(block_name<J>.view());
        constexpr std::size_t width = has(per, coordinate) ? Plan::size : (has(per, layer) ? Plan::layers : 1);
        const std::size_t within = has(per, coordinate) ? part.start : (has(per, layer) ? part.layer : 0);
        return base + (has(per, step) ? std::min(k, Steps - 1) * width : 0) + within;
    }
};

}  // namespace priori
