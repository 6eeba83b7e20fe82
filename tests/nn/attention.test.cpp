// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "outputs.hpp"

#include <priori/nn/attention.hpp>
#include <priori/task/batch.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace pr = priori;
using test::number;
using test::outputs;

TEST_CASE("attention is the logarithm of the sums of exponentials by class", "[nn]") {
    constexpr std::size_t width = 3, examples = 5;
    std::vector<double> p(examples * (width + 1)), x(2 * width);
    for (std::size_t i = 0; i < examples * width; ++i) p[i] = number(i);
    const std::array<double, examples> labels{1, 0, 1, 3, 0};
    for (std::size_t i = 0; i < examples; ++i) p[examples * width + i] = labels[i];
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = number(40 + i);
    const auto y = outputs<pr::rows<2>, pr::shape<width>>(pr::attention<4, examples>.scaled_by(3.0f), p, x);
    for (std::size_t r = 0; r < 2; ++r) {
        std::array<double, 4> sum{};
        for (std::size_t i = 0; i < examples; ++i) {
            double product = 0, a = 0, b = 0;
            for (std::size_t d = 0; d < width; ++d) {
                product += x[r * width + d] * p[i * width + d];
                a += x[r * width + d] * x[r * width + d];
                b += p[i * width + d] * p[i * width + d];
            }
            sum[static_cast<std::size_t>(labels[i])] += std::exp(3 * product / std::sqrt(a * b));
        }
        for (const std::size_t n : std::array<std::size_t, 3>{0, 1, 3})
            CHECK(y[r * 4 + n] == Approx(std::log(sum[n])).epsilon(1e-10));
        CHECK(y[r * 4 + 2] == -1e30);  // nobody is of class 2
    }
}

TEST_CASE("attention takes the sizes that are not given from the episode", "[nn]") {
    using episode = pr::episode_of<float, pr::shape<4>, pr::labels<3>, 6, 9>;
    static_assert(std::is_same_v<decltype(pr::attention<3>.resolve<episode>()), pr::attention_layer<3, 6>>);
    static_assert(std::is_same_v<decltype(pr::attention<pr::ways>.resolve<episode>()), pr::attention_layer<3, 6>>);
}

TEST_CASE("attention does not overflow where the scale is large", "[nn]") {
    const auto y = outputs<pr::rows<1>, pr::shape<2>>(pr::attention<2, 2>.scaled_by(1000.0f),
                                                      std::vector<float>{1, 0, -1, 0, 0, 1}, std::vector<float>{2, 0});
    CHECK(y[0] == Approx(1000.0f));
    CHECK(y[1] == Approx(-1000.0f));
}
