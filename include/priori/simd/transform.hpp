// SPDX-License-Identifier: BSL-1.0
// for_each_pack: a loop over the indices of a fixed-size array, in packs as long as they fit.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>

#include <cstddef>

namespace priori {

namespace detail {

// The last few elements, fewer than `Lanes`: in packs of half the width, of a quarter, and then one by one.
template <std::size_t Count, class T, std::size_t Lanes, class F>
PRIORI_ALWAYS_INLINE void for_the_rest(F& f, std::size_t index) {
    if constexpr (Lanes == 1) {
        return;
    } else if constexpr (constexpr std::size_t half = Lanes / 2; has_sized_pack<T, half> && Count >= half) {
        f.template operator()<sized_pack<T, half>>(index);
        for_the_rest<Count - half, T, half>(f, index + half);
    } else if constexpr (half > 1) {
        if constexpr (has_sized_pack<T, half> || Count < half) {
            for_the_rest<Count, T, half>(f, index);
        } else {
            for (std::size_t i = 0; i < Count; ++i) f.template operator()<T>(index + i);
        }
    }
}

}  // namespace detail

// Calls `f.template operator()<P>(index)` so that [index, index + width<P>) covers [0, Count) once, in order;
// P is pack<T>, then at the end narrower packs, then T.
// Example: for_each_pack<Count, float>([&]<class P>(std::size_t i) { store(y + i, exponential(load_as<P>(x + i))); });
template <std::size_t Count, class T, class F>
PRIORI_ALWAYS_INLINE void for_each_pack(F&& f) {
    constexpr std::size_t whole = Count - Count % lanes<T>;
    for (std::size_t index = 0; index < whole; index += lanes<T>) f.template operator()<pack<T>>(index);
    if constexpr (whole < Count) detail::for_the_rest<Count - whole, T, lanes<T>>(f, whole);
}

}  // namespace priori
