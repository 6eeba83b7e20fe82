// SPDX-License-Identifier: BSL-1.0
// sine: sin(frequency x).
#pragma once

#include <priori/nn/activation.hpp>

namespace priori {

struct sine_function {
    static constexpr fixed_string kind{"sine"};

    double frequency = 1.0;  // radians for each unit of x

    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        return sine(N(frequency * x));
    }
};

// Networks of implicit representations use 30. Reference: Sitzmann et al. 2020 (SIREN), section 3.2.
constexpr activation_layer<sine_function> sine_with(double frequency) {
    return {{frequency}};
}

// sin(x). `sine` itself is the function on numbers.
inline constexpr activation_layer<sine_function> sine_activation{};

}  // namespace priori
