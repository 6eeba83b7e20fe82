// SPDX-License-Identifier: BSL-1.0
// The transforms of the minimal filtering algorithm F(2x2, 3x3): 16 products for four outputs instead of 36.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/pack.hpp>

#include <cstddef>

// Y = A' [(G g G') . (B' d B)] A, . elementwise: A. Lavin and S. Gray, Fast algorithms for convolutional neural
// networks, CVPR 2016, section 4.1. The gradients apply the transposed transforms.

namespace priori::detail {

struct winograd_input {  // B'
    static constexpr std::size_t from = 4, to = 4;
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(const P (&d)[4], P (&v)[4]) const noexcept {
        v[0] = d[0] - d[2], v[1] = d[1] + d[2], v[2] = d[2] - d[1], v[3] = d[1] - d[3];
    }
};

struct winograd_output {  // A'
    static constexpr std::size_t from = 4, to = 2;
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(const P (&m)[4], P (&y)[2]) const noexcept {
        y[0] = m[0] + (m[1] + m[2]), y[1] = (m[1] - m[2]) - m[3];
    }
};

struct winograd_output_gradient {  // A
    static constexpr std::size_t from = 2, to = 4;
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(const P (&y)[2], P (&m)[4]) const noexcept {
        m[0] = y[0], m[1] = y[0] + y[1], m[2] = y[0] - y[1], m[3] = -y[1];
    }
};

struct winograd_weight {  // G
    static constexpr std::size_t from = 3, to = 4;
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(const P (&g)[3], P (&u)[4]) const noexcept {
        using T = typename pack_traits<P>::value_type;
        const P ends = (g[0] + g[2]) * P(T(0.5)), middle = g[1] * P(T(0.5));
        u[0] = g[0], u[1] = ends + middle, u[2] = ends - middle, u[3] = g[2];
    }
};

struct winograd_weight_gradient {  // G'
    static constexpr std::size_t from = 4, to = 3;
    template <class P>
    PRIORI_ALWAYS_INLINE void operator()(const P (&u)[4], P (&g)[3]) const noexcept {
        using T = typename pack_traits<P>::value_type;
        const P sum = (u[1] + u[2]) * P(T(0.5));
        g[0] = u[0] + sum, g[1] = (u[1] - u[2]) * P(T(0.5)), g[2] = sum + u[3];
    }
};

// target = t source t', for a square of packs.
template <class Transform, class P>
PRIORI_ALWAYS_INLINE void transform_square(const P (&source)[Transform::from][Transform::from],
                                           P (&target)[Transform::to][Transform::to]) noexcept {
    constexpr std::size_t from = Transform::from, to = Transform::to;
    P half[to][from];
    PRIORI_UNROLL
    for (std::size_t j = 0; j < from; ++j) {
        P column[from], result[to];
        PRIORI_UNROLL
        for (std::size_t i = 0; i < from; ++i) column[i] = source[i][j];
        Transform{}(column, result);
        PRIORI_UNROLL
        for (std::size_t i = 0; i < to; ++i) half[i][j] = result[i];
    }
    PRIORI_UNROLL
    for (std::size_t i = 0; i < to; ++i) Transform{}(half[i], target[i]);
}

}  // namespace priori::detail
