// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "outputs.hpp"

#include <priori/nn/global_mean.hpp>

#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

namespace pr = priori;
using test::outputs;

TEST_CASE("global_mean is the mean of the places, for each channel and each row") {
    std::vector<double> x(2 * 2 * 3 * 5);  // rows, height, width, channels
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(i * i % 23);
    const auto y = outputs<pr::rows<2>, pr::shape<2, 3, 5>>(pr::global_mean, std::vector<double>{}, x);
    REQUIRE(y.size() == 10);
    for (std::size_t n = 0; n < 2; ++n) {
        for (std::size_t c = 0; c < 5; ++c) {
            double sum = 0;
            for (std::size_t place = 0; place < 6; ++place) sum += x[(n * 6 + place) * 5 + c];
            CHECK(y[n * 5 + c] == Approx(sum / 6).epsilon(1e-14));
        }
    }
    // A signal of six places has the same numbers.
    CHECK(outputs<pr::rows<2>, pr::shape<6, 5>>(pr::global_mean_1d, std::vector<double>{}, x) == y);
}

TEST_CASE("every place gets the same share of a channel's cotangent") {
    using rows = pr::rows<2>;
    using in = pr::shape<2, 2, 3>;
    using view = pr::view<double>;
    std::vector<double> x(24), y(6), y_bar{4, 8, 12, -4, 0, 2}, x_bar(24, 99.0), none(1);
    pr::global_mean.vjp<rows, in>(view(none.data()), view(x.data()), view(y.data()), view(y_bar.data()),
                                  view(x_bar.data()), view(none.data()));
    for (std::size_t n = 0; n < 2; ++n) {
        for (std::size_t place = 0; place < 4; ++place) {
            for (std::size_t c = 0; c < 3; ++c) CHECK(x_bar[(n * 4 + place) * 3 + c] == y_bar[n * 3 + c] / 4);
        }
    }
}

TEST_CASE("global_mean keeps NaN within its channel") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto y = outputs<pr::rows<1>, pr::shape<1, 2, 2>>(pr::global_mean, std::vector<float>{},
                                                            std::vector<float>{nan, 1, 2, 3});
    CHECK(y[0] != y[0]);
    CHECK(y[1] == 2.0f);
}

TEST_CASE("global_mean has no parameters and wants an image, global_mean_1d a signal") {
    using layer = std::remove_const_t<decltype(pr::global_mean)>;
    using of_signals = std::remove_const_t<decltype(pr::global_mean_1d)>;
    STATIC_REQUIRE(std::is_same_v<layer::output_shape<pr::shape<7, 9, 4>>, pr::shape<4>>);
    STATIC_REQUIRE(layer::refusal<pr::shape<7, 9, 4>>().length == 0);
    STATIC_REQUIRE(layer::refusal<pr::shape<4>>().length > 0);
    STATIC_REQUIRE(of_signals::refusal<pr::shape<9, 4>>().length == 0);
    STATIC_REQUIRE(of_signals::refusal<pr::shape<7, 9, 4>>().length > 0);
}
