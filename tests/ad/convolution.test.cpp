// SPDX-License-Identifier: BSL-1.0
// Convolutions of duals, summed as written and by minimal filtering, against the sums as written in double.
#include "catch.hpp"

#include <priori/ad/convolution.hpp>

#include <cmath>
#include <cstddef>
#include <memory>

namespace pr = priori;

namespace {

// Wide and large enough for minimal filtering to pay.
constexpr std::size_t images = 3, edge = 8, channels = 16;
using taken = pr::convolution_shape<edge, edge, channels, channels>;
constexpr std::size_t pixels = images * edge * edge * channels, weights = 9 * channels * channels;
static_assert(pr::winograd_pays<taken, images>);

template <class T, std::size_t Count>
using array = pr::storage<pr::dual<T>, Count>;

template <class T, std::size_t Count>
std::unique_ptr<array<T, Count>> filled(double phase) {
    auto result = std::make_unique<array<T, Count>>();
    for (std::size_t i = 0; i < Count; ++i) {
        result->values.elements[i] = static_cast<T>(std::sin(phase + 0.7 * static_cast<double>(i)));
        result->tangents.elements[i] = static_cast<T>(std::cos(phase + 1.3 * static_cast<double>(i)));
    }
    return result;
}

// Root of the mean square of the difference, by that of the right one, over values and tangents.
template <class T, std::size_t Count>
double error(const array<T, Count>& found, const array<double, Count>& right) {
    double difference = 0, size = 0;
    const auto look = [&](const T* a, const double* b) {
        for (std::size_t i = 0; i < Count; ++i) {
            difference += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
            size += b[i] * b[i];
        }
    };
    look(found.values.elements, right.values.elements);
    look(found.tangents.elements, right.tangents.elements);
    return std::sqrt(difference / size);
}

template <class T, pr::convolution_sums Sums>
struct products {
    std::unique_ptr<array<T, pixels>> y = filled<T, pixels>(5), x_bar = filled<T, pixels>(6);
    std::unique_ptr<array<T, weights>> w_bar = filled<T, weights>(7);

    products() {
        const auto x = filled<T, pixels>(1), y_bar = filled<T, pixels>(2);
        const auto w = filled<T, weights>(3);
        pr::convolve<taken, images, false, Sums>(x->all(), w->all(), y->all());
        pr::convolve_input_gradient<taken, images, false, Sums>(y_bar->all(), w->all(), x_bar->all());
        pr::convolve_weight_gradient<taken, images, true, Sums>(x->all(), y_bar->all(), w_bar->all());
    }
};

}  // namespace

TEST_CASE("minimal filtering gives the convolutions of duals, in float with a rounding of its own") {
    const products<double, pr::convolution_sums::direct> right;
    const products<double, pr::convolution_sums::minimal> in_double;
    const products<float, pr::convolution_sums::direct> direct;
    const products<float, pr::convolution_sums::minimal> minimal;
    const auto check = [&](const auto& part) {
        CHECK(error(part(in_double), part(right)) == 0);
        const double plain = error(part(direct), part(right)), filtered = error(part(minimal), part(right));
        CHECK(plain < 1e-6);
        CHECK(filtered < 5e-6);
        CHECK(filtered != plain);  // or it did not run
    };
    check([](const auto& of) -> const auto& { return *of.y; });
    check([](const auto& of) -> const auto& { return *of.x_bar; });
    check([](const auto& of) -> const auto& { return *of.w_bar; });
}
