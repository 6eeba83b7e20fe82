// SPDX-License-Identifier: BSL-1.0
// What layers that remember the support set have in common: where its examples and labels lie, and sentences.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/sentence.hpp>
#include <priori/core/shape.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>

namespace priori::detail {

template <std::size_t Examples, class In>
using remembered_parameters = parameter_list<parameter<"examples", shape<Examples, In::size>, role::scratch>,
                                             parameter<"labels", shape<Examples>, role::scratch>>;

// The class of an example, as its number in the parameters says.
template <std::size_t Classes, class P>
std::size_t remembered_class(view<P> labels, std::size_t example) noexcept {
    const auto number = primal(labels[example]);
    using T = scalar_of<P>;
    if (!(number > T(0))) return 0;
    if (number > T(Classes - 1)) return Classes - 1;
    return static_cast<std::size_t>(number + T(0.5));
}

// A number of the episode's, unless another one was given.
template <std::size_t Given, std::size_t Own>
inline constexpr std::size_t given_or = Given == ways ? Own : Given;

// The sentence for a layer without an episode, or whose input is no vector; empty if all is well.
template <fixed_string Kind, std::size_t Classes, std::size_t Examples, class In>
consteval auto remembered_refusal() {
    if constexpr (Classes == ways || Examples == ways) {
        return join<"[priori:N163] ", Kind,
                    ": the classes and the number of examples are not known; build a learner, which takes them from "
                    "tasks with class labels, or give both numbers.">();
    } else if constexpr (In::rank != 1) {
        return join<"[priori:N164] ", Kind, ": the input has shape ", text_of<In>, ", ", Kind,
                    " wants a vector; put flatten before it.">();
    } else {
        return accepted;
    }
}

}  // namespace priori::detail
