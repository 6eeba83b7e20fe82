// SPDX-License-Identifier: BSL-1.0
// objective: model | loss, a number and its gradient for given parameters and examples.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/loss/concepts.hpp>
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

template <class Network, class Rows, std::size_t Shared, class N>
auto plain_arrays(view<N> input, view<N> shared, view<N> values) noexcept {
    return run_arrays<Network, Rows, N, Network::size + 1, Shared>{input, shared, values, {}};
}

// Where the gradient of the chosen layers is added.
template <class Network, class Layout, class Chosen, class N>
struct gradient_parameters {
    view<N> theta_bar;
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto of() const noexcept {
        if constexpr (Network::template parameter_count<I> > 0 && layer_chosen<Network, Chosen, I>) {
            return theta_bar.at(layer_offset<Network, Layout, I>);
        } else {
            return view<void>{};
        }
    }
};

// Where the tangent of the whole gradient is added; the gradient itself goes nowhere.
template <class Network, class Layout, class N>
struct tangent_parameters {
    view<N> theta_bar;
    template <std::size_t I>
    PRIORI_ALWAYS_INLINE auto of() const noexcept {
        if constexpr (Network::template parameter_count<I> > 0) {
            return swept(view<N>{}, theta_bar.at(layer_offset<Network, Layout, I>));
        } else {
            return view<void>{};
        }
    }
};

}  // namespace detail

// An objective is a final value; Chosen says which blocks move, Batch is a batch_view:
//   blocks                                            its layout
//   tape<N, Layout, Chosen, Batch>                    what one evaluation keeps
//   sweep<N, Layout, Chosen, Batch>                   what the tangents of a task need, and leave
//   begin(theta, batch, base)                         what no chosen block changes: once for all steps
//   gradient(theta, batch, theta_bar, tape, base)     the loss; adds the gradient of the chosen blocks to theta_bar
//   tangent(theta, direction, batch, theta_bar, tape, base, sweep)    after gradient at the same theta: adds the tangent
//                                                     of the whole gradient in a direction within the chosen blocks
//   finish(theta, batch, theta_bar, base, sweep)      after all tangents: pulls what they left back through `begin`
//   value(theta, batch, tape)                         the loss alone
// `base` is the tape in which `begin` ran; it may be the same as `tape`.
// Models: model | mse, through(decode). Not a model: adapt, which returns parameters (a Stage).
template <class Network, class Loss>
struct objective {
    using model_type = Network;
    using blocks = typename Network::blocks;
    static constexpr bool is_objective = true;

    Network model;
    Loss loss;

    template <class N, class Layout, class Chosen, class Batch>
    struct tape {
        using batch_rows = rows<Batch::count>;
        static constexpr std::size_t first = detail::first_chosen<Network, Chosen>;
        static constexpr bool copies_input = depth<N> > 0;

        storage<N, plan_of<Network, batch_rows>.size> values;
        storage<N, copies_input ? Batch::count * Batch::input_shape::size : 0> input;
        pass how;
    };

    template <class N, class Layout, class Chosen, class Batch>
    struct sweep {
        static constexpr std::size_t first = detail::first_chosen<Network, Chosen>;
        static constexpr bool through = detail::learns_before<Network, first>;
        static constexpr std::size_t boundary = through ? Batch::count * Network::template shape_at<first>::size : 0;

        storage<N, plan_of<Network, rows<Batch::count>>.size> tangents;
        storage<N, boundary> features_bar;  // the cotangent of the first moving layer's input, over all steps

        void start() noexcept { features_bar.clear(); }
    };

    template <class Layout, class Chosen, class N, class Batch, class Tape>
    void begin(view<N> theta, const Batch& batch, Tape& base) const noexcept {
        check<Batch>();
        if constexpr (Tape::copies_input) {
            copy(Batch::count * Batch::input_shape::size, view<typename Batch::scalar>(batch.inputs), base.input.all());
        }
        run_forward<0, Tape::first, typename Tape::batch_rows>(model, plain<Layout>(theta), arrays_of(batch, base, base),
                                                               base.how);
    }

