// SPDX-License-Identifier: BSL-1.0
// pack<T>: as many numbers as one register holds, and the elementwise functions on numbers and on packs.
#pragma once

// A template calls these functions unqualified (`exponential(x)`), so that the overloads for another number type, such
// as a dual, are found where that type is defined; a qualified call finds only what was declared before the template.
// A name that xsimd has too (select, sign) is constrained here, which makes ours the better match.
// A number in a formula for packs is written N(2), N the type of the argument.
//
// Accuracy: within 3 units in the last place of the C library's (float and double; tanh in float 8, the double error
// function 1e-14), at denormals and near overflow too. NaN and infinities pass as in the C library; minimum and maximum
// give NaN if either argument is NaN.

#include <priori/simd/detail/number_functions.hpp>  // IWYU pragma: export
#include <priori/simd/detail/pack_functions.hpp>    // IWYU pragma: export
#include <priori/simd/detail/pack_types.hpp>        // IWYU pragma: export
