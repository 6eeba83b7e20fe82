// SPDX-License-Identifier: BSL-1.0
// Normalization, the block that runs as one, and adam do with NaN and denormals what plain numbers do: NaN comes out
// where it reaches and nowhere else, and denormals count.
#include "catch.hpp"

#include <priori/ad/view.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/outer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

namespace pr = priori;

namespace {

using array = std::vector<float>;
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float tiny = 4096 * std::numeric_limits<float>::denorm_min();  // small whole multiples of it are denormal

// Whole numbers from -4 to 4.
array whole_numbers(std::size_t count, std::size_t seed) {
    array result(count);
    for (std::size_t i = 0; i < count; ++i) {
        result[i] = static_cast<float>(static_cast<int>((i * 2654435761u + seed * 7919u) % 1009u % 9u) - 4);
    }
    return result;
}
array scaled(array numbers, float by) {
    for (float& x : numbers) x *= by;
    return numbers;
}
pr::view<float> view(array& of) { return pr::view<float>(of.data()); }
bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// Is `got` what `want` is times `tiny`, to a hundredth of the largest, and is that not zero?
bool counts(const array& got, const array& want) {
    double largest = 0, worst = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
        largest = std::max(largest, std::abs(double(want[i])));
        worst = pr::maximum(worst, std::abs(double(got[i]) / double(tiny) - want[i]));
    }
    return largest > 0 && worst <= largest / 100;
}
// Is NaN where `poisoned` says so, and all else as before?
template <class F>
bool poisons(const array& got, const array& before, const F& poisoned) {
    for (std::size_t i = 0; i < got.size(); ++i) {
        if (poisoned(i) ? !std::isnan(got[i]) : !same(got[i], before[i])) return false;
    }
    return true;
}

// Batch normalization of three images of 4 x 4 places.
constexpr std::size_t channels = 19, images = 3, numbers = images * 16 * channels;
using in = pr::shape<4, 4, channels>;
constexpr auto norm = pr::batch_normalization<pr::transductive>;
struct normalized {
    array y = array(numbers), saved = array(2 * channels + 2), x_bar = array(numbers), p_bar = array(2 * channels);

    normalized(array x, array y_bar, array scale_and_shift) {
        norm.forward<pr::rows<images>, in>(view(scale_and_shift), view(x), view(y), view(saved));
        norm.vjp<pr::rows<images>, in>(view(scale_and_shift), view(x), view(y), view(saved), view(y_bar), view(x_bar),
                                       view(p_bar));
    }
};
array ones_and_zeros(std::size_t count) {
    array p(2 * count, 0.0f);
    for (std::size_t c = 0; c < count; ++c) p[c] = 1;
    return p;
}

// A convolution of one channel, its normalization and pool: as one, or a layer at a time.
template <bool AsOne>
struct block {
    static constexpr auto conv = pr::convolution<channels>.without_bias();
    static constexpr auto pooled = norm.max_pooled<2>();
    using one_channel = pr::shape<4, 4, 1>;
    using rows = pr::rows<images>;
    using joint = pr::detail::joint<std::remove_const_t<decltype(conv)>, std::remove_const_t<decltype(pooled)>, rows,
                                    one_channel>;
    static_assert(joint::pays);
    static constexpr std::size_t size = images * 4 * channels;
    array h = array(numbers), h_bar = array(numbers), y = array(size), saved = array(2 * channels + 2 + size);
    array weight_bar = array(9 * channels), p_bar = array(2 * channels);

    block(array x, array weight, array y_bar) {
        array p = ones_and_zeros(channels);
        if constexpr (AsOne) {
            joint::forward(conv, pooled, view(weight), view(p), view(x), view(h), view(y), view(saved));
            joint::vjp(conv, pooled, view(weight), view(p), view(x), view(h), view(saved), view(y_bar),
                       view(weight_bar), view(p_bar));
        } else {
            conv.template forward<rows, one_channel>(view(weight), view(x), view(h));
            pooled.template forward<rows, in>(view(p), view(h), view(y), view(saved));
            pooled.template vjp<rows, in>(view(p), view(h), view(y), view(saved), view(y_bar), view(h_bar),
                                          view(p_bar));
            conv.template vjp<rows, one_channel>(view(weight), view(x), view(h), view(h_bar), pr::view<void>{},
                                        view(weight_bar));
        }
    }
};

}  // namespace

TEST_CASE("NaN in one channel stays in it through batch normalization, forward and back", "[nn]") {
    const auto x = whole_numbers(numbers, 1), y_bar = whole_numbers(numbers, 2), p = ones_and_zeros(channels);
    const normalized before(x, y_bar, p);
    constexpr std::size_t sick = 17;
    const auto of_channel = [](std::size_t i) { return i % channels == sick; };
    auto ill = x;
    ill[5 * channels + sick] = not_a_number;
    const normalized after(ill, y_bar, p);
    CHECK(poisons(after.y, before.y, of_channel));
    CHECK(poisons(after.x_bar, before.x_bar, of_channel));
    CHECK(poisons(after.p_bar, before.p_bar, [](std::size_t i) { return i == sick; }));  // the shift's does not see x
    ill = y_bar;
    ill[7 * channels + sick] = not_a_number;
    const normalized back(x, ill, p);
    CHECK(back.y == before.y);
    CHECK(poisons(back.x_bar, before.x_bar, of_channel));
    CHECK(poisons(back.p_bar, before.p_bar, of_channel));
}

