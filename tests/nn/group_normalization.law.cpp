// SPDX-License-Identifier: BSL-1.0
// Normalizations by groups of channels obey the laws of a layer.
#include "nn/laws.hpp"

#include <priori/nn/group_normalization.hpp>

using namespace priori;

TEST_CASE("group and instance normalization obey the laws of a layer on images, signals and vectors") {
    constexpr double tolerance = 1e-8;  // a small variance makes differences inaccurate
    laws::obeys<rows<2>, shape<3, 2, 4>>(group_normalization<2>, tolerance);
    laws::obeys<rows<2>, shape<3, 2, 4>>(group_normalization<1>.without_scale(), tolerance);
    laws::obeys<rows<1>, shape<2, 2, 36>>(group_normalization<3>, tolerance);
    laws::obeys<rows<2>, shape<5, 6>>(group_normalization<3>.bare(), tolerance);
    laws::obeys<rows<3>, shape<12>>(group_normalization<2>, tolerance);
    laws::obeys<rows<2>, shape<3, 2, 3>>(instance_normalization, tolerance);
    laws::obeys<rows<1>, shape<7, 19>>(instance_normalization.without_scale(), tolerance);
    laws::obeys<rows<2>, shape<3, 2, 2>>(instance_normalization.bare(), tolerance);
}
