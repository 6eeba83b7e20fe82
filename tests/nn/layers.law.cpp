// SPDX-License-Identifier: BSL-1.0
// Every layer obeys the laws of a layer.
#include "nn/laws.hpp"

#include <priori/nn/nn.hpp>

#include <cstddef>

using namespace priori;

namespace {

using vector = shape<5>;

template <class L>
void check_activation(const L& layer) {
    laws::obeys<rows<4>, shape<3, 2>>(layer);
    laws::obeys<rows<1>, shape<11>>(layer);
}

}  // namespace

TEST_CASE("activations obey the laws of a layer") {
    // Points drawn at random lie far enough from the kinks.
    check_activation(relu);
    check_activation(leaky_relu_with(0.3));
    check_activation(elu_with(0.7));
    check_activation(gelu);
    check_activation(softplus);
    check_activation(priori::tanh);
    check_activation(sigmoid);
    check_activation(sine_with(1.7));
}

TEST_CASE("dense and flatten obey the laws of a layer") {
    laws::obeys<rows<4>, vector>(dense<3>);
    laws::obeys<rows<1>, shape<9>>(dense<10>.without_bias());
    laws::obeys<rows<3>, shape<2, 3, 2>>(flatten);
}

TEST_CASE("normalizations obey the laws of a layer") {
    constexpr double tolerance = 1e-8;  // a small variance makes differences inaccurate
    laws::obeys<rows<4>, vector>(layer_normalization, tolerance);
    laws::obeys<rows<3>, shape<3, 4>>(layer_normalization, tolerance);
    laws::obeys<rows<2>, shape<19>>(layer_normalization, tolerance);
    laws::obeys<rows<6>, vector>(batch_normalization<transductive>, tolerance);
    laws::obeys<rows<4>, shape<2, 9>>(batch_normalization<transductive>, tolerance);
    laws::obeys<rows<6>, vector>(batch_normalization<support_statistics>, tolerance);
    laws::obeys<rows<7, 4>, vector>(batch_normalization<support_statistics>, tolerance);
    laws::obeys<rows<7, 3>, shape<2, 3>>(batch_normalization<support_statistics>, tolerance);
    laws::obeys<rows<7, 4>, vector>(batch_normalization<transductive>, tolerance);
}

TEST_CASE("dropout obeys the laws of a layer, in training and at evaluation") {
    laws::obeys<rows<4>, vector>(dropout(0.4));
    laws::obeys<rows<4>, vector>(dropout(0.4), 1e-9, pass{});
}

TEST_CASE("residual layers obey the laws of a layer, whatever is inside") {
    laws::obeys<rows<4>, vector>(residual(dense<5> | priori::tanh));
    laws::obeys<rows<4>, vector>(residual(relu | dense<7> | relu | dropout(0.3) | dense<5>));
    laws::obeys<rows<4>, vector>(residual(sigmoid));
    laws::obeys<rows<6>, vector>(residual(dense<3> | batch_normalization<transductive> | gelu | dense<5> | elu));
    laws::obeys<rows<6, 4>, vector>(
        residual(batch_normalization<support_statistics> | relu | residual(dense<5> | relu)));
}
