// SPDX-License-Identifier: BSL-1.0
// Flags of the compiler that break what the library counts on.
#include <priori/config/version.hpp>

#if CASE == 1
// CASE 1: [priori:C101] Priori cannot be compiled with -ffast-math, -Ofast, -ffinite-math-only, -fassociative-math or -funsafe-math-optimizations
#define __FAST_MATH__ 1
#elif CASE == 2
// CASE 2: [priori:C101] Priori cannot be compiled with -ffast-math, -Ofast, -ffinite-math-only, -fassociative-math or -funsafe-math-optimizations
#undef __FINITE_MATH_ONLY__
#define __FINITE_MATH_ONLY__ 1
#elif CASE == 3
// CASE 3: [priori:C101] Priori cannot be compiled with -ffast-math, -Ofast, -ffinite-math-only, -fassociative-math or -funsafe-math-optimizations
#define __ASSOCIATIVE_MATH__ 1
#endif

#include <priori/core/shape.hpp>
#include <priori/config/config.hpp>

int main() {}
