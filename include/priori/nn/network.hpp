// SPDX-License-Identifier: BSL-1.0
// network: layers in a row, as a value without storage: input<1> | dense<40> | relu | dense<1>.
#pragma once

#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/layer_refusal.hpp>
#include <priori/tensor/layout.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace priori {

// A layer under a name of its own, perhaps as scratch: written by a stage or an inner loop, never learned.
template <fixed_string Name, role Role, class L>
struct named_layer {
    static constexpr auto kind = detail::kind_of_layer<L>;
    static constexpr auto name = Name;
    static constexpr role parameter_role = Role;
    L layer{};
};

// named<"head">(dense<5>): its parameters are "head.weight" and "head.bias".
template <fixed_string Name, detail::LayerLike L>
constexpr named_layer<Name, role::learned, L> named(L layer) {
    return {layer};
}

// scratch<"head">(dense<5>): as named, but never learned; starts at zero.
template <fixed_string Name, detail::LayerLike L>
constexpr named_layer<Name, role::scratch, L> scratch(L layer) {
    return {layer};
}

// Layers without an input yet: `dense<40> | relu`, to be put after an input or inside a layer such as residual.
template <class... Layers>
struct chain {
    tuple<Layers...> layers;
};

namespace detail {

// A layer or a row of them, without an input.
template <class D>
inline constexpr bool is_chain = false;
template <class... Layers>
inline constexpr bool is_chain<chain<Layers...>> = true;
template <class D>
concept LacksInput = LayerLike<D> || is_chain<D>;

}  // namespace detail

// Each layer has a name, a row of them has none: one sentence.
template <fixed_string Name, class... Layers>
constexpr chain<Layers...> named(chain<Layers...> row) {
    static_assert(sizeof(row) == 0,
                  "[priori:N171] named, scratch: a name is for one layer, and this is a row of several; name each of "
                  "them, or put the row into residual or another layer that holds layers.");
    return row;
}
template <fixed_string Name, class... Layers>
constexpr chain<Layers...> scratch(chain<Layers...> row) {
    return named<Name>(row);
}

namespace detail {

template <class L>
struct unwrapped {
    using type = L;
    static constexpr bool named = false;
    static constexpr role parameter_role = role::learned;
    static constexpr const L& get(const L& layer) { return layer; }
};
template <fixed_string Name, role Role, class L>
struct unwrapped<named_layer<Name, Role, L>> {
    using type = L;
    static constexpr bool named = true;
    static constexpr role parameter_role = Role;
    static constexpr const L& get(const named_layer<Name, Role, L>& layer) { return layer.layer; }
};

// FNV-1a: a layer's draws depend on its name, not on what else the learner holds. `before`: the hash of an outer name.
constexpr std::uint32_t hash_of(std::string_view text, std::uint32_t before = 0) {
    std::uint32_t hash = before ^ 2166136261u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

template <role Own, role Given>
inline constexpr role combined_role = Own == role::learned ? Given : Own;

template <fixed_string Group, role Role, class List>
struct blocks_of_list;
template <fixed_string Group, role Role, class... Parameters>
struct blocks_of_list<Group, Role, parameter_list<Parameters...>> {
    using type = layout<block<Group, Parameters::name, typename Parameters::shape_type,
                              combined_role<Parameters::kind, Role>>...>;
};

}  // namespace detail

// A layer that does not go with its input leaves the shape as it is and has no parameters here: what is wrong is said
// where the network meets an episode.
template <fixed_string Prefix, class Input, class... Layers>
struct network {
    static constexpr std::size_t size = sizeof...(Layers);
    using input_shape = Input;

    tuple<Layers...> layers;

private:
    template <std::size_t I>
    static constexpr auto declared_type() {
        return std::type_identity<std::remove_cvref_t<decltype(priori::get<I>(std::declval<tuple<Layers...>&>()))>>{};
    }
    template <std::size_t I>
    using unwrapped = detail::unwrapped<typename decltype(declared_type<I>())::type>;

    template <std::size_t I>
    static constexpr auto shape_after() {
        if constexpr (I == 0) {
            return std::type_identity<Input>{};
        } else {
            using before = typename decltype(shape_after<I - 1>())::type;
            if constexpr (detail::accepts<layer_type<I - 1>, before>) {
                return std::type_identity<typename layer_type<I - 1>::template output_shape<before>>{};
            } else {
                return std::type_identity<before>{};
            }
        }
    }

public:
    template <std::size_t I>
    using declared = typename decltype(declared_type<I>())::type;
    template <std::size_t I>
    using layer_type = typename unwrapped<I>::type;

    // The shape of one example before layer I (after the last one for I == size).
    template <std::size_t I>
    using shape_at = typename decltype(shape_after<I>())::type;
    using output_shape = shape_at<size>;

    template <std::size_t I>
    constexpr const layer_type<I>& layer() const {
        return unwrapped<I>::get(priori::get<I>(layers));
    }

    template <std::size_t I>
    static constexpr role role_of = unwrapped<I>::parameter_role;

