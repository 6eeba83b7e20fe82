// SPDX-License-Identifier: BSL-1.0
// rule<Id, Optimizer>: an optimizer bound to the blocks that hold what it learns, as a differentiable map on a vector.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/segment.hpp>
#include <priori/tensor/layout.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace priori {

// An elementwise optimizer is a final aggregate:
//   kind, slots                 its name, and how many numbers of state it keeps for each coordinate
//   field_names, fields()       names<"rate", ...>, and a tuple of the fields: numbers, learned(...), schedules
//   update(p, g, s, h, k)       one coordinate's step k = 0, 1, ...: moves p and the state s; h holds the fields' values
// Optional: constants and prepare(h, k), which appends numbers that depend on fields and step alone to h; `linear`, which
// says that p and s after the step are linear in p, g and s.
// Models: sgd, adam. Not a model: clip_by_norm, which needs all coordinates at once (a Rule of its own).
template <class O>
concept Elementwise = requires(const O& optimizer) {
    O::kind.view();
    { O::slots } -> std::convertible_to<std::size_t>;
    optimizer.fields();
};

template <fixed_string... Names>
struct names {
    static constexpr std::size_t count = sizeof...(Names);
};

namespace detail {

template <std::size_t I, class Names>
struct nth_name;
template <fixed_string First, fixed_string... Rest>
struct nth_name<0, names<First, Rest...>> {
    static constexpr auto value = First;
};
template <std::size_t I, fixed_string First, fixed_string... Rest>
    requires(I > 0)
struct nth_name<I, names<First, Rest...>> : nth_name<I - 1, names<Rest...>> {};

template <class O>
inline constexpr std::size_t constants_of = [] {
    if constexpr (requires { O::constants; }) {
        return O::constants;
    } else {
        return std::size_t{0};
    }
}();

// A number in one lane, repeated in all lanes P.
template <class P, class E>
PRIORI_ALWAYS_INLINE auto in_all_lanes(const E& x) noexcept {
    if constexpr (depth<E> == 0) {
        return P(x);
    } else {
        dual<decltype(in_all_lanes<P>(x.value))> result;
        result.value = in_all_lanes<P>(x.value);
        result.tangent[0] = in_all_lanes<P>(x.tangent[0]);
        return result;
    }
}

// The sum over the lanes of a number.
template <class E>
PRIORI_ALWAYS_INLINE auto over_lanes(const E& x) noexcept {
    if constexpr (depth<E> == 0) {
        return sum_lanes(x);
    } else {
        dual<decltype(over_lanes(x.value))> result;
        result.value = over_lanes(x.value);
        result.tangent[0] = over_lanes(x.tangent[0]);
        return result;
    }
}

}  // namespace detail

template <fixed_string Id, class O>
struct rule;

// The generic part: forward and vjp of any elementwise optimizer.
// Plan names the segments of the flat buffer that move; Steps is how many steps a per-step field has values for, and
// later steps use the last. State: slot j of coordinate i is s[j * Plan::size + i].
template <fixed_string Id, Elementwise O>
struct rule<Id, O> {
    static constexpr std::size_t slots = O::slots;
    using fields_type = decltype(std::declval<const O&>().fields());
    static constexpr std::size_t fields = O::field_names::count;
    static constexpr std::size_t entries = fields + detail::constants_of<O>;

