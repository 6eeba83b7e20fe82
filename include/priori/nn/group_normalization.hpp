// SPDX-License-Identifier: BSL-1.0
// group_normalization<Groups>, instance_normalization: groups of an example's channels to mean 0 and variance 1.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/channel_block.hpp>
#include <priori/nn/initializer.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace priori {

namespace detail {

// The kind of an array that owns what a view<N> is of.
template <class N>
struct owned {
    using type = N;
};
template <class N>
struct owned<known<N>> {
    using type = dual<N>;
};

inline constexpr std::size_t each_channel = static_cast<std::size_t>(-1);

}  // namespace detail

// z = (x - mean) r, r = 1 / sqrt(variance + epsilon), y = z scale + shift; mean and variance over all places and the
// Channels / Groups neighbouring channels of a group, of one example: predictions are independent of each other.
// Shapes: x, y (.., C): an image, a signal or a vector; scale, shift (C).
// Derivative: with z_bar = y_bar scale, x_bar = r (z_bar - mean(z_bar) - z mean(z_bar z)), means over the group.
// Cost: two passes over the batch forward, two backward; keeps two numbers for each example and channel.
// Reference: Wu, He, Group Normalization (2018), equations 1 to 7; instance_normalization: Ulyanov, Vedaldi, Lempitsky
// (2016), which has neither scale nor shift.
// Example: group_normalization<4>, group_normalization<4>.without_scale(), instance_normalization.bare()
template <std::size_t Groups, bool Scaled = true, bool Shifted = true>
struct group_normalization_layer {
    static constexpr auto kind = [] {
        if constexpr (Groups == detail::each_channel) {
            return fixed_string("instance_normalization");
        } else {
            return fixed_string("group_normalization");
        }
    }();
    static constexpr auto variant = [] {  // in signatures
        if constexpr (Groups == detail::each_channel) {
            return fixed_string("");
        } else {
            return join<":", decimal<Groups>()>();
        }
    }();
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;
    static constexpr bool in_place = true;

    double epsilon = 1e-5;

    // y = z + shift
    constexpr group_normalization_layer<Groups, false, Shifted> without_scale() const { return {epsilon}; }
    // y = z
    constexpr group_normalization_layer<Groups, false, false> bare() const { return {epsilon}; }

private:
    template <class In>
    static constexpr std::size_t channels = In::extents[In::rank - 1];
    template <class In>
    static constexpr std::size_t places = In::size / channels<In>;
    template <class In>
    static constexpr std::size_t groups = Groups == detail::each_channel ? channels<In> : Groups;
    template <class In>
    static constexpr std::size_t together = channels<In> / groups<In>;  // channels of a group
    template <class In>
    static constexpr std::size_t shifts = Scaled ? channels<In> : 0;

public:
    template <class In>
    static consteval auto refusal() {
        if constexpr (Groups == 0 || (Groups != detail::each_channel && channels<In> % Groups != 0)) {
            return join<"[priori:N126] ", kind, ": ", decimal<Groups>(), " groups do not divide the ",
                        decimal<channels<In>>(), " channels of the input; take a number that does.">();
        } else if constexpr (places<In> * together<In> < 2) {
            return join<"[priori:N127] ", kind, ": the input has shape ", detail::text_of<In>,
                        ", a group of it is one number, and nothing would be left; take fewer groups, or put it before "
                        "the images are made vectors.">();
        } else {
            return detail::accepted;
        }
    }
    template <class In>
    using output_shape = In;
    template <class In>
    using parameters = std::conditional_t<
        Scaled, parameter_list<parameter<"scale", shape<channels<In>>>, parameter<"shift", shape<channels<In>>>>,
        std::conditional_t<Shifted, parameter_list<parameter<"shift", shape<channels<In>>>>, parameter_list<>>>;
    // For each example mean and r, once for each channel.
    template <class Rows, class In>
    static constexpr std::size_t saved_size = Rows::count * 2 * channels<In>;

