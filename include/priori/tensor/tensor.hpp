// SPDX-License-Identifier: BSL-1.0
// tensor<T, N...>: fixed-size storage inside the object: xtensor's where there is an operating system, else our own.
#pragma once

#include <priori/config/config.hpp>
#include <priori/core/shape.hpp>

#include <cstddef>

#if defined(PRIORI_FREESTANDING)
#include <priori/tensor/detail/fixed_array.hpp>
#elif __has_include(<xtensor/containers/xfixed.hpp>)
#include <xtensor/containers/xfixed.hpp>
#else
#include <xtensor/xfixed.hpp>
#endif

namespace priori {

// Shapes: row-major, the last extent is contiguous. Trivially copyable; no alignment beyond that of T is promised.
#if defined(PRIORI_FREESTANDING)
template <class T, std::size_t... Extents>
using tensor = detail::fixed_array<T, Extents...>;
#else
template <class T, std::size_t... Extents>
using tensor = xt::xtensor_fixed<T, xt::xshape<Extents...>, xt::layout_type::row_major, false>;
#endif

namespace detail {

template <class T, std::size_t Count, class Shape>
struct batched;
template <class T, std::size_t Count, std::size_t... Extents>
struct batched<T, Count, shape<Extents...>> {
    using type = tensor<T, Count, Extents...>;
};

template <class T, class Shape>
struct shaped;
template <class T, std::size_t... Extents>
struct shaped<T, shape<Extents...>> {
    using type = tensor<T, Extents...>;
};

}  // namespace detail

template <class T, class Shape>
using tensor_of = typename detail::shaped<T, Shape>::type;
template <class T, std::size_t Count, class Shape>
using batch_tensor = typename detail::batched<T, Count, Shape>::type;

}  // namespace priori
