// SPDX-License-Identifier: BSL-1.0
#include <priori/tensor/layout.hpp>
#include <priori/tensor/parameters.hpp>

namespace pr = priori;
using namespace pr::literals;

using layout = pr::layout<pr::block<"dense_0", "weight", pr::shape<2, 3>>>;
float numbers[6];
[[maybe_unused]] constexpr pr::named_parameters<float, layout> parameters(numbers);

#if CASE == 0
float right() { return parameters["dense_0.weight"_s](1, 2); }
#endif

#if CASE == 1
// CASE 1: [priori:T202] parameters: one index for each dimension.
float wrong() { return parameters["dense_0.weight"_s](1); }
#endif

#if CASE == 2
// CASE 2: [priori:T203] parameters: no block has that name; names are "<layer>.<parameter>", such as "dense_0.weight".
float wrong() { return parameters["dense_1.weight"_s](1, 2); }
#endif
