// SPDX-License-Identifier: BSL-1.0
// A 3x3 convolution of images of one channel, normalization over all places and 2x2 max-pool as one: what lies between
// them is never stored.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/nn/detail/innermost.hpp>
#include <priori/nn/detail/neighbour_moments.hpp>
#include <priori/simd/transform.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace priori::detail {

// A layer that weighs the 3x3 neighbours of each place of an image of one channel, zeros outside, and adds nothing.
template <class L, class In>
concept SumsNeighbours = In::rank == 3 && requires { typename L::template sums<In>; } &&
                         L::template sums<In>::in == 1 && L::template sums<In>::kernel_height == 3 &&
                         L::template sums<In>::kernel_width == 3 && L::options.stride == 1 &&
                         L::options.border() == 1 && L::options.dilation == 1 && !L::options.bias;

// Shapes: x (Images, Height, Width), weight (9, Channels), scale and shift (Channels), y, y_bar and winners (Images,
// Height / 2, Width / 2, Channels); `moments` and x are plain, all else may be known; saved: mean and r, 2 Channels,
// the mean without the level of all pixels.
template <std::size_t Height, std::size_t Width, std::size_t Channels, std::size_t Images, bool Scaled, class T>
struct joint_block {
    using moments = neighbour_moments<Height, Width, Images, T>;
    static constexpr std::size_t taps = 9, down = Height / 2, across = Width / 2;
    template <class N>
    using number = std::conditional_t<depth<N> == 0, T, dual<T>>;

    // y = the largest of four normalized sums; the first of equals. Known values keep their winners.
    template <class P, class Q, class Y, class S, class W>
    static void forward(moments seen, view<P> weight, view<Q> scale, view<T> x, view<Y> y, view<S> saved,
                        view<W> winners, T epsilon) noexcept {
        storage<number<S>, (taps + 1) * Channels> folded;
        const auto weights = folded.all();
        normalize(seen, weight, saved, epsilon);
        for_each_pack<Channels, T>([&]<class L>(std::size_t i) {
            using E = element_of<number<S>, L>;
            E w[taps];
            load<L>(weight, i, w);
            const E mean(saved.template load_lanes<L>(i)), r(saved.template load_lanes<L>(Channels + i));
            const E slope = scaled<L>(r, scale, i);
            PRIORI_UNROLL
            for (std::size_t t = 0; t < taps; ++t) weights.template set_lanes<L>(t * Channels + i, E(w[t] * slope));
            const E shift(scale.template load_lanes<L>((Scaled ? Channels : 0) + i));
            weights.template set_lanes<L>(taps * Channels + i, E(shift - mean * slope));
        });
        each_row(x, seen.level(), [&]<class L>(const T* lines, std::size_t i, std::size_t out) {
            using E = element_of<number<S>, L>;
            E w[taps];
            load<L>(weights, i, w);
            const E start = weights.template load_lanes<L>(taps * Channels + i);
            for (std::size_t column = 0; column < across; ++column, lines += 2, out += Channels) {
                if constexpr (computes_value<Y>) {
                    L sums[4], winner(T(0));
                    weigh(lines, w, start, sums);
                    PRIORI_UNROLL
                    for (std::size_t j = 1; j < 4; ++j) {
                        const auto larger = greater(sums[j], sums[0]);
                        sums[0] = select(larger, sums[j], sums[0]);
                        winner = select(larger, L(T(j)), winner);
                    }
                    winners.template set_lanes<L>(out, winner);
                    y.template set_lanes<L>(out, sums[0]);
                } else {
                    L seen_by[taps];
                    look(lines, winners.template load_lanes<L>(out), seen_by);
                    E best = start;
                    PRIORI_UNROLL
                    for (std::size_t t = 0; t < taps; ++t) best = best + w[t] * seen_by[t];
                    y.template set_lanes<L>(out, best);
                }
            }
        }, [] {});
    }

