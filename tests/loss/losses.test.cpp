// SPDX-License-Identifier: BSL-1.0
// Losses agree with PyTorch in value, gradient and Hessian-vector product, on duals and on known values.
#include "catch.hpp"
#include "goldens/inputs.hpp"
#include "goldens/losses.hpp"

#include <priori/loss/loss.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace {

namespace goldens = priori::goldens;
using priori::dual;
using priori::known;
using priori::view;

constexpr std::size_t rows = 6, outputs = 3, size = rows * outputs;

template <class T>
double difference(const std::array<double, size>& expected, const T* found) {
    double largest = 0;
    for (std::size_t i = 0; i < size; ++i) largest = priori::maximum(largest, std::abs(expected[i] - double(found[i])));
    return largest;
}

template <class T, class Loss, class Target>
void check(const Loss& loss, const Target* target, double value, const std::array<double, size>& gradient,
           const std::array<double, size>& product, double tolerance) {
    T y[size], dy[size], bar[size], dual_bar[size], dbar[size], known_dbar[size];
    for (std::size_t i = 0; i < size; ++i) {
        y[i] = T(goldens::support_input(int(i)));
        dy[i] = T(goldens::direction(int(i)));
    }
    using out = priori::shape<outputs>;
    const T plain = loss.template gradient<rows, out>(view<T>(y), target, view<T>(bar));
    CHECK(std::abs(plain - value) < tolerance);
    CHECK(difference(gradient, bar) < tolerance);
    CHECK(std::abs(loss.template gradient<rows, out>(view<T>(y), target, view<void>{}) - value) < tolerance);

    view<dual<T>> lifted, lifted_bar;
    lifted.value = view<T>(y), lifted.tangent = view<T>(dy);
    lifted_bar.value = view<T>(dual_bar), lifted_bar.tangent = view<T>(dbar);
    const dual<T> cost = loss.template gradient<rows, out>(lifted, target, lifted_bar);
    double slope = 0;
    for (std::size_t i = 0; i < size; ++i) slope += gradient[i] * goldens::direction(int(i));
    CHECK(std::abs(cost.value - value) < tolerance);
    CHECK(std::abs(cost.tangent[0] - slope) < tolerance);
    CHECK(difference(gradient, dual_bar) < tolerance);
    CHECK(difference(product, dbar) < tolerance);

    const auto at = priori::swept(view<T>(y), view<T>(dy));
    loss.template gradient<rows, out>(at, target, priori::swept(view<T>(), view<T>(known_dbar)));
    CHECK(difference(product, known_dbar) < tolerance);
}

template <class T>
struct targets {
    T numbers[size];
    T bits[size];
    std::int32_t labels[rows];

    targets() {
        for (std::size_t i = 0; i < size; ++i) {
            numbers[i] = T(goldens::support_target(int(i)));
            bits[i] = T(i % 2);
        }
        for (std::size_t r = 0; r < rows; ++r) labels[r] = goldens::label(int(r), outputs);
    }
};

template <class T>
void check_all(double tolerance) {
    const targets<T> t;
#define CHECK_LOSS(loss, target)                                                                           \
    SECTION(#loss) {                                                                                       \
        check<T>(priori::loss, target, goldens::loss_##loss::value, goldens::loss_##loss::gradient,        \
                 goldens::loss_##loss::product, tolerance);                                                \
    }
    CHECK_LOSS(mse, t.numbers)
    CHECK_LOSS(mean_absolute, t.numbers)
    CHECK_LOSS(huber, t.numbers)
    CHECK_LOSS(cross_entropy, t.labels)
    CHECK_LOSS(cross_entropy_sum_over_classes, t.labels)
    CHECK_LOSS(binary_cross_entropy, t.bits)
#undef CHECK_LOSS
}

}  // namespace

TEST_CASE("losses agree with PyTorch in double") {
    check_all<double>(1e-12);
}

TEST_CASE("losses agree with PyTorch in float") {
    check_all<float>(2e-6);
}

TEST_CASE("the gradient of a loss agrees with differences where PyTorch has no numbers") {
    const targets<double> t;
    double y[size], bar[size];
    for (std::size_t i = 0; i < size; ++i) y[i] = goldens::support_input(int(i));
    const auto loss = priori::huber_with(0.4);
    using out = priori::shape<outputs>;
    loss.gradient<rows, out>(view<double>(y), t.numbers, view<double>(bar));
    for (std::size_t i = 0; i < size; ++i) {
        const double kept = y[i], h = 1e-4;
        const auto at = [&](double value) {
            y[i] = value;
            return loss.gradient<rows, out>(view<double>(y), t.numbers, view<void>{});
        };
        const double slope = (8 * (at(kept + h) - at(kept - h)) - (at(kept + 2 * h) - at(kept - 2 * h))) / (12 * h);
        y[i] = kept;
        CHECK(bar[i] == Approx(slope).margin(1e-9));
    }
}

TEST_CASE("entropies of large logits neither overflow nor lose their gradient") {
    const float y[] = {1000, -1000, 0, -2000, -1000, -3000};
    const std::int32_t labels[] = {1, 1};
    float bar[6];
    const float value = priori::cross_entropy.gradient<2, priori::shape<3>>(view<float>(y), labels, view<float>(bar));
    CHECK(value == 1000);
    CHECK(bar[0] == 0.5f);
    CHECK(bar[1] == -0.5f);
    CHECK(bar[4] == 0);

    const float bits[] = {0, 0, 1, 0, 1, 1};
    const auto& binary = priori::binary_cross_entropy;
    const float sum = binary.gradient<2, priori::shape<3>>(view<float>(y), bits, view<float>(bar));
    CHECK(sum == Approx((1000 + std::log(2.0) + 1000 + 3000) / 6));
    CHECK(bar[0] == Approx(1 / 6.0));
    CHECK(bar[4] == Approx(-1 / 6.0));
}

TEST_CASE("cross-entropy over many rows and classes is that over each row") {
    constexpr std::size_t many = 37, classes = 21;
    double y[many * classes], bar[many * classes], one[classes];
    std::int32_t labels[many];
    for (std::size_t i = 0; i < many * classes; ++i) y[i] = goldens::support_input(int(i));
    for (std::size_t r = 0; r < many; ++r) labels[r] = std::int32_t(r % classes);
    using out = priori::shape<classes>;
    const double all = priori::cross_entropy.gradient<many, out>(view<double>(y), labels, view<double>(bar));
    double sum = 0, worst = 0;
    for (std::size_t r = 0; r < many; ++r) {
        sum += priori::cross_entropy.gradient<1, out>(view<double>(y + r * classes), labels + r, view<double>(one));
        for (std::size_t c = 0; c < classes; ++c) {
            worst = priori::maximum(worst, std::abs(one[c] / many - bar[r * classes + c]));
        }
    }
    CHECK(all == Approx(sum / many).epsilon(1e-13));
    CHECK(worst < 1e-15);
}
