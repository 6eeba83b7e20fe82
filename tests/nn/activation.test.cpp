// SPDX-License-Identifier: BSL-1.0
// Activations agree with PyTorch in value, first and second derivative.
#include "catch.hpp"
#include "goldens/layers.hpp"

#include <priori/nn/activation.hpp>
#include <priori/nn/elu.hpp>
#include <priori/nn/gelu.hpp>
#include <priori/nn/leaky_relu.hpp>
#include <priori/nn/sine.hpp>
#include <priori/nn/softplus.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace {

namespace goldens = priori::goldens;
using priori::dual;
using priori::view;

constexpr std::size_t count = 9;
using numbers = std::array<double, count>;

template <class T>
bool close(const numbers& expected, const T* found, double tolerance) {
    bool right = true;
    for (std::size_t i = 0; i < count; ++i) right = right && std::abs(expected[i] - double(found[i])) < tolerance;
    return right;
}

// The vjp of ones is the first derivative, its tangent in the direction of ones the second.
template <class T, class Layer>
void check(const Layer& layer, const numbers& value, const numbers& first, const numbers& second, double tolerance) {
    T x[count], dx[count], y[count], dy[count], y_bar[count], dy_bar[count], x_bar[count], dx_bar[count];
    for (std::size_t i = 0; i < count; ++i) {
        x[i] = T(goldens::activation_relu::points[i]);
        dx[i] = y_bar[i] = T(1);
        dy_bar[i] = T(0);
    }
    using rows = priori::rows<3>;
    using in = priori::shape<3>;
    const view<void> none;
    layer.template forward<rows, in>(none, view<T>(x), view<T>(y));
    layer.template vjp<rows, in>(none, view<T>(x), view<T>(y), view<T>(y_bar), view<T>(x_bar), none);
    CHECK(close(value, y, tolerance));
    CHECK(close(first, x_bar, tolerance));

    // A layer that does not read its input may find its output in the place of it.
    const auto known_x = priori::swept(view<T>(Layer::reads_input ? x : y), view<T>(dx));
    const auto known_y = priori::swept(view<T>(y), view<T>(dy));
    const auto known_y_bar = priori::swept(view<T>(y_bar), view<T>(dy_bar));
    layer.template forward<rows, in>(none, known_x, known_y);
    layer.template vjp<rows, in>(none, known_x, known_y, known_y_bar, priori::swept(view<T>(), view<T>(dx_bar)), none);
    CHECK(close(first, dy, tolerance));
    CHECK(close(second, dx_bar, tolerance));
}

template <class T>
void check_all(double tolerance) {
#define CHECK_ACTIVATION(name, layer)                                                                     \
    SECTION(#name) {                                                                                      \
        check<T>(priori::layer, goldens::activation_##name::value, goldens::activation_##name::first,     \
                 goldens::activation_##name::second, tolerance);                                          \
    }
    CHECK_ACTIVATION(relu, relu)
    CHECK_ACTIVATION(leaky_relu, leaky_relu)
    CHECK_ACTIVATION(elu, elu)
    CHECK_ACTIVATION(gelu, gelu)
    CHECK_ACTIVATION(softplus, softplus)
    CHECK_ACTIVATION(tanh, tanh)
    CHECK_ACTIVATION(sigmoid, sigmoid)
    CHECK_ACTIVATION(sine, sine_activation)
#undef CHECK_ACTIVATION
}

}  // namespace

TEST_CASE("activations agree with PyTorch in double") {
    check_all<double>(1e-12);
}

TEST_CASE("activations agree with PyTorch in float") {
    check_all<float>(2e-6);
}

TEST_CASE("an activation's parameter is a run-time number") {
    const float x[] = {-2, 3};
    float y[2];
    using one = priori::shape<2>;
    priori::leaky_relu_with(0.2).forward<priori::rows<1>, one>(view<void>{}, view<float>(x), view<float>(y));
    CHECK(y[0] == -0.4f);
    CHECK(y[1] == 3);
    priori::elu_with(0.5).forward<priori::rows<1>, one>(view<void>{}, view<float>(x), view<float>(y));
    CHECK(y[0] == Approx(0.5 * (std::exp(-2.0) - 1)));
    priori::sine_with(30).forward<priori::rows<1>, one>(view<void>{}, view<float>(x), view<float>(y));
    CHECK(y[1] == Approx(std::sin(90.0)).margin(1e-5));
}

TEST_CASE("steep activations do not overflow in the branch that is not taken") {
    const float x[] = {-500, 500};
    float y[2], bar[] = {1, 1}, x_bar[2];
    using one = priori::shape<2>;
    priori::softplus.forward<priori::rows<1>, one>(view<void>{}, view<float>(x), view<float>(y));
    priori::softplus.vjp<priori::rows<1>, one>(view<void>{}, view<float>(x), view<float>(y), view<float>(bar),
                                               view<float>(x_bar), view<void>{});
    CHECK(y[0] == 0);
    CHECK(y[1] == 500);
    CHECK(x_bar[0] == 0);
    CHECK(x_bar[1] == 1);
    dual<float> e = priori::elu_function{}(dual<float>::variable(500.0f, 0));
    CHECK(e.value == 500);
    CHECK(e.tangent[0] == 1);
}

TEST_CASE("slopes that would hide the sign of the input are refused") {
    static_assert(priori::leaky_relu_with(0.0).function.slope == 0 && priori::elu_with(0.5).function.alpha == 0.5);
    for (const double number : {-0.1, std::nan("")}) {
        CHECK_THROWS_WITH(priori::leaky_relu_with(number), "leaky_relu_with: the slope is at least 0.");
        CHECK_THROWS_WITH(priori::elu_with(number), "elu_with: alpha is more than 0.");
    }
    CHECK_THROWS_WITH(priori::elu_with(0), "elu_with: alpha is more than 0.");
}
