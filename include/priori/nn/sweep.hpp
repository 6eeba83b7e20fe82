// SPDX-License-Identifier: BSL-1.0
// How a network runs: the arrays of a run, and the two sweeps over the layers.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/hana.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/tape_plan.hpp>  // IWYU pragma: export

#include <cstddef>

namespace priori {

// The arrays of one run. Moves = the first layer that moves: what stands before it is constant, what follows is a dual
// whose value is known; Network::size + 1 for a plain run. Boundaries up to Shared lie in `shared`, which several runs
// have in common, the others in `values`.
template <class Network, class Rows, class N, std::size_t Moves, std::size_t Shared, tape_use Use = tape_use::swept>
struct run_arrays {
    static constexpr const auto& plan = plan_of<Network, Rows, Use>;

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
