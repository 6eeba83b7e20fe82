// SPDX-License-Identifier: BSL-1.0
// The transforms of the minimal filtering algorithms F(2x2, 3x3) and F(4x4, 3x3): 16 products for 4 outputs instead of
// 36, and 36 for 16 instead of 144; and of fewer outputs where images end, from the same weights at fewer points.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>

#include <cstddef>

// Y = A' [(G g G') . (B' d B)] A, . elementwise: A. Lavin and S. Gray, Fast algorithms for convolutional neural
// networks, CVPR 2016, sections 4.1 and 4.2. The gradients apply the transposed transforms.
// A last row or column of 2 or 3 outputs needs the products of polynomials at 4 or 5 of the 6 points 0, 1, -1, 2, -2 and
// infinity alone: Toom and Cook's interpolation there, its inputs scaled so that it takes the same transformed weights.

namespace priori::detail {

template <class P>
PRIORI_ALWAYS_INLINE P times(double factor, const P& value) noexcept {
    return P(static_cast<typename pack_traits<P>::value_type>(factor)) * value;
}

// factor * value + more
template <class P>
PRIORI_ALWAYS_INLINE P times_plus(double factor, const P& value, const P& more) noexcept {
    return fused(P(static_cast<typename pack_traits<P>::value_type>(factor)), value, more);
}

// Edge: of the square of outputs, 2 or 4; Outputs: as many, or the 2 or 3 that are left of 4.
template <std::size_t Edge, std::size_t Outputs = Edge>
struct winograd_input {  // B'
    static constexpr std::size_t from = Outputs + 2, to = Outputs + 2;
    // The point of each product, among the Edge + 2 of the weights.
    static constexpr std::size_t point(std::size_t f) { return f == to - 1 ? Edge + 1 : f; }
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(const P (&d)[from], P (&v)[to]) const noexcept {
        if constexpr (Edge == 4 && Outputs == 2) {
            v[0] = times(4, d[0] - d[2]), v[1] = times(-3, d[1] + d[2]), v[2] = times(3, d[1] - d[2]);
            v[3] = d[3] - d[1];
        } else if constexpr (Edge == 4 && Outputs == 3) {
            const P ends = d[3] - d[1], least = d[3] - d[2];
            v[0] = times_plus(4, d[0] - d[2], times(2, ends)), v[1] = times(3, least - d[1] - d[1]);
            v[2] = times_plus(2, d[1] - d[2], least), v[3] = times(4, ends), v[4] = times_plus(-2, ends, d[4] - d[2]);
        } else if constexpr (Edge == 2) {
            v[0] = d[0] - d[2], v[1] = d[1] + d[2], v[2] = d[2] - d[1], v[3] = d[1] - d[3];
        } else {
            const P even = times_plus(-4, d[2], d[4]), odd = times_plus(-4, d[1], d[3]);
            const P difference = d[4] - d[2], twice = times(2, d[3] - d[1]);
            v[0] = times_plus(4, d[0], times_plus(-5, d[2], d[4])), v[1] = even + odd, v[2] = even - odd;
            v[3] = difference + twice, v[4] = difference - twice;
            v[5] = times_plus(4, d[1], times_plus(-5, d[3], d[5]));
        }
    }
};

template <std::size_t Edge, std::size_t Outputs = Edge>
struct winograd_output {  // A'
    static constexpr std::size_t from = Outputs + 2, to = Outputs;
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(const P (&m)[from], P (&y)[to]) const noexcept {
        const P sum = m[1] + m[2], difference = m[1] - m[2];
        if constexpr (Edge == 4 && Outputs == 2) {
            y[0] = m[0] + sum, y[1] = difference + m[3];
        } else if constexpr (Edge == 4 && Outputs == 3) {
            y[0] = m[0] + sum + m[3], y[1] = times_plus(2, m[3], difference), y[2] = times_plus(4, m[3], sum + m[4]);
        } else if constexpr (Edge == 2) {
            y[0] = m[0] + sum, y[1] = difference - m[3];
        } else {
            const P more = m[3] + m[4], less = m[3] - m[4];
            y[0] = m[0] + sum + more, y[1] = times_plus(2, less, difference), y[2] = times_plus(4, more, sum);
            y[3] = times_plus(8, less, difference) + m[5];
        }
    }
};

template <std::size_t Edge, std::size_t Outputs = Edge>
struct winograd_output_gradient {  // A
    static constexpr std::size_t from = Outputs, to = Outputs + 2;
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(const P (&y)[from], P (&m)[to]) const noexcept {
        if constexpr (Edge == 4 && Outputs == 2) {
            m[0] = y[0], m[1] = y[0] + y[1], m[2] = y[0] - y[1], m[3] = y[1];
        } else if constexpr (Edge == 4 && Outputs == 3) {
            const P even = y[0] + y[2];
            m[0] = y[0], m[1] = even + y[1], m[2] = even - y[1];
            m[3] = times_plus(4, y[2], times_plus(2, y[1], y[0])), m[4] = y[2];
        } else if constexpr (Edge == 2) {
            m[0] = y[0], m[1] = y[0] + y[1], m[2] = y[0] - y[1], m[3] = -y[1];
        } else {
            const P even = y[0] + y[2], odd = y[1] + y[3];
            const P even_more = times_plus(4, y[2], y[0]), odd_more = times_plus(8, y[3], y[1] + y[1]);
            m[0] = y[0], m[1] = even + odd, m[2] = even - odd;
            m[3] = even_more + odd_more, m[4] = even_more - odd_more, m[5] = y[3];
        }
    }
};

template <std::size_t Edge>
struct winograd_weight {  // G
    static constexpr std::size_t from = 3, to = Edge + 2;
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(const P (&g)[from], P (&u)[to]) const noexcept {
        const P ends = g[0] + g[2];
        if constexpr (Edge == 2) {
            u[0] = g[0], u[1] = times(0.5, ends + g[1]), u[2] = times(0.5, ends - g[1]), u[3] = g[2];
        } else {
            const P even = times_plus(1.0 / 24, g[0], times(1.0 / 6, g[2])), odd = times(1.0 / 12, g[1]);
            u[0] = times(0.25, g[0]), u[1] = times(-1.0 / 6, ends + g[1]), u[2] = times(-1.0 / 6, ends - g[1]);
            u[3] = even + odd, u[4] = even - odd, u[5] = g[2];
        }
    }
};

template <std::size_t Edge>
struct winograd_weight_gradient {  // G'
    static constexpr std::size_t from = Edge + 2, to = 3;
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(const P (&u)[from], P (&g)[to]) const noexcept {
        const P sum = u[1] + u[2], difference = u[1] - u[2];
        if constexpr (Edge == 2) {
            g[0] = times_plus(0.5, sum, u[0]), g[1] = times(0.5, difference), g[2] = times_plus(0.5, sum, u[3]);
        } else {
            const P more = u[3] + u[4], less = u[3] - u[4];
            g[0] = times_plus(-1.0 / 6, sum, times_plus(1.0 / 24, more, times(0.25, u[0])));
            g[1] = times_plus(-1.0 / 6, difference, times(1.0 / 12, less));
            g[2] = times_plus(1.0 / 6, more - sum, u[5]);
        }
    }
};

// target = rows source columns', for rectangles of packs.
template <class Rows, class Columns, class P>
PRIORI_ALWAYS_INLINE void transform_both(const P (&source)[Rows::from][Columns::from],
                                         P (&target)[Rows::to][Columns::to]) noexcept {
    P half[Rows::to][Columns::from];
    PRIORI_UNROLL
    for (std::size_t j = 0; j < Columns::from; ++j) {
        P column[Rows::from], result[Rows::to];
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Rows::from; ++i) column[i] = source[i][j];
        Rows{}(column, result);
        PRIORI_UNROLL
        for (std::size_t i = 0; i < Rows::to; ++i) half[i][j] = result[i];
    }
    PRIORI_UNROLL
    for (std::size_t i = 0; i < Rows::to; ++i) Columns{}(half[i], target[i]);
}
template <class Transform, class P>
PRIORI_ALWAYS_INLINE void transform_square(const P (&source)[Transform::from][Transform::from],
                                           P (&target)[Transform::to][Transform::to]) noexcept {
    transform_both<Transform, Transform>(source, target);
}

}  // namespace priori::detail
