// SPDX-License-Identifier: BSL-1.0
// transfer(from, to): what one learner has learned, for another: of other ways and shots, say.
#pragma once

#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/tensor/layout.hpp>
#include <priori/tensor/parameters.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace priori {

namespace detail {

// The sentence for the first learned block, or running average, of To that From does not have; empty if it has all.
template <class From, class To, std::size_t I = 0>
consteval auto transfer_refusal() {
    if constexpr (I == To::count) {
        return accepted;
    } else {
        using wanted = typename block_at<To, I>::type;
        constexpr std::size_t at = From::find(wanted::name.view());
        if constexpr (wanted::kind == role::scratch || wanted::size == 0) {
            return transfer_refusal<From, To, I + 1>();
        } else if constexpr (at == From::count && wanted::kind == role::buffer &&
                             (wanted::name.view().ends_with(".state") || wanted::name.view().ends_with(".steps"))) {
            return join<"[priori:A353] transfer: ", wanted::name,
                        " is what an optimizer keeps from task to task, and what it shall come from keeps none; describe "
                        "both with the same adapt and carried_state.">();
        } else if constexpr (at == From::count && wanted::kind == role::buffer) {
            return join<"[priori:A353] transfer: ", wanted::name,
                        " is a running average, and what it shall come from keeps none; normalize both in the same "
                        "mode, or this one by transductive or support_statistics.">();
        } else if constexpr (at == From::count) {
            return join<"[priori:A351] transfer: ", wanted::name,
                        " is learned, and what it shall come from has no block of that name; describe both with the "
                        "same layers, or give layers the same name with named<...>(...).">();
        } else {
            using found = typename block_at<From, at>::type;
            if constexpr (found::kind == role::scratch) {
                return join<"[priori:A354] transfer: ", wanted::name,
                            " is learned here, and scratch where it comes from, which holds the numbers of one task; "
                            "name the layer with scratch<...> in both descriptions, or in neither.">();
            } else if constexpr (!std::is_same_v<typename found::shape_type, typename wanted::shape_type>) {
                return join<"[priori:A352] transfer: ", wanted::name, " has shape ",
                            text_of<typename found::shape_type>, " where it comes from, and shape ",
                            text_of<typename wanted::shape_type>,
                            " here; a learned block that depends on the episode cannot be carried over.">();
            } else {
                return transfer_refusal<From, To, I + 1>();
            }
        }
    }
}

template <class T, class From, class U, class To>
void transfer(named_parameters<T, From> from, named_parameters<U, To> to) noexcept {
    each<To::count>([&](auto i) {
        using wanted = typename block_at<To, i>::type;
        constexpr std::size_t at = From::find(wanted::name.view());
        if constexpr (at < From::count) {
            using found = typename block_at<From, at>::type;
            if constexpr (std::is_same_v<typename found::shape_type, typename wanted::shape_type>) {
                for (std::size_t n = 0; n < wanted::size; ++n) {
                    to.all()[To::offsets[i] + n] = static_cast<U>(from.all()[From::offsets[at] + n]);
                }
            }
        }
    });
}

template <class Owner>
auto parameters_of(Owner& owner) noexcept {
    if constexpr (requires { owner.parameters(); }) {
        return owner.parameters();
    } else {
        return owner;
    }
}

template <class Parameters>
struct layout_of_parameters;
template <class T, class Layout>
struct layout_of_parameters<named_parameters<T, Layout>> {
    using type = Layout;
};

}  // namespace detail

// Copies every block of `to` that `from` has under the same name and in the same shape: parameters, running statistics,
// scratch blocks too. Scratch blocks of other shapes, which hold a task's own numbers, stay as they are.
// Both are learners, adapters or named_parameters; numbers may change between float and double.
// Refuses, at compile time, if a learned block of `to`, or a running average, would not be written, or be written from
// scratch. What only `from` learns is left behind.
// Cost: a copy; the outer state of a learner stays as it is.
// Example: const auto learner = make_learner(proto, few_shot{.ways = count<60>, ...}); ... train ...
//          adapter<float, decltype(proto), episode_of_5_ways> tester(proto); transfer(*learner, tester);
template <class From, class To>
void transfer(const From& from, To&& to) noexcept {
    using source = decltype(detail::parameters_of(from));
    using target = decltype(detail::parameters_of(to));
    constexpr auto text = detail::transfer_refusal<typename detail::layout_of_parameters<source>::type,
                                                   typename detail::layout_of_parameters<target>::type>();
    static_assert(mistake<detail::printed<text>()>::is_corrected);
    if constexpr (text.length == 0) detail::transfer(detail::parameters_of(from), detail::parameters_of(to));
}

}  // namespace priori
