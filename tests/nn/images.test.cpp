// SPDX-License-Identifier: BSL-1.0
// Layers of images agree with PyTorch in loss, gradient and Hessian-vector product; conv4 is what it says.
#include "catch.hpp"
#include "goldens/images.hpp"
#include "nn/golden_network.hpp"

#include <priori/nn/activation.hpp>
#include <priori/nn/average_pool.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/conv4.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/initialize.hpp>
#include <priori/nn/initialize_with.hpp>
#include <priori/nn/max_pool.hpp>
#include <priori/nn/network.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

namespace {

namespace goldens = priori::goldens;
using namespace priori;

constexpr auto head = priori::tanh | flatten | dense<3>;
constexpr auto strided = input<7, 6, 2> | convolution<3>.stride<2>().without_bias() | head;
constexpr auto dilated = input<7, 6, 2> | convolution<3>.dilation<2>().padding<0>() | head;
constexpr auto grouped = input<4, 5, 4> | convolution<6>.kernel<2>().groups<2>() | head;
constexpr auto all_options = input<9, 8, 4> | convolution<4>.stride<2>().dilation<2>().groups<4>() | head;
constexpr auto two_axes =
    input<5, 7, 2> | convolution<3>.kernel<3, 5>().stride<2, 1>().padding<1, 2>().dilation<1, 2>() | head;
constexpr auto quarter = convolution<3>.without_bias() | batch_normalization<support_statistics>.max_pooled<2>() | relu;
constexpr auto overlapping = input<7, 6, 2> | convolution<3> | max_pool<3>.stride<2>() | head;
constexpr auto overlapping_means = input<7, 6, 2> | convolution<3> | average_pool<3>.stride<2>() | head;

template <class T>
void check_convolutions(double tolerance) {
    const auto check = [&](const auto& model, double loss, const auto& gradient, const auto& product) {
        CHECK(goldens::errors_of<T>(model, loss, gradient, product).largest() < tolerance);
    };
    {
        namespace g = goldens::image_convolution;
        check(input<5, 4, 2> | convolution<3> | head, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_strided;
        check(strided, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_dilated;
        check(dilated, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_grouped;
        check(grouped, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_all_options;
        check(all_options, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_two_axes;
        check(two_axes, g::loss, g::gradient, g::product);
    }
}

template <class T>
void check_others(double tolerance) {
    const auto check = [&](const auto& model, double loss, const auto& gradient, const auto& product) {
        CHECK(goldens::errors_of<T>(model, loss, gradient, product).largest() < tolerance);
    };
    {
        namespace g = goldens::image_max_pool;
        check(input<7, 6, 2> | convolution<3> | max_pool<2> | head, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_max_pool_overlapping;
        check(overlapping, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_average_pool_overlapping;
        check(overlapping_means, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_means;
        check(input<7, 6, 2> | convolution<3> | priori::tanh | average_pool<2> | convolution<3> | priori::tanh |
                  global_mean | dense<3>,
              g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_batch_norm;
        check(input<5, 4, 2> | convolution<3>.without_bias() | batch_normalization<transductive> | head, g::loss,
              g::gradient, g::product);
        check(input<5, 4, 2> | convolution<3>.without_bias() | batch_normalization<support_statistics> | head, g::loss,
              g::gradient, g::product);
    }
    {
        namespace g = goldens::image_running;
        const auto net = input<5, 4, 2> | convolution<3>.without_bias() | batch_normalization<running> | head;
        CHECK(goldens::errors_of<T>(net, g::loss, g::gradient, g::product, pass{}).largest() < tolerance);
    }
    {
        namespace g = goldens::image_per_step;
        const auto net = input<5, 4, 2> | convolution<3>.without_bias() | batch_normalization<per_step<3>> | head;
        pass after_one{};
        after_one.taken = 1;
        CHECK(goldens::errors_of<T>(net, g::loss, g::gradient, g::product, after_one).largest() < tolerance);
    }
    {
        namespace g = goldens::image_conv4;
        check(input<28, 28, 1> | conv4<3> | dense<3>, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_conv4_strided;
        check(input<28, 28, 1> | conv4_strided<3> | dense<3>, g::loss, g::gradient, g::product);
    }
}

}  // namespace

TEST_CASE("convolutions agree with PyTorch in loss, gradient and Hessian-vector product") {
    check_convolutions<double>(1e-10);
}

TEST_CASE("pooling, batch normalization of images and conv4 agree with PyTorch") {
    check_others<double>(1e-10);
}

TEST_CASE("in float a convolution and conv4 agree with PyTorch as far as float goes") {
    namespace alone = goldens::image_convolution;
    namespace whole = goldens::image_conv4;
    const auto error = [](const auto& model, double loss, const auto& gradient, const auto& product) {
        return goldens::errors_of<float>(model, loss, gradient, product).largest();
    };
    CHECK(error(input<5, 4, 2> | convolution<3> | head, alone::loss, alone::gradient, alone::product) < 1e-4);
    CHECK(error(input<28, 28, 1> | conv4<3> | dense<3>, whole::loss, whole::gradient, whole::product) < 1e-4);
}

TEST_CASE("conv4 turns 28 x 28 images into features, under readable names") {
    constexpr auto net = input<28, 28, 1> | conv4<64> | dense<5>;
    using network_type = std::remove_const_t<decltype(net)>;
    using blocks = network_type::blocks;
    static_assert(std::is_same_v<network_type::shape_at<3>, shape<14, 14, 64>>);
    static_assert(std::is_same_v<network_type::shape_at<network_type::size - 1>, shape<64>>);
    CHECK(blocks::size == 9 * 64 + 3 * 9 * 64 * 64 + 4 * 2 * 64 + 64 * 5 + 5);
    CHECK(blocks::names[0] == "convolution_0.weight");
    CHECK(blocks::names[1] == "batch_normalization_0.scale");
    CHECK(blocks::names[2] == "batch_normalization_0.shift");
    CHECK(blocks::names[9] == "convolution_3.weight");
    CHECK(blocks::names[13] == "dense_0.bias");
    static_assert(std::is_same_v<decltype(input<28, 28, 1> | conv4<3, support_statistics>),
                                 decltype(input<28, 28, 1> | quarter | quarter | quarter | quarter | flatten)>);
    using strided_type = std::remove_const_t<decltype(input<28, 28, 1> | conv4_strided<64>)>;
    static_assert(std::is_same_v<strided_type::shape_at<12>, shape<2, 2, 64>>);
    static_assert(std::is_same_v<strided_type::output_shape, shape<64>>);
    CHECK(strided_type::blocks::names[7] == "batch_normalization_3.shift");
    static_assert(std::is_same_v<decltype(input<28, 28, 1> | conv4<3, transductive, convolution_sums::minimal>),
                                 decltype(input<28, 28, 1> | conv4<3>)>);
    static_assert(!std::is_same_v<decltype(input<28, 28, 1> | conv4<3, transductive, convolution_sums::direct>),
                                  decltype(input<28, 28, 1> | conv4<3>)>);
    static_assert(std::is_same_v<decltype(input<84, 84, 3> | conv4<32>)::output_shape, shape<5 * 5 * 32>>);
}

TEST_CASE("a convolution's options change its shape as in PyTorch") {
    const auto gives = [](const auto& layer, auto in, auto out) {
        using layer_type = std::remove_cvref_t<decltype(layer)>;
        return std::is_same_v<typename layer_type::template output_shape<decltype(in)>, decltype(out)>;
    };
    CHECK(gives(convolution<8>, shape<28, 20, 3>{}, shape<28, 20, 8>{}));
    CHECK(gives(convolution<8>.stride<2>(), shape<28, 15, 3>{}, shape<14, 8, 8>{}));
    CHECK(gives(convolution<8>.kernel<1>(), shape<28, 20, 3>{}, shape<28, 20, 8>{}));
    CHECK(gives(convolution<8>.kernel<5>(), shape<28, 20, 3>{}, shape<28, 20, 8>{}));
    CHECK(gives(convolution<8>.kernel<5>().dilation<2>(), shape<28, 20, 3>{}, shape<28, 20, 8>{}));
    CHECK(gives(convolution<8>.kernel<2>().stride<2>(), shape<28, 21, 3>{}, shape<14, 10, 8>{}));
    CHECK(gives(convolution<8>.kernel<5>().padding<0>(), shape<28, 20, 3>{}, shape<24, 16, 8>{}));
    CHECK(gives(convolution<8>.kernel<3, 5>(), shape<28, 20, 3>{}, shape<28, 20, 8>{}));
    CHECK(gives(convolution<8>.kernel<3, 5>().dilation<2, 3>(), shape<28, 20, 3>{}, shape<28, 20, 8>{}));
    CHECK(gives(convolution<8>.kernel<3, 5>().stride<1, 2>(), shape<28, 20, 3>{}, shape<28, 10, 8>{}));
    CHECK(gives(convolution<8>.kernel<3, 5>().padding<0, 1>(), shape<28, 20, 3>{}, shape<26, 18, 8>{}));
    static_assert(std::is_same_v<decltype(convolution<8>.kernel<3, 3>()), decltype(convolution<8>.kernel<3>())>);
}

TEST_CASE("a convolution starts by its fan-in, its bias at zero") {
    const auto check = [](const auto& net, std::size_t fan_in) {
        using layout = typename std::remove_cvref_t<decltype(net)>::blocks;
        std::vector<double> theta(layout::size);
        initialize_network<layout>(net, key{5}, theta.data());
        const std::size_t weights = fan_in * 256;
        REQUIRE(layout::size == weights + 256);
        double squares = 0;
        for (std::size_t i = 0; i < weights; ++i) squares += theta[i] * theta[i];
        CHECK(squares / double(weights) == Approx(2.0 / double(fan_in)).epsilon(0.05));
        for (std::size_t i = weights; i < layout::size; ++i) CHECK(theta[i] == 0);
        initialize_network<layout>(net | initialize_with(zero), key{5}, theta.data());
        CHECK(theta[0] == 0);
    };
    check(input<8, 8, 16> | convolution<256>.groups<4>(), 9 * 4);
    check(input<8, 8, 16> | convolution<256>.kernel<3, 5>().groups<4>(), 15 * 4);
}

TEST_CASE("the tangent of a max-pool takes the winners that the values were given") {
    // The values are all equal, so any winner is as good: the recorded one decides.
    constexpr auto layer = max_pool<2>;
    double x[4] = {1, 1, 1, 1}, y[1] = {1}, saved[1] = {2}, dx[4] = {5, 6, 7, 8}, dy[1], dsaved[1];
    layer.forward<rows<1>, shape<2, 2, 1>>(view<void>{}, swept(view<double>(x), view<double>(dx)),
                                           swept(view<double>(y), view<double>(dy)),
                                           swept(view<double>(saved), view<double>(dsaved)));
    CHECK(dy[0] == 7);
    CHECK(saved[0] == 2);
    double y_bar[1] = {3}, x_bar[4];
    layer.forward<rows<1>, shape<2, 2, 1>>(view<void>{}, view<double>(x), view<double>(y), view<double>(saved));
    layer.vjp<rows<1>, shape<2, 2, 1>>(view<void>{}, view<double>(x), view<double>(y), view<double>(saved),
                                       view<double>(y_bar), view<double>(x_bar), view<void>{});
    CHECK(saved[0] == 0);  // the first of equals
    CHECK((x_bar[0] == 3 && x_bar[1] == 0 && x_bar[2] == 0 && x_bar[3] == 0));
}

TEST_CASE("a max-pool finds what is not a number wherever it lies, alone and behind batch normalization") {
    constexpr std::size_t channels = 35;  // registers, and single numbers
    using in = shape<2, 2, channels>;
    constexpr auto pool = max_pool<2>;
    constexpr auto normalized = batch_normalization<running>.max_pooled<2>();
    constexpr pass evaluation{};
    std::vector<double> p(4 * channels, 1.0), saved(3 * channels + 2);
    for (std::size_t place = 0; place < 4; ++place) {
        for (const double other : {1.0, -std::numeric_limits<double>::infinity()}) {
            double x[in::size], y[channels], z[channels], winners[channels];
            for (double& one : x) one = other;
            for (std::size_t c = 0; c < channels; c += 2) {
                x[place * channels + c] = std::numeric_limits<double>::quiet_NaN();
            }
            pool.forward<rows<1>, in>(view<void>{}, view<double>(x), view<double>(y), view<double>(winners));
            normalized.forward<rows<1>, in>(view<double>(p.data()), view<double>(x), view<double>(z),
                                            view<double>(saved.data()), evaluation);
            for (std::size_t c = 0; c < channels; ++c) {
                CHECK(std::isnan(y[c]) == (c % 2 == 0));
                CHECK(std::isnan(z[c]) == (c % 2 == 0));
                if (c % 2 == 0) CHECK(winners[c] == double(place));
            }
        }
    }
}
