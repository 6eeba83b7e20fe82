// SPDX-License-Identifier: BSL-1.0
// Every layer of images obeys the laws of a layer.
#include "nn/laws.hpp"

#include <priori/nn/average_pool.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/max_pool.hpp>

using namespace priori;

TEST_CASE("convolutions obey the laws of a layer, whatever their options") {
    laws::obeys<rows<2>, shape<4, 3, 2>>(convolution<3>);
    laws::obeys<rows<2>, shape<4, 3, 2>>(convolution<3>.without_bias());
    laws::obeys<rows<1>, shape<5, 4, 1>>(convolution<9>.kernel<2>());
    laws::obeys<rows<2>, shape<3, 3, 2>>(convolution<2>.kernel<1>());
    laws::obeys<rows<2>, shape<5, 6, 2>>(convolution<2>.stride<2>());
    laws::obeys<rows<1>, shape<5, 5, 2>>(convolution<2>.padding<0>());
    laws::obeys<rows<1>, shape<6, 5, 4>>(convolution<6>.dilation<2>().groups<2>());
    laws::obeys<rows<2>, shape<5, 5, 3>>(convolution<3>.kernel<5>().stride<3>().padding<1>().groups<3>());
    laws::obeys<rows<2>, shape<5, 4, 2>>(convolution<2>.kernel<1, 3>().stride<2, 1>().dilation<1, 2>());
}

TEST_CASE("pooling layers obey the laws of a layer") {
    laws::obeys<rows<3>, shape<4, 6, 2>>(max_pool<2>);
    laws::obeys<rows<2>, shape<5, 3, 9>>(max_pool<2>);
    laws::obeys<rows<2>, shape<5, 5, 2>>(max_pool<3>.stride<2>());
    laws::obeys<rows<2>, shape<5, 4, 2>>(max_pool<1>.stride<2>());
    laws::obeys<rows<3>, shape<4, 6, 2>>(average_pool<2>);
    laws::obeys<rows<2>, shape<5, 3, 9>>(average_pool<2>);
    laws::obeys<rows<2>, shape<5, 5, 2>>(average_pool<3>.stride<1>());
    laws::obeys<rows<3>, shape<2, 3, 9>>(global_mean);
    laws::obeys<rows<1>, shape<1, 1, 5>>(global_mean);
}

TEST_CASE("batch normalization obeys the laws of a layer on images") {
    constexpr double tolerance = 1e-8;
    laws::obeys<rows<2>, shape<3, 2, 3>>(batch_normalization<transductive>, tolerance);
    laws::obeys<rows<2>, shape<2, 2, 35>>(batch_normalization<transductive>, tolerance);
    laws::obeys<rows<3, 2>, shape<2, 3, 9>>(batch_normalization<support_statistics>, tolerance);
    laws::obeys<rows<3, 2>, shape<2, 3, 9>>(batch_normalization<transductive>, tolerance);
    laws::obeys<rows<3, 2>, shape<2, 3, 9>>(batch_normalization<support_statistics>.without_scale(), tolerance);
    laws::obeys<rows<2>, shape<2, 2, 35>>(batch_normalization<transductive>.without_scale(), tolerance);
}

TEST_CASE("batch normalization by averages obeys the laws of a layer, in training and at evaluation") {
    constexpr double tolerance = 1e-8;
    constexpr pass later{true, key{3, 1, 4}, 2, 0, 1}, last{false, key{}, 0, 0, 7};
    for (const pass& how : {later, last}) {
        laws::obeys<rows<3>, shape<2, 2, 3>>(batch_normalization<running>, tolerance, how);
        laws::obeys<rows<2>, shape<4, 3, 9>>(batch_normalization<running>.max_pooled<2>(), tolerance, how);
        laws::obeys<rows<4>, shape<5>>(batch_normalization<running>.without_scale(), tolerance, how);
        laws::obeys<rows<3>, shape<2, 2, 3>>(batch_normalization<per_step<3>>, tolerance, how);
        laws::obeys<rows<2>, shape<4, 3, 9>>(batch_normalization<per_step<2>>.max_pooled<2>(), tolerance, how);
        laws::obeys<rows<4>, shape<5>>(batch_normalization<per_step<3>>.without_scale(), tolerance, how);
    }
}

TEST_CASE("batch normalization with a max-pool in one pass obeys the laws of a layer") {
    constexpr double tolerance = 1e-8;
    laws::obeys<rows<2>, shape<4, 2, 3>>(batch_normalization<transductive>.max_pooled<2>(), tolerance);
    laws::obeys<rows<2>, shape<3, 5, 2>>(batch_normalization<transductive>.max_pooled<2>().without_scale(), tolerance);
    laws::obeys<rows<1>, shape<4, 4, 19>>(batch_normalization<transductive>.max_pooled<3>(), tolerance);
    laws::obeys<rows<4, 2>, shape<3, 2, 9>>(batch_normalization<support_statistics>.max_pooled<2>(), tolerance);
    laws::obeys<rows<3, 2>, shape<2, 3, 9>>(batch_normalization<transductive>.max_pooled<2>(), tolerance);
}