    template <class In, class T>
    void initialize(T* p, random_stream&) const noexcept {
        if constexpr (Scaled) std::fill_n(p, channels<In>, T(1));
        if constexpr (Shifted) std::fill_n(p + shifts<In>, channels<In>, T(0));
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P> p, view<X> examples, view<Y> results, view<S> saved) const noexcept {
        using T = scalar_of<X>;
        constexpr std::size_t size = channels<In>;
        for (std::size_t n = 0; n < Rows::count; ++n) {
            const auto x = examples.at(n * In::size);
            const auto y = results.at(n * In::size);
            const auto means = saved.at(n * 2 * size), inverses = saved.at((n * 2 + 1) * size);
            detail::in_channel_blocks<size, T, depth<Y>>([&]<class L, std::size_t Packs>(std::size_t i) {
                using block = detail::channel_block<size, L, Packs>;
                element_of<S, L> mean[Packs], second[Packs];
                if constexpr (detail::computes_value<S>) {
                    block::moments(x.at(i), places<In>, mean, second);
                } else {
                    block::load(means.at(i), mean);
                    block::load(inverses.at(i), second);
                    if constexpr (depth<X> == depth<S>) {
                        block::move_moments(x.at(i), places<In>, mean, second);
                    } else {
                        block::stop(mean);
                        block::stop(second);
                    }
                }
                block::set(means.at(i), mean);
                block::set(inverses.at(i), second);
            });
            join_channels<In>(means, inverses);
            detail::in_channel_blocks<size, T, depth<Y>>([&]<class L, std::size_t Packs>(std::size_t i) {
                using block = detail::channel_block<size, L, Packs>;
                element_of<S, L> mean[Packs], r[Packs];
                using shift_type = element_of<std::conditional_t<Shifted, P, T>, L>;
                shift_type shift[Packs];
                element_of<Y, L> slope[Packs];
                block::load(means.at(i), mean);
                block::load(inverses.at(i), r);
                if constexpr (Shifted) block::load(p.at(shifts<In> + i), shift);
                PRIORI_UNROLL
                for (std::size_t b = 0; b < Packs; ++b) {
                    if constexpr (!Shifted) shift[b] = shift_type(T(0));
                    slope[b] = scaled<L>(r[b], p, i + b * width<L>);
                }
                block::normalize(x.at(i), y.at(i), places<In>, mean, slope, shift);
            });
        }
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> examples, view<Y>, view<S> saved, view<Yb> result_bars, view<Xb> example_bars,
             view<Pb> p_bar) const noexcept {
        using T = scalar_of<Yb>;
        constexpr std::size_t size = channels<In>;
        constexpr T share = T(1) / T(places<In> * together<In>);
        storage<typename detail::owned<Yb>::type, 2 * size> sums;
        const auto plain = sums.all(), centered = sums.all().at(size);
        for (std::size_t n = 0; n < Rows::count; ++n) {
            const auto x = examples.at(n * In::size);
            const auto y_bar = result_bars.at(n * In::size);
            const auto means = saved.at(n * 2 * size), inverses = saved.at((n * 2 + 1) * size);
            detail::in_channel_blocks<size, T, depth<Yb>>([&]<class L, std::size_t Packs>(std::size_t i) {
                using block = detail::channel_block<size, L, Packs>;
                using E = element_of<Yb, L>;
                E mean[Packs], r[Packs], own[Packs], products[Packs];
                block::load(means.at(i), mean);
                block::load(inverses.at(i), r);
                block::sums(x.at(i), y_bar.at(i), places<In>, mean, own, products);
                PRIORI_UNROLL
                for (std::size_t b = 0; b < Packs; ++b) {
                    const std::size_t at = i + b * width<L>;
                    products[b] = products[b] * r[b];
                    if constexpr (is_wanted<view<Pb>>) {
                        if constexpr (Scaled) p_bar.template add_lanes<L>(at, element_of<Pb, L>(products[b]));
                        if constexpr (Shifted) p_bar.template add_lanes<L>(shifts<In> + at, element_of<Pb, L>(own[b]));
                    }
                    const E slope = scaled<L>(r[b], p, at);
                    own[b] = own[b] * slope * share;
                    products[b] = products[b] * slope * r[b] * share;
                }
                block::set(plain.at(i), own);
                block::set(centered.at(i), products);
            });
            if constexpr (is_wanted<view<Xb>>) {
                each_group<In>([&](std::size_t first) {
                    spread<In>(plain.at(first), total<In>(plain.at(first)));
                    spread<In>(centered.at(first), total<In>(centered.at(first)));
                });
                detail::in_channel_blocks<size, T, depth<Yb>>([&]<class L, std::size_t Packs>(std::size_t i) {
                    using block = detail::channel_block<size, L, Packs>;
                    element_of<Yb, L> mean[Packs], slope[Packs], constant[Packs], linear[Packs];
                    block::load(means.at(i), mean);
                    block::load(inverses.at(i), slope);
                    PRIORI_UNROLL
                    for (std::size_t b = 0; b < Packs; ++b) slope[b] = scaled<L>(slope[b], p, i + b * width<L>);
                    block::load(plain.at(i), constant);
                    block::load(centered.at(i), linear);
                    block::pull_back(x.at(i), y_bar.at(i), example_bars.at(n * In::size + i), places<In>, mean, slope,
                                     constant, linear);
                });
            }
        }
    }

private:
    template <class L, class N, class P>
    PRIORI_ALWAYS_INLINE static auto scaled(const N& r, view<P> p, std::size_t at) noexcept {
        if constexpr (Scaled) {
            return r * p.template load_lanes<L>(at);
        } else {
            return r;
        }
    }
    // f(first): where the channels of each group begin.
    template <class In, class F>
    PRIORI_ALWAYS_INLINE static void each_group(const F& f) noexcept {
        if constexpr (together<In> > 1) {
            for (std::size_t g = 0; g < groups<In>; ++g) f(g * together<In>);
        }
    }
    template <class In, class N>
    static auto total(view<N> numbers) noexcept {
        element_of<N> sum = numbers[0];
        for (std::size_t c = 1; c < together<In>; ++c) sum = sum + numbers[c];
        return sum;
    }
    template <class In, class N>
    static void spread(view<N> numbers, const element_of<N>& value) noexcept {
        for (std::size_t c = 0; c < together<In>; ++c) numbers.set(c, value);
    }