    // x = w . n with neighbours n; all that the pull-back wants of y_bar are the sums of it and of y_bar n(winner).
    template <class P, class Q, class S, class W, class Yb, class Pb, class Qb>
    static void vjp(moments seen, view<P> weight, view<Q> scale, view<T> x, view<S> saved, view<W> winners,
                    view<Yb> y_bar, view<Pb> weight_bar, view<Qb> scale_bar) noexcept {
        constexpr std::size_t size = (taps + 1) * Channels;
        storage<wide_number<Yb>, size> space;
        storage<number<Yb>, size> of_image;
        space.clear();
        of_image.clear();
        const auto sums = of_image.all();
        const auto add = [&]<class L>(const T* lines, std::size_t i, std::size_t out) {
            using E = element_of<number<Yb>, L>;
            E own[taps], plain = sums.template load_lanes<L>(taps * Channels + i);
            load<L>(sums, i, own);
            for (std::size_t column = 0; column < across; ++column, lines += 2, out += Channels) {
                L seen_by[taps];
                look(lines, winners.template load_lanes<L>(out), seen_by);
                const E bar = y_bar.template load_lanes<L>(out);
                plain = plain + bar;
                PRIORI_UNROLL
                for (std::size_t t = 0; t < taps; ++t) own[t] = own[t] + bar * seen_by[t];
            }
            sums.template set_lanes<L>(taps * Channels + i, plain);
            PRIORI_UNROLL
            for (std::size_t t = 0; t < taps; ++t) sums.template set_lanes<L>(t * Channels + i, own[t]);
        };
        each_row(x, seen.level(), add, [&] { move_to<size>(sums, space.all()); });
        pull(seen, weight, scale, saved, space.all(), weight_bar, scale_bar);
    }

private:
    template <class L, class N, class E>
    PRIORI_ALWAYS_INLINE static void load(view<N> from, std::size_t i, E (&to)[taps]) noexcept {
        PRIORI_UNROLL
        for (std::size_t t = 0; t < taps; ++t) to[t] = E(from.template load_lanes<L>(t * Channels + i));
    }
    template <class L, class E, class Q>
    PRIORI_ALWAYS_INLINE static E scaled(const E& r, view<Q> scale, std::size_t i) noexcept {
        if constexpr (Scaled) {
            return r * scale.template load_lanes<L>(i);
        } else {
            return r;
        }
    }
    // Numbers like those of N that moments are computed in.
    template <class N>
    using wide_number = std::conditional_t<depth<N> == 0, wide<T>, dual<wide<T>>>;
    template <class N, class From, class To>
    static void widen(view<From> from, std::size_t count, view<To> to) noexcept {
        for (std::size_t i = 0; i < count; ++i) to.set(i, converted<wide<T>>(number<N>(from[i])));
    }
    // sums += own, own = 0
    template <std::size_t Count, class Own, class Sum>
    static void move_to(view<Own> own, view<Sum> sums) noexcept {
        if constexpr (depth<Own> == 0) {
            for (std::size_t i = 0; i < Count; ++i) sums.data[i] += wide<T>(own.data[i]);
            std::fill_n(own.data, Count, T(0));
        } else {
            move_to<Count>(own.value, sums.value);
            move_to<Count>(own.tangent, sums.tangent);
        }
    }

