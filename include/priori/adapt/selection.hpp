// SPDX-License-Identifier: BSL-1.0
// only<"head">, except<"head">: which blocks an inner loop moves.
#pragma once

#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/optim/segment.hpp>
#include <priori/tensor/layout.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace priori {

namespace detail {

template <class Layout>
struct groups_of {
    static constexpr std::size_t count = Layout::count;
    static constexpr std::string_view at(std::size_t i) { return Layout::sizes[i] > 0 ? Layout::groups[i] : ""; }
};

template <class Layout>
constexpr bool has_block_within(std::string_view name) {
    for (std::size_t i = 0; i < Layout::count; ++i) {
        if (Layout::sizes[i] > 0 && lies_within(Layout::names[i], name)) return true;
    }
    return false;
}

// The sentence for the first of the names that no block has; empty if all are known.
template <fixed_string Word, class Layout>
consteval auto unknown_name() {
    return accepted;
}
template <fixed_string Word, class Layout, fixed_string First, fixed_string... Rest>
consteval auto unknown_name() {
    if constexpr (has_block_within<Layout>(First.view())) {
        return unknown_name<Word, Layout, Rest...>();
    } else {
        return join<"[priori:A302] ", Word, ": no parameter has the name ", First, "; the names are ",
                    listed<groups_of<Layout>>(), "; give a layer a name of its own with named<...>(...).">();
    }
}

}  // namespace detail

struct all_blocks {
    template <class Model>
    static constexpr bool contains(std::string_view name) {
        return Model::contains(name) && Model::roles[Model::find(name)] != role::buffer;
    }
};

namespace detail {

struct no_blocks {
    template <class>
    static constexpr bool contains(std::string_view) {
        return false;
    }
};

}  // namespace detail

template <fixed_string... Names>
struct only_blocks {
    template <class Model>
    static constexpr bool contains(std::string_view name) {
        const std::size_t at = Model::find(name);
        const bool is_buffer = at < Model::count && Model::roles[at] == role::buffer;
        return !is_buffer && (lies_within(name, Names.view()) || ...);
    }
    template <class Layout, class Model>
    static consteval auto refusal() {
        return detail::unknown_name<"only", Layout, Names...>();
    }
};

template <fixed_string... Names>
struct except_blocks {
    template <class Model>
    static constexpr bool contains(std::string_view name) {
        return all_blocks::contains<Model>(name) && !(lies_within(name, Names.view()) || ...);
    }
    template <class Layout, class Model>
    static consteval auto refusal() {
        return detail::unknown_name<"except", Model, Names...>();
    }
};

inline constexpr all_blocks everything{};
// The blocks of these names or within them: only<"head"> takes head.weight and head.bias. Buffers never: running
// averages are no parameters, and a rule that decays what it moves would spoil them.
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
    static constexpr bool takes(std::size_t i) {
        return Layout::roles[i] != role::buffer && Chosen::template contains<Model>(Layout::names[i]);
    }
    // The name of a block's layer: within a residual block each of the layers inside is one, "residual_0.dense_0".
    static constexpr std::string_view layer_of(std::size_t i) {
        const std::string_view name = Layout::names[i], group = Layout::groups[i];
        return name.size() > group.size() ? name.substr(0, name.rfind('.')) : group;
    }
    static constexpr std::size_t parts = [] {
        std::size_t count = 0;
        for (std::size_t i = 0; i < Layout::count; ++i) count += takes(i) && Layout::sizes[i] > 0;
        return count;
    }();

public:
    static constexpr std::array<segment, parts> segments = [] {
        std::array<segment, parts> result{};
        std::size_t n = 0, start = 0, layer = 0;
        std::string_view last{};
        for (std::size_t i = 0; i < Layout::count; ++i) {
            if (!takes(i) || Layout::sizes[i] == 0) continue;
            if (n > 0 && layer_of(i) != last) ++layer;
            last = layer_of(i);
            result[n++] = {Layout::offsets[i], Layout::sizes[i], start, layer};
            start += Layout::sizes[i];
        }
        return result;
    }();
    static constexpr std::size_t size = [] {
        std::size_t total = 0;
        for (const segment& part : segments) total += part.size;
        return total;
    }();

private:
    static constexpr bool follows(std::size_t i) {
        return i > 0 && segments[i - 1].offset + segments[i - 1].size == segments[i].offset;
    }
    static constexpr std::size_t piece_count = [] {
        std::size_t count = 0;
        for (std::size_t i = 0; i < parts; ++i) count += !follows(i);
        return count;
    }();

public:
    // The segments again, neighbours made one: for copies.
    static constexpr std::array<segment, piece_count> pieces = [] {
        std::array<segment, piece_count> result{};
        std::size_t n = 0;
        for (std::size_t i = 0; i < parts; ++i) {
            if (follows(i)) {
                result[n - 1].size += segments[i].size;
            } else {
                result[n++] = segments[i];
            }
        }
        return result;
    }();
    static constexpr std::size_t layers = [] {
        std::size_t last = 0;
        for (const segment& part : segments) last = part.layer + 1;
        return last;
    }();
};

namespace detail {

template <class Layout, class Model, class Chosen>
consteval auto nothing_taken() {
    if constexpr (picked<Layout, Model, Chosen>::size == 0) {
        return fixed_string("[priori:A306] adapt: nothing is left that could move; the model has no parameters, or "
                            "except<...> names them all.");
    } else {
        return accepted;
    }
}

// The sentence for a selection that names what is not there, or that takes nothing; empty if all is well.
template <class Layout, class Model, class Chosen>
consteval auto selection_refusal() {
    if constexpr (requires { Chosen::template refusal<Layout, Model>().length == 0; }) {
        if constexpr (Chosen::template refusal<Layout, Model>().length > 0) {
            return Chosen::template refusal<Layout, Model>();
        } else {
            return nothing_taken<Layout, Model, Chosen>();
        }
    } else {
        return nothing_taken<Layout, Model, Chosen>();
    }
}

}  // namespace detail

}  // namespace priori
