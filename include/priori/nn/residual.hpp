// SPDX-License-Identifier: BSL-1.0
// residual: layers with a way around them: y = x + f(x), or y = shortcut(x) + f(x).
#pragma once

#include <priori/ad/map.hpp>
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
#include <priori/nn/sweep.hpp>
#include <priori/tensor/layout.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace priori {

namespace detail {

// The blocks of an inner network as parameters of one layer: "dense_0.weight" becomes "residual_0.dense_0.weight".
template <class Layout>
struct nested_parameters;
template <class... Blocks>
struct nested_parameters<layout<Blocks...>> {
    using type = parameter_list<parameter<Blocks::name, typename Blocks::shape_type, Blocks::kind>...>;
};

template <class Network, class P>
struct nested_views {
    view<P> p;
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto of() const noexcept {
        if constexpr (Network::template parameter_count<I> == 0) {
            return view<void>{};
        } else {
            return p.at(Network::blocks::offset_of(Network::template name<I>.view()));
        }
    }
};

// The inner tape lies in what the layer keeps; its ends are the layer's own arrays, but for the last activation where Y
// is void.
template <class Network, class Rows, class X, class S, class Yb, class Xb, class Y = void>
struct nested_arrays {
    static constexpr const auto& plan = plan_of<Network, Rows>;
    static constexpr bool ends_elsewhere = !std::is_void_v<Y>;

    view<X> x;
    view<S> tape;
    view<Yb> y_bar{};
    view<Xb> x_bar{};
    view<Y> y{};

    template <std::size_t Boundary>
    PRIORI_ALWAYS_INLINE auto activation() const noexcept {
        if constexpr (Boundary == 0) {
            return x;
        } else if constexpr (Boundary == Network::size && ends_elsewhere) {
            return y;
        } else {
            return tape.at(plan.activation[Boundary]);
        }
    }
    template <std::size_t Boundary>
    PRIORI_ALWAYS_INLINE auto cotangent() const noexcept {
        if constexpr (Boundary == 0) {
            return x_bar;
        } else if constexpr (Boundary == Network::size) {
            return y_bar;
        } else {
            return tape.at(plan.cotangent[Boundary]);
        }
    }
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto saved() const noexcept {
        return tape.at(plan.saved[I + 1]);
    }
};

// Starts the parameters of an inner network.
template <class Network, class T>
void initialize_nested(const Network& f, T* p, random_stream& random) noexcept {
    each<Network::size>([&](auto i) {
        using in = typename Network::template shape_at<i>;
        T* own = p + Network::blocks::offset_of(Network::template name<i>.view());
        if constexpr (Network::template role_of<i> == role::learned &&
                      requires { f.template layer<i>().template initialize<in>(own, random); }) {
            f.template layer<i>().template initialize<in>(own, random);
        }
    });
}

struct sum_function {
    template <class A, class B>
    PRIORI_ALWAYS_INLINE auto operator()(const A& a, const B& b) const noexcept {
        return a + b;
    }
};

template <class First, class Second>
struct joined_lists;
template <class... First, class... Second>
struct joined_lists<parameter_list<First...>, parameter_list<Second...>> {
    using type = parameter_list<First..., Second...>;
};

}  // namespace detail

