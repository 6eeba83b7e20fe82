// SPDX-License-Identifier: BSL-1.0
// layout: the named blocks of the learner's one flat buffer, as a type: names, offsets, shapes, roles.
#pragma once

#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
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

// Stands in a layout for a second block of a name, whose size or role is not that of the first; has no numbers.
template <fixed_string Name, class Shape, role Role>
struct clash {
    static constexpr fixed_string<1> group{};
    static constexpr fixed_string<1> name{};
    using shape_type = shape<0>;
    static constexpr std::size_t size = 0;
    static constexpr role kind = role::buffer;
};

template <class Layout, class... More>
struct layout_append {
    using type = Layout;
};
template <class... Blocks, class Next, class... More>
struct layout_append<layout<Blocks...>, Next, More...> {
    static constexpr std::size_t found = layout<Blocks...>::find(Next::name.view());
    static constexpr bool shared = found < sizeof...(Blocks);
    static constexpr std::size_t first = shared ? found : 0;
    static constexpr bool agrees =
        !shared || (layout<Blocks...>::sizes[first] == Next::size && layout<Blocks...>::roles[first] == Next::kind);
    using added = std::conditional_t<agrees, Next, clash<Next::name, typename Next::shape_type, Next::kind>>;
    using type =
        typename layout_append<std::conditional_t<shared && agrees, layout<Blocks...>, layout<Blocks..., added>>,
                               More...>::type;
};

template <class First, class Second>
struct layout_merge;
template <class First, class... Blocks>
struct layout_merge<First, layout<Blocks...>> : layout_append<First, Blocks...> {};

// The first block of a name, for texts.
template <fixed_string Name, class... Blocks>
struct first_of_name;
template <fixed_string Name, class First, class... Rest>
struct first_of_name<Name, First, Rest...>
    : std::conditional_t<First::name.view() == Name.view(), std::type_identity<First>, first_of_name<Name, Rest...>> {};

template <role Role>
inline constexpr auto role_text = [] {
    if constexpr (Role == role::learned) {
        return fixed_string("learned");
    } else if constexpr (Role == role::scratch) {
        return fixed_string("scratch");
    } else {
        return fixed_string("a buffer");
    }
}();

// The sentence for a layout in which two blocks clash; empty if none do.
template <class Seen, class... Rest>
struct clashes {
    static constexpr auto text = accepted;
};
template <class... Seen, class Next, class... Rest>
struct clashes<layout<Seen...>, Next, Rest...> : clashes<layout<Seen..., Next>, Rest...> {};
template <class... Seen, fixed_string Name, class Shape, role Role, class... Rest>
struct clashes<layout<Seen...>, clash<Name, Shape, Role>, Rest...> {
    using first = typename first_of_name<Name, Seen...>::type;
    static constexpr auto text = [] {
        if constexpr (first::size != Shape::size) {
            return join<"[priori:T201] parameters: two blocks have the name ", Name, ", one of shape ",
                        text_of<typename first::shape_type>, ", one of shape ", text_of<Shape>,
                        "; a name is shared by blocks of one size: give one layer another name with named<...>(...).">();
        } else {
            return join<"[priori:T205] parameters: two blocks have the name ", Name, ", one ", role_text<first::kind>,
                        ", one ", role_text<Role>,
                        "; a name is shared by blocks of one role: give one layer another name.">();
        }
    }();
};

template <class Layout>
inline constexpr auto clash_in = accepted;
template <class... Blocks>
inline constexpr auto clash_in<layout<Blocks...>> = clashes<layout<>, Blocks...>::text;

}  // namespace detail

// The blocks of First, then those of Second that First does not have: a name is shared, not repeated. One name with two
// sizes or roles is a mistake, which is recorded and said where the layout meets an episode.
template <class First, class Second>
using merged_layout = typename detail::layout_merge<First, Second>::type;

}  // namespace priori
