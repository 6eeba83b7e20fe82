// SPDX-License-Identifier: BSL-1.0
// view<N>: an array of numbers N seen where it lies; storage<N, Count>: an array that owns them.
//
// An array of duals is two arrays, one of values and one of tangents, so a kernel runs on either without a copy.
#pragma once

#include <priori/ad/jet.hpp>
#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace priori {

// The kind of an array of duals whose values are there already: what runs on it computes tangents alone.
template <class N>
struct known;

template <class N>
inline constexpr std::size_t depth<known<N>> = depth<N> + 1;

namespace detail {

template <class N>
struct number_traits {
    using scalar = N;
    template <class P>
    using element = P;
};
template <class N>
struct number_traits<dual<N>> {
    using scalar = typename number_traits<N>::scalar;
    template <class P>
    using element = dual<typename number_traits<N>::template element<P>>;
};
template <class N>
struct number_traits<known<N>> : number_traits<dual<N>> {};
template <>
struct number_traits<void> {
    using scalar = void;
};

}  // namespace detail

// The number below all duals: float or double.
template <class N>
using scalar_of = typename detail::number_traits<N>::scalar;
// What one element of a view<N> reads as, in lanes P (a pack or the scalar).
template <class N, class P = scalar_of<N>>
using element_of = typename detail::number_traits<N>::template element<P>;

template <class N>
struct view;

// An array that nobody wants: writing to it does nothing.
template <>
struct view<void> {
    struct sink {
        constexpr void operator=(const auto&) const noexcept {}
        constexpr void operator+=(const auto&) const noexcept {}
    };
    constexpr view at(std::size_t) const noexcept { return {}; }
    constexpr sink operator()(std::size_t) const noexcept { return {}; }
};

namespace detail {

template <class View, class Element>
struct element_reference {
    View array;
    std::size_t i;

    PRIORI_ALWAYS_INLINE operator Element() const noexcept { return array[i]; }
    PRIORI_ALWAYS_INLINE void operator=(const Element& value) const noexcept { array.set(i, value); }
    PRIORI_ALWAYS_INLINE void operator=(const element_reference& other) const noexcept { array.set(i, other); }
    PRIORI_ALWAYS_INLINE void operator+=(const Element& value) const noexcept { array.add(i, value); }
};

}  // namespace detail

// Element access: x[i] reads; y(i) = value and y(i) += value write.
template <class N>
struct view {
    N* data = nullptr;

    view() = default;
    PRIORI_ALWAYS_INLINE explicit view(N* first) noexcept : data(first) {}
    PRIORI_ALWAYS_INLINE explicit view(const N* first) noexcept : data(const_cast<N*>(first)) {}

    PRIORI_ALWAYS_INLINE view at(std::size_t offset) const noexcept { return view(data + offset); }
    PRIORI_ALWAYS_INLINE N operator[](std::size_t i) const noexcept { return data[i]; }
    PRIORI_ALWAYS_INLINE N& operator()(std::size_t i) const noexcept { return data[i]; }
    PRIORI_ALWAYS_INLINE void set(std::size_t i, N value) const noexcept { data[i] = value; }
    PRIORI_ALWAYS_INLINE void add(std::size_t i, N value) const noexcept { data[i] += value; }

    // In lanes P, from element i on.
    template <class P>
    PRIORI_ALWAYS_INLINE P load_lanes(std::size_t i) const noexcept {
        return load_as<P>(data + i);
    }
    template <class P>
    PRIORI_ALWAYS_INLINE void set_lanes(std::size_t i, const P& value) const noexcept {
        store(data + i, value);
    }
    template <class P>
    PRIORI_ALWAYS_INLINE void add_lanes(std::size_t i, const P& value) const noexcept {
        store(data + i, P(load_as<P>(data + i) + value));
    }
};

namespace detail {

template <class N, bool ValueKnown>
struct dual_view {
    using element = element_of<dual<N>>;
    using derived = view<std::conditional_t<ValueKnown, known<N>, dual<N>>>;

    view<N> value;
    view<N> tangent;

    PRIORI_ALWAYS_INLINE derived at(std::size_t offset) const noexcept {
        derived result;
        result.value = value.at(offset);
        result.tangent = tangent.at(offset);
        return result;
    }
    PRIORI_ALWAYS_INLINE element operator[](std::size_t i) const noexcept {
        element result;
        result.value = value[i];
        result.tangent[0] = tangent[i];
        return result;
    }
    PRIORI_ALWAYS_INLINE auto operator()(std::size_t i) const noexcept {
        return element_reference<dual_view, element>{*this, i};
    }
    PRIORI_ALWAYS_INLINE void set(std::size_t i, const element& e) const noexcept {
        if constexpr (!ValueKnown) value.set(i, e.value);
        tangent.set(i, e.tangent[0]);
    }
    PRIORI_ALWAYS_INLINE void add(std::size_t i, const element& e) const noexcept {
        if constexpr (!ValueKnown) value.add(i, e.value);
        tangent.add(i, e.tangent[0]);
    }

