// SPDX-License-Identifier: BSL-1.0
// The heads of metric learners obey the laws of a layer.
#include "nn/laws.hpp"

#include <priori/nn/nn.hpp>

using namespace priori;

TEST_CASE("heads that compare by the cosine obey the laws of a layer") {
    laws::obeys<rows<4>, shape<5>>(cosine_similarity<3>);
    laws::obeys<rows<3>, shape<11>>(cosine_similarity<9>);
    laws::obeys<rows<4>, shape<5>>(attention<3, 7>);
    laws::obeys<rows<2>, shape<9>>(attention<2, 3>.scaled_by(2.5f));
    laws::obeys<rows<4>, shape<3, 2>>(learned_scale(3.0f));
}

TEST_CASE("pairs, and layers on each of them, obey the laws of a layer") {
    laws::obeys<rows<4>, shape<5>>(beside<3>);
    laws::obeys<rows<2>, shape<2, 3, 2>>(beside<3>);
    laws::obeys<rows<4>, shape<6>>(cross_sum<3>);
    laws::obeys<rows<2>, shape<2, 3, 4>>(cross_sum<3>);
    laws::obeys<rows<4>, shape<3, 5>>(per_class(dense<4> | priori::tanh | dense<1>));
    laws::obeys<rows<2>, shape<3, 5>>(per_class(dense<4> | sigmoid));
    laws::obeys<rows<2>, shape<3, 4>>(per_class(sigmoid));
    laws::obeys<rows<2>, shape<2, 4, 4, 2>>(
        per_class(convolution<3> | batch_normalization<transductive> | relu | max_pool<2> | flatten | dense<1> |
                  sigmoid),
        1e-8);
    laws::obeys<rows<5, 3>, shape<2, 4>>(per_class(batch_normalization<support_statistics> | dense<2>), 1e-8);
}

TEST_CASE("heads that read over the support set obey the laws of a layer") {
    laws::obeys<rows<2>, shape<5>>(context_attention<1, 3, 7>, 1e-8);
    laws::obeys<rows<2>, shape<3>>(context_attention<2, 1, 3>, 1e-8);
    laws::obeys<rows<2>, shape<3>>(context_attention<4, 1, 3>.scaled_by(2.0f), 1e-8);
}

TEST_CASE("votes obey the laws of a layer whose derivative is zero") {
    laws::obeys<rows<4>, shape<5>>(neighbours<3, 3, 7>);
}
