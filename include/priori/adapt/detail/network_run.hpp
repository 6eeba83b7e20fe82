// SPDX-License-Identifier: BSL-1.0
// network_run: a network run inside a stage, with the arrays that its pull-back reads.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/detail/network_parameters.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/core/name.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/sweep.hpp>
#include <priori/nn/tape_plan.hpp>
#include <priori/task/batch.hpp>

#include <cstddef>
#include <utility>

namespace priori::detail {

// A network's layers before Last: their tape has no room for what follows.
template <class Network, class Indices>
struct layers_before;
template <fixed_string Prefix, class Input, class... Layers, std::size_t... I>
struct layers_before<network<Prefix, Input, Layers...>, std::index_sequence<I...>> {
    using type = network<Prefix, Input, typename network<Prefix, Input, Layers...>::template declared<I>...>;
};

// A stage runs forward and back once; duals are read again where they lie.
template <class N>
inline constexpr tape_use tape_use_of = depth<N> > 0 ? tape_use::swept : tape_use::gradient;

// The layers 0 .. Last - 1 of a network on so many rows. OwnsInput: the input lies here and is written by the stage;
// else it is a constant array elsewhere, or a copy of one where N is a dual.
template <class Network, std::size_t Count, class N, bool OwnsInput, std::size_t Last = Network::size,
          tape_use Use = tape_use_of<N>>
struct network_run {
    using batch_rows = rows<Count>;
    using run_type = typename layers_before<Network, std::make_index_sequence<Last>>::type;
    static constexpr std::size_t in = Network::input_shape::size;
    static constexpr bool keeps_input = OwnsInput || (depth<N> > 0);

    storage<N, plan_of<run_type, batch_rows, Use>.size> values;
    storage<N, keeps_input ? Count * in : 0> copied;
    view<N> given;

    // The activations that the last layer gave, and where its cotangent is expected.
    auto output() const noexcept { return arrays().template activation<Last>(); }
    auto output_bar() const noexcept { return arrays().template cotangent<Last>(); }
    // The cotangent of the input, after backward<true>.
    auto input_bar() const noexcept { return arrays().template cotangent<0>(); }

    // Where a stage writes the input.
    view<N> own_input() noexcept { return copied.all(); }
    // A constant input.
    template <class T>
    void look_at(const T* data) noexcept {
        if constexpr (keeps_input) {
            copy(Count * in, view<T>(data), copied.all());
        } else {
            given = view<N>(data);
        }
    }

    template <class Layout>
    void forward(const Network& network, view<N> theta, const pass& how) noexcept {
        run_forward<0, Last, batch_rows>(network, plain_parameters<Network, Layout, N>{theta}, arrays(), how);
    }
    template <class Layout, bool Through>
    void backward(const Network& network, view<N> theta, view<N> theta_bar) noexcept {
        run_backward<0, Last, Through, batch_rows>(
            network, plain_parameters<Network, Layout, N>{theta}, arrays(),
            gradient_parameters<Network, Layout, all_blocks, N>{theta_bar});
    }

private:
    auto arrays() const noexcept {
        return plain_arrays<run_type, batch_rows, 0, Use>(keeps_input ? copied.all() : given, view<N>{}, values.all());
    }
};

// What a target counts as: one of so many classes, or a member of the one class that all examples are.
template <class Target>
inline constexpr std::size_t classes_of = 1;
template <std::size_t Ways>
inline constexpr std::size_t classes_of<labels<Ways>> = Ways;
template <class Batch>
inline constexpr bool is_labelled = false;
template <class T, std::size_t Count, class Input, std::size_t Ways>
inline constexpr bool is_labelled<batch_view<T, Count, Input, labels<Ways>>> = true;

// The class of a row.
template <class Batch>
std::size_t class_of(const Batch& batch, std::size_t row) noexcept {
    if constexpr (is_labelled<Batch>) {
        return static_cast<std::size_t>(batch.targets[row]);
    } else {
        return 0;
    }
}
// 1 / the number of rows of a row's class.
template <class Batch>
auto share_of_class(const Batch& batch, std::size_t row) noexcept {
    using T = typename Batch::scalar;
    std::size_t count = 0;
    for (std::size_t i = 0; i < Batch::count; ++i) count += class_of(batch, i) == class_of(batch, row);
    return T(1) / T(count);
}

// The labels of a batch, as numbers.
template <class Batch, class N>
void write_labels(const Batch& batch, view<N> numbers) noexcept {
    using T = scalar_of<N>;
    for (std::size_t i = 0; i < Batch::count; ++i) numbers.set(i, element_of<N>(T(class_of(batch, i))));
}

}  // namespace priori::detail
