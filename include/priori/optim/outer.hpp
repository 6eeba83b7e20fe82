// SPDX-License-Identifier: BSL-1.0
// outer_state: an optimizer's state over the learned blocks of a flat buffer, and its step.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/core/sentence.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/detail/optimizer_refusal.hpp>
#include <priori/optim/rule.hpp>
#include <priori/optim/segment.hpp>
#include <priori/tensor/layout.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace priori {

// The blocks of one role as a Plan that moves them where they lie: the vector of what moves is the flat buffer itself.
template <class Layout, role Role>
struct blocks_of_role {
private:
    static constexpr bool takes(std::size_t i) { return Layout::roles[i] == Role && Layout::sizes[i] > 0; }
    static constexpr std::size_t parts = [] {
        std::size_t count = 0;
        for (std::size_t i = 0; i < Layout::count; ++i) count += takes(i);
        return count;
    }();

public:
    static constexpr std::size_t size = Layout::size;
    static constexpr std::size_t layers = 1;
    static constexpr std::array<segment, parts> segments = [] {
        std::array<segment, parts> result{};
        std::size_t n = 0;
        for (std::size_t i = 0; i < Layout::count; ++i) {
            if (takes(i)) result[n++] = {Layout::offsets[i], Layout::sizes[i], Layout::offsets[i], 0};
        }
        return result;
    }();
};

// Shapes: theta, gradient [Layout::size]; slot j of coordinate i is slots.elements[j * Layout::size + i].
// Cost: one pass over the learned blocks. The iteration counts the steps taken; rules and schedules see it as k, counted
// from where the state began.
template <class Layout, class Optimizer, class T>
struct outer_state {
    using rule_type = rule<"outer", Optimizer>;
    using plan = blocks_of_role<Layout, role::learned>;
    static constexpr auto text = detail::outer_optimizer_refusal<Optimizer>();
    static_assert(mistake<detail::printed<text>()>::is_corrected);

    storage<T, Layout::size * rule_type::slots> slots;
    std::uint64_t iteration;
    std::uint64_t begun;  // the iteration that found the state empty

    // Before the first step.
    void start() noexcept {
        slots.clear();
        iteration = begun = 0;
    }

    // theta after one step by this gradient; scratch and buffers stay. Not inlined: the same bits wherever it is called.
    PRIORI_NO_INLINE void step(const Optimizer& optimizer, view<T> theta, view<T> gradient) noexcept {
        rule_type::template forward<Layout, plan, 1>(optimizer, theta, static_cast<std::size_t>(iteration - std::min(iteration, begun)), theta,
                                                     gradient, slots.all());
        ++iteration;
    }
};

// Running statistics: buffer <- buffer + rate change, for blocks that are buffers; all else stays.
template <class Layout, class T>
void move_buffers(view<T> theta, view<T> change, T rate) noexcept {
    for (const segment& part : blocks_of_role<Layout, role::buffer>::segments) {
        map_add(part.size, [rate](const auto& x) { return x * rate; }, theta.at(part.offset), change.at(part.offset));
    }
}

}  // namespace priori
