// SPDX-License-Identifier: BSL-1.0
// convolution<Filters>: small windows of an image, all weighed alike.
#pragma once

#include <priori/ad/convolution.hpp>
#include <priori/ad/linear.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/image.hpp>
#include <priori/nn/initializer.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

// What a convolution is beside its number of filters.
struct convolution_options {
    static constexpr std::size_t half = static_cast<std::size_t>(-1);

    std::size_t kernel = 3;
    std::size_t stride = 1;
    std::size_t padding = half;  // (kernel - 1) dilation / 2: an odd kernel then keeps height and width at stride 1
    std::size_t dilation = 1;
    std::size_t groups = 1;
    bool bias = true;
    convolution_sums sums = convolution_sums::minimal;

    constexpr std::size_t border() const { return padding == half ? (kernel - 1) * dilation / 2 : padding; }
    constexpr std::size_t reach() const { return (kernel - 1) * dilation + 1; }
};

namespace detail {

// In signatures: what blocks and shapes do not always tell.
template <convolution_options Options>
inline constexpr auto convolution_variant = [] {
    constexpr auto o = Options;
    if constexpr (o.stride == 1 && o.dilation == 1 && o.groups == 1 && o.border() == (o.kernel - 1) / 2) {
        return fixed_string("");
    } else {
        return join<":stride", decimal<o.stride>(), "padding", decimal<o.border()>(), "dilation",
                    decimal<o.dilation>(), "groups", decimal<o.groups>()>();
    }
}();

}  // namespace detail

// y[i, j, o] = bias[o] + sum over a, b, c of x[stride i + dilation a - padding, stride j + dilation b - padding, c]
// weight[a, b, c, o]; outside of the image x is 0. With groups, c runs over o's share of the channels.
// Shapes: x (H, W, In), weight (kernel, kernel, In / groups, Filters), bias (Filters), y (H', W', Filters),
// H' = (H + 2 padding - dilation (kernel - 1) - 1) / stride + 1, rounded down. PyTorch's weight (Filters, In / groups,
// kernel, kernel) becomes ours by permute(2, 3, 1, 0), its images by permute(0, 2, 3, 1).
// Derivative: the two adjoint convolutions; bias_bar += the sum of y_bar over all images and places.
// Cost: 2 Rows H' W' kernel^2 In / groups Filters forward, twice that backward; in float a 3x3 convolution of stride 1
// of 16 to 96 channels multiplies a quarter as often where images are large enough (see convolution_sums).
// Example: convolution<64>, convolution<64>.kernel<5>().stride<2>().padding<0>().without_bias()
template <std::size_t Filters, convolution_options Options = convolution_options{}>
struct convolution_layer {
    static constexpr fixed_string kind{"convolution"};
    static constexpr auto variant = detail::convolution_variant<Options>;
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;
    static constexpr bool writes_first = true;
    static constexpr convolution_options options = Options;

    initializer initial = he;

private:
    template <class In>
    using taken = convolution_shape<In::extents[0], In::extents[1], In::extents[2], Filters, Options.kernel,
                                    Options.kernel, Options.stride, Options.border(), Options.dilation, Options.groups>;
    template <class In>
    static constexpr std::size_t channels = In::extents[2] / Options.groups;
    template <class In>
    static constexpr std::size_t fan_in = Options.kernel * Options.kernel * channels<In>;
    template <class In>
    static constexpr std::size_t places = taken<In>::output_height * taken<In>::output_width;
    template <class In>
    using weight = parameter<"weight", shape<Options.kernel, Options.kernel, channels<In>, Filters>>;

