// SPDX-License-Identifier: BSL-1.0
// What a network has seen of a support set, as a few numbers: kept once, given to every later prediction.
#pragma once

#include <priori/core/hana.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/sweep.hpp>

#include <cstddef>

namespace priori {

// A layer with uses_reference has, beside `forward` and `vjp`,
//   reference_size<In>                          how many numbers
//   keep_reference<Rows, In>(saved, kept)       from what forward on a support set saved
//   give_reference<Rows, In>(kept, saved)       to where forward on rows<Count, frozen> reads it
namespace detail {

template <class Network, std::size_t I>
inline constexpr std::size_t reference_size_at = [] {
    using layer = typename Network::template layer_type<I>;
    if constexpr (uses_reference<layer>) {
        return layer::template reference_size<typename Network::template shape_at<I>>;
    } else {
        return std::size_t{0};
    }
}();

}  // namespace detail

template <class Network>
inline constexpr std::size_t reference_size = [] {
    std::size_t size = 0;
    each<Network::size>([&](auto i) { size += detail::reference_size_at<Network, i>; });
    return size;
}();

// From the tape of a plain forward run on Rows of a support set.
template <class Network, class Rows, tape_use Use = tape_use::swept, class T>
void keep_reference(const T* tape, T* kept) noexcept {
    each<Network::size>([&](auto i) {
        if constexpr (detail::reference_size_at<Network, i> > 0) {
            using in = typename Network::template shape_at<i>;
            Network::template layer_type<i>::template keep_reference<Rows, in>(
                tape + plan_of<Network, Rows, Use>.saved[i + 1], kept);
            kept += detail::reference_size_at<Network, i>;
        }
    });
}

// Into the tape of a forward run on Rows, whose reference is `frozen`.
template <class Network, class Rows, tape_use Use = tape_use::swept, class T>
void give_reference(const T* kept, T* tape) noexcept {
    each<Network::size>([&](auto i) {
        if constexpr (detail::reference_size_at<Network, i> > 0) {
            using in = typename Network::template shape_at<i>;
            Network::template layer_type<i>::template give_reference<Rows, in>(
                kept, tape + plan_of<Network, Rows, Use>.saved[i + 1]);
            kept += detail::reference_size_at<Network, i>;
        }
    });
}

}  // namespace priori
