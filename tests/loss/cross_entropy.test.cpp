// SPDX-License-Identifier: BSL-1.0
// cross_entropy against its formula, row by row in double, for shapes that fill no register, one, and several groups.
#include "catch.hpp"

#include <priori/core/shape.hpp>
#include <priori/loss/cross_entropy.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pr = priori;

namespace {

template <std::size_t Count, std::size_t Classes, class T>
void compare(double tolerance, double size) {
    std::vector<T> y(Count * Classes), bar(Count * Classes);
    std::vector<std::int32_t> labels(Count);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = T(size * std::sin(1.0 + 0.7 * double(i)));
    for (std::size_t r = 0; r < Count; ++r) labels[r] = static_cast<std::int32_t>((r * r + Classes - 1) % Classes);
    const pr::view<T> logits(y.data());
    const T loss =
        pr::cross_entropy.gradient<Count, pr::shape<Classes>>(logits, labels.data(), pr::view<T>(bar.data()));
    CHECK(loss == pr::cross_entropy.gradient<Count, pr::shape<Classes>>(logits, labels.data(), pr::view<void>{}));

    double expected = 0, worst = 0;
    for (std::size_t r = 0; r < Count; ++r) {
        const T* row = y.data() + r * Classes;
        double largest = double(row[0]), sum = 0;
        for (std::size_t c = 0; c < Classes; ++c) largest = std::fmax(largest, double(row[c]));
        for (std::size_t c = 0; c < Classes; ++c) sum += std::exp(double(row[c]) - largest);
        const auto label = static_cast<std::size_t>(labels[r]);
        expected += (std::log(sum) + largest - double(row[label])) / double(Count);
        for (std::size_t c = 0; c < Classes; ++c) {
            const double power = std::exp(double(row[c]) - largest) / sum;
            const double slope = (power - double(c == label)) / double(Count);
            worst = std::fmax(worst, std::abs(slope - double(bar[r * Classes + c])));
        }
    }
    INFO(Count << " examples of " << Classes << " classes");
    CHECK(double(loss) == Approx(expected).epsilon(tolerance));
    CHECK(worst < tolerance);
}

template <class T>
void compare_all(double tolerance, double size) {
    compare<1, 1, T>(tolerance, size);
    compare<1, 20, T>(tolerance, size);
    compare<5, 5, T>(tolerance, size);
    compare<17, 20, T>(tolerance, size);
    compare<75, 5, T>(tolerance, size);
    compare<300, 2, T>(tolerance, size);
    compare<19, 300, T>(tolerance, size);
}

}  // namespace

TEST_CASE("cross-entropy is its formula for any number of examples and classes, in double") {
    compare_all<double>(1e-13, 3);
    compare_all<double>(1e-13, 2000);
}

TEST_CASE("cross-entropy is its formula for any number of examples and classes, in float") {
    compare_all<float>(1e-6, 3);
}
