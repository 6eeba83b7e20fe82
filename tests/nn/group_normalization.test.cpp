// SPDX-License-Identifier: BSL-1.0
// Group and instance normalization agree with PyTorch in loss, gradient and Hessian-vector product.
#include "catch.hpp"
#include "goldens/blocks.hpp"
#include "goldens/signals.hpp"
#include "nn/golden_network.hpp"

#include <priori/nn/activation.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/group_normalization.hpp>
#include <priori/nn/network.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace {

namespace goldens = priori::goldens;
using namespace priori;

template <class T>
void check_all(double tolerance) {
    const auto check = [&](auto normalization, double loss, const auto& gradient, const auto& product) {
        const auto model = input<5, 4, 2> | convolution<4>.without_bias() | normalization | priori::tanh | flatten |
                           dense<3>;
        CHECK(goldens::errors_of<T>(model, loss, gradient, product).largest() < tolerance);
    };
    {
        namespace g = goldens::image_group_norm;
        check(group_normalization<2>, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_group_shift_norm;
        check(group_normalization<1>.without_scale(), g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_instance_norm;
        check(instance_normalization, g::loss, g::gradient, g::product);
    }
    {
        namespace g = goldens::image_bare_norm;
        check(instance_normalization.bare(), g::loss, g::gradient, g::product);
    }
}

}  // namespace

TEST_CASE("group and instance normalization agree with PyTorch", "[nn]") {
    check_all<double>(1e-10);
    check_all<float>(1e-4);
}

TEST_CASE("a prediction by group normalization does not depend on the other examples", "[nn]") {
    using in = shape<3, 2, 4>;
    constexpr auto layer = group_normalization<2>;
    double p[8] = {1, 2, 3, 4, 0.1, 0.2, 0.3, 0.4}, x[3 * in::size], y[3 * in::size], alone[in::size];
    double saved[3 * 8];
    for (std::size_t i = 0; i < 3 * in::size; ++i) x[i] = goldens::support_input(static_cast<int>(i));
    x[0] = std::numeric_limits<double>::quiet_NaN();  // of the first example
    layer.forward<rows<3>, in>(view<double>(p), view<double>(x), view<double>(y), view<double>(saved));
    layer.forward<rows<1>, in>(view<double>(p), view<double>(x + 2 * in::size), view<double>(alone),
                               view<double>(saved));
    for (std::size_t i = 0; i < in::size; ++i) CHECK(y[2 * in::size + i] == Approx(alone[i]).epsilon(1e-14));
    CHECK(std::isnan(y[1]));
    CHECK(!std::isnan(y[2]));  // of the other group
}

TEST_CASE("the parameters of group normalization are one for each channel, or none", "[nn]") {
    using scaled = decltype(group_normalization<2>)::parameters<shape<3, 2, 4>>;
    using shifted = std::remove_const_t<decltype(group_normalization<2>.without_scale())>::parameters<shape<3, 2, 4>>;
    using bare = std::remove_const_t<decltype(instance_normalization.bare())>::parameters<shape<3, 2, 4>>;
    CHECK(scaled::size == 8);
    CHECK(shifted::size == 4);
    CHECK(bare::size == 0);
    CHECK(std::remove_cvref_t<decltype(input<4, 4> | instance_normalization)>::blocks::names[0] ==
          "instance_normalization_0.scale");
}
