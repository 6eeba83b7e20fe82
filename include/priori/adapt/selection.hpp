// SPDX-License-Identifier: BSL-1.0
// only<"head">, except<"head">: which blocks an inner loop moves.
#pragma once

#include <priori/core/name.hpp>
#include <priori/optim/segment.hpp>
#include <priori/tensor/layout.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace priori {

struct all_blocks {
    template <class Model>
    static constexpr bool contains(std::string_view name) {
        return Model::contains(name) && Model::roles[Model::find(name)] != role::buffer;
    }
};

template <fixed_string... Names>
struct only_blocks {
    template <class>
    static constexpr bool contains(std::string_view name) {
        return (lies_within(name, Names.view()) || ...);
    }
};

template <fixed_string... Names>
struct except_blocks {
    template <class Model>
    static constexpr bool contains(std::string_view name) {
        return all_blocks::contains<Model>(name) && !(lies_within(name, Names.view()) || ...);
    }
};

inline constexpr all_blocks everything{};
// The blocks of these names or within them: only<"head"> takes head.weight and head.bias.
template <fixed_string... Names>
inline constexpr only_blocks<Names...> only{};
// All of the model's blocks but these.
template <fixed_string... Names>
inline constexpr except_blocks<Names...> except{};

template <class S>
concept Selection = requires { S::template contains<layout<>>(std::string_view{}); };

// The segments of Layout that Chosen takes from the blocks of Model, in the order of Layout.
template <class Layout, class Model, class Chosen>
struct picked {
private:
    static constexpr bool takes(std::size_t i) { return Chosen::template contains<Model>(Layout::names[i]); }
    static constexpr std::size_t parts = [] {
        std::size_t count = 0;
        for (std::size_t i = 0; i < Layout::count; ++i) count += takes(i) && Layout::sizes[i] > 0;
        return count;
    }();
    static_assert(parts > 0, "[priori:A302] only/except: no parameter of the model has such a name; look at the names "
                             "in the layout, or give the layer one with named<\"...\">(...).");

public:
    static constexpr std::array<segment, parts> segments = [] {
        std::array<segment, parts> result{};
        std::size_t n = 0, start = 0, layer = 0;
        std::string_view group{};
        for (std::size_t i = 0; i < Layout::count; ++i) {
            if (!takes(i) || Layout::sizes[i] == 0) continue;
            if (n > 0 && Layout::groups[i] != group) ++layer;
            group = Layout::groups[i];
            result[n++] = {Layout::offsets[i], Layout::sizes[i], start, layer};
            start += Layout::sizes[i];
        }
        return result;
    }();
    static constexpr std::size_t size = segments[parts - 1].start + segments[parts - 1].size;
    static constexpr std::size_t layers = segments[parts - 1].layer + 1;
};

}  // namespace priori
