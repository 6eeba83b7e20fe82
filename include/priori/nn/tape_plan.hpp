// SPDX-License-Identifier: BSL-1.0
// tape_plan: where activations, cotangents and what layers keep lie in a tape.
#pragma once

#include <priori/core/hana.hpp>
#include <priori/nn/concepts.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace priori {

// What a tape is for. swept: tangents follow, which read what lies there: everything has a place of its own.
// gradient: forward and once back; what nobody reads again makes room. forward: the output alone.
enum class tape_use : std::uint8_t { swept, gradient, forward };

namespace detail {

// An array of a tape: its numbers, and the first and last step of a run in which it is needed.
struct tape_array {
    std::size_t numbers = 0, first = 0, last = 0, at = 0;
    constexpr bool meets(const tape_array& other) const { return first <= other.last && other.first <= last; }
};

// The larger first, each at the lowest place that is free as long as it is needed. Returns the size of all.
template <std::size_t Count>
constexpr std::size_t place(std::array<tape_array, Count>& arrays) {
    std::array<std::size_t, Count> order{};
    for (std::size_t i = 0; i < Count; ++i) order[i] = i;
    for (std::size_t i = 1; i < Count; ++i) {
        for (std::size_t j = i; j > 0 && arrays[order[j - 1]].numbers < arrays[order[j]].numbers; --j) {
            std::swap(order[j - 1], order[j]);
        }
    }
    std::size_t size = 0;
    for (std::size_t i = 0; i < Count; ++i) {
        tape_array& own = arrays[order[i]];
        for (bool moved = true; moved && own.numbers > 0;) {
            moved = false;
            for (std::size_t j = 0; j < i; ++j) {
                const tape_array& other = arrays[order[j]];
                if (other.numbers > 0 && own.meets(other) && own.at < other.at + other.numbers &&
                    other.at < own.at + own.numbers) {
                    own.at = other.at + other.numbers;
                    moved = true;
                }
            }
        }
        size = std::max(size, own.at + own.numbers);
    }
    return size;
}

}  // namespace detail

// Offsets, in numbers. An activation that nobody reads again is written over by a layer behind it that runs in place,
// where the sizes agree, and a cotangent by the next one where the layer is piecewise linear; with use `gradient` or
// `forward` by all that fits.
template <class Network, class Rows, tape_use Use = tape_use::swept>
struct tape_plan {
    static constexpr std::size_t layers = Network::size;
    std::array<std::size_t, layers + 1> activation{};
    std::array<std::size_t, layers + 1> cotangent{};
    std::array<std::size_t, layers + 1> saved{};
    std::size_t size = 0;

    static consteval tape_plan make() {
        // Step i: layer i runs forward. Step layers: the loss. Step 2 layers - i: layer i runs back.
        constexpr std::size_t end = 2 * layers + 1;
        constexpr bool keeps = Use == tape_use::swept, back = Use != tape_use::forward;
        std::array<detail::tape_array, 3 * (layers + 1)> arrays{};
        std::array<std::size_t, layers + 1> activation_of{}, cotangent_of{};  // which array each is
        const auto spread = [&arrays](std::size_t index, std::size_t numbers, std::size_t first, std::size_t last) {
            detail::tape_array& own = arrays[index];
            own.first = own.numbers == 0 ? first : std::min(own.first, first);
            own.last = std::max(own.last, last);
            own.numbers = (numbers + 15) / 16 * 16;
        };
        each<layers + 1>([&](auto i) {
            constexpr std::size_t b = i;
            constexpr std::size_t numbers = Rows::count * Network::template shape_at<b>::size;
            activation_of[b] = 3 * b, cotangent_of[b] = 3 * b + 1;
            // In the last step that reads the activation of this boundary.
            std::size_t last = std::min(b, layers);
            if constexpr (b < layers) {
                if (back && Network::template layer_type<b>::reads_input) last = 2 * layers - b;
            }
            if constexpr (b > 0) {
                using layer = typename Network::template layer_type<b - 1>;
                using in = typename Network::template shape_at<b - 1>;
                constexpr bool same_size = in::size == Network::template shape_at<b>::size;
                constexpr bool in_place = !keeps && detail::runs_in_place<layer>;
                constexpr bool input_is_free = [] {
                    if constexpr (b == 1) {
                        return false;
                    } else {
                        return !Network::template layer_type<b - 2>::reads_output || Use == tape_use::forward;
                    }
                }() && detail::runs_in_place<layer> && (!layer::reads_input || (!keeps && !back));
                if (back && layer::reads_output) last = 2 * layers - (b - 1);
                if (same_size && input_is_free) activation_of[b] = activation_of[b - 1];
                if (same_size && (in_place || detail::is_piecewise_linear<layer>)) {
                    cotangent_of[b] = cotangent_of[b - 1];
                }
                spread(activation_of[b], numbers, keeps ? 0 : b - 1, keeps ? end : last);
                constexpr bool is_given = detail::uses_reference<layer>;  // written before a run, or read after it
                spread(3 * b + 2, detail::saved_size<layer, Rows, in>, keeps || is_given ? 0 : b - 1,
                       keeps || is_given ? end : back ? 2 * layers - (b - 1) : b - 1);
            }
            if (back) {
                spread(cotangent_of[b], numbers, keeps ? 0 : 2 * layers - b,
                       keeps ? end : std::min(end, 2 * layers - b + 1));
            }
        });
        tape_plan plan;
        plan.size = detail::place(arrays);
        for (std::size_t b = 0; b <= layers; ++b) {
            plan.activation[b] = arrays[activation_of[b]].at;
            plan.cotangent[b] = arrays[cotangent_of[b]].at;
            plan.saved[b] = arrays[3 * b + 2].at;
        }
        return plan;
    }
};

template <class Network, class Rows, tape_use Use = tape_use::swept>
inline constexpr tape_plan<Network, Rows, Use> plan_of = tape_plan<Network, Rows, Use>::make();

}  // namespace priori
