// SPDX-License-Identifier: BSL-1.0
// per_class(layers): the same layers, with the same parameters, on each part of an input.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/core/random.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/batch_places.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/initialize_with.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/reference.hpp>
#include <priori/nn/residual.hpp>
#include <priori/nn/sweep.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

namespace detail {

template <class In>
struct parts_of;
template <std::size_t Parts, std::size_t... Rest>
struct parts_of<shape<Parts, Rest...>> {
    static constexpr std::size_t count = Parts;
    using part = shape<Rest...>;
};

// One number a part needs no dimension of its own.
template <std::size_t Parts, class Out>
struct joined_parts;
template <std::size_t Parts, std::size_t... Out>
struct joined_parts<Parts, shape<Out...>> {
    using type = shape<Parts, Out...>;
};
template <std::size_t Parts>
struct joined_parts<Parts, shape<1>> {
    using type = shape<Parts>;
};

}  // namespace detail

// y_n = f(x_n) for each part n, f the layers inside: they see the parts of all examples as one batch, and normalize by
// its statistics.
// Shapes: x (Parts, In...), y (Parts, Out...), f from In... to Out...; y (Parts) where f gives one number.
// Parameters: those of the layers inside, "per_class_0.dense_0.weight".
// Derivative, cost: those of f, Parts times; keeps f's tape.
// Reference: Sung et al. 2018 (relation networks), equation 1, where f is the relation module g.
template <class... Layers>
struct per_class_layer {
    static constexpr fixed_string kind{"per_class"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = true;
    static constexpr bool uses_pass = true;
    static constexpr bool uses_reference =
        (false || ... || detail::uses_reference<typename detail::unwrapped<Layers>::type>);
    static constexpr bool uses_steps = (false || ... || detail::uses_steps<typename detail::unwrapped<Layers>::type>);

    tuple<Layers...> layers;

    // The same with f(layers), as resolved() asks for.
    template <class F>
    constexpr auto with_parts(const F& f) const {
        return holding(f(layers));
    }
    template <class... Others>
    static constexpr per_class_layer<Others...> holding(const tuple<Others...>& others) {
        return {others};
    }

    template <class In>
    using inner = network<"", typename detail::parts_of<In>::part, Layers...>;
    template <class In>
    static consteval auto refusal() {
        if constexpr (In::rank < 2) {
            return join<"[priori:N167] per_class: the input has shape ", detail::text_of<In>,
                        ", per_class wants parts of at least one dimension; put beside<ways> before it.">();
        } else if constexpr (inner<In>::refusal().length > 0) {
            return inner<In>::refusal();
        } else {
            return detail::clash_in<typename inner<In>::blocks>;
        }
    }
    template <class In>
    using output_shape =
        typename detail::joined_parts<detail::parts_of<In>::count, typename inner<In>::output_shape>::type;
    template <class In>
    using parameters = typename detail::nested_parameters<typename inner<In>::blocks>::type;

private:
    // As many rows as there are parts, of the support set and of all.
    template <class Rows, class In>
    using all_parts = rows<Rows::count * detail::parts_of<In>::count,
                           Rows::reference == frozen ? frozen : Rows::reference * detail::parts_of<In>::count>;

public:
    template <class Rows, class In>
    static constexpr std::size_t saved_size = [] {
        if constexpr (In::rank < 2) {
            return std::size_t{0};
        } else {
            return plan_of<inner<In>, all_parts<Rows, In>>.size;
        }
    }();

    template <class In>
    static constexpr std::size_t batch_places = [] {
        constexpr std::size_t of_part = priori::batch_places<inner<In>>;
        return of_part == alone ? alone : of_part * detail::parts_of<In>::count;
    }();
    template <class In>
    static constexpr std::size_t reference_size = priori::reference_size<inner<In>>;
    template <class Rows, class In, class T>
    static void keep_reference(const T* saved, T* kept) noexcept {
        priori::keep_reference<inner<In>, all_parts<Rows, In>>(saved, kept);
    }
    template <class Rows, class In, class T>
    static void give_reference(const T* kept, T* saved) noexcept {
        priori::give_reference<inner<In>, all_parts<Rows, In>>(kept, saved);
    }

    constexpr per_class_layer with(initializer chosen) const { return {detail::all_with(layers, chosen)}; }

    template <class In, class T>
    void initialize(T* p, random_stream& random) const noexcept {
        detail::initialize_nested(inner<In>{layers}, p, random);
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P> p, view<X> x, view<Y> y, view<S> saved, const pass& how = {}) const noexcept {
        using network_type = inner<In>;
        using parts = all_parts<Rows, In>;
        const detail::nested_arrays<network_type, parts, X, S, void, void, Y> arrays{x, saved, {}, {}, y};
        run_forward<0, network_type::size, parts>(network_type{layers}, detail::nested_views<network_type, P>{p},
                                                  arrays, how);
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y> y, view<S> saved, view<Yb> y_bar, view<Xb> x_bar,
             view<Pb> p_bar) const noexcept {
        using network_type = inner<In>;
        using parts = all_parts<Rows, In>;
        const detail::nested_arrays<network_type, parts, X, S, Yb, Xb, Y> arrays{x, saved, y_bar, x_bar, y};
        run_backward<0, network_type::size, true, parts>(network_type{layers}, detail::nested_views<network_type, P>{p},
                                                         arrays, detail::nested_views<network_type, Pb>{p_bar});
    }
};

template <class... Layers>
constexpr per_class_layer<Layers...> per_class(chain<Layers...> f) {
    return {f.layers};
}
template <detail::LayerLike L>
constexpr per_class_layer<L> per_class(L f) {
    return {tuple<L>{f}};
}

}  // namespace priori