    // "dense_1" for the second dense layer, or the name that was given; within the network's own prefix.
    template <std::size_t I>
    static constexpr auto name = [] {
        constexpr auto own = [] {
            if constexpr (unwrapped<I>::named) {
                return declared<I>::name;
            } else {
                constexpr std::array<std::string_view, size> kinds{
                    detail::kind_of_layer<Layers>.view()...};
                constexpr std::size_t before = [&] {
                    std::size_t count = 0;
                    for (std::size_t j = 0; j < I; ++j) count += kinds[j] == kinds[I];
                    return count;
                }();
                return join<detail::kind_of_layer<layer_type<I>>, "_", decimal<before>()>();
            }
        }();
        if constexpr (Prefix.length == 0) {
            return own;
        } else {
            return join<Prefix, ".", own>();
        }
    }();

private:
    template <std::size_t I>
    static constexpr auto parameters_type() {
        if constexpr (detail::accepts<layer_type<I>, shape_at<I>>) {
            return std::type_identity<typename layer_type<I>::template parameters<shape_at<I>>>{};
        } else {
            return std::type_identity<parameter_list<>>{};
        }
    }

public:
    template <std::size_t I>
    using parameters_of = typename decltype(parameters_type<I>())::type;
    template <std::size_t I>
    static constexpr std::size_t parameter_count = parameters_of<I>::size;

private:
    template <std::size_t I, class Layout>
    static constexpr auto grown() {
        if constexpr (I == size) {
            return std::type_identity<Layout>{};
        } else {
            using own = typename detail::blocks_of_list<name<I>, unwrapped<I>::parameter_role, parameters_of<I>>::type;
            return grown<I + 1, merged_layout<Layout, own>>();
        }
    }

public:
    using blocks = typename decltype(grown<0, layout<>>())::type;

    // Do layer I's parameters lie one behind the other in Layout? They do not where a layer of its name has others.
    template <std::size_t I, class Layout>
    static constexpr bool lies_together = [] {
        using own = typename detail::blocks_of_list<name<I>, unwrapped<I>::parameter_role, parameters_of<I>>::type;
        for (std::size_t b = 0; b < own::count; ++b) {
            const std::size_t at = Layout::find(own::names[b]);
            if (at == Layout::count) continue;  // two sizes of one name, which is said elsewhere
            if (Layout::offsets[at] != Layout::offset_of(name<I>.view()) + own::offsets[b]) return false;
        }
        return true;
    }();

    // The sentence of the first layer whose parameters do not lie together in Layout; empty if all do.
    template <class Layout, std::size_t I = 0>
    static consteval auto scattered() {
        if constexpr (I == size) {
            return detail::accepted;
        } else if constexpr (!lies_together<I, Layout>) {
            return join<"[priori:T204] parameters: two layers have the name ", name<I>,
                        " and not the same parameters; give one of them another name with named<...>(...).">();
        } else {
            return scattered<Layout, I + 1>();
        }
    }

    // The sentence of the first layer from I on that does not go with its input, or shares a name and not its
    // parameters; empty if all do.
    template <std::size_t I = 0>
    static consteval auto refusal() {
        if constexpr (I == size) {
            return scattered<blocks>();
        } else if constexpr (!detail::accepts<layer_type<I>, shape_at<I>>) {
            return detail::layer_refusal<layer_type<I>, shape_at<I>>();
        } else {
            return refusal<I + 1>();
        }
    }

    // The index of a layer by its name; size if there is none.
    static constexpr std::size_t find(std::string_view wanted) {
        std::size_t found = size;
        each<size>([&](auto i) {
            if (name<i>.view() == wanted) found = i;
        });
        return found;
    }

    static constexpr bool uses_reference =
        (false || ... || detail::uses_reference<typename detail::unwrapped<Layers>::type>);
};

// input<28, 28, 1>: a network without layers; append them with |.
template <std::size_t... Extents>
inline constexpr network<"", shape<Extents...>> input{};

// input_of<"encoder", 640>: the same, its parameters named "encoder.dense_0.weight".
template <fixed_string Prefix, std::size_t... Extents>
inline constexpr network<Prefix, shape<Extents...>> input_of{};

template <fixed_string Prefix, class Input, class... Layers, detail::LayerLike Next>
constexpr network<Prefix, Input, Layers..., Next> operator|(network<Prefix, Input, Layers...> net, Next next) {
    return {appended(net.layers, next)};
}

template <fixed_string Prefix, class Input, class... Layers, class... Next>
constexpr network<Prefix, Input, Layers..., Next...> operator|(network<Prefix, Input, Layers...> net,
                                                               chain<Next...> next) {
    return {concatenated(net.layers, next.layers)};
}

template <detail::LayerLike First, detail::LayerLike Second>
constexpr chain<First, Second> operator|(First first, Second second) {
    return {tuple<First, Second>{first, second}};
}

template <class... Layers, detail::LayerLike Next>
constexpr chain<Layers..., Next> operator|(chain<Layers...> before, Next next) {
    return {appended(before.layers, next)};
}

template <class... Layers, class... Next>
constexpr chain<Layers..., Next...> operator|(chain<Layers...> before, chain<Next...> next) {
    return {concatenated(before.layers, next.layers)};
}

template <detail::LayerLike First, class... Next>
constexpr chain<First, Next...> operator|(First first, chain<Next...> next) {
    return {concatenated(tuple<First>{first}, next.layers)};
}

}  // namespace priori