// residual(dense<5> | tanh): y = x + f(x), f the layers inside.
// Shapes: f gives back the shape that it takes.
// Parameters: those of the layers inside, "residual_0.dense_0.weight".
// Derivative: x_bar = y_bar + y_bar df/dx. Cost: that of f; keeps f's tape.
// Reference: He et al., Deep Residual Learning (2016), equation 1.
template <class... Layers>
struct residual_layer {
    static constexpr fixed_string kind{"residual"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;
    static constexpr bool uses_pass = true;
    static constexpr bool uses_reference =
        (false || ... || detail::uses_reference<typename detail::unwrapped<Layers>::type>);

    static constexpr bool uses_steps = (false || ... || detail::uses_steps<typename detail::unwrapped<Layers>::type>);

    tuple<Layers...> layers;

    // The same around f(layers), as resolved() asks for.
    template <class F>
    constexpr auto with_parts(const F& f) const {
        return holding(f(layers));
    }
    template <class... Others>
    static constexpr residual_layer<Others...> holding(const tuple<Others...>& others) {
        return {others};
    }

    template <class In>
    using inner = network<"", In, Layers...>;
    template <class In>
    static consteval auto refusal() {
        if constexpr (inner<In>::refusal().length > 0) {
            return inner<In>::refusal();
        } else if constexpr (!std::is_same_v<typename inner<In>::output_shape, In>) {
            return join<"[priori:N108] residual: the input has shape ", detail::text_of<In>,
                        ", the layers inside give shape ", detail::text_of<typename inner<In>::output_shape>,
                        ", and their sum has none; end them with a layer that gives the shape of the input.">();
        } else {
            return detail::clash_in<typename inner<In>::blocks>;
        }
    }
    template <class In>
    using output_shape = In;
    template <class In>
    using parameters = typename detail::nested_parameters<typename inner<In>::blocks>::type;
    template <class Rows, class In>
    static constexpr std::size_t saved_size = plan_of<inner<In>, Rows>.size;

    template <class In>
    static constexpr std::size_t batch_places = priori::batch_places<inner<In>>;
    template <class In>
    static constexpr std::size_t reference_size = priori::reference_size<inner<In>>;
    template <class Rows, class In, class T>
    static void keep_reference(const T* saved, T* kept) noexcept {
        priori::keep_reference<inner<In>, Rows>(saved, kept);
    }
    template <class Rows, class In, class T>
    static void give_reference(const T* kept, T* saved) noexcept {
        priori::give_reference<inner<In>, Rows>(kept, saved);
    }

    constexpr residual_layer with(initializer chosen) const { return {detail::all_with(layers, chosen)}; }

    template <class In, class T>
    void initialize(T* p, random_stream& random) const noexcept {
        detail::initialize_nested(inner<In>{layers}, p, random);
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P> p, view<X> x, view<Y> y, view<S> saved, const pass& how = {}) const noexcept {
        using network_type = inner<In>;
        const detail::nested_arrays<network_type, Rows, X, S, void, void> arrays{x, saved};
        run_forward<0, network_type::size, Rows>(network_type{layers}, detail::nested_views<network_type, P>{p}, arrays,
                                                 how);
        map(Rows::count * In::size, detail::sum_function{}, y, x,
            arrays.template activation<network_type::size>());
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y>, view<S> saved, view<Yb> y_bar, view<Xb> x_bar,
             view<Pb> p_bar) const noexcept {
        using network_type = inner<In>;
        const detail::nested_arrays<network_type, Rows, X, S, Yb, Xb> arrays{x, saved, y_bar, x_bar};
        run_backward<0, network_type::size, true, Rows>(network_type{layers}, detail::nested_views<network_type, P>{p},
                                                        arrays, detail::nested_views<network_type, Pb>{p_bar});
        if constexpr (is_wanted<view<Xb>>) add(Rows::count * In::size, y_bar, x_bar);
    }
};

// residual(f, shortcut): y = shortcut(x) + f(x), where f changes the shape.
// Shapes: f and the shortcut give the same shape.
// Parameters: those of f, "residual_0.convolution_0.weight", then "residual_0.shortcut.convolution_0.weight".
// Derivative: x_bar = y_bar df/dx + y_bar dshortcut/dx. Cost: that of both; keeps both tapes, and one cotangent of x.
// Reference: He et al., Deep Residual Learning (2016), equation 2.
// Example: residual(convolution<8> | relu | convolution<8>, convolution<8>.kernel<1>())
template <class Layers, class Shortcut>
struct projected_layer;
template <class... Layers, class... Around>
struct projected_layer<chain<Layers...>, chain<Around...>> {
    static constexpr fixed_string kind{"residual"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;
    static constexpr bool uses_pass = true;
    static constexpr bool uses_reference =
        (false || ... || detail::uses_reference<typename detail::unwrapped<Layers>::type>) ||
        (false || ... || detail::uses_reference<typename detail::unwrapped<Around>::type>);
    static constexpr bool uses_steps = (false || ... || detail::uses_steps<typename detail::unwrapped<Layers>::type>) ||
                                       (false || ... || detail::uses_steps<typename detail::unwrapped<Around>::type>);

    tuple<Layers...> layers;
    tuple<Around...> around;

    template <class F>
    constexpr auto with_parts(const F& f) const {
        return holding(f(layers), f(around));
    }
    template <class... Others, class... OthersAround>
    static constexpr projected_layer<chain<Others...>, chain<OthersAround...>> holding(
        const tuple<Others...>& others, const tuple<OthersAround...>& others_around) {
        return {others, others_around};
    }

    template <class In>
    using inner = network<"", In, Layers...>;
    template <class In>
    using shortcut = network<"shortcut", In, Around...>;
    template <class In>
    static consteval auto refusal() {
        if constexpr (inner<In>::refusal().length > 0) {
            return inner<In>::refusal();
        } else if constexpr (shortcut<In>::refusal().length > 0) {
            return shortcut<In>::refusal();
        } else if constexpr (!std::is_same_v<typename inner<In>::output_shape, typename shortcut<In>::output_shape>) {
            return join<"[priori:N109] residual: the layers inside give shape ",
                        detail::text_of<typename inner<In>::output_shape>, ", the shortcut gives shape ",
                        detail::text_of<typename shortcut<In>::output_shape>,
                        ", and their sum has none; let both end in one shape.">();
        } else {
            return detail::clash_in<merged_layout<typename inner<In>::blocks, typename shortcut<In>::blocks>>;
        }
    }
    template <class In>
    using output_shape = typename inner<In>::output_shape;
    template <class In>
    using parameters =
        typename detail::joined_lists<typename detail::nested_parameters<typename inner<In>::blocks>::type,
                                      typename detail::nested_parameters<typename shortcut<In>::blocks>::type>::type;

private:
    // Where the shortcut's tape begins, and the cotangent of x that it gives.
    template <class Rows, class In>
    static constexpr std::size_t second_tape = plan_of<inner<In>, Rows>.size;
    template <class Rows, class In>
    static constexpr std::size_t second_bar = second_tape<Rows, In> + plan_of<shortcut<In>, Rows>.size;
    template <class In, class P>
    PRIORI_ALWAYS_INLINE static auto second_parameters(view<P> p) noexcept {
        return p.at(inner<In>::blocks::size);
    }

public:
    template <class Rows, class In>
    static constexpr std::size_t saved_size = second_bar<Rows, In> + Rows::count * In::size;

    template <class In>
    static constexpr std::size_t batch_places =
        std::min(priori::batch_places<inner<In>>, priori::batch_places<shortcut<In>>);
    template <class In>
    static constexpr std::size_t reference_size =
        priori::reference_size<inner<In>> + priori::reference_size<shortcut<In>>;
    template <class Rows, class In, class T>
    static void keep_reference(const T* saved, T* kept) noexcept {
        priori::keep_reference<inner<In>, Rows>(saved, kept);
        priori::keep_reference<shortcut<In>, Rows>(saved + second_tape<Rows, In>,
                                                   kept + priori::reference_size<inner<In>>);
    }
    template <class Rows, class In, class T>
    static void give_reference(const T* kept, T* saved) noexcept {
        priori::give_reference<inner<In>, Rows>(kept, saved);
        priori::give_reference<shortcut<In>, Rows>(kept + priori::reference_size<inner<In>>,
                                                   saved + second_tape<Rows, In>);
    }

    constexpr projected_layer with(initializer chosen) const {
        return {detail::all_with(layers, chosen), detail::all_with(around, chosen)};
    }

    template <class In, class T>
    void initialize(T* p, random_stream& random) const noexcept {
        detail::initialize_nested(inner<In>{layers}, p, random);
        detail::initialize_nested(shortcut<In>{around}, p + inner<In>::blocks::size, random);
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P> p, view<X> x, view<Y> y, view<S> saved, const pass& how = {}) const noexcept {
        using first = inner<In>;
        using second = shortcut<In>;
        const detail::nested_arrays<first, Rows, X, S, void, void> arrays{x, saved};
        const detail::nested_arrays<second, Rows, X, S, void, void> others{x, saved.at(second_tape<Rows, In>)};
        run_forward<0, first::size, Rows>(first{layers}, detail::nested_views<first, P>{p}, arrays, how);
        run_forward<0, second::size, Rows>(second{around},
                                           detail::nested_views<second, P>{second_parameters<In>(p)}, others, how);
        map(Rows::count * first::output_shape::size, detail::sum_function{}, y,
            arrays.template activation<first::size>(), others.template activation<second::size>());
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y>, view<S> saved, view<Yb> y_bar, view<Xb> x_bar,
             view<Pb> p_bar) const noexcept {
        using first = inner<In>;
        using second = shortcut<In>;
        const detail::nested_arrays<first, Rows, X, S, Yb, Xb> arrays{x, saved, y_bar, x_bar};
        run_backward<0, first::size, true, Rows>(first{layers}, detail::nested_views<first, P>{p}, arrays,
                                                 detail::nested_views<first, Pb>{p_bar});
        const auto back = [&] {
            if constexpr (is_wanted<view<Xb>>) {
                return saved.at(second_bar<Rows, In>);
            } else {
                return view<void>{};
            }
        }();
        using B = std::conditional_t<is_wanted<view<Xb>>, S, void>;
        const detail::nested_arrays<second, Rows, X, S, Yb, B> others{x, saved.at(second_tape<Rows, In>), y_bar, back};
        run_backward<0, second::size, true, Rows>(
            second{around}, detail::nested_views<second, P>{second_parameters<In>(p)}, others,
            detail::nested_views<second, Pb>{second_parameters<In>(p_bar)});
        if constexpr (is_wanted<view<Xb>>) add(Rows::count * In::size, back, x_bar);
    }
};

template <class... Layers>
constexpr residual_layer<Layers...> residual(chain<Layers...> f) {
    return {f.layers};
}
template <detail::LayerLike L>
constexpr residual_layer<L> residual(L f) {
    return {tuple<L>{f}};
}

namespace detail {

template <class... Layers>
constexpr chain<Layers...> as_chain(chain<Layers...> layers) {
    return layers;
}
template <LayerLike L>
constexpr chain<L> as_chain(L layer) {
    return {tuple<L>{layer}};
}

}  // namespace detail

template <class F, class Shortcut>
requires requires(F f, Shortcut shortcut) { detail::as_chain(f), detail::as_chain(shortcut); }
constexpr auto residual(F f, Shortcut shortcut) {
    using layer = projected_layer<decltype(detail::as_chain(f)), decltype(detail::as_chain(shortcut))>;
    return layer{detail::as_chain(f).layers, detail::as_chain(shortcut).layers};
}

}  // namespace priori