    template <class Layout, class Chosen, class N, class Batch, class Tape>
    element_of<N> gradient(view<N> theta, const Batch& batch, view<N> theta_bar, Tape& tape, Tape& base) const noexcept {
        const auto arrays = arrays_of(batch, tape, base);
        const auto parameters = plain<Layout>(theta);
        run_forward<Tape::first, Network::size, typename Tape::batch_rows>(model, parameters, arrays, tape.how);
        const auto value = run_loss(batch, arrays);
        run_backward<Tape::first, Network::size, false, typename Tape::batch_rows>(
            model, parameters, arrays, detail::gradient_parameters<Network, Layout, Chosen, N>{theta_bar});
        return value;
    }

    template <class Layout, class N, class Batch, class Tape>
    element_of<N> value(view<N> theta, const Batch& batch, Tape& tape) const noexcept {
        begin<Layout, all_blocks>(theta, batch, tape);
        const auto arrays = arrays_of(batch, tape, tape);
        run_forward<Tape::first, Network::size, typename Tape::batch_rows>(model, plain<Layout>(theta), arrays,
                                                                           tape.how);
        return run_loss(batch, arrays);
    }

    template <class Layout, class Chosen, class N, class Batch, class Tape, class Sweep>
    void tangent(view<N> theta, view<N> direction, const Batch& batch, view<N> theta_bar, Tape& tape, Tape& base,
                 Sweep& space) const noexcept {
        constexpr std::size_t first = Tape::first;
        const run_arrays<Network, typename Tape::batch_rows, N, first, first> arrays{
            input_of(batch, base), base.values.all(), tape.values.all(), space.tangents.all()};
        const detail::moving_parameters<Network, Layout, Chosen, N> parameters{theta, direction};
        run_forward<first, Network::size, typename Tape::batch_rows>(model, parameters, arrays, tape.how);
        run_loss(batch, arrays);
        run_backward<first, Network::size, Sweep::through, typename Tape::batch_rows>(
            model, parameters, arrays, detail::tangent_parameters<Network, Layout, N>{theta_bar});
        if constexpr (Sweep::through) {
            add(Sweep::boundary, arrays.template cotangent<first>().tangent, space.features_bar.all());
        }
    }

    template <class Layout, class Chosen, class N, class Batch, class Tape, class Sweep>
    void finish(view<N> theta, const Batch& batch, view<N> theta_bar, Tape& base, Sweep& space) const noexcept {
        if constexpr (Sweep::through) {
            const auto arrays = arrays_of(batch, base, base);
            copy(Sweep::boundary, space.features_bar.all(), arrays.template cotangent<Tape::first>());
            run_backward<0, Tape::first, false, typename Tape::batch_rows>(
                model, plain<Layout>(theta), arrays,
                detail::gradient_parameters<Network, Layout, all_blocks, N>{theta_bar});
        }
    }

private:
    template <class Layout, class N>
    static auto plain(view<N> theta) noexcept {
        return detail::plain_parameters<Network, Layout, N>{theta};
    }
    template <class Batch, class Arrays>
    auto run_loss(const Batch& batch, const Arrays& arrays) const noexcept {
        return loss.template gradient<Batch::count, typename Network::output_shape>(
            arrays.template activation<Network::size>(), batch.targets, arrays.template cotangent<Network::size>());
    }
    template <class Batch, class Tape>
    static auto input_of(const Batch& batch, Tape& base) noexcept {
        if constexpr (Tape::copies_input) {
            return base.input.all();
        } else {
            return view<typename Batch::scalar>(batch.inputs);
        }
    }
    template <class Batch, class Tape>
    static auto arrays_of(const Batch& batch, Tape& tape, Tape& base) noexcept {
        return detail::plain_arrays<Network, typename Tape::batch_rows, Tape::first>(
            input_of(batch, base), base.values.all(), tape.values.all());
    }

    template <class Batch>
    static constexpr void check() {
        static_assert(std::is_same_v<typename Batch::input_shape, typename Network::input_shape>,
                      "[priori:A301] objective: the episode's inputs have another shape than the model's input<...>; "
                      "give input<...> the shape of one example.");
    }
};

template <fixed_string Prefix, class Input, class... Layers, Loss L>
constexpr objective<network<Prefix, Input, Layers...>, L> operator|(network<Prefix, Input, Layers...> model, L loss) {
    return {model, loss};
}

}  // namespace priori