    // f<L>(i, w, spread) for all channels: the weights, and the covariance of a neighbour and the weighted sum.
    template <class N, class P, class F>
    static void each_spread(moments seen, view<P> weight, const F& f) noexcept {
        storage<wide_number<N>, taps * Channels> space;
        const auto weights = space.all();
        widen<N>(weight, taps * Channels, weights);
        for_each_pack<Channels, wide<T>>([&]<class L>(std::size_t i) {
            using E = element_of<wide_number<N>, L>;
            E w[taps];
            load<L>(weights, i, w);
            f.template operator()<L>(i, w, [&](std::size_t t) {
                E result(L(wide<T>(0)));
                PRIORI_UNROLL
                for (std::size_t u = 0; u < taps; ++u) result = result + w[u] * L(seen.covariance(t, u));
                return result;
            });
        });
    }
    // The mean of the weighted sum, and 1 / sqrt(its variance + epsilon), into `saved`.
    template <class P, class S>
    PRIORI_NO_INLINE static void normalize(moments seen, view<P> weight, view<S> saved, T epsilon) noexcept {
        storage<wide_number<S>, 2 * Channels> space;
        const auto found = space.all();
        each_spread<S>(seen, weight, [&]<class L>(std::size_t i, const auto& w, const auto& spread_of) {
            using E = element_of<wide_number<S>, L>;
            const L none(wide<T>(0));
            E mean(none), variance(none);
            PRIORI_UNROLL
            for (std::size_t t = 0; t < taps; ++t) {
                mean = mean + w[t] * L(seen.mean(t));
                variance = variance + w[t] * spread_of(t);
            }
            found.template set_lanes<L>(i, mean);
            found.template set_lanes<L>(
                Channels + i, E(wide<T>(1) / square_root(E(maximum(variance, E(none)) + wide<T>(epsilon)))));
        });
        for (std::size_t i = 0; i < 2 * Channels; ++i) saved.set(i, element_of<S>(converted<T>(found[i])));
    }
    // From the sums of y_bar n(winner), and that of y_bar behind them, to the cotangents.
    template <class P, class Q, class S, class Sum, class Pb, class Qb>
    PRIORI_NO_INLINE static void pull(moments seen, view<P> weight, view<Q> scale, view<S> saved, view<Sum> sums,
                                      view<Pb> weight_bar, view<Qb> scale_bar) noexcept {
        storage<Sum, 3 * Channels> space;  // r, scale; then scale's cotangent
        const auto r_of = space.all(), scale_of = r_of.at(Channels), normals = r_of.at(2 * Channels);
        widen<Sum>(saved.at(Channels), Channels, r_of);
        if constexpr (Scaled) widen<Sum>(scale, Channels, scale_of);
        each_spread<Sum>(seen, weight, [&]<class L>(std::size_t i, const auto& w, const auto& spread_of) {
            using E = element_of<Sum, L>;
            E own[taps], centered(L(wide<T>(0)));
            load<L>(sums, i, own);
            const E plain = sums.template load_lanes<L>(taps * Channels + i);
            PRIORI_UNROLL
            for (std::size_t t = 0; t < taps; ++t) {
                own[t] = own[t] - plain * L(seen.mean(t));
                centered = centered + own[t] * w[t];
            }
            const E r = r_of.template load_lanes<L>(i);
            const E normal = centered * r, slope = scaled<L>(r, scale_of, i), linear = normal * r * slope;
            normals.template set_lanes<L>(i, normal);
            if constexpr (is_wanted<view<Pb>>) {
                PRIORI_UNROLL
                for (std::size_t t = 0; t < taps; ++t) {
                    sums.template set_lanes<L>(t * Channels + i, E(own[t] * slope - linear * spread_of(t)));
                }
            }
        });
        const auto add = [&](auto from, std::size_t count, auto to) {
            if constexpr (is_wanted<decltype(to)>) {
                for (std::size_t i = 0; i < count; ++i) to(i) += converted<T>(from[i]);
            }
        };
        add(sums, taps * Channels, weight_bar);
        if constexpr (Scaled) add(normals, Channels, scale_bar);
        add(sums.at(taps * Channels), Channels, scale_bar.at(Scaled ? Channels : 0));
    }
    // A number, or a dual, of another precision.
    template <class To, class N>
    PRIORI_ALWAYS_INLINE static auto converted(const N& x) noexcept {
        if constexpr (depth<N> == 0) {
            return static_cast<To>(x);
        } else {
            dual<To> result;
            result.value = static_cast<To>(x.value);
            result.tangent[0] = static_cast<To>(x.tangent[0]);
            return result;
        }
    }

