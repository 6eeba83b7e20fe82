// SPDX-License-Identifier: BSL-1.0
// Numbers between -1 and 1 for kernels to work on, the same for the same seed.
#pragma once

#include <cstddef>
#include <vector>

template <class T>
std::vector<T> values(std::size_t count, std::size_t seed) {
    std::vector<T> result(count);
    for (std::size_t i = 0; i < count; ++i) {
        result[i] = static_cast<T>(static_cast<double>(((i + seed * 7919u) * 2654435761u) % 2001u) / 1000.0 - 1.0);
    }
    return result;
}