    template <std::size_t J>
    using field = std::remove_cvref_t<decltype(priori::get<J>(std::declval<fields_type&>()))>;
    template <std::size_t J>
    static constexpr auto field_name = detail::nth_name<J, typename O::field_names>::value;
    template <std::size_t J>
    static constexpr auto block_name = join<Id, ".", field_name<J>>();

private:
    template <bool Any, class Predicate>
    static constexpr bool fields_where(Predicate predicate) {
        bool result = !Any;
        each<fields>([&](auto j) {
            const bool holds = predicate(std::type_identity<field<j>>{});
            result = Any ? result || holds : result && holds;
        });
        return result;
    }

public:
    static constexpr bool learns = fields_where<true>([](auto f) { return is_learned_field<typename decltype(f)::type>; });
    static constexpr bool per_coordinate = fields_where<true>([](auto f) {
        using field_type = typename decltype(f)::type;
        if constexpr (is_learned_field<field_type>) {
            return has(field_type::per, coordinate);
        } else {
            return false;
        }
    });
    // Must the trajectory be kept for the pull-back?
    static constexpr bool reads_trajectory = [] {
        if constexpr (requires { O::linear; }) {
            return learns || !O::linear;
        } else {
            return true;
        }
    }();
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
        for (const segment& part : Plan::segments) {
            element_of<N> shared[entries + 1];
            if constexpr (!per_coordinate) load_fields<Layout, Plan, Steps, T>(optimizer, theta, k, part, 0, shared);
            detail::in_lanes<T>(part.size, [&]<class P>(std::size_t i) {
                using E = element_of<N, P>;
                E h[entries + 1];
                if constexpr (per_coordinate) {
                    load_fields<Layout, Plan, Steps, P>(optimizer, theta, k, part, i, h);
                } else {
                    for (std::size_t j = 0; j < entries; ++j) h[j] = detail::in_all_lanes<P>(shared[j]);
                }
                const std::size_t c = part.start + i;
                E p = x.template load_lanes<P>(c);
                E state[slots + 1];
                for (std::size_t j = 0; j < slots; ++j) state[j] = s.template load_lanes<P>(j * Plan::size + c);
                O::update(p, E(g.template load_lanes<P>(c)), state, h, k);
                x.template set_lanes<P>(c, p);
                for (std::size_t j = 0; j < slots; ++j) s.template set_lanes<P>(j * Plan::size + c, state[j]);
            });
        }
    }

    // x_bar and s_bar: cotangents after step k in, before it out. g_bar is written, theta_bar added to.
    template <class Layout, class Plan, std::size_t Steps, class N>
    static void vjp(const O& optimizer, view<N> theta, std::size_t k, view<N> x, view<N> g, view<N> s, view<N> x_bar,
                    view<N> s_bar, view<N> g_bar, view<N> theta_bar) noexcept {
        using T = scalar_of<N>;
        constexpr std::size_t inputs = 2 + slots + (learns ? fields : 0);
        for (const segment& part : Plan::segments) {
            element_of<N> shared_bar[fields + 1];
            for (std::size_t j = 0; j < fields; ++j) shared_bar[j] = element_of<N>(T(0));
            detail::in_lanes<T>(part.size, [&]<class P>(std::size_t i) {
                using E = element_of<N, P>;
                using J = jet<E, inputs>;
                using H = std::conditional_t<learns, J, E>;
                H h[entries + 1];
                E plain[entries + 1];
                load_fields<Layout, Plan, Steps, P>(optimizer, theta, k, part, i, plain);
                for (std::size_t j = 0; j < entries; ++j) h[j] = H(plain[j]);
                if constexpr (learns) {
                    for (std::size_t j = 0; j < fields; ++j) h[j].tangent[2 + slots + j] = E(T(1));
                    if constexpr (detail::constants_of<O> > 0) O::prepare(h, k);
                }
                const std::size_t c = part.start + i;
                J p = reads_trajectory ? J::variable(x.template load_lanes<P>(c), 0) : J::variable(E(T(0)), 0);
                const J gradient =
                    reads_trajectory ? J::variable(g.template load_lanes<P>(c), 1) : J::variable(E(T(0)), 1);
                J state[slots + 1];
                for (std::size_t j = 0; j < slots; ++j) {
                    state[j] = reads_trajectory ? J::variable(s.template load_lanes<P>(j * Plan::size + c), 2 + j)
                                                : J::variable(E(T(0)), 2 + j);
                }
                O::update(p, gradient, state, h, k);
                const E v = x_bar.template load_lanes<P>(c);
                E pulled[inputs];
                for (std::size_t m = 0; m < inputs; ++m) pulled[m] = v * p.tangent[m];
                for (std::size_t j = 0; j < slots; ++j) {
                    const E w = s_bar.template load_lanes<P>(j * Plan::size + c);
                    for (std::size_t m = 0; m < inputs; ++m) pulled[m] = pulled[m] + w * state[j].tangent[m];
                }
                x_bar.template set_lanes<P>(c, pulled[0]);
                g_bar.template set_lanes<P>(c, pulled[1]);
                for (std::size_t j = 0; j < slots; ++j) s_bar.template set_lanes<P>(j * Plan::size + c, pulled[2 + j]);
                if constexpr (learns) {
                    each<fields>([&](auto j) {
                        if constexpr (is_learned_field<field<j>>) {
                            if constexpr (has(field<j>::per, coordinate)) {
                                theta_bar.template add_lanes<P>(where<Layout, Plan, Steps, j>(k, part) + i,
                                                                pulled[2 + slots + j]);
                            } else {
                                shared_bar[j] += detail::over_lanes(pulled[2 + slots + j]);
                            }
                        }
                    });
                }
            });
            each<fields>([&](auto j) {
                if constexpr (is_learned_field<field<j>>) {
                    if constexpr (!has(field<j>::per, coordinate)) {
                        theta_bar.add(where<Layout, Plan, Steps, j>(k, part), shared_bar[j]);
                    }
                }
            });
        }
    }

private:
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
    static std::size_t where(std::size_t k, const segment& part) noexcept {
        constexpr granularity per = field<J>::per;
        constexpr std::size_t base = Layout::offset_of(block_name<J>.view());
        constexpr std::size_t width = has(per, coordinate) ? Plan::size : (has(per, layer) ? Plan::layers : 1);
        const std::size_t within = has(per, coordinate) ? part.start : (has(per, layer) ? part.layer : 0);
        return base + (has(per, step) ? std::min(k, Steps - 1) * width : 0) + within;
    }

    template <class Layout, class Plan, std::size_t Steps, class P, class N, class E>
    PRIORI_ALWAYS_INLINE static void load_fields(const O& optimizer, view<N> theta, std::size_t k, const segment& part,
                                                 std::size_t i, E* h) noexcept {
        using T = scalar_of<N>;
        const auto values = optimizer.fields();
        each<fields>([&](auto j) {
            if constexpr (!is_learned_field<field<j>>) {
                h[j] = E(static_cast<T>(field_value(priori::get<j>(values), k)));
            } else if constexpr (has(field<j>::per, coordinate)) {
                h[j] = theta.template load_lanes<P>(where<Layout, Plan, Steps, j>(k, part) + i);
            } else {
                h[j] = detail::in_all_lanes<P>(element_of<N>(theta[where<Layout, Plan, Steps, j>(k, part)]));
            }
        });
        if constexpr (detail::constants_of<O> > 0) O::prepare(h, k);
    }
};

}  // namespace priori
