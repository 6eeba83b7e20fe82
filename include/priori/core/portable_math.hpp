// SPDX-License-Identifier: BSL-1.0
// portable_sin, portable_log: the same bits on every compiler, C library, instruction set and contraction setting.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace priori {

// C libraries differ in the last bits of sin and log, some even between two processors. Random draws must not, so these
// use only operations that IEEE 754 rounds one way: + * / and explicit fused multiply-adds. A product is never followed
// by a plain sum, so -ffp-contract has nothing to contract.
namespace detail {

// The Taylor coefficient (-1)^k / (2k+1)!, rounded once: the factorials up to 21! / 2^18 are exact in a double.
inline constexpr double sine_coefficients[] = {
    -1.0 / 6.0,
    1.0 / 120.0,
    -1.0 / 5040.0,
    1.0 / 362880.0,
    -1.0 / 39916800.0,
    1.0 / 6227020800.0,
    -1.0 / 1307674368000.0,
    1.0 / 355687428096000.0,
    -1.0 / 121645100408832000.0,
    1.0 / 51090942171709440000.0,
};

}  // namespace detail

// sin(x), x in radians, |x| < 1e6; beyond that the reduction loses digits. |error| < 4e-16.
// Cost: 13 fused multiply-adds, no branch.
inline double portable_sin(double x) noexcept {
    constexpr double inverse_pi = 0.31830988618379067154;
    constexpr double pi_high = 3.14159265358979311600;       // pi rounded to a double
    constexpr double pi_low = 1.2246467991473531772e-16;     // pi - pi_high
    constexpr double round_to_integer = 6755399441055744.0;  // 1.5 * 2^52: adding it leaves the integer in the low bits

    const double shifted = std::fma(x, inverse_pi, round_to_integer);
    const double half_turns = shifted - round_to_integer;
    const double r = std::fma(-half_turns, pi_low, std::fma(-half_turns, pi_high, x));  // |r| <= pi / 2
    const double square = r * r;

    double sum = detail::sine_coefficients[9];
    for (int k = 9; k-- > 0;) sum = std::fma(sum, square, detail::sine_coefficients[k]);
    const double cube = square * r;
    const double sine = std::fma(sum, cube, r);

    const std::uint64_t odd = std::bit_cast<std::uint64_t>(shifted) << 63;
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(sine) ^ odd);
}

// The natural logarithm of a positive normal number. |relative error| < 4e-16 away from 1, |error| < 1e-16 near it.
// log m = 2 artanh((m - 1) / (m + 1)), with m in [sqrt(1/2), sqrt(2)). Cost: 13 fused multiply-adds, one division.
inline double portable_log(double x) noexcept {
    constexpr double log_2 = 0.69314718055994530942;
    constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcd;  // the bits of sqrt(1/2)
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    const std::int64_t exponent = static_cast<std::int64_t>(bits - root_half) >> 52;
    const double mantissa = std::bit_cast<double>(bits - (static_cast<std::uint64_t>(exponent) << 52));

    const double s = (mantissa - 1.0) / (mantissa + 1.0);
    const double square = s * s;
    double sum = 1.0 / 21.0;
    for (int odd = 19; odd >= 3; odd -= 2) sum = std::fma(sum, square, 1.0 / odd);
    const double twice = s + s;
    const double tail = twice * square;
    return std::fma(static_cast<double>(exponent), log_2, std::fma(tail, sum, twice));
}

}  // namespace priori
