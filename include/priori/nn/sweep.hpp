// SPDX-License-Identifier: BSL-1.0
// How a network runs: where activations and cotangents lie in a tape, and the two sweeps over the layers.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/hana.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/network.hpp>

#include <array>
#include <cstddef>
#include <type_traits>

namespace priori {

// Offsets in a tape, in numbers. An activation that nobody reads again is written over by the next layer.
template <class Network, class Rows>
struct tape_plan {
    static constexpr std::size_t layers = Network::size;
    std::array<std::size_t, layers + 1> activation{};
    std::array<std::size_t, layers + 1> cotangent{};
    std::array<std::size_t, layers + 1> saved{};
    std::size_t size = 0;

    static consteval tape_plan make() {
        tape_plan plan;
        const auto take = [&plan](std::size_t count) {
            const std::size_t at = plan.size;
            plan.size += (count + 15) / 16 * 16;
            return at;
        };
        each<layers + 1>([&](auto i) {
            constexpr std::size_t boundary = i;
            constexpr std::size_t numbers = Rows::count * Network::template shape_at<boundary>::size;
            if constexpr (boundary == 0) {
                plan.cotangent[0] = take(numbers);
            } else {
                using layer = typename Network::template layer_type<boundary - 1>;
                using in = typename Network::template shape_at<boundary - 1>;
                constexpr bool same_size = in::size == Network::template shape_at<boundary>::size;
                constexpr bool input_is_free = [] {
                    if constexpr (boundary == 1) {
                        return false;
                    } else {
                        return !layer::reads_input && !Network::template layer_type<boundary - 2>::reads_output;
                    }
                }();
                plan.activation[boundary] =
                    same_size && input_is_free ? plan.activation[boundary - 1] : take(numbers);
                plan.cotangent[boundary] = same_size && detail::is_piecewise_linear<layer>
                                               ? plan.cotangent[boundary - 1]
                                               : take(numbers);
                plan.saved[boundary] = take(detail::saved_size<layer, Rows, in>);
            }
        });
        return plan;
    }
};

template <class Network, class Rows>
inline constexpr tape_plan<Network, Rows> plan_of = tape_plan<Network, Rows>::make();

// The arrays of one run. Moves = the first layer that moves: what stands before it is constant, what follows is a dual
// whose value is known; Network::size + 1 for a plain run. Boundaries up to Shared lie in `shared`, which several runs
// have in common, the others in `values`.
template <class Network, class Rows, class N, std::size_t Moves, std::size_t Shared>
struct run_arrays {
    static constexpr const auto& plan = plan_of<Network, Rows>;

    view<N> input;
    view<N> shared;
    view<N> values;
    view<N> tangents;

    template <std::size_t Boundary>
    PRIORI_ALWAYS_INLINE auto activation() const noexcept {
        if constexpr (Boundary == 0) {
            return input;
        } else {
            return pick<(Boundary > Moves), (Boundary > Shared)>(plan.activation[Boundary]);
        }
    }
    template <std::size_t Boundary>
    PRIORI_ALWAYS_INLINE auto cotangent() const noexcept {
        return pick<(Boundary >= Moves), (Boundary >= Shared)>(plan.cotangent[Boundary]);
    }
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto saved() const noexcept {
        return pick<(I >= Moves), (I >= Shared)>(plan.saved[I + 1]);
    }

private:
    template <bool Moving, bool Own>
    PRIORI_ALWAYS_INLINE auto pick(std::size_t offset) const noexcept {
        const view<N> known = Own ? values : shared;
        if constexpr (Moving) {
            return swept(known.at(offset), tangents.at(offset));
        } else {
            return known.at(offset);
        }
    }
};

// Activations after the layers First .. Last - 1. `parameters.template of<I>()` is the view of layer I's parameters.
template <std::size_t First, std::size_t Last, class Rows, class Network, class Parameters, class Arrays>
PRIORI_ALWAYS_INLINE void run_forward(const Network& network, const Parameters& parameters, const Arrays& arrays,
                                      const pass& how) noexcept {
    each<Last - First>([&](auto step) {
        constexpr std::size_t i = First + step;
        using layer = typename Network::template layer_type<i>;
        using in = typename Network::template shape_at<i>;
        const auto p = parameters.template of<i>();
        const auto x = arrays.template activation<i>();
        const auto y = arrays.template activation<i + 1>();
        if constexpr (detail::keeps_saved<layer> && detail::uses_pass<layer>) {
            pass own = how;
            own.layer = detail::hash_of(Network::template name<i>.view(), how.layer);
            network.template layer<i>().template forward<Rows, in>(p, x, y, arrays.template saved<i>(), own);
        } else if constexpr (detail::keeps_saved<layer>) {
            network.template layer<i>().template forward<Rows, in>(p, x, y, arrays.template saved<i>());
        } else {
            network.template layer<i>().template forward<Rows, in>(p, x, y);
        }
    });
}

// Cotangents from boundary Last back to boundary First; that of First itself only if `Through`.
// `bars.template of<I>()` is the view to which the cotangent of layer I's parameters is added, or view<void>.
template <std::size_t First, std::size_t Last, bool Through, class Rows, class Network, class Parameters, class Arrays,
          class Bars>
PRIORI_ALWAYS_INLINE void run_backward(const Network& network, const Parameters& parameters, const Arrays& arrays,
                                       const Bars& bars) noexcept {
    each_backwards<Last - First>([&](auto step) {
        constexpr std::size_t i = First + step;
        using layer = typename Network::template layer_type<i>;
        using in = typename Network::template shape_at<i>;
        const auto p = parameters.template of<i>();
        const auto x = arrays.template activation<i>();
        const auto y = arrays.template activation<i + 1>();
        const auto y_bar = arrays.template cotangent<i + 1>();
        const auto p_bar = bars.template of<i>();
        const auto x_bar = [&] {
            if constexpr (i > First || Through) {
                return arrays.template cotangent<i>();
            } else {
                return view<void>{};
            }
        }();
        if constexpr (detail::keeps_saved<layer>) {
            network.template layer<i>().template vjp<Rows, in>(p, x, y, arrays.template saved<i>(), y_bar, x_bar,
                                                               p_bar);
        } else {
            network.template layer<i>().template vjp<Rows, in>(p, x, y, y_bar, x_bar, p_bar);
        }
    });
}

}  // namespace priori
