// SPDX-License-Identifier: BSL-1.0
// The fast convolutions agree with the direct ones, for images that the tiles fill and images that they do not, and
// write nothing but the target.
#include "catch.hpp"
#include "simd/values.hpp"

#include <priori/simd/convolution.hpp>
#include <priori/simd/pack.hpp>
#include <priori/simd/winograd.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

namespace {

// The largest difference by the root of the mean square; infinite if a canary around the target died.
template <class T>
double difference(const std::vector<T>& a, const std::vector<T>& b, const std::vector<T>& before) {
    if (b.front() != before.front() || b.back() != before.back()) return std::numeric_limits<double>::infinity();
    double worst = 0, squares = 0;
    for (std::size_t i = 1; i + 1 < a.size(); ++i) {
        const double error = std::abs(static_cast<double>(a[i]) - b[i]);
        worst = priori::maximum(worst, error);  // NaN counts
        squares += static_cast<double>(a[i]) * a[i];
    }
    return worst / std::sqrt(squares / static_cast<double>(a.size()));
}

template <class T, std::size_t Images, bool Accumulate, std::size_t Edge, class S>
void check(S) {
    static_assert(priori::winograd_pays<S, Images>);
    const double bound = std::is_same_v<T, float> ? (Edge == 2 ? 1e-5 : 5e-5) : 1e-13;
    INFO("edge " << Edge << ", " << Images << " images " << S::height << " x " << S::width << ", " << S::in << " to "
                 << S::out);
    const std::size_t pixels = Images * S::height * S::width;
    const auto x = values<T>(pixels * S::in + 2, 1), w = values<T>(9 * S::in * S::out + 2, 2);
    const auto y = values<T>(pixels * S::out + 2, 3);
    auto want = y, got = y;
    priori::convolve<S, Images, Accumulate>(x.data() + 1, w.data() + 1, want.data() + 1);
    priori::winograd_convolve<S, Images, Accumulate, Edge>(x.data() + 1, w.data() + 1, got.data() + 1);
    CHECK(difference(want, got, y) <= bound);
    want = x, got = x;
    priori::convolve_input_gradient<S, Images, Accumulate>(y.data() + 1, w.data() + 1, want.data() + 1);
    priori::winograd_convolve_input_gradient<S, Images, Accumulate, Edge>(y.data() + 1, w.data() + 1, got.data() + 1);
    CHECK(difference(want, got, x) <= bound);
    want = w, got = w;
    priori::convolve_weight_gradient<S, Images, Accumulate>(x.data() + 1, y.data() + 1, want.data() + 1);
    priori::winograd_convolve_weight_gradient<S, Images, Accumulate, Edge>(x.data() + 1, y.data() + 1, got.data() + 1);
    CHECK(difference(want, got, w) <= bound);
}

using priori::convolution_shape;

// What a shape gives by both ways, added to zeros.
using odd = convolution_shape<7, 9, 19, 17>;
constexpr std::size_t x_size = 2 * 63 * 19, w_size = 9 * 19 * 17, y_size = 2 * 63 * 17;
struct results {
    std::vector<float> y = std::vector<float>(y_size), x_bar = std::vector<float>(x_size),
                       w_bar = std::vector<float>(w_size);
};
results fast(const std::vector<float>& x, const std::vector<float>& w, const std::vector<float>& y_bar) {
    results r;
    priori::winograd_convolve<odd, 2, true>(x.data(), w.data(), r.y.data());
    priori::winograd_convolve_input_gradient<odd, 2, true>(y_bar.data(), w.data(), r.x_bar.data());
    priori::winograd_convolve_weight_gradient<odd, 2, true>(x.data(), y_bar.data(), r.w_bar.data());
    return r;
}
results direct(const std::vector<float>& x, const std::vector<float>& w, const std::vector<float>& y_bar) {
    results r;
    priori::convolve<odd, 2, true>(x.data(), w.data(), r.y.data());
    priori::convolve_input_gradient<odd, 2, true>(y_bar.data(), w.data(), r.x_bar.data());
    priori::convolve_weight_gradient<odd, 2, true>(x.data(), y_bar.data(), r.w_bar.data());
    return r;
}
// Is NaN in `got` wherever it is in `want`, elsewhere only where `near` says so, and all else as it was?
template <class F>
bool contains_nan(const std::vector<float>& got, const std::vector<float>& want, const std::vector<float>& before,
                  const F& near) {
    for (std::size_t i = 0; i < got.size(); ++i) {
        if (std::isnan(want[i]) && !std::isnan(got[i])) return false;
        if (std::isnan(got[i]) ? !near(i) : got[i] != before[i]) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("NaN comes out of a fast convolution where it reaches and in the tile around, no further", "[simd]") {
    const auto x = values<float>(x_size, 1), w = values<float>(w_size, 2), y_bar = values<float>(y_size, 3);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const results before = fast(x, w, y_bar);
    const auto never = [](std::size_t) { return false; };
    // A pixel of the second image, row 2, column 6, reaches rows 1 to 3 and columns 5 to 7: one tile of 4 x 4 alone.
    const auto in_tile = [](std::size_t channels) {
        return [channels](std::size_t i) {
            const std::size_t pixel = i / channels, row = pixel % 63 / 9, column = pixel % 9;
            return pixel >= 63 && row < 4 && column >= 4 && column < 8;
        };
    };
    constexpr std::size_t pixel = 63 + 2 * 9 + 6;
    auto ill = x;
    ill[pixel * 19 + 5] = nan;
    results got = fast(ill, w, y_bar), want = direct(ill, w, y_bar);
    CHECK(contains_nan(got.y, want.y, before.y, in_tile(17)));
    CHECK(contains_nan(got.x_bar, want.x_bar, before.x_bar, never));
    CHECK(contains_nan(got.w_bar, want.w_bar, before.w_bar, [](std::size_t i) { return i / 17 % 19 == 5; }));
    ill = y_bar;
    ill[pixel * 17 + 16] = nan;
    got = fast(x, w, ill), want = direct(x, w, ill);
    CHECK(contains_nan(got.y, want.y, before.y, never));
    CHECK(contains_nan(got.x_bar, want.x_bar, before.x_bar, in_tile(19)));
    CHECK(contains_nan(got.w_bar, want.w_bar, before.w_bar, [](std::size_t i) { return i % 17 == 16; }));
    ill = w;
    ill[(4 * 19 + 18) * 17 + 2] = nan;
    got = fast(x, ill, y_bar), want = direct(x, ill, y_bar);
    CHECK(contains_nan(got.y, want.y, before.y, [](std::size_t i) { return i % 17 == 2; }));
    CHECK(contains_nan(got.x_bar, want.x_bar, before.x_bar, [](std::size_t i) { return i % 19 == 18; }));
    CHECK(contains_nan(got.w_bar, want.w_bar, before.w_bar, never));
}

TEST_CASE("fast convolutions do not flush denormals", "[simd]") {
    const auto x = values<float>(x_size, 1), w = values<float>(w_size, 2), y_bar = values<float>(y_size, 3);
    // Numbers up to 1 become denormal: the largest is a quarter of the least normal one.
    constexpr float tiny = 2097152 * std::numeric_limits<float>::denorm_min();
    const auto scaled = [](std::vector<float> numbers) {
        for (float& number : numbers) number *= tiny;
        return numbers;
    };
    const auto error = [](const std::vector<float>& got, const std::vector<float>& want) {
        double worst = 0, largest = 0;
        for (std::size_t i = 0; i < got.size(); ++i) {
            const double off = std::abs(double(got[i]) / double(tiny) - want[i]);
            worst = priori::maximum(worst, off);  // NaN counts
            largest = std::max(largest, std::abs(double(want[i])));
        }
        return worst / largest;
    };
    const results want = fast(x, w, y_bar);
    const results by_x = fast(scaled(x), w, y_bar), by_w = fast(x, scaled(w), y_bar), by_y = fast(x, w, scaled(y_bar));
    CHECK(error(by_x.y, want.y) < 1e-3);
    CHECK(error(by_x.w_bar, want.w_bar) < 1e-3);
    CHECK(error(by_w.y, want.y) < 1e-3);
    CHECK(error(by_w.x_bar, want.x_bar) < 1e-3);
    CHECK(error(by_y.x_bar, want.x_bar) < 1e-3);
    CHECK(error(by_y.w_bar, want.w_bar) < 1e-3);
}

TEST_CASE("fast convolutions agree with direct ones", "[simd]") {
    check<float, 3, false, 2>(convolution_shape<14, 14, 16, 32>{});
    check<float, 3, false, 4>(convolution_shape<14, 14, 16, 32>{});
    check<float, 2, true, 2>(convolution_shape<7, 9, 19, 17>{});
    check<float, 2, true, 4>(convolution_shape<7, 9, 19, 17>{});
    check<float, 12, true, 4>(convolution_shape<4, 4, 16, 16>{});
    check<double, 3, false, 2>(convolution_shape<7, 6, 16, 21>{});
    check<double, 3, false, 4>(convolution_shape<7, 6, 16, 21>{});
}

TEST_CASE("a fast convolution that does not pay is the direct one", "[simd]") {
    using small = convolution_shape<3, 3, 4, 8>;
    static_assert(!priori::winograd_pays<small, 75> && !priori::winograd_pays<convolution_shape<7, 7, 64, 64>, 1> &&
                  !priori::winograd_pays<convolution_shape<8, 8, 32, 32, 5, 5>, 75> &&
                  !priori::winograd_pays<convolution_shape<8, 8, 32, 32, 3, 3, 2>, 75>);
    const auto x = values<float>(9 * 4, 1), w = values<float>(9 * 4 * 8, 2), y = values<float>(9 * 8, 3);
    auto y_want = y, y_got = y, x_want = x, x_got = x, w_want = w, w_got = w;
    priori::convolve<small, 1>(x.data(), w.data(), y_want.data());
    priori::winograd_convolve<small, 1>(x.data(), w.data(), y_got.data());
    CHECK(y_want == y_got);
    priori::convolve_input_gradient<small, 1>(y.data(), w.data(), x_want.data());
    priori::winograd_convolve_input_gradient<small, 1>(y.data(), w.data(), x_got.data());
    CHECK(x_want == x_got);
    priori::convolve_weight_gradient<small, 1>(x.data(), y.data(), w_want.data());
    priori::winograd_convolve_weight_gradient<small, 1>(x.data(), y.data(), w_got.data());
    CHECK(w_want == w_got);
}
