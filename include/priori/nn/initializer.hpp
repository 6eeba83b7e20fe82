// SPDX-License-Identifier: BSL-1.0
// initializer: how the weights of a layer start; biases start at zero.
#pragma once

#include <priori/core/random.hpp>
#include <priori/simd/pack.hpp>

#include <cstddef>
#include <cstdint>

namespace priori {

// A run-time choice, so that a program can offer it as an option.
struct initializer {
    enum class kind : std::uint8_t { he, glorot, truncated_normal, zero };

    kind which = kind::he;
    float scale = 1.0f;

    // One weight of a layer with so many inputs and outputs for each of its units.
    template <class T>
    T draw(random_stream& random, std::size_t fan_in, std::size_t fan_out) const noexcept {
        switch (which) {
            case kind::he: return T(scale) * square_root(T(2) / T(fan_in)) * random.normal<T>();
            case kind::glorot: {
                const T bound = T(scale) * square_root(T(6) / T(fan_in + fan_out));
                return random.uniform<T>(-bound, bound);
            }
            case kind::truncated_normal: return T(scale) * random.truncated_normal<T>();
            case kind::zero: break;
        }
        return T(0);
    }
};

// N(0, 2 / fan_in). Reference: He et al., Delving Deep into Rectifiers (2015), equation 10.
inline constexpr initializer he{initializer::kind::he, 1.0f};
// U(-b, b), b = sqrt(6 / (fan_in + fan_out)). Reference: Glorot and Bengio (2010), equation 16.
inline constexpr initializer glorot{initializer::kind::glorot, 1.0f};
// N(0, deviation^2), redrawn beyond two deviations; 0.01 is what the MAML code uses.
constexpr initializer truncated_normal(float deviation) {
    return {initializer::kind::truncated_normal, deviation};
}
inline constexpr initializer zero{initializer::kind::zero, 0.0f};

}  // namespace priori