    // The moments of channels become those of groups, and variances r. Where values are known, the tangents of both
    // are means over the channels already: those of a group's mean and r are their means.
    template <class In, class S>
    void join_channels(view<S> means, view<S> seconds) const noexcept {
        using T = scalar_of<S>;
        using E = element_of<S>;
        constexpr T share = T(1) / T(together<In>);
        if constexpr (detail::computes_value<S>) {
            for (std::size_t first = 0; first < channels<In>; first += together<In>) {
                const E mean = total<In>(means.at(first)) * share;
                E variance = total<In>(seconds.at(first));
                for (std::size_t c = first; c < first + together<In>; ++c) {
                    const E apart = means[c] - mean;
                    variance = variance + apart * apart;
                }
                spread<In>(means.at(first), mean);
                spread<In>(seconds.at(first), E(T(1) / square_root(E(variance * share + T(epsilon)))));
            }
        } else {
            each_group<In>([&](std::size_t first) {
                spread<In>(means.at(first), E(total<In>(means.at(first)) * share));
                spread<In>(seconds.at(first), E(total<In>(seconds.at(first)) * share));
            });
        }
    }
};

// Groups divides the number of channels.
template <std::size_t Groups>
inline constexpr group_normalization_layer<Groups> group_normalization{};

// Each channel of each example by itself.
inline constexpr group_normalization_layer<detail::each_channel> instance_normalization{};

}  // namespace priori
