// SPDX-License-Identifier: BSL-1.0
// transfer(file, to): what a file holds of what another description learned, by the names of its blocks.
#pragma once

#include <priori/adapt/transfer.hpp>
#include <priori/core/error.hpp>
#include <priori/io/safetensors.hpp>
#include <priori/tensor/layout.hpp>
#include <priori/train/checkpoint.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace priori {

namespace detail {

// The numbers for block b of Layout; none where it is scratch and not there in its shape.
template <class T, class Layout>
std::span<const T> transferred_block(const tensor_file& file, std::size_t b, const std::vector<std::size_t>& shape,
                                     role kind, const std::string& source) {
    const std::string name(Layout::names[b]);
    const auto found = std::ranges::find(file.tensors, name, &named_tensor::name);
    const bool fits = found != file.tensors.end() && found->shape == shape;
    if (!fits && kind == role::scratch) return {};
    if (found == file.tensors.end())
        fail(error_kind::mismatch, source + ": there is no tensor " + in_quotes(name) + ", which is " +
                                       (kind == role::buffer ? "kept" : "learned") +
                                       " here; load what a description with the same layers has learned.");
    if (!fits)
        fail(error_kind::mismatch, source + ": " + in_quotes(name) + " has shape " + shown_shape(found->shape) +
                                       ", expected " + shown_shape(shape) +
                                       "; a learned block that depends on the episode cannot be carried over.");
    return checked_values<T>(file, name, Layout::sizes[b], source);
}

}  // namespace detail

// As transfer(from, to) of two learners, from a file that save wrote: every block of `to`, a learner, an adapter or
// named_parameters, that the file has under the same name and in the same shape, whatever description it was learned
// by. So one algorithm goes on from another one's parameters, with its own outer state and from its own iteration on.
// `source` names the file in messages.
// Throws: error (mismatch) for a learned block or a running average that is not there, has another shape or other
// numbers (float or double), (bad_value) for numbers that are not finite; `to` is then as it was. Whether a tensor was
// scratch, and holds the numbers of one task, a file does not say.
// Example: transfer(read_safetensors("maml.safetensors"), *anil_learner, "maml.safetensors");
template <class To>
void transfer(const tensor_file& from, To&& to, const std::string& source = "the file") {
    const auto parameters = detail::parameters_of(to);
    using layout = typename detail::layout_of_parameters<std::remove_const_t<decltype(parameters)>>::type;
    using T = std::remove_reference_t<decltype(parameters.all()[0])>;
    std::vector<std::span<const T>> blocks;
    const auto look = [&]<class... Blocks>(std::type_identity<priori::layout<Blocks...>>) {
        (blocks.push_back(detail::transferred_block<T, layout>(
             from, blocks.size(), detail::extents_of<typename Blocks::shape_type>(), Blocks::kind, source)),
         ...);
    };
    look(std::type_identity<layout>{});
    for (std::size_t b = 0; b < layout::count; ++b)
        std::ranges::copy(blocks[b], parameters.all().begin() + static_cast<std::ptrdiff_t>(layout::offsets[b]));
}

}  // namespace priori
