// SPDX-License-Identifier: BSL-1.0
// objective: model | loss, a number and its gradient for given parameters and examples.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/detail/loss_refusal.hpp>
#include <priori/adapt/detail/network_parameters.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/loss/concepts.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/sweep.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

// An objective is a final value; Chosen says which blocks move, Batch is a batch_view or a referenced_batch:
//   blocks                                            its layout
//   tape<N, Layout, Chosen, Batch>                    what one evaluation keeps
//   gradient_tape<N, Layout, Chosen, Batch>           the same where no tangent follows; may be smaller
//   sweep<N, Layout, Chosen, Batch>                   what the tangents of a task need, and leave
//   begin(theta, batch, base)                         what no chosen block changes: once for all steps
//   gradient(theta, batch, theta_bar, tape, base)     the loss; adds the gradient of the chosen blocks to theta_bar
//   replay(theta, batch, tape, base)                  what gradient leaves in the tape for `tangent`, and no more
//   tangent(theta, direction, batch, theta_bar, tape, base, sweep)    after gradient or replay at the same theta: adds
//                                                     the tangent of the whole gradient in a direction within the
//                                                     chosen blocks
//   finish(theta, batch, theta_bar, base, sweep)      after all tangents: pulls what they left back through `begin`
//   value(theta, batch, tape)                         the loss alone
// Optional: first_gradient(...), as gradient, but writes the chosen blocks of theta_bar, which may hold anything;
// gives_gradient, whether that also takes a view<taken> for theta_bar, of plain numbers, where all blocks are chosen;
// pulls_in_place, whether there is pull(theta, v, kept, given, batch, tape, base, sweep), after gradient or replay, all
// blocks being chosen: v <- kept v + given (the tangent of the gradient in the direction v);
// refusal<Batch>(), the sentence for batches that it does not go with; empty if all is well.
// `base` is the tape in which `begin` ran; it may be the same as `tape`.
// Models: model | mse, through(decode). Not a model: adapt, which returns parameters (a Stage).
template <class Network, class Loss>
struct objective {
    using model_type = Network;
    using blocks = typename Network::blocks;
    static constexpr bool is_objective = true;
    static constexpr bool gives_gradient = detail::writing_of<Network>.taken;
    static constexpr bool pulls_in_place = detail::writing_of<Network>.over_direction;

    Network model;
    Loss loss;

    // The sentence for an episode whose batches do not go with the model and the loss; empty if all is well.
    template <class Batch>
    static consteval auto refusal() {
        using input_shape = typename Batch::input_shape;
        if constexpr (!std::is_same_v<input_shape, typename Network::input_shape>) {
            constexpr auto shapes = join<"[priori:A301] input: the model begins with input<...> of shape ",
                                         detail::text_of<typename Network::input_shape>,
                                         ", the inputs of the episode have shape ", detail::text_of<input_shape>>();
            if constexpr (input_shape::rank == 2 && Network::input_shape::rank == 3 &&
                          input_shape::size == Network::input_shape::size) {
                return join<shapes, "; describe the data as images of that shape, of the same numbers.">();
            } else {
                return join<shapes, "; give input<...> the shape of one example.">();
            }
        } else if constexpr (Network::refusal().length > 0) {
            return Network::refusal();
        } else if constexpr (detail::clash_in<blocks>.length > 0) {
            return detail::clash_in<blocks>;
        } else {
            return detail::loss_refusal<Loss, typename Network::output_shape, typename Batch::target_shape>();
        }
    }

    template <class N, class Layout, class Chosen, class Batch, tape_use Use = tape_use::swept>
    struct tape {
        using batch_rows = rows<Batch::row_count, Batch::reference>;
        static constexpr std::size_t first = detail::first_chosen<Network, Chosen>;
        static constexpr tape_use use = Use;
        static constexpr bool copies_input = depth<N> > 0 || Batch::reference > 0;

        storage<N, plan_of<Network, batch_rows, Use>.size> values;
        storage<N, copies_input ? Batch::row_count * Batch::input_shape::size : 0> input;
        pass how;
    };

    // What stands before the first moving layer is run once and read by all steps: it keeps its place.
    template <class N, class Layout, class Chosen, class Batch>
    using gradient_tape = tape<N, Layout, Chosen, Batch,
                               detail::first_chosen<Network, Chosen> == 0 ? tape_use::gradient : tape_use::swept>;

    template <class N, class Layout, class Chosen, class Batch>
    struct sweep {
        static constexpr std::size_t first = detail::first_chosen<Network, Chosen>;
        static constexpr bool through = detail::learns_before<Network, first>;
        static constexpr std::size_t boundary =
            through ? Batch::row_count * Network::template shape_at<first>::size : 0;

        storage<N, plan_of<Network, rows<Batch::row_count, Batch::reference>>.size> tangents;
        storage<N, boundary> features_bar;  // the cotangent of the first moving layer's input, over all steps

        void start() noexcept { features_bar.clear(); }
    };

    template <class Layout, class Chosen, class N, class Batch, class Tape>
    void begin(view<N> theta, const Batch& batch, Tape& base) const noexcept {
        if constexpr (Tape::copies_input) {
            using scalar = typename Batch::scalar;
            constexpr std::size_t before = Batch::reference * Batch::input_shape::size;
            if constexpr (before > 0) copy(before, view<scalar>(batch.reference_inputs), base.input.all());
            copy(Batch::count * Batch::input_shape::size, view<scalar>(batch.inputs), base.input.all().at(before));
        }
        run_forward<0, Tape::first, typename Tape::batch_rows>(model, plain<Layout>(theta),
                                                               arrays_of(batch, base, base), base.how);
    }

