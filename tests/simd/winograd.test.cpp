// SPDX-License-Identifier: BSL-1.0
// The fast convolutions agree with the direct ones, for images that the tiles fill and images that they do not, and
// write nothing but the target.
#include "catch.hpp"

#include <priori/simd/convolution.hpp>
#include <priori/simd/winograd.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

namespace {

template <class T>
std::vector<T> values(std::size_t count, std::size_t seed) {
    std::vector<T> result(count);
    for (std::size_t i = 0; i < count; ++i) {
        result[i] = static_cast<T>(static_cast<double>(((i + seed * 7919u) * 2654435761u) % 2001u) / 1000.0 - 1.0);
    }
    return result;
}

// The largest difference by the root of the mean square; infinite if a canary around the target died.
template <class T>
double difference(const std::vector<T>& a, const std::vector<T>& b, const std::vector<T>& before) {
    if (b.front() != before.front() || b.back() != before.back()) return std::numeric_limits<double>::infinity();
    double worst = 0, squares = 0;
    for (std::size_t i = 1; i + 1 < a.size(); ++i) {
        const double error = std::abs(static_cast<double>(a[i]) - b[i]);
        worst = error <= worst ? worst : error;  // NaN counts
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

}  // namespace

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
