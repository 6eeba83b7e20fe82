// SPDX-License-Identifier: BSL-1.0
// Switches: what the user may set before the first include, and what follows from them.
#pragma once

// Adaptation that diverges is found by NaN and infinity, and xsimd's exponential counts on the order of its sums.
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "[priori:C101] Priori cannot be compiled with -ffast-math, -Ofast, -ffinite-math-only, -fassociative-math or \
-funsafe-math-optimizations, which take NaN and infinity for impossible or change the order of sums; take -O3 \
(-ffp-contract=fast is welcome)."
#endif

// PRIORI_FREESTANDING  no operating system: own storage in the place of xtensor, no xsimd, no exceptions.
// PRIORI_SCALAR        no xsimd: every kernel runs on its scalar fallback.
// PRIORI_PNG, PRIORI_JPEG, PRIORI_ZLIB  these formats are read: the CMake target priori::io sets what its machine has.
#if defined(PRIORI_FREESTANDING) && !defined(PRIORI_SCALAR)
#define PRIORI_SCALAR 1
#endif

// Under the address sanitizer inlined and unrolled kernels take minutes to compile, and nobody measures them.
#if defined(__SANITIZE_ADDRESS__)
#define PRIORI_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PRIORI_SANITIZED 1
#endif
#endif

#if defined(PRIORI_SANITIZED)
#define PRIORI_ALWAYS_INLINE inline
#else
#define PRIORI_ALWAYS_INLINE inline __attribute__((always_inline))
#endif
#define PRIORI_NO_INLINE __attribute__((noinline))

#if defined(PRIORI_SANITIZED)
#define PRIORI_UNROLL
#elif defined(__clang__)
#define PRIORI_UNROLL _Pragma("clang loop unroll(full)")
#else
#define PRIORI_UNROLL _Pragma("GCC unroll 64")
#endif
