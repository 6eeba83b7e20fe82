// SPDX-License-Identifier: BSL-1.0
#include <priori/simd/reduce.hpp>

#if CASE == 0
float right(const float* x) { return priori::max_of<1>(x); }
#endif

#if CASE == 1
// CASE 1: [priori:S101] max_of: an empty array has no largest value; give at least one element.
float wrong(const float* x) { return priori::max_of<0>(x); }
#endif
