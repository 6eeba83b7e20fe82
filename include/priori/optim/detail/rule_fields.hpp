// SPDX-License-Identifier: BSL-1.0
// rule_fields<Id, O>: the fields of an elementwise optimizer: their blocks, their values at a step, their cotangents.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/core/shape.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/detail/rule_parts.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/segment.hpp>
#include <priori/tensor/layout.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace priori::detail {

template <fixed_string Id, class O>
struct rule_fields {
    using numbers = rule_numbers<O>;
    using fields_type = decltype(std::declval<const O&>().fields());
    static constexpr std::size_t fields = O::field_names::count;
    static constexpr std::size_t constants = constants_of<O>;
    static constexpr std::size_t entries = fields + constants;

    template <std::size_t J>
    using field = std::remove_cvref_t<decltype(priori::get<J>(std::declval<fields_type&>()))>;
    template <std::size_t J>
    static constexpr auto field_name = nth_name<J, typename O::field_names>::value;
    template <std::size_t J>
    static constexpr auto block_name = join<Id, ".", field_name<J>>();

    template <std::size_t J>
    static constexpr bool is_learned = is_learned_field<field<J>>;
    template <std::size_t J>
    static constexpr std::size_t learned_before = count_learned<fields_type, J>(granularity::whole);
    static constexpr std::size_t learned_fields = numbers::learned_fields;
    static constexpr bool learns = learned_fields > 0;
    static constexpr bool per_coordinate = count_learned<fields_type, fields>(coordinate) > 0;
    static constexpr bool per_layer = count_learned<fields_type, fields>(layer) > 0;

    template <class N, class P, bool Jets>
    using entry = typename numbers::template entry<N, P, Jets>;

    // The layout of the learned fields, in the order of the fields.
    template <class Plan, std::size_t Steps>
    static constexpr auto blocks_after() {
        return blocks_from<Plan, Steps, 0, layout<>>();
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

    // Where in the flat buffer the value of field J for the first coordinate of a segment stands at step k.
    template <class Layout, class Plan, std::size_t Steps, std::size_t J>
    static std::size_t place(std::size_t k, const segment& part) noexcept {
        constexpr granularity per = field<J>::per;
        constexpr std::size_t base = Layout::offset_of(block_name<J>.view());
        constexpr std::size_t width = has(per, coordinate) ? Plan::size : (has(per, layer) ? Plan::layers : 1);
        const std::size_t within = has(per, coordinate) ? part.start : (has(per, layer) ? part.layer : 0);
        return base + (has(per, step) ? std::min(k, Steps - 1) * width : 0) + within;
    }

    // In double, so that 1 - 0.999 is exact enough in float.
    template <class T>
    static void fixed_values(const O& optimizer, std::size_t k, T* h) noexcept {
        const auto values = optimizer.fields();
        double wide[entries + 1];
        each<fields>([&](auto j) { wide[j] = field_value(priori::get<j>(values), k); });
        if constexpr (constants > 0) O::prepare(wide, k);
        PRIORI_UNROLL
        for (std::size_t j = 0; j < entries; ++j) h[j] = static_cast<T>(wide[j]);
    }

    // The values of fields and constants at step k in one segment.
    template <bool Jets, class Layout, class Plan, std::size_t Steps, class N>
    struct table {
        using scalar = scalar_of<N>;
        const O& optimizer;
        view<N> theta;
        std::size_t k;
        const segment& part;
        entry<N, scalar, Jets> shared[entries + 1];
        entry<N, pack<scalar>, Jets> wide[entries + 1];

        PRIORI_ALWAYS_INLINE table(const O& o, view<N> all, std::size_t at, const segment& where) noexcept
            : optimizer(o), theta(all), k(at), part(where) {
            if constexpr (!learns) {
                fixed_values(o, k, shared);
            } else if constexpr (!per_coordinate) {
                compute<scalar>(0, shared);
            }
            if constexpr (!per_coordinate) {
                PRIORI_UNROLL
                for (std::size_t j = 0; j < entries; ++j) wide[j] = in_all_lanes<pack<scalar>>(shared[j]);
            }
        }

        // For the coordinates from i on, in lanes P.
        template <class P, class H>
        PRIORI_ALWAYS_INLINE void load(std::size_t i, H* h) const noexcept {
            if constexpr (per_coordinate) {
                compute<P>(i, h);
            } else {
                PRIORI_UNROLL
                for (std::size_t j = 0; j < entries; ++j) {
                    if constexpr (std::is_same_v<P, scalar>) {
                        h[j] = shared[j];
                    } else {
                        h[j] = wide[j];
                    }
                }
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
                        value = in_all_lanes<P>(element_of<N>(theta[at]));
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

    // The cotangents of one pack of coordinates: to theta_bar where a field has a value for each, else to the sums
    // fields_bar, which `flush` adds to theta_bar at the end of the segment.
    template <class Layout, class Plan, std::size_t Steps, class P, class E, class N, class Bars>
    PRIORI_ALWAYS_INLINE static void give(std::size_t k, const segment& part, std::size_t i, const E* pulled,
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
    static void flush(std::size_t k, const segment& part, const Bars* fields_bar, view<N> theta_bar) noexcept {
        each<fields>([&](auto j) {
            if constexpr (is_learned<j>) {
                if constexpr (!has(field<j>::per, coordinate)) {
                    theta_bar.add(place<Layout, Plan, Steps, j>(k, part), fields_bar[learned_before<j>].total());
                }
            }
        });
    }
};

}  // namespace priori::detail