    template <class P>
    PRIORI_ALWAYS_INLINE element_of<dual<N>, P> load_lanes(std::size_t i) const noexcept {
        element_of<dual<N>, P> result;
        result.value = value.template load_lanes<P>(i);
        result.tangent[0] = tangent.template load_lanes<P>(i);
        return result;
    }
    template <class P>
    PRIORI_ALWAYS_INLINE void set_lanes(std::size_t i, const element_of<dual<N>, P>& e) const noexcept {
        if constexpr (!ValueKnown) value.template set_lanes<P>(i, e.value);
        tangent.template set_lanes<P>(i, e.tangent[0]);
    }
    template <class P>
    PRIORI_ALWAYS_INLINE void add_lanes(std::size_t i, const element_of<dual<N>, P>& e) const noexcept {
        if constexpr (!ValueKnown) value.template add_lanes<P>(i, e.value);
        tangent.template add_lanes<P>(i, e.tangent[0]);
    }
};

}  // namespace detail

template <class N, std::size_t M>
struct view<jet<N, M>> : detail::dual_view<N, false> {
    static_assert(M == 1, "an array of jets with several tangents is not an array of duals");
};
template <class N>
struct view<known<N>> : detail::dual_view<N, true> {};

// The kind of an array to which nothing was added yet, whatever stands there: who adds to it writes.
template <class N>
struct fresh;

template <class N>
struct view<fresh<N>> {
    view<N> array;
    PRIORI_ALWAYS_INLINE view at(std::size_t offset) const noexcept { return {array.at(offset)}; }
};

// The kind of an array that takes take.operator()<P>(i, x) where x is to be its element i, in lanes P. Each element is
// written once, by whoever writes to a fresh array.
template <class N, class Take>
struct taken;

template <class N, class Take>
struct view<taken<N, Take>> {
    view<N> array;
    Take take;
    std::size_t first = 0;  // which of take's elements is the array's first
    PRIORI_ALWAYS_INLINE view at(std::size_t offset) const noexcept { return {array.at(offset), take, first + offset}; }
};

namespace detail {

// The finish that leaves each number as it is; see linear.hpp.
struct unfinished {};

template <class N>
inline constexpr bool is_fresh = false;
template <class N>
inline constexpr bool is_fresh<fresh<N>> = true;
template <class N, class Take>
inline constexpr bool is_fresh<taken<N, Take>> = true;

// The array itself, for a kernel that is told apart whether to write or to add.
template <class N>
PRIORI_ALWAYS_INLINE view<N> plain_array(view<N> a) noexcept {
    return a;
}
template <class N>
PRIORI_ALWAYS_INLINE view<N> plain_array(view<fresh<N>> a) noexcept {
    return a.array;
}
template <class N, class Take>
PRIORI_ALWAYS_INLINE view<N> plain_array(view<taken<N, Take>> a) noexcept {
    return a.array;
}

// What a kernel that writes to the array itself has to make of each number.
template <class N>
PRIORI_ALWAYS_INLINE unfinished take_of(view<N>) noexcept {
    return {};
}
template <class N, class Take>
PRIORI_ALWAYS_INLINE auto take_of(view<taken<N, Take>> a) noexcept {
    return [a]<class P>(std::size_t i, const auto& x) { return a.take.template operator()<P>(a.first + i, x); };
}

// Is it the tangent of a parameter that is taken? It may be written over the direction of the sweep.
template <class N>
inline constexpr bool takes_tangent = false;
template <class N, class Take>
inline constexpr bool takes_tangent<taken<N, Take>> = depth<N> > 0;

}  // namespace detail

// An array that owns its numbers, aligned for the widest register. Uninitialized until written.
template <class N, std::size_t Count>
struct storage {
    alignas(64) N elements[Count > 0 ? Count : 1];

    view<N> all() noexcept { return view<N>(elements); }
    view<N> all() const noexcept { return view<N>(elements); }
    void clear() noexcept { std::fill_n(elements, Count > 0 ? Count : 1, N(0)); }
};
template <class N, std::size_t Count>
struct storage<dual<N>, Count> {
    storage<N, Count> values;
    storage<N, Count> tangents;

    view<dual<N>> all() noexcept {
        view<dual<N>> result;
        result.value = values.all();
        result.tangent = tangents.all();
        return result;
    }
    view<dual<N>> all() const noexcept {
        view<dual<N>> result;
        result.value = values.all();
        result.tangent = tangents.all();
        return result;
    }
    void clear() noexcept {
        values.clear();
        tangents.clear();
    }
};

// The array of known values with these tangents.
template <class N>
PRIORI_ALWAYS_INLINE view<known<N>> swept(view<N> value, view<N> tangent) noexcept {
    view<known<N>> result;
    result.value = value;
    result.tangent = tangent;
    return result;
}

// Does anybody want what is written there?
template <class View>
inline constexpr bool is_wanted = !std::is_same_v<std::remove_cvref_t<View>, view<void>>;

namespace detail {

// The part of an operand that is constant, and that moves, at the outermost level of a result of this depth.
template <std::size_t Depth, class N>
PRIORI_ALWAYS_INLINE auto value_part(view<N> a) noexcept {
    if constexpr (depth<N> == Depth && Depth > 0) {
        return a.value;
    } else {
        return a;
    }
}

template <class N>
inline constexpr bool computes_value = true;
template <class N>
inline constexpr bool computes_value<known<N>> = false;

}  // namespace detail

}  // namespace priori
