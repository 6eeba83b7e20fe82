// SPDX-License-Identifier: BSL-1.0
// layout: the named blocks of the learner's one flat buffer, as a type: names, offsets, shapes, roles.
#pragma once

#include <priori/core/name.hpp>
#include <priori/core/shape.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace priori {

enum class role : unsigned char {
    learned,  // moved by the outer rule
    scratch,  // written by a stage or an inner loop, from a declared start; never learned
    buffer,   // not differentiated: running statistics
};

// A tensor that a layer or rule wants: `parameter<"weight", shape<40, 1>>`.
template <fixed_string Name, class Shape, role Role = role::learned>
struct parameter {
    static constexpr auto name = Name;
    using shape_type = Shape;
    static constexpr std::size_t size = Shape::size;
    static constexpr role kind = Role;
};

template <class... Parameters>
struct parameter_list {
    static constexpr std::size_t size = (std::size_t{0} + ... + Parameters::size);
};

// A parameter under its full name: "head.weight" in the group "head".
template <fixed_string Group, fixed_string Field, class Shape, role Role = role::learned>
struct block {
    static constexpr auto group = Group;
    static constexpr auto name = [] {
        if constexpr (Field.length == 0) {
            return Group;
        } else {
            return join<Group, ".", Field>();
        }
    }();
    using shape_type = Shape;
    static constexpr std::size_t size = Shape::size;
    static constexpr role kind = Role;
};

template <class... Blocks>
struct layout {
    static constexpr std::size_t count = sizeof...(Blocks);
    static constexpr std::size_t size = (std::size_t{0} + ... + Blocks::size);

private:
    static constexpr std::size_t slots = count > 0 ? count : 1;

public:
    static constexpr std::array<std::string_view, slots> names{Blocks::name.view()...};
    static constexpr std::array<std::string_view, slots> groups{Blocks::group.view()...};
    static constexpr std::array<std::size_t, slots> sizes{Blocks::size...};
    static constexpr std::array<role, slots> roles{Blocks::kind...};
    static constexpr std::array<std::size_t, slots> offsets = [] {
        std::array<std::size_t, slots> result{};
        for (std::size_t i = 1; i < count; ++i) result[i] = result[i - 1] + sizes[i - 1];
        return result;
    }();

    // The index of a block, or count.
    static constexpr std::size_t find(std::string_view name) {
        for (std::size_t i = 0; i < count; ++i) {
            if (names[i] == name) return i;
        }
        return count;
    }
    static constexpr bool contains(std::string_view name) { return find(name) < count; }

    // Where a block of this name, or the first block of a group of this name, begins.
    static constexpr std::size_t offset_of(std::string_view name) {
        for (std::size_t i = 0; i < count; ++i) {
            if (names[i] == name || groups[i] == name) return offsets[i];
        }
        return size;
    }
    // The numbers in a block, or in all blocks of a group.
    static constexpr std::size_t size_of(std::string_view name) {
        std::size_t total = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (names[i] == name || groups[i] == name) total += sizes[i];
        }
        return total;
    }
    static constexpr std::size_t learned_size() {
        std::size_t total = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (roles[i] == role::learned) total += sizes[i];
        }
        return total;
    }
};

namespace detail {

template <class Layout, class... More>
struct layout_append {
    using type = Layout;
};
template <class... Blocks, class Next, class... More>
struct layout_append<layout<Blocks...>, Next, More...> {
    static constexpr std::size_t found = layout<Blocks...>::find(Next::name.view());
    static constexpr bool shared = found < sizeof...(Blocks);
    static_assert(!shared || layout<Blocks...>::sizes[shared ? found : 0] == Next::size,
                  "[priori:T201] parameters: two blocks have one name and different sizes; give one of them another "
                  "name with named<\"...\">(...).");
    using type = typename layout_append<std::conditional_t<shared, layout<Blocks...>, layout<Blocks..., Next>>,
                                          More...>::type;
};

template <class First, class Second>
struct layout_merge;
template <class First, class... Blocks>
struct layout_merge<First, layout<Blocks...>> : layout_append<First, Blocks...> {};

}  // namespace detail

// The blocks of First, then those of Second that First does not have: a name is shared, not repeated.
template <class First, class Second>
using merged_layout = typename detail::layout_merge<First, Second>::type;

}  // namespace priori
