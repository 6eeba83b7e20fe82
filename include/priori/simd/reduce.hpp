// SPDX-License-Identifier: BSL-1.0
// Sums, dot products, maxima over fixed-size arrays. The order of the additions is fixed for a given number of lanes.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/transform.hpp>

#include <cstddef>

namespace priori {

namespace detail {

// Sums whole packs in up to four independent chains, folds the lanes, then adds the rest in narrower packs.
// `step` takes (accumulator, index) and gives the new accumulator, for every P.
template <std::size_t Count, class T, class Step>
PRIORI_ALWAYS_INLINE T accumulate(const Step& step) noexcept {
    constexpr std::size_t size = lanes<T>, packs = Count / size, chains = packs < 4 ? packs : 4;
    T total{};
    if constexpr (packs > 0) {
        pack<T> partial[chains];
        PRIORI_UNROLL
        for (std::size_t chain = 0; chain < chains; ++chain) partial[chain] = pack<T>(T(0));
        for (std::size_t i = 0; i + chains <= packs; i += chains) {
            PRIORI_UNROLL
            for (std::size_t chain = 0; chain < chains; ++chain) {
                partial[chain] = step(partial[chain], (i + chain) * size);
            }
        }
        PRIORI_UNROLL
        for (std::size_t chain = 0; chain < packs % chains; ++chain) {
            partial[chain] = step(partial[chain], (packs - packs % chains + chain) * size);
        }
        PRIORI_UNROLL
        for (std::size_t chain = 1; chain < chains; ++chain) partial[0] = partial[0] + partial[chain];
        total = sum_lanes(partial[0]);
    }
    if constexpr (Count % size != 0) {
        auto rest = [&]<class P>(std::size_t index) { total = total + sum_lanes(step(P(T(0)), index)); };
        for_the_rest<Count % size, T, size>(rest, Count - Count % size);
    }
    return total;
}

// The sum of the lanes of `partial` and of the products of the last `Rest` elements, fewer than its lanes: the lanes
// are folded in halves, and a pack of the rest joins where it has the width that is left.
template <std::size_t Rest, class P, class T>
PRIORI_ALWAYS_INLINE T finish_dot(const P& partial, const T* a, const T* b) noexcept {
    if constexpr (Rest == 0) {
        return sum_lanes(partial);
    } else if constexpr (constexpr std::size_t half = width<P> / 2; has_sized_pack<T, half>) {
        sized_pack<T, half> folded = fold_half(partial);
        if constexpr (Rest >= half) {
            folded = fused(load_as<sized_pack<T, half>>(a), load_as<sized_pack<T, half>>(b), folded);
            return finish_dot<Rest - half>(folded, a + half, b + half);
        } else {
            return finish_dot<Rest>(folded, a, b);
        }
    } else {
        T total = sum_lanes(partial);
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Rest; ++i) total = fused(a[i], b[i], total);
        return total;
    }
}

}  // namespace detail

// Shapes: values [Count].
template <std::size_t Count, class T>
T sum(const T* values) noexcept {
    return detail::accumulate<Count, T>([=]<class P>(const P& partial, std::size_t index) {
        return partial + load_as<P>(values + index);
    });
}

// Shapes: a [Count], b [Count].
template <std::size_t Count, class T>
T dot(const T* a, const T* b) noexcept {
    return detail::accumulate<Count, T>([=]<class P>(const P& partial, std::size_t index) {
        return fused(load_as<P>(a + index), load_as<P>(b + index), partial);
    });
}

template <std::size_t Count, class T>
T squared_norm(const T* values) noexcept {
    return dot<Count>(values, values);
}

// The largest value; NaN if there is one. Shapes: values [Count], Count at least 1.
template <std::size_t Count, class T>
T max_of(const T* values) noexcept {
    static_assert(Count > 0, "[priori:S101] max_of: an empty array has no largest value; give at least one element.");
    if constexpr (Count < lanes<T>) {
        T result = values[0];
        for (std::size_t i = 1; i < Count; ++i) result = maximum(result, values[i]);
        return result;
    } else {
        // The last pack moves back to end at the border: an element that is seen twice does no harm.
        pack<T> result = load(values);
        for (std::size_t i = lanes<T>; i + lanes<T> <= Count; i += lanes<T>) {
            result = maximum(result, load(values + i));
        }
        if constexpr (Count % lanes<T> != 0) result = maximum(result, load(values + Count - lanes<T>));
        return maximum_lane(result);
    }
}

// Is no value infinite or NaN? Cost: one multiply-add a pack: 0 x is NaN where x is not finite, and NaN stays.
template <std::size_t Count, class T>
bool all_finite(const T* values) noexcept {
    return detail::accumulate<Count, T>([=]<class P>(const P& partial, std::size_t index) {
               return fused(load_as<P>(values + index), P(T(0)), partial);
           }) == T(0);
}

}  // namespace priori