    template <class Layout, class Chosen, class N, class Batch, class Tape>
    element_of<N> gradient(view<N> theta, const Batch& batch, view<N> theta_bar, Tape& kept,
                           Tape& base) const noexcept {
        return run_gradient<Layout>(theta, batch, kept, base,
                                    detail::gradient_parameters<Network, Layout, Chosen, N>{theta_bar});
    }

    template <class Layout, class Chosen, class N, class Batch, class G, class Tape>
        requires(detail::writing_of<Network>.once)
    element_of<N> first_gradient(view<N> theta, const Batch& batch, view<G> theta_bar, Tape& kept,
                                 Tape& base) const noexcept {
        return run_gradient<Layout>(theta, batch, kept, base,
                                    detail::first_gradient_parameters<Network, Layout, Chosen, G>{theta_bar});
    }

    template <class Layout, class Chosen, class N, class Batch, class Tape>
    void replay(view<N> theta, const Batch& batch, Tape& kept, Tape& base) const noexcept {
        gradient<Layout, detail::no_blocks>(theta, batch, theta, kept, base);
    }

    template <class Layout, class N, class Batch, class Tape>
    element_of<N> value(view<N> theta, const Batch& batch, Tape& kept) const noexcept {
        begin<Layout, all_blocks>(theta, batch, kept);
        const auto arrays = arrays_of(batch, kept, kept);
        run_forward<Tape::first, Network::size, typename Tape::batch_rows>(model, plain<Layout>(theta), arrays,
                                                                           kept.how);
        return run_loss(batch, arrays);
    }

    template <class Layout, class Chosen, class N, class Batch, class Tape, class Sweep>
    void tangent(view<N> theta, view<N> direction, const Batch& batch, view<N> theta_bar, Tape& kept, Tape& base,
                 Sweep& space) const noexcept {
        const auto arrays = run_tangent<Layout, Chosen>(theta, direction, batch, kept, base, space,
                                                        detail::tangent_parameters<Network, Layout, N>{theta_bar});
        if constexpr (Sweep::through) {
            add(Sweep::boundary, arrays.template cotangent<Tape::first>().tangent, space.features_bar.all());
        }
    }

    template <class Layout, class Chosen, class N, class Batch, class Tape, class Sweep>
        requires pulls_in_place
    void pull(view<N> theta, view<N> v, N kept_part, N given_part, const Batch& batch, Tape& kept, Tape& base,
              Sweep& space) const noexcept {
        const detail::pulled_parameters<Network, Layout, N> bars{v, kept_part, given_part};
        run_tangent<Layout, Chosen>(theta, v, batch, kept, base, space, bars);
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
    template <class Layout, class N, class Batch, class Tape, class Bars>
    element_of<N> run_gradient(view<N> theta, const Batch& batch, Tape& kept, Tape& base,
                               const Bars& bars) const noexcept {
        const auto arrays = arrays_of(batch, kept, base);
        const auto parameters = plain<Layout>(theta);
        run_forward<Tape::first, Network::size, typename Tape::batch_rows>(model, parameters, arrays, kept.how);
        const auto value = run_loss(batch, arrays);
        run_backward<Tape::first, Network::size, false, typename Tape::batch_rows>(model, parameters, arrays, bars);
        return value;
    }
    template <class Layout, class Chosen, class N, class Batch, class Tape, class Sweep, class Bars>
    auto run_tangent(view<N> theta, view<N> direction, const Batch& batch, Tape& kept, Tape& base, Sweep& space,
                     const Bars& bars) const noexcept {
        constexpr std::size_t first = Tape::first;
        const run_arrays<Network, typename Tape::batch_rows, N, first, first, tape_use::swept, true> arrays{
            input_of(batch, base), base.values.all(), kept.values.all(), space.tangents.all()};
        const detail::moving_parameters<Network, Layout, Chosen, N> parameters{theta, direction};
        run_forward<first, Network::size, typename Tape::batch_rows>(model, parameters, arrays, kept.how);
        run_loss(batch, arrays);
        run_backward<first, Network::size, Sweep::through, typename Tape::batch_rows>(model, parameters, arrays, bars);
        return arrays;
    }
    template <class Layout, class N>
    static auto plain(view<N> theta) noexcept {
        return detail::plain_parameters<Network, Layout, N>{theta};
    }
    template <class Batch, class Arrays>
    auto run_loss(const Batch& batch, const Arrays& arrays) const noexcept {
        using out = typename Network::output_shape;
        constexpr std::size_t before = Batch::reference * out::size;
        const auto prediction = arrays.template activation<Network::size>();
        const auto bar = arrays.template cotangent<Network::size>();
        if constexpr (before > 0) fill_zero(before, bar);
        return loss.template gradient<Batch::count, out>(prediction.at(before), batch.targets, bar.at(before));
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
    static auto arrays_of(const Batch& batch, Tape& kept, Tape& base) noexcept {
        return detail::plain_arrays<Network, typename Tape::batch_rows, Tape::first, Tape::use, true>(
            input_of(batch, base), base.values.all(), kept.values.all());
    }
};

template <fixed_string Prefix, class Input, class... Layers, Loss L>
constexpr objective<network<Prefix, Input, Layers...>, L> operator|(network<Prefix, Input, Layers...> model, L loss) {
    return {model, loss};
}

}  // namespace priori
