// SPDX-License-Identifier: BSL-1.0
// named_parameters: a flat buffer seen by the names of its layout.
#pragma once

#include <priori/core/name.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <span>
#include <tuple>

namespace priori {

// One block where it lies: a span of its numbers, row-major, with its extents.
template <class T, class Shape>
struct block_view : std::span<T, Shape::size> {
    using shape_type = Shape;
    using std::span<T, Shape::size>::span;

    static constexpr std::size_t rank = Shape::rank;
    static constexpr const auto& extents = Shape::extents;

    template <class... Index>
    constexpr T& operator()(Index... index) const {
        static_assert(sizeof...(Index) == Shape::rank, "[priori:T202] parameters: one index for each dimension.");
        std::size_t at = 0, d = 0;
        ((at = at * Shape::extents[d++] + static_cast<std::size_t>(index)), ...);
        return (*this)[at];
    }
};

namespace detail {

template <class Layout, std::size_t I>
struct block_at;
template <class... Blocks, std::size_t I>
struct block_at<layout<Blocks...>, I> {
    using type = std::tuple_element_t<I, std::tuple<Blocks...>>;
};

}  // namespace detail

// parameters["dense_0.weight"_s] is a block_view; `all()` is the whole buffer.
template <class T, class Layout>
class named_parameters {
public:
    constexpr explicit named_parameters(T* first) noexcept : first_(first) {}

    static constexpr std::size_t size() noexcept { return Layout::size; }
    constexpr std::span<T, Layout::size> all() const noexcept {
        return std::span<T, Layout::size>(first_, Layout::size);
    }

    template <fixed_string Name>
    constexpr auto operator[](name<Name>) const noexcept {
        constexpr std::size_t i = Layout::find(Name.view());
        static_assert(i < Layout::count, "[priori:T203] parameters: no block has that name; names are "
                                         "\"<layer>.<parameter>\", such as \"dense_0.weight\".");
        using shape_type = typename detail::block_at<Layout, (i < Layout::count ? i : 0)>::type::shape_type;
        return block_view<T, shape_type>(first_ + Layout::offsets[i], shape_type::size);
    }

private:
    T* first_;
};

}  // namespace priori
