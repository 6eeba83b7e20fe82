// SPDX-License-Identifier: BSL-1.0
// context<3>: parameters beside the input, the same for all examples of a task.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/network.hpp>

#include <cstddef>

namespace priori {

// y = [x, c]
// Shapes: x (In), c (Count), y (In + Count); In is a vector.
// Derivative: x_bar and c_bar are the two parts of y_bar, c_bar summed over the examples.
// Cost: a copy.
// Reference: Zintgraf et al. 2019 (CAVIA), section 3.
template <std::size_t Count>
struct context_layer {
    static constexpr fixed_string kind{"context"};
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;

    template <class In>
    using output_shape = shape<In::size + Count>;
    template <class In>
    using parameters = parameter_list<parameter<"", shape<Count>>>;

    template <class In>
    static consteval auto refusal() {
        if constexpr (In::rank != 1) {
            return join<"[priori:N151] context: the input has shape ", detail::text_of<In>, ", context wants a vector; "
                        "put flatten before it.">();
        } else {
            return detail::accepted;
        }
    }

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P> p, view<X> x, view<Y> y) const noexcept {
        for (std::size_t i = 0; i < Rows::count; ++i) {
            copy(In::size, x.at(i * In::size), y.at(i * (In::size + Count)));
            copy(Count, p, y.at(i * (In::size + Count) + In::size));
        }
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X>, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb> p_bar) const noexcept {
        for (std::size_t i = 0; i < Rows::count; ++i) {
            const auto own = y_bar.at(i * (In::size + Count));
            if constexpr (is_wanted<view<Xb>>) copy(In::size, own, x_bar.at(i * In::size));
            if constexpr (is_wanted<view<Pb>>) add(Count, own.at(In::size), p_bar);
        }
    }
};

// A scratch block named "context": zero until an inner loop moves it (adapt<5>(sgd{1.0f}, only<"context">)) or a stage
// writes it (encode<"context">(...)). Two layers of one name and size see the same numbers.
template <std::size_t Count, fixed_string Name = "context">
inline constexpr named_layer<Name, role::scratch, context_layer<Count>> context{};

}  // namespace priori
