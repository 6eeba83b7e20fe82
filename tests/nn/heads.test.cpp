// SPDX-License-Identifier: BSL-1.0
// The heads of metric learners, against their formulas written out.
#include "catch.hpp"

#include <priori/nn/attention.hpp>
#include <priori/nn/beside.hpp>
#include <priori/nn/cosine_similarity.hpp>
#include <priori/nn/learned_scale.hpp>
#include <priori/nn/neighbours.hpp>
#include <priori/nn/per_class.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/written_as.hpp>
#include <priori/task/batch.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

namespace pr = priori;

namespace {

// The outputs of a layer for such parameters and inputs.
template <class Rows, class In, class L, class T>
std::vector<T> outputs(const L& layer, std::vector<T> p, std::vector<T> x) {
    std::vector<T> y(Rows::count * L::template output_shape<In>::size);
    constexpr std::size_t numbers = pr::detail::saved_size<L, Rows, In>;
    std::vector<T> saved(numbers + 1);
    if constexpr (pr::detail::keeps_saved<L>) {
        layer.template forward<Rows, In>(pr::view<T>(p.data()), pr::view<T>(x.data()), pr::view<T>(y.data()),
                                         pr::view<T>(saved.data()));
    } else {
        layer.template forward<Rows, In>(pr::view<T>(p.data()), pr::view<T>(x.data()), pr::view<T>(y.data()));
    }
    return y;
}

double number(std::size_t i) { return std::sin(2.3 * static_cast<double>(i) + 0.4); }

}  // namespace

TEST_CASE("cosine_similarity is the cosine of the angle, 0 where there is none", "[nn]") {
    const auto y = outputs<pr::rows<2>, pr::shape<2>>(pr::cosine_similarity<3>,
                                                      std::vector<double>{1, 0, 0, 5, 0, 0},
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
        for (const std::size_t n : {0, 1, 3}) CHECK(y[r * 4 + n] == Approx(std::log(sum[n])).epsilon(1e-10));
        CHECK(y[r * 4 + 2] == -1e30);  // nobody is of class 2
    }
}

TEST_CASE("what is not given of the support set's sizes comes from the episode", "[nn]") {
    using episode = pr::episode_of<float, pr::shape<4>, pr::labels<3>, 6, 9>;
    static_assert(std::is_same_v<decltype(pr::attention<3>.resolve<episode>()), pr::attention_layer<3, 6>>);
    static_assert(std::is_same_v<decltype(pr::attention<pr::ways>.resolve<episode>()), pr::attention_layer<3, 6>>);
    static_assert(std::is_same_v<decltype(pr::neighbours<1, 3>.resolve<episode>()), pr::neighbours_layer<1, 3, 6>>);
    static_assert(std::is_same_v<decltype(pr::neighbours<1, 3, 5>.resolve<episode>()), pr::neighbours_layer<1, 3, 5>>);
}

TEST_CASE("attention does not overflow where the scale is large", "[nn]") {
    const auto y = outputs<pr::rows<1>, pr::shape<2>>(pr::attention<2, 2>.scaled_by(1000.0f),
                                                      std::vector<float>{1, 0, -1, 0, 0, 1}, std::vector<float>{2, 0});
    CHECK(y[0] == Approx(1000.0f));
    CHECK(y[1] == Approx(-1000.0f));
}

