// SPDX-License-Identifier: BSL-1.0
// Switches: what the user may set before the first include, and what follows from them.
#pragma once

// PRIORI_FREESTANDING  no operating system: own storage in the place of xtensor, no xsimd, no exceptions.
// PRIORI_SCALAR        no xsimd: every kernel runs on its scalar fallback.
#if defined(PRIORI_FREESTANDING) && !defined(PRIORI_SCALAR)
#define PRIORI_SCALAR 1
#endif

#define PRIORI_ALWAYS_INLINE inline __attribute__((always_inline))
#define PRIORI_NO_INLINE __attribute__((noinline))

#if defined(__clang__)
#define PRIORI_UNROLL _Pragma("clang loop unroll(full)")
#else
#define PRIORI_UNROLL _Pragma("GCC unroll 64")
#endif
