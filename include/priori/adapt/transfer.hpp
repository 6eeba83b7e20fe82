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

template <class Owner>
struct layout_of_owner;
template <class T, class Layout>
struct layout_of_owner<named_parameters<T, Layout>> {
    using scalar = std::remove_const_t<T>;
    using type = Layout;
};

// The sentence for the first learned block of To that From does not have; empty if it has all.
template <class From, class To, std::size_t I = 0>
consteval auto transfer_refusal() {
    if constexpr (I == To::count) {
        return accepted;
    } else {
        using wanted = typename block_at<To, I>::type;
        constexpr std::size_t at = From::find(wanted::name.view());
        if constexpr (wanted::kind != role::learned || wanted::size == 0) {
            return transfer_refusal<From, To, I + 1>();
        } else if constexpr (at == From::count) {
            return join<"[priori:A351] transfer: ", wanted::name,
                        " is learned, and what it shall come from has no block of that name; describe both with the "
                        "same layers, or give layers the same name with named<...>(...).">();
        } else {
            using found = typename block_at<From, at>::type;
            if constexpr (!std::is_same_v<typename found::shape_type, typename wanted::shape_type>) {
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

}  // namespace detail

// Copies every block of `to` that `from` has under the same name and in the same shape: parameters, running statistics,
// scratch blocks too. Scratch blocks of other shapes, which hold a task's own numbers, stay as they are.
// Both are learners, adapters or named_parameters; numbers may change between float and double.
// Refuses, at compile time, if a learned block of `to` would not be written. What only `from` learns is left behind.
// Cost: a copy; the outer state of a learner stays as it is.
// Example: const auto learner = make_learner(proto, few_shot{.ways = count<60>, ...}); ... train ...
//          adapter<float, decltype(proto), episode_of_5_ways> tester(proto); transfer(*learner, tester);
template <class From, class To>
void transfer(const From& from, To&& to) noexcept {
    const auto source = [&from] {
        if constexpr (requires { from.parameters(); }) {
            return from.parameters();
        } else {
            return from;
        }
    }();
    const auto target = [&to] {
        if constexpr (requires { to.parameters(); }) {
            return to.parameters();
        } else {
            return to;
        }
    }();
    using from_layout = typename detail::layout_of_owner<std::remove_const_t<decltype(source)>>::type;
    using to_owner = detail::layout_of_owner<std::remove_const_t<decltype(target)>>;
    using to_layout = typename to_owner::type;
    constexpr auto text = detail::transfer_refusal<from_layout, to_layout>();
    static_assert(mistake<detail::printed<text>()>::is_corrected);
    if constexpr (text.length == 0) {
        each<to_layout::count>([&](auto i) {
            using wanted = typename detail::block_at<to_layout, i>::type;
            constexpr std::size_t at = from_layout::find(wanted::name.view());
            if constexpr (at < from_layout::count) {
                using found = typename detail::block_at<from_layout, at>::type;
                if constexpr (std::is_same_v<typename found::shape_type, typename wanted::shape_type>) {
                    const auto* read = source.all().data() + from_layout::offsets[at];
                    auto* write = target.all().data() + to_layout::offsets[i];
                    for (std::size_t n = 0; n < wanted::size; ++n) {
                        write[n] = static_cast<typename to_owner::scalar>(read[n]);
                    }
                }
            }
        });
    }
}

}  // namespace priori
