// SPDX-License-Identifier: BSL-1.0
// Convolutions and their gradients agree with naive loops in double, for every kind of shape, are adjoint to each
// other, and write nothing but the target.
#include "catch.hpp"
#include "simd/values.hpp"

#include <priori/simd/convolution.hpp>
#include <priori/simd/pack.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

namespace {

template <class S, std::size_t Images>
struct sizes {
    static constexpr std::size_t x = Images * S::height * S::width * S::in;
    static constexpr std::size_t w = S::kernel_height * S::kernel_width * S::in / S::groups * S::out;
    static constexpr std::size_t y = Images * S::output_height * S::output_width * S::out;
};

// Calls f(x index, w index, y index) for every product of the sum that defines the convolution.
template <class S, std::size_t Images, class F>
void for_each_product(const F& f) {
    const std::size_t in = S::in / S::groups, out = S::out / S::groups;
    std::size_t y = 0;
    for (std::size_t n = 0; n < Images; ++n) {
        for (std::size_t i = 0; i < S::output_height; ++i) {
            for (std::size_t j = 0; j < S::output_width; ++j) {
                for (std::size_t c = 0; c < S::out; ++c, ++y) {
                    for (std::size_t a = 0; a < S::kernel_height; ++a) {
                        for (std::size_t b = 0; b < S::kernel_width; ++b) {
                            // in the padded image
                            const std::size_t row = i * S::stride_height + a * S::dilation_height;
                            const std::size_t column = j * S::stride + b * S::dilation;
                            if (row < S::padding_height || row - S::padding_height >= S::height) continue;
                            if (column < S::padding || column - S::padding >= S::width) continue;
                            const std::size_t pixel =
                                (n * S::height + row - S::padding_height) * S::width + column - S::padding;
                            for (std::size_t d = 0; d < in; ++d) {
                                const std::size_t weight = ((a * S::kernel_width + b) * in + d) * S::out + c;
                                f(pixel * S::in + c / out * in + d, weight, y);
                            }
                        }
                    }
                }
            }
        }
    }
}

// The largest error, relative to the sum of the sizes of the terms; infinite if a canary around the target died.
template <class T>
double error_of(const std::vector<T>& result, const std::vector<T>& before, const std::vector<double>& want,
                const std::vector<double>& size, bool accumulate) {
    const bool kept = result.front() == before.front() && result.back() == before.back();
    double worst = kept ? 0 : std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < want.size(); ++i) {
        const double start = accumulate ? before[i + 1] : T(0);
        const double error = std::abs(result[i + 1] - start - want[i]) / (1 + size[i]);
        worst = priori::maximum(worst, error);  // NaN counts
    }
    return worst;
}

template <class T>
double product(const std::vector<T>& a, const std::vector<T>& b) {  // of two arrays with canaries
    double sum = 0;
    for (std::size_t i = 1; i + 1 < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
    return sum;
}

template <class S, std::size_t Images, class T, bool... Accumulate>
void check_type() {
    using size = sizes<S, Images>;
    const double bound = std::is_same_v<T, float> ? 1e-6 : 1e-15;
    const auto x = values<T>(size::x + 2, 1), w = values<T>(size::w + 2, 2), y_bar = values<T>(size::y + 2, 3);
    std::vector<double> y_want(size::y), x_want(size::x), w_want(size::w), y_size(size::y), x_size(size::x),
        w_size(size::w);
    for_each_product<S, Images>([&](std::size_t i, std::size_t j, std::size_t k) {
        const double from = x[i + 1], by = w[j + 1], bar = y_bar[k + 1];
        y_want[k] += from * by, y_size[k] += std::abs(from * by);
        x_want[i] += bar * by, x_size[i] += std::abs(bar * by);
        w_want[j] += bar * from, w_size[j] += std::abs(bar * from);
    });
    const auto check = [&](auto accumulate) {
        constexpr bool add = decltype(accumulate)::value;
        INFO((add ? "added" : "set") << ", " << sizeof(T) << " bytes");
        const auto y_before = values<T>(size::y + 2, 4), x_before = values<T>(size::x + 2, 5),
                   w_before = values<T>(size::w + 2, 6);
        auto y = y_before, x_bar = x_before, w_bar = w_before;
        priori::convolve<S, Images, add>(x.data() + 1, w.data() + 1, y.data() + 1);
        CHECK(error_of(y, y_before, y_want, y_size, add) <= bound);
        priori::convolve_input_gradient<S, Images, add>(y_bar.data() + 1, w.data() + 1, x_bar.data() + 1);
        CHECK(error_of(x_bar, x_before, x_want, x_size, add) <= bound);
        priori::convolve_weight_gradient<S, Images, add>(x.data() + 1, y_bar.data() + 1, w_bar.data() + 1);
        CHECK(error_of(w_bar, w_before, w_want, w_size, add) <= bound);
        if constexpr (!add) {
            const double value = product(y, y_bar);
            double scale = 1;
            for (double part : y_size) scale += part;
            CHECK(std::abs(product(x, x_bar) - value) <= bound * scale);
            CHECK(std::abs(product(w, w_bar) - value) <= bound * scale);
        }
    };
    (check(std::bool_constant<Accumulate>{}), ...);
}

template <std::size_t Images, class S>
void check_shape(S) {
    INFO(Images << " images " << S::height << " x " << S::width << ", " << S::in << " to " << S::out << ", kernel "
                << S::kernel_height << " x " << S::kernel_width << ", stride " << S::stride_height << " x "
                << S::stride << ", padding " << S::padding_height << " x " << S::padding << ", dilation "
                << S::dilation_height << " x " << S::dilation << ", groups " << S::groups);
    check_type<S, Images, float, false, true>();
    check_type<S, Images, double, S::in == 3>();  // either is enough: compiling takes long
}

using priori::convolution_shape;

}  // namespace