TEST_CASE("neighbours counts votes; of equal counts the class of the nearest example wins", "[nn]") {
    // Examples at 0, 1, 2.1, 3.3 and 10 on a line, of the classes 0, 1, 1, 0, 2.
    const std::vector<float> p{0, 1, 2.1f, 3.3f, 10, 0, 1, 1, 0, 2};
    const auto votes = [&](auto layer, float x) {
        const auto y = outputs<pr::rows<1>, pr::shape<1>>(layer, p, std::vector<float>{x});
        std::size_t best = 0;
        for (std::size_t n = 1; n < y.size(); ++n) best = y[n] > y[best] ? n : best;
        return best;
    };
    CHECK(votes(pr::neighbours<1, 3, 5>, 0.4f) == 0);
    CHECK(votes(pr::neighbours<1, 3, 5>, 0.6f) == 1);
    CHECK(votes(pr::neighbours<3, 3, 5>, 0.4f) == 1);  // 0, 1, 1
    CHECK(votes(pr::neighbours<4, 3, 5>, 0.4f) == 0);  // two each: 0 is nearest
    CHECK(votes(pr::neighbours<4, 3, 5>, 0.6f) == 1);
    CHECK(votes(pr::neighbours<2, 3, 5>, 9.0f) == 2);
    const auto y = outputs<pr::rows<1>, pr::shape<1>>(pr::neighbours<3, 3, 5>, p, std::vector<float>{0.4f});
    CHECK(y[0] == Approx(1.0f - 0.0f));
    CHECK(y[1] == Approx(2.0f - 0.25f));
    CHECK(y[2] == Approx(0.0f - 0.75f));
}

TEST_CASE("neighbours takes the earlier of two examples that are as near, and NaN for far", "[nn]") {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const auto y = outputs<pr::rows<1>, pr::shape<1>>(pr::neighbours<2, 3, 4>,
                                                      std::vector<float>{nan, 1, -1, 1, 0, 1, 2, 2},
                                                      std::vector<float>{0});
    CHECK(y[1] > y[2]);
    CHECK(y[2] > y[0]);
}

TEST_CASE("neighbours of what is not a number are none", "[nn]") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> p{0, 1, 2, 0, 1, 2};
    const auto y = outputs<pr::rows<2>, pr::shape<1>>(pr::neighbours<2, 3, 3>, p, std::vector<float>{nan, 0.4f});
    for (std::size_t n = 0; n < 3; ++n) CHECK(std::isnan(y[n]));
    for (std::size_t n = 3; n < 6; ++n) CHECK(std::isfinite(y[n]));
}

TEST_CASE("beside puts the class first, then the input, at every place", "[nn]") {
    const std::vector<double> classes{1, 2, 3, 4, 5, 6, 7, 8};  // two classes of shape (2, 2)
    const auto y = outputs<pr::rows<1>, pr::shape<2, 2>>(pr::beside<2>, classes, std::vector<double>{10, 20, 30, 40});
    CHECK(y == std::vector<double>{1, 2, 10, 20, 3, 4, 30, 40, 5, 6, 10, 20, 7, 8, 30, 40});
    using pair = pr::beside_layer<2>::output_shape<pr::shape<2, 2>>;
    static_assert(std::is_same_v<pair, pr::shape<2, 2, 4>>);
}

TEST_CASE("per_class is the inner layer on each part", "[nn]") {
    constexpr auto inner = pr::dense<2>;
    constexpr auto parted = pr::per_class(pr::dense<2>);
    std::vector<double> p(8), x(24);
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = number(i);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = number(50 + i);
    const auto together = outputs<pr::rows<2>, pr::shape<4, 3>>(parted, p, x);
    CHECK(together == outputs<pr::rows<8>, pr::shape<3>>(inner, p, x));
    using of_one = decltype(pr::per_class(pr::dense<1>))::output_shape<pr::shape<4, 3>>;
    static_assert(std::is_same_v<of_one, pr::shape<4>>);
}

TEST_CASE("learned_scale starts where it is told, and multiplies", "[nn]") {
    float start = 0;
    pr::random_stream random(pr::key{}, pr::purpose::user);
    pr::learned_scale(7.5f).initialize<pr::shape<2>>(&start, random);
    CHECK(start == 7.5f);
    CHECK(outputs<pr::rows<1>, pr::shape<2>>(pr::learned_scale(1), std::vector<float>{3}, std::vector<float>{1, -2}) ==
          std::vector<float>{3, -6});
}
