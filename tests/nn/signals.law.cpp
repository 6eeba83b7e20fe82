// SPDX-License-Identifier: BSL-1.0
// Every layer of signals obeys the laws of a layer.
#include "nn/laws.hpp"

#include <priori/nn/average_pool.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution_1d.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/max_pool.hpp>

using namespace priori;

TEST_CASE("convolutions of signals obey the laws of a layer, whatever their options") {
    laws::obeys<rows<2>, shape<7, 2>>(convolution_1d<3>);
    laws::obeys<rows<2>, shape<7, 2>>(convolution_1d<3>.without_bias());
    laws::obeys<rows<1>, shape<5, 1>>(convolution_1d<9>.kernel<2>());
    laws::obeys<rows<2>, shape<3, 2>>(convolution_1d<2>.kernel<1>());
    laws::obeys<rows<2>, shape<8, 3>>(convolution_1d<2>.kernel<5>().stride<2>());
    laws::obeys<rows<1>, shape<6, 2>>(convolution_1d<2>.padding<0>());
    laws::obeys<rows<1>, shape<9, 4>>(convolution_1d<6>.dilation<2>().groups<2>());
    laws::obeys<rows<2>, shape<9, 3>>(convolution_1d<3>.kernel<5>().stride<3>().padding<1>().groups<3>());
}

TEST_CASE("pooling layers and batch normalization of signals obey the laws of a layer") {
    constexpr double tolerance = 1e-8;
    laws::obeys<rows<3>, shape<6, 2>>(max_pool_1d<2>);
    laws::obeys<rows<2>, shape<7, 9>>(max_pool_1d<2>);
    laws::obeys<rows<2>, shape<7, 2>>(max_pool_1d<3>.stride<2>());
    laws::obeys<rows<3>, shape<6, 2>>(average_pool_1d<2>);
    laws::obeys<rows<2>, shape<8, 3>>(average_pool_1d<3>.stride<1>());
    laws::obeys<rows<3>, shape<5, 9>>(global_mean_1d);
    laws::obeys<rows<3>, shape<5, 3>>(batch_normalization<transductive>, tolerance);
    laws::obeys<rows<4, 2>, shape<5, 9>>(batch_normalization<support_statistics>.max_pooled<2>(), tolerance);
    laws::obeys<rows<2>, shape<7, 3>>(batch_normalization<transductive>.max_pooled<3>().without_scale(), tolerance);
}