TEST_CASE("3x3 convolutions agree with naive loops", "[simd]") {
    check_shape<1>(convolution_shape<1, 1, 1, 1>{});
    check_shape<2>(convolution_shape<5, 4, 3, 5>{});
    check_shape<3>(convolution_shape<3, 3, 16, 16>{});
    check_shape<5>(convolution_shape<7, 7, 6, 32>{});
    check_shape<2>(convolution_shape<1, 9, 5, 40>{});
    check_shape<2>(convolution_shape<6, 1, 17, 19>{});
}

TEST_CASE("3x3 convolutions of wide rows agree with naive loops", "[simd]") {
    check_shape<1>(convolution_shape<4, 28, 1, 64>{});
    check_shape<2>(convolution_shape<3, 31, 2, 24>{});
    check_shape<1>(convolution_shape<2, 14, 33, 70>{});
}

TEST_CASE("3x3 convolutions with a stride agree with naive loops", "[simd]") {
    check_shape<2>(convolution_shape<7, 7, 8, 32, 3, 3, 2>{});
    check_shape<3>(convolution_shape<6, 60, 3, 20, 3, 3, 2>{});
    check_type<convolution_shape<8, 9, 1, 24, 3, 3, 2>, 2, float, false>();
    check_type<convolution_shape<1, 2, 5, 16, 3, 3, 2>, 1, float, true>();
    check_type<convolution_shape<9, 8, 3, 6, 3, 3, 4, 1, 1, 1, 1, 3>, 2, float, false, true>();
    check_type<convolution_shape<2, 3, 4, 8, 3, 3, 5>, 2, float, false, true>();
}

TEST_CASE("other convolutions with a stride agree with naive loops", "[simd]") {
    check_shape<1>(convolution_shape<9, 6, 3, 5, 3, 2, 3, 0>{});
    check_shape<2>(convolution_shape<4, 5, 5, 18, 2, 2, 2, 0>{});
}

TEST_CASE("convolutions with other kernels and paddings agree with naive loops", "[simd]") {
    check_shape<2>(convolution_shape<5, 6, 7, 16, 1, 1, 1, 0>{});
    check_shape<1>(convolution_shape<8, 7, 3, 17, 5, 5, 1, 2>{});
    check_shape<1>(convolution_shape<7, 9, 4, 6, 3, 3, 1, 2, 2>{});
    check_shape<1>(convolution_shape<6, 6, 3, 8, 3, 3, 1, 0>{});
    check_shape<1>(convolution_shape<4, 4, 70, 66, 1, 2, 1, 0>{});
}

TEST_CASE("convolutions whose axes differ agree with naive loops", "[simd]") {
    check_type<convolution_shape<5, 7, 3, 6, 3, 5, 1, 2, 2, 1, 1, 2, 1>, 2, float, true>();
    check_type<convolution_shape<6, 5, 4, 4, 2, 3, 1, 1, 1, 4, 0, 2, 2>, 1, float, false>();
    // 3x3, and only one number of an axis keeps it from the plain kernel
    check_type<convolution_shape<5, 5, 2, 3, 3, 3, 1, 1, 1, 1, 1, 2>, 2, float, false>();
    check_type<convolution_shape<5, 5, 2, 3, 3, 3, 1, 1, 1, 1, 1, 1, 2>, 2, float, false>();
    check_type<convolution_shape<5, 5, 2, 3, 3, 3, 1, 1, 1, 1, 2>, 2, float, false>();
}

TEST_CASE("convolutions that take several passes over the images agree with naive loops", "[simd]") {
    check_type<convolution_shape<9, 9, 32, 48>, 6, double, false>();
    check_type<convolution_shape<14, 14, 32, 32, 3, 3, 2>, 5, double, false>();
    check_type<convolution_shape<3, 3, 16, 130>, 2, float, false>();
}

TEST_CASE("convolutions in groups agree with naive loops", "[simd]") {
    check_shape<2>(convolution_shape<5, 5, 6, 4, 3, 3, 1, 1, 1, 2>{});
    check_shape<1>(convolution_shape<5, 4, 12, 36, 3, 3, 2, 1, 1, 3>{});
    check_shape<2>(convolution_shape<4, 5, 21, 21, 3, 3, 1, 1, 1, 21>{});
    check_shape<1>(convolution_shape<5, 5, 16, 16, 3, 3, 2, 1, 1, 16>{});
    check_shape<1>(convolution_shape<4, 4, 3, 6, 3, 3, 1, 1, 1, 3>{});
}
