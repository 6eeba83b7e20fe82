// SPDX-License-Identifier: BSL-1.0
// Where a network's layers find their parameters, and add their gradients, in the flat buffer.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/core/hana.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/sweep.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

namespace detail {

// Layer I's parameters in a flat buffer, or view<void>.
template <class Network, class Layout, std::size_t I>
inline constexpr std::size_t layer_offset = Layout::offset_of(Network::template name<I>.view());

// Does a selection take any block of layer I?
template <class Network, class Chosen, std::size_t I>
inline constexpr bool layer_chosen = [] {
    using model = typename Network::blocks;
    for (std::size_t b = 0; b < model::count; ++b) {
        if (model::groups[b] == Network::template name<I>.view() &&
            Chosen::template contains<model>(model::names[b])) {
            return true;
        }
    }
    return false;
}();

// Has layer I running averages? The plain gradient of a loss then says how they shall move, whatever is chosen.
template <class Network, std::size_t I>
inline constexpr bool has_buffers = [] {
    using model = typename Network::blocks;
    for (std::size_t b = 0; b < model::count; ++b) {
        if (model::groups[b] == Network::template name<I>.view() && model::roles[b] == role::buffer) return true;
    }
    return false;
}();

template <class Network, class Chosen>
inline constexpr std::size_t first_chosen = [] {
    std::size_t first = Network::size;
    each_backwards<Network::size>([&](auto i) {
        if (layer_chosen<Network, Chosen, i>) first = i;
    });
    return first;
}();

// Is there anything to learn in the layers before Last?
template <class Network, std::size_t Last>
inline constexpr bool learns_before = [] {
    bool learns = false;
    using model = typename Network::blocks;
    each<Last>([&](auto i) {
        for (std::size_t b = 0; b < model::count; ++b) {
            learns = learns || (model::groups[b] == Network::template name<i>.view());
        }
    });
    return learns;
}();

template <class Network, class Layout, class N>
struct plain_parameters {
    view<N> theta;
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto of() const noexcept {
        if constexpr (Network::template parameter_count<I> == 0) {
            return view<void>{};
        } else {
            return theta.at(layer_offset<Network, Layout, I>);
        }
    }
};

// Parameters of which the chosen layers move in a direction.
template <class Network, class Layout, class Chosen, class N>
struct moving_parameters {
    view<N> theta;
    view<N> direction;
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto of() const noexcept {
        constexpr std::size_t offset = layer_offset<Network, Layout, I>;
        if constexpr (Network::template parameter_count<I> == 0) {
            return view<void>{};
        } else if constexpr (layer_chosen<Network, Chosen, I>) {
            return swept(theta.at(offset), direction.at(offset));
        } else {
            return theta.at(offset);
        }
    }
};

template <class Network, class Rows, std::size_t Shared, tape_use Use = tape_use::swept, bool Joins = false, class N>
auto plain_arrays(view<N> input, view<N> shared, view<N> values) noexcept {
    return run_arrays<Network, Rows, N, Network::size + 1, Shared, Use, Joins>{input, shared, values, {}};
}

// How do the layers with parameters write their gradients?
struct gradient_writing {
    bool once = true;            // each has its parameters to itself, and none of them are buffers, which gather
    bool taken = true;           // and writes to an array that takes it
    bool over_direction = true;  // and its tangent over the direction of the sweep
};
template <class Network>
inline constexpr gradient_writing writing_of = [] {
    gradient_writing all;
    each<Network::size>([&](auto i) {
        // `find` gives the last layer of a name.
        if constexpr (Network::template parameter_count<i> > 0) {
            using layer = typename Network::template layer_type<i>;
            all.once = all.once && Network::find(Network::template name<i>.view()) == i && !has_buffers<Network, i>;
            all.taken = all.taken && writes_taken<layer>;
            all.over_direction = all.over_direction && writes_over_direction<layer>;
        }
    });
    all.taken = all.taken && all.once;
    all.over_direction = all.over_direction && all.once;
    return all;
}();

// Where the gradient of the chosen layers is written: they have all of it cleared, or write it, or it is taken. Asked
// once for each layer.
template <class Network, class Layout, class Chosen, class N>
struct first_gradient_parameters {
    view<N> theta_bar;
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto of() const noexcept {
        if constexpr (Network::template parameter_count<I> > 0 && layer_chosen<Network, Chosen, I>) {
            const auto own = theta_bar.at(layer_offset<Network, Layout, I>);
            if constexpr (is_fresh<N>) {
                return own;
            } else if constexpr (writes_first<typename Network::template layer_type<I>>) {
                return view<fresh<N>>{own};
            } else {
                fill_zero(Network::template parameter_count<I>, own);
                return own;
            }
        } else {
            return view<void>{};
        }
    }
};

// Where the gradient of the chosen layers is added, and what buffers want.
template <class Network, class Layout, class Chosen, class N>
struct gradient_parameters {
    view<N> theta_bar;
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto of() const noexcept {
        constexpr bool wanted = layer_chosen<Network, Chosen, I> ||
                                (!std::is_same_v<Chosen, no_blocks> && has_buffers<Network, I>);
        if constexpr (Network::template parameter_count<I> > 0 && wanted) {
            return theta_bar.at(layer_offset<Network, Layout, I>);
        } else {
            return view<void>{};
        }
    }
};

// Where the tangent of the whole gradient is added; the gradient itself goes nowhere: as a known value it is untouched.
template <class Network, class Layout, class N>
struct tangent_parameters {
    view<N> theta_bar;
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto of() const noexcept {
        if constexpr (Network::template parameter_count<I> > 0) {
            const view<N> own = theta_bar.at(layer_offset<Network, Layout, I>);
            return swept(own, own);
        } else {
            return view<void>{};
        }
    }
};

// The same where the direction v itself becomes kept v + given (the tangent of the gradient).
template <class Network, class Layout, class N>
struct pulled_parameters {
    struct pull {
        view<N> v;
        N kept, given;
        template <class P, class E>
        PRIORI_ALWAYS_INLINE E operator()(std::size_t i, E x) const noexcept {
            x.tangent[0] = P(kept) * v.template load_lanes<P>(i) + P(given) * x.tangent[0];
            return x;
        }
    };
    view<N> v;
    N kept, given;
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto of() const noexcept {
        if constexpr (Network::template parameter_count<I> > 0) {
            constexpr std::size_t offset = layer_offset<Network, Layout, I>;
            return view<taken<known<N>, pull>>{swept(v.at(offset), v.at(offset)), {v, kept, given}, offset};
        } else {
            return view<void>{};
        }
    }
};

}  // namespace detail

}  // namespace priori