    // f<L>(lines, i, out) for all rows of windows and all channels: four lines of pixels; where the row's results
    // begin. After each image, image_ends().
    template <class F, class End>
    PRIORI_ALWAYS_INLINE static void each_row(view<T> x, T level, const F& f, const End& image_ends) noexcept {
        bordered_lines<Height, Width, 4, T> lines;
        for (std::size_t n = 0, out = 0; n < Images; ++n) {
            for (std::size_t row = 0; row < down; ++row, out += across * Channels) {
                lines.read(x.data + n * Height * Width, 2 * row, level);
                for_each_pack<Channels, T>(
                    [&]<class L>(std::size_t i) { f.template operator()<L>(lines.numbers, i, out + i); });
            }
            image_ends();
        }
    }

    // The sums of the four places of a window.
    template <class L, class E>
    PRIORI_ALWAYS_INLINE static void weigh(const T* lines, const E (&w)[taps], const E& start, L (&sums)[4]) noexcept {
        PRIORI_UNROLL
        for (std::size_t j = 0; j < 4; ++j) sums[j] = start;
        PRIORI_UNROLL
        for (std::size_t a = 0; a < 4; ++a) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < 4; ++b) {
                const L left(lines[a * (Width + 2) + b]);
                PRIORI_UNROLL
                for (std::size_t j = 0; j < 4; ++j) {
                    const std::size_t ky = a - j / 2, kx = b - j % 2;  // below zero is too large
                    if (ky < 3 && kx < 3) sums[j] = fused(left, w[ky * 3 + kx], sums[j]);
                }
            }
        }
    }
    // The neighbours of the winner of a window.
    template <class L>
    PRIORI_ALWAYS_INLINE static void look(const T* lines, const L& winner, L (&seen)[taps]) noexcept {
        const auto below = greater(winner, L(T(1.5)));
        const auto right = greater(select(below, L(winner - L(T(2))), winner), L(T(0.5)));
        L before[3];
        PRIORI_UNROLL
        for (std::size_t a = 0; a < 4; ++a) {
            PRIORI_UNROLL
            for (std::size_t b = 0; b < 3; ++b) {
                const T* pixel = lines + a * (Width + 2) + b;
                const L own = select(right, L(pixel[1]), L(pixel[0]));
                if (a > 0) seen[(a - 1) * 3 + b] = select(below, own, before[b]);
                before[b] = own;
            }
        }
    }
};

// Such a layer and a normalization behind it, as detail::joint (concepts.hpp) has it.
template <class First, class Second, bool Scaled, class Rows, class In>
struct joint_normalization {
    using second = Second;
    using between = typename First::template output_shape<In>;
    static constexpr std::size_t channels = between::extents[2];
    // As far as the moments have room in the array between.
    static constexpr bool pays = Rows::count * between::size >= neighbour_moments<2, 2, 1, float>::size;

    template <class T>
    using block = joint_block<In::extents[0], In::extents[1], channels, Rows::count, Scaled, T>;
    template <class S>
    PRIORI_ALWAYS_INLINE static auto winners_of(view<S> saved) noexcept {
        return innermost(saved).at(second::template moments_size<Rows, between>);
    }

    template <class P, class Q, class T, class K, class Y, class S>
    static void forward(const First&, const second& layer, view<P> weight, view<Q> scale, view<T> x, view<K> kept,
                        view<Y> y, view<S> saved) noexcept {
        const typename block<T>::moments seen{innermost(kept).data};
        if constexpr (computes_value<Y>) seen.look_at(x.data);
        block<T>::forward(seen, weight, scale, x, y, saved, winners_of(saved), T(layer.epsilon));
    }
    template <class P, class Q, class T, class K, class S, class Yb, class Pb, class Qb>
    static void vjp(const First&, const second&, view<P> weight, view<Q> scale, view<T> x, view<K> kept, view<S> saved,
                    view<Yb> y_bar, view<Pb> weight_bar, view<Qb> scale_bar) noexcept {
        if constexpr (is_wanted<view<Pb>> || is_wanted<view<Qb>>) {
            const typename block<T>::moments seen{innermost(kept).data};
            const auto first = plain_array(weight_bar);
            if constexpr (is_fresh<Pb>) fill_zero(9 * channels, first);
            block<T>::vjp(seen, weight, scale, x, saved, winners_of(saved), y_bar, first, scale_bar);
        }
    }
};

}  // namespace priori::detail
