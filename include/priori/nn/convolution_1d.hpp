// SPDX-License-Identifier: BSL-1.0
// convolution_1d<Filters>: small windows of a signal, all weighed alike.
#pragma once

#include <priori/ad/convolution.hpp>
#include <priori/ad/linear.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/detail/image.hpp>
#include <priori/nn/initializer.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

// y[i, o] = bias[o] + sum over a, c of x[stride i + dilation a - padding, c] weight[a, c, o]; outside of the signal x
// is 0. With groups, c runs over o's share of the channels. It runs as the convolution of an image of height 1.
// Shapes: x (L, In), weight (kernel, In / groups, Filters), bias (Filters), y (L', Filters),
// L' = (L + 2 padding - dilation (kernel - 1) - 1) / stride + 1, rounded down. PyTorch's weight (Filters, In / groups,
// kernel) becomes ours by permute(2, 1, 0), its signals by permute(0, 2, 1).
// Derivative: the two adjoint convolutions; bias_bar += the sum of y_bar over all signals and places.
// Cost: 2 Rows L' kernel In / groups Filters forward, twice that backward.
// Example: convolution_1d<64>, convolution_1d<64>.kernel<5>().stride<2>().padding<0>().without_bias()
template <std::size_t Filters, convolution_options Options = convolution_options{}>
struct convolution_1d_layer {
    static constexpr fixed_string kind{"convolution_1d"};
    static constexpr auto variant = detail::convolution_variant<Options>;
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;
    static constexpr convolution_options options = Options;

    initializer initial = he;

private:
    template <class In>
    using taken = convolution_shape<1, In::extents[0], In::extents[1], Filters, 1, Options.kernel.width,
                                    Options.stride.width, Options.border().width, Options.dilation.width,
                                    Options.groups, 0>;
    template <class In>
    static constexpr std::size_t channels = In::extents[1] / Options.groups;
    template <class In>
    static constexpr std::size_t weights = Options.kernel.width * channels<In> * Filters;
    template <class In>
    static constexpr std::size_t length = taken<In>::output_width;
    template <class In>
    using weight = parameter<"weight", shape<Options.kernel.width, channels<In>, Filters>>;

    template <auto Changed>
    constexpr convolution_1d_layer<Filters, Changed> changed() const {
        return {initial};
    }
    static constexpr convolution_options with_options(auto convolution_options::*field, auto value) {
        convolution_options o = Options;
        o.*field = value;
        return o;
    }

public:
    template <std::size_t Length>
    constexpr auto kernel() const {
        return changed<with_options(&convolution_options::kernel, per_axis(Length))>();
    }
    template <std::size_t Step>
    constexpr auto stride() const {
        return changed<with_options(&convolution_options::stride, per_axis(Step))>();
    }
    // On both sides.
    template <std::size_t Border>
    constexpr auto padding() const {
        return changed<with_options(&convolution_options::padding, per_axis(Border))>();
    }
    template <std::size_t Distance>
    constexpr auto dilation() const {
        return changed<with_options(&convolution_options::dilation, per_axis(Distance))>();
    }
    template <std::size_t Count>
    constexpr auto groups() const {
        return changed<with_options(&convolution_options::groups, Count)>();
    }
    constexpr auto without_bias() const { return changed<with_options(&convolution_options::bias, false)>(); }
    constexpr convolution_1d_layer with(initializer chosen) const { return {chosen}; }

    template <class In>
    static consteval auto refusal() {
        if constexpr (Filters == 0 || Options.any_zero()) {
            return fixed_string(
                "[priori:N130] convolution_1d: filters, kernel, stride, dilation and groups are at least 1.");
        } else if constexpr (detail::signal_refusal<kind, In>.length > 0) {
            return detail::signal_refusal<kind, In>;
        } else if constexpr (Options.reach().width > In::extents[0] + 2 * Options.border().width) {
            return join<"[priori:N131] convolution_1d: the input has shape ", detail::text_of<In>,
                        ", its kernel spans ", decimal<Options.reach().width>(), " places, and the padding adds ",
                        decimal<Options.border().width>(),
                        " on each side: it does not fit; take a smaller kernel or more padding.">();
        } else if constexpr (In::extents[1] % Options.groups != 0 || Filters % Options.groups != 0) {
            return join<"[priori:N132] convolution_1d: ", decimal<Options.groups>(), " groups do not divide the ",
                        decimal<In::extents[1]>(), " channels of the input and the ", decimal<Filters>(),
                        " filters; take a number that divides both.">();
        } else {
            return detail::accepted;
        }
    }

    template <class In>
    using output_shape = shape<length<In>, Filters>;
    template <class In>
    using parameters =
        std::conditional_t<Options.bias, parameter_list<weight<In>, parameter<"bias", shape<Filters>>>,
                           parameter_list<weight<In>>>;

    template <class In, class T>
    void initialize(T* p, random_stream& random) const noexcept {
        constexpr std::size_t fan_in = Options.kernel.width * channels<In>;
        constexpr std::size_t fan_out = Options.kernel.width * (Filters / Options.groups);
        for (std::size_t i = 0; i < weights<In>; ++i) p[i] = initial.draw<T>(random, fan_in, fan_out);
        for (std::size_t i = 0; Options.bias && i < Filters; ++i) p[weights<In> + i] = T(0);
    }

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P> p, view<X> x, view<Y> y) const noexcept {
        convolve<taken<In>, Rows::count, false, Options.sums>(x, p, y);
        if constexpr (Options.bias) add_rows<Rows::count * length<In>, Filters>(p.at(weights<In>), y);
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y>, view<Yb> y_bar, view<Xb> x_bar, view<Pb> p_bar) const noexcept {
        convolve_weight_gradient<taken<In>, Rows::count, true, Options.sums>(x, y_bar, p_bar);
        if constexpr (Options.bias) {
            column_sums<Rows::count * length<In>, Filters, true>(y_bar, p_bar.at(weights<In>));
        }
        convolve_input_gradient<taken<In>, Rows::count, false, Options.sums>(y_bar, p, x_bar);
    }
};

template <std::size_t Filters>
inline constexpr convolution_1d_layer<Filters> convolution_1d{};

}  // namespace priori
