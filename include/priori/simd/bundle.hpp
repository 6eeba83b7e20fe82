// SPDX-License-Identifier: BSL-1.0
// bundle<T>: the same number of as many tasks as pack<T> has lanes, in the place of a number.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace priori {

// A program on bundles computes so many tasks at once, each as it would be alone but for the order of sums. What decides by
// a number (a branch on its value, an index made of it) cannot run on them; a comparison gives a mask with a truth for
// each task, for select.
// Cost: that of an operation on pack<T>. An array of bundles takes as many times the memory as there are lanes.
template <class T>
struct bundle {
    pack<T> tasks;

    bundle() = default;
    template <class A>
        requires std::is_arithmetic_v<A>
    PRIORI_ALWAYS_INLINE bundle(A of_every_task) noexcept : tasks(static_cast<T>(of_every_task)) {}
    template <std::same_as<pack<T>> P>
        requires(!std::is_arithmetic_v<P>)
    PRIORI_ALWAYS_INLINE explicit bundle(const P& of_each_task) noexcept : tasks(of_each_task) {}

    PRIORI_ALWAYS_INLINE friend bundle operator+(const bundle& a, const bundle& b) noexcept {
        return bundle(pack<T>(a.tasks + b.tasks));
    }
    PRIORI_ALWAYS_INLINE friend bundle operator-(const bundle& a, const bundle& b) noexcept {
        return bundle(pack<T>(a.tasks - b.tasks));
    }
    PRIORI_ALWAYS_INLINE friend bundle operator*(const bundle& a, const bundle& b) noexcept {
        return bundle(pack<T>(a.tasks * b.tasks));
    }
    PRIORI_ALWAYS_INLINE friend bundle operator/(const bundle& a, const bundle& b) noexcept {
        return bundle(pack<T>(a.tasks / b.tasks));
    }
    PRIORI_ALWAYS_INLINE friend bundle operator-(const bundle& a) noexcept { return bundle(pack<T>(-a.tasks)); }
    PRIORI_ALWAYS_INLINE bundle& operator+=(const bundle& b) noexcept { return *this = *this + b; }
    PRIORI_ALWAYS_INLINE bundle& operator-=(const bundle& b) noexcept { return *this = *this - b; }
    PRIORI_ALWAYS_INLINE bundle& operator*=(const bundle& b) noexcept { return *this = *this * b; }

    PRIORI_ALWAYS_INLINE bundle& operator/=(const bundle& b) noexcept { return *this = *this / b; }

    PRIORI_ALWAYS_INLINE friend auto operator>(const bundle& a, const bundle& b) noexcept { return a.tasks > b.tasks; }
    PRIORI_ALWAYS_INLINE friend auto operator<(const bundle& a, const bundle& b) noexcept { return a.tasks < b.tasks; }
    PRIORI_ALWAYS_INLINE friend auto operator>=(const bundle& a, const bundle& b) noexcept {
        return a.tasks >= b.tasks;
    }
    PRIORI_ALWAYS_INLINE friend auto operator<=(const bundle& a, const bundle& b) noexcept {
        return a.tasks <= b.tasks;
    }
    PRIORI_ALWAYS_INLINE friend auto operator==(const bundle& a, const bundle& b) noexcept {
        return a.tasks == b.tasks;
    }
    PRIORI_ALWAYS_INLINE friend auto operator!=(const bundle& a, const bundle& b) noexcept {
        return !(a.tasks == b.tasks);  // xsimd 8.1's != does not see NaN with AVX
    }

    // Shapes: values (lanes<T>), one for each task.
    PRIORI_ALWAYS_INLINE static bundle read(const T* values) noexcept {
        bundle result;
        result.tasks = load(values);
        return result;
    }
    PRIORI_ALWAYS_INLINE void write(T* values) const noexcept { store(values, tasks); }
};

namespace detail {

template <class T>
struct number_of_one_task {
    using type = T;
};
template <class T>
struct number_of_one_task<bundle<T>> {
    using type = T;
};

template <class T, class F>
PRIORI_ALWAYS_INLINE bundle<T> of_tasks(const F& f, const auto&... x) noexcept {
    bundle<T> result;
    result.tasks = f(x.tasks...);
    return result;
}

// Do numbers of a part's function, loss or update have to be numbers? It runs on bundles unless it says
// takes_bundles = false.
template <class F>
inline constexpr bool refuses_bundles = requires { requires !F::takes_bundles; };

}  // namespace detail

// T of a bundle<T>; a number itself otherwise. For constants that no task has of its own.
template <class N>
using one_task = typename detail::number_of_one_task<N>::type;

template <class T>
PRIORI_ALWAYS_INLINE bundle<T> fused(const bundle<T>& a, const bundle<T>& b, const bundle<T>& c) noexcept {
    return detail::of_tasks<T>([](auto x, auto y, auto z) { return fused(x, y, z); }, a, b, c);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> minimum(const bundle<T>& a, const bundle<T>& b) noexcept {
    return detail::of_tasks<T>([](auto x, auto y) { return minimum(x, y); }, a, b);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> maximum(const bundle<T>& a, const bundle<T>& b) noexcept {
    return detail::of_tasks<T>([](auto x, auto y) { return maximum(x, y); }, a, b);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> absolute(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return absolute(p); }, x);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> square_root(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return square_root(p); }, x);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> exponential(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return exponential(p); }, x);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> exponential_minus_one(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return exponential_minus_one(p); }, x);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> logarithm(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return logarithm(p); }, x);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> logarithm_one_plus(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return logarithm_one_plus(p); }, x);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> tangent_hyperbolic(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return tangent_hyperbolic(p); }, x);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> sine(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return sine(p); }, x);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> cosine(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return cosine(p); }, x);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> error_function(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return error_function(p); }, x);
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> sign(const bundle<T>& x) noexcept {
    return detail::of_tasks<T>([](auto p) { return sign(p); }, x);
}

// Masks, as comparisons are.
template <class T>
PRIORI_ALWAYS_INLINE auto greater(const bundle<T>& a, const bundle<T>& b) noexcept {
    return greater(a.tasks, b.tasks);
}
template <class T>
PRIORI_ALWAYS_INLINE auto exceeds(const bundle<T>& a, const bundle<T>& b) noexcept {
    return exceeds(a.tasks, b.tasks);
}
template <class T>
PRIORI_ALWAYS_INLINE auto less(const bundle<T>& a, const bundle<T>& b) noexcept {
    return less(a.tasks, b.tasks);
}
template <class Mask, class T>
PRIORI_ALWAYS_INLINE bundle<T> select(const Mask& condition, const bundle<T>& yes, const bundle<T>& no) noexcept {
    return detail::of_tasks<T>([&](auto x, auto y) { return select(condition, x, y); }, yes, no);
}

// A bundle has one lane: what a task's own array is folded from.
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> sum_lanes(const bundle<T>& x) noexcept {
    return x;
}
template <class T>
PRIORI_ALWAYS_INLINE bundle<T> maximum_lane(const bundle<T>& x) noexcept {
    return x;
}

}  // namespace priori
