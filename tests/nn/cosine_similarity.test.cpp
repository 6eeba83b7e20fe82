// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "outputs.hpp"

#include <priori/nn/cosine_similarity.hpp>

#include <cstddef>
#include <vector>

namespace pr = priori;
using test::outputs;

TEST_CASE("cosine_similarity is the cosine of the angle, 0 where there is none", "[nn]") {
    const auto y = outputs<pr::rows<2>, pr::shape<2>>(pr::cosine_similarity<3>, std::vector<double>{1, 0, 0, 5, 0, 0},
                                                      std::vector<double>{3, 4, 0, 0});
    CHECK(y[0] == Approx(0.6).epsilon(1e-14));
    CHECK(y[1] == Approx(0.8).epsilon(1e-14));
    for (std::size_t i = 2; i < 6; ++i) CHECK(y[i] == 0.0);
}

TEST_CASE("a vector without length has no derivative under cosine_similarity", "[nn]") {
    constexpr auto layer = pr::cosine_similarity<2>;
    using rows = pr::rows<1>;
    using in = pr::shape<2>;
    float p[4] = {1, 2, 0, 0}, x[2] = {0, 0}, y[2], saved[layer.saved_size<rows, in>], y_bar[2] = {1, 1}, x_bar[2],
          p_bar[4] = {};
    using view = pr::view<float>;
    layer.forward<rows, in>(view(p), view(x), view(y), view(saved));
    layer.vjp<rows, in>(view(p), view(x), view(y), view(saved), view(y_bar), view(x_bar), view(p_bar));
    for (const float b : x_bar) CHECK(b == 0.0f);
    for (const float b : p_bar) CHECK(b == 0.0f);
}
