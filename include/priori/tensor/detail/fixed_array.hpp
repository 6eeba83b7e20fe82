// SPDX-License-Identifier: BSL-1.0
// fixed_array: the storage of the freestanding build, with the part of xtensor_fixed's interface that the library uses.
#pragma once

#include <array>
#include <cstddef>

namespace priori::detail {

template <class T, std::size_t... Extents>
struct fixed_array {
    using value_type = T;
    static constexpr std::size_t length = (std::size_t{1} * ... * Extents);

    T elements[length > 0 ? length : 1]{};

    constexpr T* data() noexcept { return elements; }
    constexpr const T* data() const noexcept { return elements; }
    static constexpr std::size_t size() noexcept { return length; }
    static constexpr std::array<std::size_t, sizeof...(Extents)> shape() noexcept { return {Extents...}; }
    constexpr T* begin() noexcept { return elements; }
    constexpr T* end() noexcept { return elements + length; }
    constexpr const T* begin() const noexcept { return elements; }
    constexpr const T* end() const noexcept { return elements + length; }
    constexpr void fill(T value) noexcept {
        for (T& element : elements) element = value;
    }

    template <class... Index>
    constexpr T& operator()(Index... index) noexcept {
        return elements[offset(index...)];
    }
    template <class... Index>
    constexpr const T& operator()(Index... index) const noexcept {
        return elements[offset(index...)];
    }

private:
    template <class... Index>
    static constexpr std::size_t offset(Index... index) noexcept {
        static_assert(sizeof...(Index) == sizeof...(Extents), "one index for each extent");
        std::size_t at = 0;
        ((at = at * Extents + static_cast<std::size_t>(index)), ...);
        return at;
    }
};

}  // namespace priori::detail
