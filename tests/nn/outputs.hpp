// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <priori/nn/concepts.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

namespace test {

// The outputs of a layer for such parameters and inputs.
template <class Rows, class In, class L, class T>
std::vector<T> outputs(const L& layer, std::vector<T> p, std::vector<T> x) {
    std::vector<T> y(Rows::count * L::template output_shape<In>::size);
    constexpr std::size_t numbers = priori::detail::saved_size<L, Rows, In>;
    std::vector<T> saved(numbers + 1);
    if constexpr (priori::detail::keeps_saved<L>) {
        layer.template forward<Rows, In>(priori::view<T>(p.data()), priori::view<T>(x.data()),
                                         priori::view<T>(y.data()), priori::view<T>(saved.data()));
    } else {
        layer.template forward<Rows, In>(priori::view<T>(p.data()), priori::view<T>(x.data()),
                                         priori::view<T>(y.data()));
    }
    return y;
}

// Numbers without a pattern, from -1 to 1.
inline double number(std::size_t i) { return std::sin(2.3 * static_cast<double>(i) + 0.4); }

}  // namespace test
