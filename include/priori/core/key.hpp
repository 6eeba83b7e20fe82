// SPDX-License-Identifier: BSL-1.0
// key: what a draw of random numbers depends on, and nothing else does.
#pragma once

#include <cstdint>

namespace priori {

struct seed {
    std::uint64_t value = 0;
};

// The same key gives the same episode on every compiler and any number of threads.
struct key {
    std::uint64_t seed = 0;
    std::uint32_t iteration = 0;
    std::uint32_t task = 0;

    friend constexpr bool operator==(const key&, const key&) = default;
};

}  // namespace priori
