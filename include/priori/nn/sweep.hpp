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
// Joins: nobody wants the cotangent of the input, and layers may run as one.
template <class Network, class Rows, class N, std::size_t Moves, std::size_t Shared, tape_use Use = tape_use::swept,
          bool Joins = false>
struct run_arrays {
    static constexpr const auto& plan = plan_of<Network, Rows, Use>;
    static constexpr bool joins = Joins && depth<N> == 0;

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

namespace detail {

// Do the first two layers run as one?
template <std::size_t First, std::size_t Last, class Rows, class Network, class Arrays>
consteval bool begins_jointly() {
    if constexpr (First == 0 && Last >= 2 && requires { requires Arrays::joins; }) {
        return joint<typename Network::template layer_type<0>, typename Network::template layer_type<1>, Rows,
                     typename Network::template shape_at<0>>::pays;
    } else {
        return false;
    }
}

template <class Network, class Rows>
using first_joint = joint<typename Network::template layer_type<0>, typename Network::template layer_type<1>, Rows,
                          typename Network::template shape_at<0>>;

// Is layer I written over by layer I + 1, which can be done as it is written? Arrays whose last activation does not lie
// where the plan says have an `ends_elsewhere`.
template <std::size_t I, class Network, class Arrays>
consteval bool finished_forward() {
    if constexpr (I + 2 < Network::size || (I + 2 == Network::size && !requires { requires Arrays::ends_elsewhere; })) {
        return takes_finish<typename Network::template layer_type<I>> &&
               gives_finish<typename Network::template layer_type<I + 1>> &&
               Arrays::plan.activation[I + 1] == Arrays::plan.activation[I + 2];
    } else {
        return false;
    }
}
// And on the way back by layer I - 1? Not by the first one, whose cotangent may lie elsewhere.
template <std::size_t I, class Network, class Arrays>
consteval bool finished_backward() {
    if constexpr (I > 1 && I < Network::size) {
        return takes_finish<typename Network::template layer_type<I>> &&
               gives_finish<typename Network::template layer_type<I - 1>> &&
               Arrays::plan.cotangent[I - 1] == Arrays::plan.cotangent[I];
    } else {
        return false;
    }
}

}  // namespace detail

// Activations after the layers First .. Last - 1. `parameters.template of<I>()` is the view of layer I's parameters.
template <std::size_t First, std::size_t Last, class Rows, class Network, class Parameters, class Arrays>
PRIORI_ALWAYS_INLINE void run_forward(const Network& network, const Parameters& parameters, const Arrays& arrays,
                                      const pass& how) noexcept {
    constexpr std::size_t joint = detail::begins_jointly<First, Last, Rows, Network, Arrays>() ? 2 : 0;
    if constexpr (joint > 0) {
        detail::first_joint<Network, Rows>::forward(
            network.template layer<0>(), network.template layer<1>(), parameters.template of<0>(),
            parameters.template of<1>(), arrays.template activation<0>(), arrays.template activation<1>(),
            arrays.template activation<2>(), arrays.template saved<1>());
    }
    each<Last - First - joint>([&](auto step) {
        constexpr std::size_t i = First + joint + step;
        constexpr bool is_finished = i > First + joint && detail::finished_forward<i - (i > 0), Network, Arrays>();
        constexpr bool finishes = i + 1 < Last && detail::finished_forward<i, Network, Arrays>();
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
        } else if constexpr (is_finished) {
            return;
        } else if constexpr (finishes) {
            network.template layer<i>().template forward<Rows, in>(
                p, x, y, network.template layer<i + 1>().finish_forward(arrays.template activation<i + 2>()));
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
    constexpr std::size_t joint = detail::begins_jointly<First, Last, Rows, Network, Arrays>() ? 2 : 0;
    static_assert(joint == 0 || !Through, "layers that run as one give no cotangent of their input");
    each_backwards<Last - First - joint>([&](auto step) {
        constexpr std::size_t i = First + joint + step;
        constexpr bool is_finished = i + 1 < Last && (i > First || Through) &&
                                     detail::finished_backward<i + 1, Network, Arrays>();
        constexpr bool finishes = i > First && (i > First + 1 || Through) &&
                                  detail::finished_backward<i, Network, Arrays>();
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
        } else if constexpr (is_finished) {
            return;
        } else if constexpr (finishes) {
            network.template layer<i>().template vjp<Rows, in>(p, x, y, y_bar, x_bar, p_bar,
                                                               network.template layer<i - 1>().finish_vjp(x));
        } else {
            network.template layer<i>().template vjp<Rows, in>(p, x, y, y_bar, x_bar, p_bar);
        }
    });
    if constexpr (joint > 0) {
        detail::first_joint<Network, Rows>::vjp(
            network.template layer<0>(), network.template layer<1>(), parameters.template of<0>(),
            parameters.template of<1>(), arrays.template activation<0>(), arrays.template activation<1>(),
            arrays.template saved<1>(), arrays.template cotangent<2>(), bars.template of<0>(), bars.template of<1>());
    }
}

}  // namespace priori
