// SPDX-License-Identifier: BSL-1.0
// Layer: what a model is made of.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/shape.hpp>
#include <priori/tensor/layout.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace priori {

// The examples of a batch, as a type. The first `Reference` rows are a support set that stands before the queries, for
// layers that normalize by its statistics; 0 where there is none; `frozen` where what they saw of it is given.
template <std::size_t Count, std::size_t Reference = 0>
struct rows {
    static constexpr std::size_t count = Count;
    static constexpr std::size_t reference = Reference;
};

inline constexpr std::size_t frozen = static_cast<std::size_t>(-1);

// As batch_places: no example sees another one.
inline constexpr std::size_t alone = static_cast<std::size_t>(-1);

// Which running averages a training pass moves: none; in a step of the inner loop those that are kept for each step;
// elsewhere all.
enum class moved_averages : std::uint8_t { none, of_steps, all };

// What a forward pass depends on beside its arguments: dropout draws from `key`, `step` and `layer`, and is off at
// evaluation.
struct pass {
    bool training = false;
    priori::key key{};
    std::uint32_t step = 0;   // of the inner loop, or query_step
    std::uint32_t layer = 0;  // the hash of the layer's name
    std::uint32_t taken = 0;  // how many steps of the inner loop led to the parameters in use: the k of phi_k
    moved_averages averages = moved_averages::none;

    static constexpr std::uint32_t query_step = 0xffffffff;
};

// A layer is a final value without storage, generic over the number it runs on:
//   kind                          its name in parameter names: "dense"
//   output_shape<In>              shape of one output, given that of one input
//   parameters<In>                parameter_list<parameter<"weight", shape<...>>, ...>
//   reads_input, reads_output     what its vjp reads; nothing else is kept
//   forward<Rows, In>(p, x, y)    y = f(p, x)
//   vjp<Rows, In>(p, x, y, y_bar, x_bar, p_bar)    x_bar = y_bar df/dx,  p_bar += y_bar df/dp
// Optional: refusal<In>(), the sentence for an input that the layer does not take (a fixed_string with a code, and then
// nothing else of the layer is looked at; empty for one that it takes), saved_size<Rows, In> (numbers kept from forward
// for vjp, a view `saved` after y in both), uses_pass (with `saved`: forward takes a `pass` last), piecewise_linear
// (vjp may run in place), in_place (so may both, as an elementwise function: y over x, x_bar over y_bar, where they are
// of one size; a forward whose vjp does not read x on duals too), initialize<In>(p, stream), with(initializer),
// uses_reference (see reference.hpp), uses_steps (what it does depends on pass::taken),
// finishes and is_finish (see takes_finish), writes_first (vjp takes a view<fresh> for p_bar), writes_taken (or a
// view<taken>), writes_over_direction (a view<taken> of tangents, too, which stand where p's own are: vjp reads all of
// those before it writes the first), batch_places<In> (see batch_places.hpp), takes_bundles (runs on bundles of tasks
// as on numbers: no branch and no index depends on one; see simd/bundle.hpp).
// A layer with buffers adds to their place in a plain p_bar how far they shall move; see batch_normalization.
// Shapes: x is (Rows::count, In), y is (Rows::count, output_shape<In>), row-major; p is the layer's parameters, flat.
// Models: dense, relu, batch_normalization, residual. Not a model: mse, whose result is one number (a Loss).
template <class L, class In = shape<4>>
concept Layer = requires {
    L::kind.view();
    typename L::template output_shape<In>;
    typename L::template parameters<In>;
    { L::reads_input } -> std::convertible_to<bool>;
    { L::reads_output } -> std::convertible_to<bool>;
};

namespace detail {

// Any type that says what kind of layer it is; its requirements are checked where its input is known.
template <class L>
concept LayerLike = requires { L::reads_input; } || requires { L::parameter_role; };

template <class L>
inline constexpr bool is_piecewise_linear = [] {
    if constexpr (requires { L::piecewise_linear; }) {
        return L::piecewise_linear;
    } else {
        return false;
    }
}();

template <class L>
inline constexpr bool runs_in_place = requires { requires L::in_place; };

template <class L, class Rows, class In>
inline constexpr std::size_t saved_size = [] {
    if constexpr (requires { L::template saved_size<Rows, In>; }) {
        return L::template saved_size<Rows, In>;
    } else {
        return std::size_t{0};
    }
}();

template <class L>
inline constexpr bool keeps_saved = requires { L::template saved_size<rows<1>, shape<1>>; };

template <class L>
inline constexpr bool uses_pass = requires { requires L::uses_pass; };

// Does the layer take a finish, last in forward and vjp: what becomes of each element of y, or of x_bar, as it is
// written? And is it one: elementwise and in place, by finish_forward(y) and finish_vjp(y)?
template <class L>
inline constexpr bool takes_finish = requires { requires L::finishes; };
template <class L>
inline constexpr bool gives_finish = requires { requires L::is_finish; };

// Does vjp take a view<fresh> for p_bar, and write all of it?
template <class L>
inline constexpr bool writes_first = requires { requires L::writes_first; };

// Or a view<taken>, which stands for plain numbers, and leaves p as it is?
template <class L>
inline constexpr bool writes_taken = requires { requires L::writes_taken; };

// Or one of tangents, which may be written over p's own?
template <class L>
inline constexpr bool writes_over_direction = requires { requires L::writes_over_direction; };

// Two neighbouring layers that run as one where the first one's input is the network's and constant: forward and vjp of
// the pair; `pays` if there is such a thing. The array between them is theirs: it holds what they keep.
template <class First, class Second, class Rows, class In>
struct joint {
    static constexpr bool pays = false;
};

// Does the layer look at the support set when it predicts queries?
template <class L>
inline constexpr bool uses_reference = requires { requires L::uses_reference; };

// Does the layer do something else after each step of the inner loop?
template <class L>
inline constexpr bool uses_steps = requires { requires L::uses_steps; };

}  // namespace detail

}  // namespace priori
