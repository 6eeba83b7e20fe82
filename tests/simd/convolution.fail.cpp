// SPDX-License-Identifier: BSL-1.0
#include <priori/simd/convolution.hpp>

#if CASE == 0
constexpr priori::convolution_shape<5, 4, 6, 9, 3, 3, 2, 1, 2, 3> right;
#endif

#if CASE == 1
// CASE 1: [priori:S102] convolution_shape: an extent, the stride, the dilation or the number of groups is zero; all must be at least 1.
constexpr priori::convolution_shape<5, 5, 3, 8, 3, 3, 0> wrong;
#endif

#if CASE == 2
// CASE 2: [priori:S103] convolution_shape: the groups do not divide the channels; both the input and the output channels must be multiples of the number of groups.
constexpr priori::convolution_shape<5, 5, 6, 8, 3, 3, 1, 1, 1, 3> wrong;
#endif

#if CASE == 3
// CASE 3: [priori:S104] convolution_shape: the kernel is larger than the padded image; give a smaller kernel or dilation, or more padding.
constexpr priori::convolution_shape<5, 2, 3, 8, 5, 5> wrong;
#endif

#if CASE == 4
// CASE 4: [priori:S104] convolution_shape: the kernel is larger than the padded image; give a smaller kernel or dilation, or more padding.
constexpr priori::convolution_shape<4, 9, 3, 8, 3, 3, 1, 1, 1, 1, 1, 1, 3> wrong;
#endif