    template <auto Changed>
    constexpr convolution_layer<Filters, Changed> changed() const {
        return {initial};
    }
    static constexpr convolution_options with_options(auto convolution_options::*field, auto value) {
        convolution_options o = Options;
        o.*field = value;
        return o;
    }

public:
    template <std::size_t Edge>
    constexpr auto kernel() const {
        return changed<with_options(&convolution_options::kernel, Edge)>();
    }
    template <std::size_t Step>
    constexpr auto stride() const {
        return changed<with_options(&convolution_options::stride, Step)>();
    }
    // On all four sides.
    template <std::size_t Border>
    constexpr auto padding() const {
        return changed<with_options(&convolution_options::padding, Border)>();
    }
    template <std::size_t Distance>
    constexpr auto dilation() const {
        return changed<with_options(&convolution_options::dilation, Distance)>();
    }
    template <std::size_t Count>
    constexpr auto groups() const {
        return changed<with_options(&convolution_options::groups, Count)>();
    }
    // Without minimal filtering: more exact in float, half as fast.
    constexpr auto direct() const {
        return changed<with_options(&convolution_options::sums, convolution_sums::direct)>();
    }
    constexpr auto without_bias() const { return changed<with_options(&convolution_options::bias, false)>(); }
    constexpr convolution_layer with(initializer chosen) const { return {chosen}; }

    template <class In>
    static consteval auto refusal() {
        if constexpr (Filters == 0 || Options.kernel == 0 || Options.stride == 0 || Options.dilation == 0 ||
                      Options.groups == 0) {
            return fixed_string(
                "[priori:N121] convolution: filters, kernel, stride, dilation and groups are at least 1.");
        } else if constexpr (detail::image_refusal<kind, In>.length > 0) {
            return detail::image_refusal<kind, In>;
        } else if constexpr (Options.reach() > In::extents[0] + 2 * Options.border() ||
                             Options.reach() > In::extents[1] + 2 * Options.border()) {
            return join<"[priori:N122] convolution: the input has shape ", detail::text_of<In>, ", its kernel spans ",
                        decimal<Options.reach()>(), " places, and the padding adds ", decimal<Options.border()>(),
                        " on each side: it does not fit; take a smaller kernel or more padding.">();
        } else if constexpr (In::extents[2] % Options.groups != 0 || Filters % Options.groups != 0) {
            return join<"[priori:N123] convolution: ", decimal<Options.groups>(), " groups do not divide the ",
                        decimal<In::extents[2]>(), " channels of the input and the ", decimal<Filters>(),
                        " filters; take a number that divides both.">();
        } else {
            return detail::accepted;
        }
    }

    template <class In>
    using sums = taken<In>;
    template <class In>
    using output_shape = shape<taken<In>::output_height, taken<In>::output_width, Filters>;
    template <class In>
    using parameters =
        std::conditional_t<Options.bias, parameter_list<weight<In>, parameter<"bias", shape<Filters>>>,
                           parameter_list<weight<In>>>;

    template <class In, class T>
    void initialize(T* p, random_stream& random) const noexcept {
        constexpr std::size_t fan_out = Options.kernel * Options.kernel * (Filters / Options.groups);
        for (std::size_t i = 0; i < fan_in<In> * Filters; ++i) p[i] = initial.draw<T>(random, fan_in<In>, fan_out);
        for (std::size_t i = 0; Options.bias && i < Filters; ++i) p[fan_in<In> * Filters + i] = T(0);
    }

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P> p, view<X> x, view<Y> y) const noexcept {
        convolve<taken<In>, Rows::count, false, Options.sums>(x, p, y);
        if constexpr (Options.bias) add_rows<Rows::count * places<In>, Filters>(p.at(fan_in<In> * Filters), y);
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb> p_bar) const noexcept {
        constexpr bool add = !detail::is_fresh<Pb>;
        const auto w_bar = detail::plain_array(p_bar);
        convolve_weight_gradient<taken<In>, Rows::count, add, Options.sums>(x, y_bar, w_bar);
        if constexpr (Options.bias) {
            column_sums<Rows::count * places<In>, Filters, add>(y_bar, w_bar.at(fan_in<In> * Filters));
        }
        convolve_input_gradient<taken<In>, Rows::count, false, Options.sums>(y_bar, p, x_bar);
    }
};

template <std::size_t Filters>
inline constexpr convolution_layer<Filters> convolution{};

}  // namespace priori
