// SPDX-License-Identifier: BSL-1.0
// affine: one scale and one shift for all numbers, and their gradients as plain sums.
#include "catch.hpp"

#include <priori/nn/affine.hpp>

#include <cmath>

namespace pr = priori;

TEST_CASE("affine starts as the identity") {
    double p[2] = {NAN, NAN};
    pr::random_stream random(pr::key{1}, pr::purpose::parameters);
    pr::affine.initialize<pr::shape<3>>(p, random);
    CHECK(p[0] == 1);
    CHECK(p[1] == 0);
}

TEST_CASE("affine is a x + b with the gradients sum(y_bar x) and sum(y_bar), added to what is there") {
    using in = pr::shape<3>;
    double p[2] = {-2, 0.5}, x[6] = {1, 2, 3, 4, 5, 6}, y[6], y_bar[6] = {1, 0, -1, 2, 0, 3}, x_bar[6];
    double p_bar[2] = {100, 200};
    const auto view = [](double* numbers) { return pr::view<double>(numbers); };
    pr::affine.forward<pr::rows<2>, in>(view(p), view(x), view(y));
    pr::affine.vjp<pr::rows<2>, in>(view(p), view(x), view(y), view(y_bar), view(x_bar), view(p_bar));
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(y[i] == -2 * x[i] + 0.5);
        CHECK(x_bar[i] == -2 * y_bar[i]);
    }
    CHECK(p_bar[0] == 100 + (1 - 3 + 8 + 18));
    CHECK(p_bar[1] == 200 + 5);
    pr::affine.vjp<pr::rows<2>, in>(view(p), view(x), view(y), view(y_bar), pr::view<void>{}, pr::view<void>{});
}
