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

// A number for each axis of an image; of a signal, the width's.
struct per_axis {
    std::size_t height = 0, width = 0;

    constexpr per_axis(std::size_t both) : height(both), width(both) {}
    constexpr per_axis(std::size_t of_height, std::size_t of_width) : height(of_height), width(of_width) {}
    friend constexpr bool operator==(const per_axis&, const per_axis&) = default;
};

// What a convolution is beside its number of filters.
struct convolution_options {
    static constexpr std::size_t half = static_cast<std::size_t>(-1);

    per_axis kernel = 3;
    per_axis stride = 1;
    per_axis padding = half;  // (kernel - 1) dilation / 2: an odd kernel then keeps height and width at stride 1
    per_axis dilation = 1;
    std::size_t groups = 1;
    bool bias = true;
    convolution_sums sums = convolution_sums::minimal;

    constexpr bool any_zero() const {
        const auto zero = [](per_axis of) { return of.height == 0 || of.width == 0; };
        return zero(kernel) || zero(stride) || zero(dilation) || groups == 0;
    }
    constexpr per_axis border() const {
        const per_axis halves{(kernel.height - 1) * dilation.height / 2, (kernel.width - 1) * dilation.width / 2};
        return {padding.height == half ? halves.height : padding.height,
                padding.width == half ? halves.width : padding.width};
    }
    constexpr per_axis reach() const {
        return {(kernel.height - 1) * dilation.height + 1, (kernel.width - 1) * dilation.width + 1};
    }
};

namespace detail {

template <per_axis Of, fixed_string Times>
inline constexpr auto axes_text = [] {
    if constexpr (Of.height == Of.width) {
        return decimal<Of.width>();
    } else {
        return join<decimal<Of.height>(), Times, decimal<Of.width>()>();
    }
}();

// In signatures: what blocks and shapes do not always tell.
template <convolution_options Options>
inline constexpr auto convolution_variant = [] {
    constexpr auto o = Options;
    constexpr per_axis plain{(o.kernel.height - 1) / 2, (o.kernel.width - 1) / 2};
    if constexpr (o.stride == 1 && o.dilation == 1 && o.groups == 1 && o.border() == plain) {
        return fixed_string("");
    } else {
        return join<":stride", axes_text<o.stride, "x">, "padding", axes_text<o.border(), "x">, "dilation",
                    axes_text<o.dilation, "x">, "groups", decimal<o.groups>()>();
    }
}();

}  // namespace detail

// y[i, j, o] = bias[o] + sum over a, b, c of x[stride i + dilation a - padding, stride j + dilation b - padding, c]
// weight[a, b, c, o]; outside of the image x is 0. With groups, c runs over o's share of the channels.
// One number of kernel, stride, padding or dilation is for both axes, two are for height and width.
// Shapes: x (H, W, In), weight (kernel, kernel, In / groups, Filters), bias (Filters), y (H', W', Filters),
// H' = (H + 2 padding - dilation (kernel - 1) - 1) / stride + 1, rounded down. PyTorch's weight (Filters, In / groups,
// kernel, kernel) becomes ours by permute(2, 3, 1, 0), its images by permute(0, 2, 3, 1).
// Derivative: the two adjoint convolutions; bias_bar += the sum of y_bar over all images and places.
// Cost: 2 Rows H' W' kernel kernel In / groups Filters forward, twice that backward; in float a 3x3 convolution of stride 1
// of 16 to 96 channels multiplies a quarter as often where images are large enough (see convolution_sums).
// Example: convolution<64>, convolution<64>.kernel<5>().stride<2>().padding<0>().without_bias(),
// convolution<64>.kernel<3, 5>().stride<2, 1>()
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
    using taken = convolution_shape<In::extents[0], In::extents[1], In::extents[2], Filters, Options.kernel.height,
                                    Options.kernel.width, Options.stride.width, Options.border().width,
                                    Options.dilation.width, Options.groups, Options.border().height,
                                    Options.stride.height, Options.dilation.height>;
    template <class In>
    static constexpr std::size_t channels = In::extents[2] / Options.groups;
    template <class In>
    static constexpr std::size_t fan_in = Options.kernel.height * Options.kernel.width * channels<In>;
    template <class In>
    static constexpr std::size_t places = taken<In>::output_height * taken<In>::output_width;
    template <class In>
    using weight = parameter<"weight", shape<Options.kernel.height, Options.kernel.width, channels<In>, Filters>>;

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
    template <std::size_t Height, std::size_t Width = Height>
    constexpr auto kernel() const {
        return changed<with_options(&convolution_options::kernel, per_axis{Height, Width})>();
    }
    template <std::size_t Down, std::size_t Right = Down>
    constexpr auto stride() const {
        return changed<with_options(&convolution_options::stride, per_axis{Down, Right})>();
    }
    // Above and below, then left and right.
    template <std::size_t Above, std::size_t Left = Above>
    constexpr auto padding() const {
        return changed<with_options(&convolution_options::padding, per_axis{Above, Left})>();
    }
    template <std::size_t Down, std::size_t Right = Down>
    constexpr auto dilation() const {
        return changed<with_options(&convolution_options::dilation, per_axis{Down, Right})>();
    }
    template <std::size_t Count>
    constexpr auto groups() const {
        return changed<with_options(&convolution_options::groups, Count)>();
    }
    template <convolution_sums Sums>
    constexpr auto summed() const {
        return changed<with_options(&convolution_options::sums, Sums)>();
    }
    // Without minimal filtering: more exact in float, half as fast.
    constexpr auto direct() const { return summed<convolution_sums::direct>(); }
    constexpr auto without_bias() const { return changed<with_options(&convolution_options::bias, false)>(); }
    constexpr convolution_layer with(initializer chosen) const { return {chosen}; }

    template <class In>
    static consteval auto refusal() {
        if constexpr (Filters == 0 || Options.any_zero()) {
            return fixed_string(
                "[priori:N121] convolution: filters, kernel, stride, dilation and groups are at least 1.");
        } else if constexpr (detail::image_refusal<kind, In>.length > 0) {
            return detail::image_refusal<kind, In>;
        } else if constexpr (Options.reach().height > In::extents[0] + 2 * Options.border().height ||
                             Options.reach().width > In::extents[1] + 2 * Options.border().width) {
            return join<"[priori:N122] convolution: the input has shape ", detail::text_of<In>, ", its kernel spans ",
                        detail::axes_text<Options.reach(), " x ">, " places, and the padding adds ",
                        detail::axes_text<Options.border(), " x ">,
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
        constexpr std::size_t fan_out = Options.kernel.height * Options.kernel.width * (Filters / Options.groups);
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
