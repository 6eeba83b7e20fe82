// SPDX-License-Identifier: BSL-1.0
// A first convolution that runs as one with its normalization and pool gives what the two layers give: values,
// gradients and their tangents.
#include "catch.hpp"

#include <priori/ad/view.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/simd/pack.hpp>

#include <cmath>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace pr = priori;

namespace {

std::vector<double> waves(std::size_t count, double phase, double level = 0) {
    std::vector<double> result(count);
    for (std::size_t i = 0; i < count; ++i) {
        result[i] = level + std::sin(phase + 1.3 * static_cast<double>(i) + 1e-2 * static_cast<double>(i * i % 31));
    }
    return result;
}

double difference(const std::vector<double>& a, const std::vector<double>& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double error = std::abs(a[i] - b[i]);
        worst = pr::maximum(worst, error);  // NaN counts
    }
    return worst;
}

// The arrays of a run, and their tangents.
struct numbers {
    std::vector<double> value, tangent;
    explicit numbers(std::vector<double> v) : value(v), tangent(v.size(), NAN) {}
    explicit numbers(std::size_t count) : numbers(std::vector<double>(count, NAN)) {}
    numbers(std::vector<double> v, std::vector<double> t) : value(v), tangent(t) {}
    pr::view<double> plain() { return pr::view<double>(value.data()); }
    auto known() { return pr::swept(plain(), pr::view<double>(tangent.data())); }
};

template <std::size_t Height, std::size_t Width, std::size_t Filters, std::size_t Images, class Norm>
void check(const Norm& norm) {
    using in = pr::shape<Height, Width, 1>;
    constexpr auto conv = pr::convolution<Filters>.without_bias();
    using conv_type = std::remove_cvref_t<decltype(conv)>;
    using between = typename conv_type::template output_shape<in>;
    using out = typename Norm::template output_shape<between>;
    using rows = pr::rows<Images>;
    using joint = pr::detail::joint<conv_type, Norm, rows, in>;
    static_assert(joint::pays);
    constexpr std::size_t q_size = Norm::template parameters<between>::size;
    constexpr std::size_t kept = Norm::template saved_size<rows, between>;

    const auto image = waves(Images * in::size, 0.3, 2);
    const pr::view<double> x(image.data());
    numbers p(waves(9 * Filters, 1), waves(9 * Filters, 2)), q(waves(q_size, 3), waves(q_size, 4));
    numbers bar(waves(Images * out::size, 5), waves(Images * out::size, 6));
    struct side {
        numbers h{Images * between::size}, h_bar{Images * between::size}, y{Images * out::size}, saved{kept};
        numbers p_bar{waves(9 * Filters, 7), waves(9 * Filters, 8)}, q_bar{waves(q_size, 9), waves(q_size, 10)};
    } want, got;

    conv.template forward<rows, in>(p.plain(), x, want.h.plain());
    norm.template forward<rows, between>(q.plain(), want.h.plain(), want.y.plain(), want.saved.plain());
    norm.template vjp<rows, between>(q.plain(), want.h.plain(), want.y.plain(), want.saved.plain(), bar.plain(),
                                     want.h_bar.plain(), want.q_bar.plain());
    conv.template vjp<rows, in>(p.plain(), x, want.h.plain(), want.h_bar.plain(), pr::view<void>{},
                                want.p_bar.plain());
    joint::forward(conv, norm, p.plain(), q.plain(), x, got.h.plain(), got.y.plain(), got.saved.plain());
    joint::vjp(conv, norm, p.plain(), q.plain(), x, got.h.plain(), got.saved.plain(), bar.plain(), got.p_bar.plain(),
               got.q_bar.plain());
    CHECK(difference(want.y.value, got.y.value) < 1e-11);
    CHECK(difference(want.p_bar.value, got.p_bar.value) < 1e-10);
    CHECK(difference(want.q_bar.value, got.q_bar.value) < 1e-11);

    auto written = got.p_bar;
    joint::vjp(conv, norm, p.plain(), q.plain(), x, got.h.plain(), got.saved.plain(), bar.plain(),
               pr::view<pr::fresh<double>>{written.plain()}, pr::view<void>{});
    const auto start = waves(9 * Filters, 7);
    for (std::size_t i = 0; i < start.size(); ++i) written.value[i] += start[i];
    CHECK(difference(want.p_bar.value, written.value) < 1e-10);

    const auto tangent_of = [&](auto moving) {
        conv.template forward<rows, in>(moving, x, want.h.known());
        norm.template forward<rows, between>(q.known(), want.h.known(), want.y.known(), want.saved.known());
        norm.template vjp<rows, between>(q.known(), want.h.known(), want.y.known(), want.saved.known(), bar.known(),
                                         want.h_bar.known(), want.q_bar.known());
        conv.template vjp<rows, in>(moving, x, want.h.known(), want.h_bar.known(), pr::view<void>{},
                                    want.p_bar.known());
        joint::forward(conv, norm, moving, q.known(), x, got.h.known(), got.y.known(), got.saved.known());
        joint::vjp(conv, norm, moving, q.known(), x, got.h.known(), got.saved.known(), bar.known(),
                   got.p_bar.known(), got.q_bar.known());
    };
    tangent_of(p.known());
    CHECK(difference(want.y.tangent, got.y.tangent) < 1e-10);
    CHECK(difference(want.p_bar.tangent, got.p_bar.tangent) < 1e-9);
    CHECK(difference(want.q_bar.tangent, got.q_bar.tangent) < 1e-10);
}

}  // namespace

