// SPDX-License-Identifier: BSL-1.0
// Residual layers with a shortcut obey the laws of a layer, whatever is inside.
#include "nn/laws.hpp"

#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/dropout.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/residual.hpp>

using namespace priori;

TEST_CASE("residual layers with a shortcut obey the laws of a layer, whatever is inside") {
    constexpr double tolerance = 1e-8;
    laws::obeys<rows<4>, shape<5>>(residual(dense<3> | priori::tanh, dense<3>.without_bias()));
    laws::obeys<rows<3>, shape<5>>(residual(dense<7> | sigmoid | dropout(0.3) | dense<4>, dense<4> | priori::tanh));
    laws::obeys<rows<3>, shape<2, 3>>(residual(flatten | dense<6>, flatten | relu));
    laws::obeys<rows<2>, shape<3, 3, 2>>(
        residual(convolution<3> | batch_normalization<transductive> | sigmoid | convolution<3>,
                 convolution<3>.kernel<1>().without_bias() | batch_normalization<transductive>),
        tolerance);
    laws::obeys<rows<6, 4>, shape<5>>(
        residual(batch_normalization<support_statistics> | dense<3>,
                 residual(dense<5>, batch_normalization<support_statistics>) | dense<3>),
        tolerance);
}
