// SPDX-License-Identifier: BSL-1.0
// What rule.hpp is made of: names by index, numbers spread over lanes, sums over lanes, merged segments.
#pragma once

#include <priori/ad/jet.hpp>
#include <priori/ad/sum.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/hana.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/segment.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace priori::detail {

template <std::size_t I, class Names>
struct nth_name;
template <fixed_string First, fixed_string... Rest>
struct nth_name<0, names<First, Rest...>> {
    static constexpr auto value = First;
};
template <std::size_t I, fixed_string First, fixed_string... Rest>
    requires(I > 0)
struct nth_name<I, names<First, Rest...>> : nth_name<I - 1, names<Rest...>> {};

template <class O>
inline constexpr std::size_t constants_of = 0;
template <class O>
    requires requires { O::constants; }
inline constexpr std::size_t constants_of<O> = O::constants;

template <class O>
inline constexpr std::size_t sums_of = 0;
template <class O>
    requires requires { O::sums; }
inline constexpr std::size_t sums_of<O> = O::sums;

template <class O>
inline constexpr bool is_linear = false;
template <class O>
    requires requires { O::linear; }
inline constexpr bool is_linear<O> = O::linear;

// How many of the first `Count` fields are learned, and for each such unit if one is given.
template <class Fields, std::size_t Count>
constexpr std::size_t count_learned(granularity unit) {
    std::size_t count = 0;
    each<Count>([&](auto j) {
        using field = std::remove_cvref_t<decltype(priori::get<j>(std::declval<Fields&>()))>;
        if constexpr (is_learned_field<field>) count += unit == granularity::whole || has(field::per, unit);
    });
    return count;
}

// The tangents of a rule's jets: p, g, the slots, the learned fields, the sums.
template <class O>
struct rule_numbers {
    using fields_type = decltype(std::declval<const O&>().fields());
    static constexpr std::size_t learned_fields =
        count_learned<fields_type, O::field_names::count>(granularity::whole);
    static constexpr std::size_t first_field = 2 + O::slots;
    static constexpr std::size_t first_sum = first_field + learned_fields;
    static constexpr std::size_t sums = sums_of<O>;
    static constexpr std::size_t inputs = first_sum + sums;

    // What the value of a field is held in: a plain number where none is learned, else a number like all others.
    template <class N, class P, bool Jets>
    using entry = std::conditional_t<
        learned_fields == 0, P, std::conditional_t<Jets, jet<element_of<N, P>, inputs>, element_of<N, P>>>;
};

// A sum that grows by packs and by numbers; its lanes are added once, at the end.
template <class N>
struct running_sum {
    using scalar = scalar_of<N>;
    element_of<N, pack<scalar>> wide{pack<scalar>(scalar(0))};
    element_of<N> narrow{scalar(0)};

    template <class E>
    PRIORI_ALWAYS_INLINE void add(const E& x) noexcept {
        if constexpr (std::is_same_v<E, element_of<N>>) {
            narrow = narrow + x;
        } else {
            wide = wide + x;
        }
    }
    PRIORI_ALWAYS_INLINE element_of<N> total() const noexcept { return narrow + sum_lanes(wide); }
};

template <std::size_t Count>
struct segment_list {
    std::array<segment, Count> all;
    std::size_t count = 0;
};

// Neighbours made one where they follow each other in the vector of what moves (and are of one layer, if asked).
template <class Plan, bool ByLayer>
inline constexpr auto merged_segments = [] {
    constexpr auto merge = [] {
        segment_list<Plan::segments.size()> list{};
        for (const segment& part : Plan::segments) {
            segment* last = list.count > 0 ? &list.all[list.count - 1] : nullptr;
            if (last != nullptr && last->start + last->size == part.start && (!ByLayer || last->layer == part.layer)) {
                last->size += part.size;
            } else {
                list.all[list.count++] = part;
            }
        }
        return list;
    };
    constexpr auto list = merge();
    std::array<segment, list.count> result{};
    for (std::size_t i = 0; i < list.count; ++i) result[i] = list.all[i];
    return result;
}();

}  // namespace priori::detail