TEST_CASE("a first convolution, its normalization and pool run as one to the same numbers and tangents") {
    constexpr auto norm = pr::batch_normalization<pr::transductive>.max_pooled<2>();
    check<6, 8, 5, 3>(norm);
    check<7, 5, 19, 2>(norm);
    check<2, 5, 16, 4>(norm.without_scale());
}

TEST_CASE("images without any contrast give no NaN where layers run as one") {
    constexpr auto norm = pr::batch_normalization<pr::transductive>.max_pooled<2>();
    constexpr auto conv = pr::convolution<16>.without_bias();
    using in = pr::shape<6, 6, 1>;
    using joint = pr::detail::joint<std::remove_cvref_t<decltype(conv)>, std::remove_cvref_t<decltype(norm)>,
                                    pr::rows<4>, in>;
    const std::vector<float> image(4 * 36, 0.0f);
    std::vector<float> p(9 * 16, 0.3f), q(32, 1.0f), h(4 * 36 * 16), y(4 * 9 * 16), saved(34 + 4 * 9 * 16);
    const auto view = [](auto& of) { return pr::view<float>(of.data()); };
    joint::forward(conv, norm, view(p), view(q), view(image), view(h), view(y), view(saved));
    for (const float number : y) CHECK(number == 1.0f);
}

namespace {

// 1 / sqrt(variance + epsilon) of each filter, and the cotangents of scale, shift and weights, in numbers T.
template <class T>
std::vector<double> of_smooth_images() {
    using in = pr::shape<32, 32, 1>;
    constexpr std::size_t filters = 2, images = 3;
    constexpr auto conv = pr::convolution<filters>.without_bias();
    constexpr auto norm = pr::batch_normalization<pr::transductive>.template max_pooled<2>();
    using conv_type = std::remove_cvref_t<decltype(conv)>;
    using norm_type = std::remove_cvref_t<decltype(norm)>;
    using between = typename conv_type::template output_shape<in>;
    using out = typename norm_type::template output_shape<between>;
    using rows = pr::rows<images>;
    using joint = pr::detail::joint<conv_type, norm_type, rows, in>;
    std::vector<T> x(images * in::size), h(images * between::size), y(images * out::size), y_bar(y.size());
    std::vector<T> saved(norm_type::template saved_size<rows, between>), w_bar(9 * filters), q_bar(2 * filters);
    std::vector<T> q{T(1), T(1), T(0), T(0)}, w(9 * filters);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double column = double(i % 32) - 14 - double(i / 1024), row = double(i / 32 % 32) - 15;
        x[i] = T(255 * std::exp(-(column * column + row * row) / 72));
    }
    for (std::size_t i = 0; i < y_bar.size(); ++i) y_bar[i] = T(1 + std::sin(0.02 * double(i / filters % 256)));
    const double second[3] = {0.25, -0.5, 0.25};  // differences of differences
    for (std::size_t t = 0; t < 9; ++t) {
        w[t * filters] = T(second[t / 3] * second[t % 3] * 4);
        w[t * filters + 1] = T(t == 4 ? -1 : t % 2 == 1 ? 0.25 : 0);
    }
    const auto of = [](std::vector<T>& a) { return pr::view<T>(a.data()); };
    joint::forward(conv, norm, of(w), of(q), of(x), of(h), of(y), of(saved));
    joint::vjp(conv, norm, of(w), of(q), of(x), of(h), of(saved), of(y_bar), of(w_bar), of(q_bar));
    std::vector<double> found(saved.begin() + filters, saved.begin() + 2 * filters);
    found.insert(found.end(), q_bar.begin(), q_bar.end());
    found.insert(found.end(), w_bar.begin(), w_bar.end());
    return found;
}

}  // namespace

TEST_CASE("filters that take smooth neighbours from each other keep their digits in float where layers run as one") {
    const auto in_float = of_smooth_images<float>(), in_double = of_smooth_images<double>();
    for (std::size_t i = 0; i < in_double.size(); ++i) {
        INFO(i);  // rounding decides between nearly equal winners
        CHECK(in_float[i] == Approx(in_double[i]).epsilon(0.05));
    }
}