TEST_CASE("a mean whose square overflows normalizes as others do", "[nn]") {
    const auto x = whole_numbers(numbers, 1), y_bar = whole_numbers(numbers, 2), p = ones_and_zeros(channels);
    array far = scaled(x, 1e18f);
    for (float& each : far) each += 2e19f;
    const normalized plain(scaled(x, 1e18f), y_bar, p), moved(far, y_bar, p);
    for (std::size_t i = 0; i < plain.y.size(); ++i) REQUIRE(std::abs(moved.y[i] - plain.y[i]) < 1e-3);
}

TEST_CASE("denormals count in the statistics of a batch, forward and back", "[nn]") {
    const auto x = whole_numbers(numbers, 1), y_bar = whole_numbers(numbers, 2), p = ones_and_zeros(channels);
    const normalized plain(x, y_bar, p), back(x, scaled(y_bar, tiny), p), forward(scaled(x, tiny), y_bar, p);
    CHECK(counts(back.x_bar, plain.x_bar));
    CHECK(counts(back.p_bar, plain.p_bar));
    // Their squares vanish beside epsilon: what remains is (x - mean) / sqrt(epsilon).
    array want(numbers);
    for (std::size_t i = 0; i < numbers; ++i) {
        double mean = 0;
        for (std::size_t j = i % channels; j < numbers; j += channels) mean += x[j] / double(images * 16);
        want[i] = float((x[i] - mean) / std::sqrt(1e-5));
    }
    CHECK(counts(forward.y, want));
}

TEST_CASE("a first block that runs as one does with NaN and denormals as its layers alone", "[nn]") {
    const auto x = whole_numbers(images * 16, 1), weight = whole_numbers(9 * channels, 2);
    const auto y_bar = whole_numbers(block<true>::size, 3);
    const block<true> before(x, weight, y_bar);
    const auto check = [&](const auto& sick_x, const auto& sick_weight, const auto& sick_bar, bool all) {
        const block<true> one(sick_x, sick_weight, sick_bar);
        const block<false> two(sick_x, sick_weight, sick_bar);
        std::size_t ill = 0;
        const auto alike = [&](const array& a, const array& b, const array& healthy) {
            for (std::size_t i = 0; i < a.size(); ++i) {
                ill += std::isnan(a[i]);
                if (std::isnan(a[i]) != std::isnan(b[i])) return false;
                if (!std::isnan(a[i]) && a[i] != healthy[i]) return false;
            }
            return true;
        };
        CHECK(alike(one.y, two.y, before.y));
        CHECK(alike(one.weight_bar, two.weight_bar, before.weight_bar));
        CHECK(alike(one.p_bar, two.p_bar, before.p_bar));
        CHECK(ill > 0);
        if (!all) CHECK(ill <= one.y.size() / channels + 9 + 2);  // in one channel
    };
    auto ill = weight;
    ill[4 * channels + 18] = not_a_number;
    check(x, ill, y_bar, false);
    ill = y_bar;
    ill[2 * channels + 3] = not_a_number;
    check(x, weight, ill, false);
    ill = x;
    ill[21] = not_a_number;
    check(ill, weight, y_bar, true);

    CHECK(counts(block<true>(x, weight, scaled(y_bar, tiny)).weight_bar, before.weight_bar));
    CHECK(counts(block<true>(x, weight, scaled(y_bar, tiny)).p_bar, before.p_bar));
    // Weights so small that epsilon alone normalizes.
    const block<true> small(x, scaled(weight, tiny), y_bar);
    const block<false> alone(x, weight, y_bar);
    array want(small.y.size());
    for (std::size_t i = 0; i < want.size(); ++i) {
        const float r = alone.saved[channels + i % channels];
        want[i] = alone.y[i] / r / std::sqrt(1e-5f);
    }
    CHECK(counts(small.y, want));
}

TEST_CASE("adam keeps NaN in its place and steps by denormal gradients", "[nn]") {
    constexpr std::size_t count = 19;
    using layout = pr::layout<pr::block<"w", "", pr::shape<count>>>;
    constexpr pr::adam optimizer{.rate = 1.0};
    const auto stepped = [&](array gradient) {
        array theta(count, 0.0f);
        pr::outer_state<layout, std::remove_const_t<decltype(optimizer)>, float> state;
        state.start();
        for (int k = 0; k < 3; ++k) {
            state.step(optimizer, view(theta), view(gradient));
            gradient[4] = 1;  // NaN has come to stay
        }
        return theta;
    };
    auto gradient = whole_numbers(count, 1);
    gradient[4] = 1;
    const auto before = stepped(gradient);
    gradient[4] = not_a_number;
    CHECK(poisons(stepped(gradient), before, [](std::size_t i) { return i == 4; }));
    // The square of such a gradient is zero: three steps of rate g / sqrt(eps).
    gradient = whole_numbers(count, 1);
    gradient[4] = 1;
    array by_tiny = scaled(gradient, tiny);
    array theta(count, 0.0f);
    pr::outer_state<layout, std::remove_const_t<decltype(optimizer)>, float> state;
    state.start();
    for (int k = 0; k < 3; ++k) state.step(optimizer, view(theta), view(by_tiny));
    CHECK(counts(theta, scaled(gradient, -3e4f)));
}
