// SPDX-License-Identifier: BSL-1.0
// A tape's plan keeps apart what is needed at the same time, and little more.
#include "catch.hpp"

#include <priori/ad/view.hpp>
#include <priori/core/hana.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/conv4.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/dropout.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/sweep.hpp>
#include <priori/nn/tape_plan.hpp>

#include <array>
#include <cstddef>
#include <type_traits>

using namespace priori;

namespace {

// y = x in reverse: neither x nor y is read on the way back, and yet y cannot be written over x.
struct reversed_layer {
    static constexpr fixed_string kind{"reversed"};
    static constexpr bool reads_input = false, reads_output = false;

    template <class In>
    using output_shape = In;
    template <class>
    using parameters = parameter_list<>;

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P>, view<X> x, view<Y> y) const noexcept {
        for (std::size_t i = 0; i < Rows::count * In::size; ++i) {
            y.set(i, element_of<Y>(x[i / In::size * In::size + In::size - 1 - i % In::size]));
        }
    }
    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X>, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb>) const noexcept {
        if constexpr (is_wanted<view<Xb>>) forward<Rows, In>(p, y_bar, x_bar);
    }
};

struct no_parameters {
    template <std::size_t>
    view<float> of() const {
        return {};
    }
};

template <class Network, tape_use Use>
constexpr bool shares(std::size_t boundary) {
    const auto& plan = plan_of<Network, rows<10>, Use>;
    return plan.activation[boundary] == plan.activation[boundary + 1];
}

}  // namespace

TEST_CASE("arrays that are needed at the same time lie apart, others may share a place") {
    std::array<detail::tape_array, 4> arrays{{{16, 0, 2}, {64, 3, 5}, {32, 2, 3}, {64, 0, 1}}};
    const std::size_t size = detail::place(arrays);
    CHECK(size == 112);
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const bool apart = arrays[i].at >= arrays[j].at + arrays[j].numbers ||
                               arrays[j].at >= arrays[i].at + arrays[i].numbers;
            CHECK((apart || !arrays[i].meets(arrays[j])));
        }
    }
    CHECK(arrays[1].at == 0);
    CHECK(arrays[3].at == 0);
}

TEST_CASE("a tape for tangents keeps all, one for a gradient less, one for a prediction two activations") {
    constexpr auto net = input<16> | dense<160> | relu | dense<160> | priori::tanh | dense<160> | dropout(0.5) |
                         dense<3>;
    using network_type = std::remove_const_t<decltype(net)>;
    constexpr std::size_t all = plan_of<network_type, rows<10>>.size;
    constexpr std::size_t gradient = plan_of<network_type, rows<10>, tape_use::gradient>.size;
    constexpr std::size_t forward = plan_of<network_type, rows<10>, tape_use::forward>.size;
    constexpr std::size_t wide = 1600;
    // Activations behind relu, tanh and dropout, cotangents of them and of tanh's input, the mask; ends are narrow.
    CHECK(all == 3 * wide + 4 * wide + wide + 160 + 2 * 32);
    CHECK(gradient < 7 * wide);
    CHECK(forward < 3.1 * wide);

    using images = std::remove_const_t<decltype(input<28, 28, 1> | conv4<64> | dense<5>)>;
    constexpr std::size_t first = 75 * 28 * 28 * 64;
    CHECK(plan_of<images, rows<75>, tape_use::gradient>.size < 2.6 * first);
    CHECK(plan_of<images, rows<75>, tape_use::forward>.size < 1.6 * first);
}

TEST_CASE("a layer writes over its input only if it says that it runs in place") {
    using in_order = std::remove_const_t<decltype(input<16> | dense<16> | relu | dropout(0.5) | flatten)>;
    using reversed = std::remove_const_t<decltype(input<16> | dense<16> | reversed_layer{} | dense<16>)>;
    static_assert(shares<in_order, tape_use::swept>(1) && shares<in_order, tape_use::gradient>(1));
    static_assert(shares<in_order, tape_use::swept>(3) && shares<in_order, tape_use::forward>(3));
    static_assert(!shares<reversed, tape_use::swept>(1) && !shares<reversed, tape_use::gradient>(1));
    static_assert(!shares<reversed, tape_use::forward>(1));
    // Numbers through it: once there and back is the way they were.
    constexpr auto net = input<3> | reversed_layer{} | reversed_layer{} | reversed_layer{};
    using network_type = std::remove_const_t<decltype(net)>;
    storage<float, plan_of<network_type, rows<2>, tape_use::forward>.size> values;
    std::array<float, 6> x{1, 2, 3, 4, 5, 6};
    const run_arrays<network_type, rows<2>, float, network_type::size + 1, 0, tape_use::forward> arrays{
        view<float>(x.data()), values.all(), values.all(), values.all()};
    run_forward<0, 3, rows<2>>(net, no_parameters{}, arrays, pass{});
    const auto y = arrays.activation<3>();
    for (std::size_t i = 0; i < 6; ++i) CHECK(y[i] == x[i / 3 * 3 + 2 - i % 3]);
}

TEST_CASE("what is kept of a support set outlives the run") {
    using images = std::remove_const_t<decltype(input<28, 28, 1> | conv4<8, support_statistics> | dense<5>)>;
    using batch = rows<5>;
    constexpr const auto& plan = plan_of<images, batch, tape_use::forward>;
    std::size_t looked_at = 0;
    each<images::size>([&](auto i) {
        constexpr std::size_t layer = i;
        if constexpr (detail::uses_reference<images::layer_type<layer>>) {
            const std::size_t from = plan.saved[layer + 1];
            const std::size_t to = from + detail::saved_size<images::layer_type<layer>, batch, images::shape_at<layer>>;
            each<images::size>([&](auto j) {
                constexpr std::size_t other = j;
                const std::size_t first = plan.activation[other + 1], kept = plan.saved[other + 1];
                CHECK((first >= to || first + 5 * images::shape_at<other + 1>::size <= from));
                if (other != layer && kept != 0) CHECK((kept >= to || kept < from));
                ++looked_at;
            });
        }
    });
    CHECK(looked_at == 4 * images::size);
}
