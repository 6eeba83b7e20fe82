// SPDX-License-Identifier: BSL-1.0
// resolved<Episode>(description): the description with every size that the episode settles, such as dense<ways>.
#pragma once

#include <priori/adapt/objective.hpp>
#include <priori/core/hana.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/nn/network.hpp>

#include <cstddef>
#include <utility>

namespace priori {

template <class Episode, class D>
constexpr auto resolved(const D& description);

namespace detail {

// A description that holds others is resolved in its parts; any other may have a member `resolve<Episode>()`, and a
// layer around others `with_parts(f)`, the same with f of its tuples of layers.
template <class Episode, class D>
struct resolution {
    static constexpr auto apply(const D& description) {
        constexpr auto resolve_parts = [](const auto& parts) { return resolved<Episode>(parts); };
        if constexpr (requires { description.template resolve<Episode>(); }) {
            return description.template resolve<Episode>();
        } else if constexpr (requires { description.with_parts(resolve_parts); }) {
            return description.with_parts(resolve_parts);
        } else {
            return description;
        }
    }
};

template <class Episode, class... Parts>
struct resolution<Episode, tuple<Parts...>> {
    static constexpr auto apply(const tuple<Parts...>& parts) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return tuple<decltype(resolved<Episode>(get<I>(parts)))...>{resolved<Episode>(get<I>(parts))...};
        }
        (std::index_sequence_for<Parts...>{});
    }
};

template <class Episode, fixed_string Name, role Role, class L>
struct resolution<Episode, named_layer<Name, Role, L>> {
    static constexpr auto apply(const named_layer<Name, Role, L>& named) {
        return named_layer<Name, Role, decltype(resolved<Episode>(named.layer))>{resolved<Episode>(named.layer)};
    }
};

template <fixed_string Prefix, class Input, class... Layers>
constexpr network<Prefix, Input, Layers...> network_of(tuple<Layers...> layers) {
    return {layers};
}

template <class Episode, fixed_string Prefix, class Input, class... Layers>
struct resolution<Episode, network<Prefix, Input, Layers...>> {
    static constexpr auto apply(const network<Prefix, Input, Layers...>& model) {
        return network_of<Prefix, Input>(resolved<Episode>(model.layers));
    }
};

template <class Episode, class Model, class L>
struct resolution<Episode, objective<Model, L>> {
    static constexpr auto apply(const objective<Model, L>& o) {
        return objective<decltype(resolved<Episode>(o.model)), decltype(resolved<Episode>(o.loss))>{
            resolved<Episode>(o.model), resolved<Episode>(o.loss)};
    }
};

template <class Episode, class O, class Stages, class R, class Q, class U>
struct resolution<Episode, algorithm<O, Stages, R, Q, U>> {
    static constexpr auto apply(const algorithm<O, Stages, R, Q, U>& a) {
        return make_algorithm(resolved<Episode>(a.objective), resolved<Episode>(a.stages), a.rule, a.queries, a.outer);
    }
};

}  // namespace detail

template <class Episode, class D>
constexpr auto resolved(const D& description) {
    return detail::resolution<Episode, D>::apply(description);
}

}  // namespace priori
