// SPDX-License-Identifier: BSL-1.0
// A 3x3 convolution of images of one channel, normalization over all places and 2x2 max-pool as one: what lies between
// them is never stored.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/nn/detail/innermost.hpp>
#include <priori/simd/reduce.hpp>
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

// `Count` neighbouring lines of an image less a number, within a border.
template <std::size_t Height, std::size_t Width, std::size_t Count, class T>
struct bordered_lines {
    static constexpr std::size_t width = Width + 2;
    T numbers[Count * width];

    // From line `first` - 1 on.
    PRIORI_ALWAYS_INLINE void read(const T* image, std::size_t first, T less) noexcept {
        for (std::size_t i = 0; i < Count; ++i) {
            const std::size_t line = first + i - 1;  // below zero is too large
            T* to = numbers + i * width;
            std::fill_n(to, width, -less);
            if (line >= Height) continue;
            for_each_pack<Width, T>([&]<class P>(std::size_t x) {
                store(to + 1 + x, P(load_as<P>(image + line * Width + x) - P(less)));
            });
        }
    }
};

// The nine neighbours of all places as random numbers, in the order of the weights. Mean and variance of a weighted sum
// of them follow without the sums: w . mean and w . covariance w.
template <std::size_t Height, std::size_t Width, std::size_t Images, class T>
struct neighbour_moments {
    static constexpr std::size_t taps = 9, size = 1 + taps + taps * taps;

    T* numbers;  // the mean of all pixels, taken off everywhere; the means; the covariance

    T level() const noexcept { return numbers[0]; }
    T mean(std::size_t t) const noexcept { return numbers[1 + t]; }
    T covariance(std::size_t t, std::size_t u) const noexcept { return numbers[1 + taps + t * taps + u]; }

    PRIORI_NO_INLINE void look_at(const T* images) const noexcept {
        constexpr std::size_t places = Height * Width;
        constexpr T share = T(1) / T(Images * places);
        std::fill_n(numbers, size, T(0));
        for (std::size_t n = 0; n < Images; ++n) numbers[0] += sum<places>(images + n * places) * share;
        T sums[kinds * Width];
        std::fill_n(sums, kinds * Width, T(0));
        for (std::size_t n = 0; n < Images; ++n) {
            const T* image = images + n * places;
            for (std::size_t y = 0; y < Height + 2; ++y) {
                const bool whole = y >= 2 && y < Height;  // seen as the first, the second and the third line
                if (whole) {
                    add_products(image, y, sums);
                } else {
                    T own[kinds * Width];
                    std::fill_n(own, kinds * Width, T(0));
                    add_products(image, y, own);
                    add_sums(own, y < Height ? 0 : y - Height + 1, std::min<std::size_t>(y, 2));
                }
            }
        }
        add_sums(sums, 0, 2);
        for (std::size_t i = 1; i < size; ++i) numbers[i] *= share;
        for (std::size_t t = 0; t < taps; ++t) {
            for (std::size_t u = t; u < taps; ++u) {
                T& value = numbers[1 + taps + t * taps + u];
                value -= mean(t) * mean(u);
                numbers[1 + taps + u * taps + t] = value;
            }
        }
    }

private:
    // A line of pixels within its border, begun at the first, second or third pixel, and its products with itself and
    // with the next two lines: 3 + 6 + 9 + 9 sums over its places, which serve for every pair of neighbours that lie so.
    static constexpr std::size_t kinds = 27;

    // f(kind, down, a, b): the line from pixel a on times that `down` lines below from b on.
    template <class F>
    PRIORI_ALWAYS_INLINE static void each_kind(const F& f) noexcept {
        std::size_t kind = 3;
        PRIORI_UNROLL
        for (std::size_t down = 0; down < 3; ++down) {
            PRIORI_UNROLL
            for (std::size_t a = 0; a < 3; ++a) {
                PRIORI_UNROLL
                for (std::size_t b = down == 0 ? a : 0; b < 3; ++b) f(kind++, down, a, b);
            }
        }
    }
    void add_products(const T* image, std::size_t y, T* sums) const noexcept {
        using lines_type = bordered_lines<Height, Width, 3, T>;
        lines_type lines;
        lines.read(image, y, level());
        const T* first = lines.numbers;
        for_each_pack<Width, T>([&]<class P>(std::size_t x) {
            P own[3];
            PRIORI_UNROLL
            for (std::size_t a = 0; a < 3; ++a) {
                own[a] = load_as<P>(first + x + a);
                T* const sum_at = sums + a * Width + x;
                store(sum_at, P(load_as<P>(sum_at) + own[a]));
            }
            each_kind([&](std::size_t kind, std::size_t down, std::size_t a, std::size_t b) {
                T* const sum_at = sums + kind * Width + x;
                store(sum_at, fused(own[a], load_as<P>(first + down * lines_type::width + x + b), load_as<P>(sum_at)));
            });
        });
    }
    // To the neighbours in lines begin .. end of the three.
    void add_sums(const T* sums, std::size_t begin, std::size_t end) const noexcept {
        for (std::size_t a = 0; a < 3; ++a) {
            const T total = sum<Width>(sums + a * Width);
            for (std::size_t t = begin; t <= end; ++t) numbers[1 + t * 3 + a] += total;
        }
        each_kind([&](std::size_t kind, std::size_t down, std::size_t a, std::size_t b) {
            const T total = sum<Width>(sums + kind * Width);
            for (std::size_t t = begin; t <= end && t + down < 3; ++t) {
                numbers[1 + taps + (t * 3 + a) * taps + (t + down) * 3 + b] += total;
            }
        });
    }
};

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
        for_each_pack<Channels, T>([&]<class L>(std::size_t i) {
            using E = element_of<number<S>, L>;
            E w[taps];
            load<L>(weight, i, w);
            E mean(L(T(0))), variance(L(T(0)));
            PRIORI_UNROLL
            for (std::size_t t = 0; t < taps; ++t) {
                mean = mean + w[t] * L(seen.mean(t));
                variance = variance + w[t] * spread<L>(seen, w, t);
            }
            const E r = T(1) / square_root(E(maximum(variance, E(L(T(0)))) + T(epsilon)));
            saved.template set_lanes<L>(i, element_of<S, L>(mean));
            saved.template set_lanes<L>(Channels + i, element_of<S, L>(r));
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
        });
    }

    // x = w . n with neighbours n; all that the pull-back wants of y_bar are the sums of it and of y_bar n(winner).
    template <class P, class Q, class S, class W, class Yb, class Pb, class Qb>
    static void vjp(moments seen, view<P> weight, view<Q> scale, view<T> x, view<S> saved, view<W> winners,
                    view<Yb> y_bar, view<Pb> weight_bar, view<Qb> scale_bar) noexcept {
        storage<number<Yb>, (taps + 1) * Channels> space;
        space.clear();
        const auto sums = space.all();
        each_row(x, seen.level(), [&]<class L>(const T* lines, std::size_t i, std::size_t out) {
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
        });
        for_each_pack<Channels, T>([&]<class L>(std::size_t i) {
            using E = element_of<number<Yb>, L>;
            E w[taps], own[taps], centered(L(T(0)));
            load<L>(weight, i, w);
            load<L>(sums, i, own);
            const E plain = sums.template load_lanes<L>(taps * Channels + i);
            PRIORI_UNROLL
            for (std::size_t t = 0; t < taps; ++t) {
                own[t] = own[t] - plain * L(seen.mean(t));
                centered = centered + own[t] * w[t];
            }
            const E r(saved.template load_lanes<L>(Channels + i));
            const E normal = centered * r, slope = scaled<L>(r, scale, i), linear = normal * r * slope;
            if constexpr (is_wanted<view<Qb>>) {
                if constexpr (Scaled) scale_bar.template add_lanes<L>(i, element_of<Qb, L>(normal));
                scale_bar.template add_lanes<L>((Scaled ? Channels : 0) + i, element_of<Qb, L>(plain));
            }
            if constexpr (is_wanted<view<Pb>>) {
                PRIORI_UNROLL
                for (std::size_t t = 0; t < taps; ++t) {
                    const E pulled = own[t] * slope - linear * spread<L>(seen, w, t);
                    weight_bar.template add_lanes<L>(t * Channels + i, element_of<Pb, L>(pulled));
                }
            }
        });
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
    // The covariance of neighbour t and the sum.
    template <class L, class E>
    PRIORI_ALWAYS_INLINE static E spread(moments seen, const E (&w)[taps], std::size_t t) noexcept {
        E result(L(T(0)));
        PRIORI_UNROLL
        for (std::size_t u = 0; u < taps; ++u) result = result + w[u] * L(seen.covariance(t, u));
        return result;
    }

    // f<L>(lines, i, out) for all rows of windows and all channels: four lines of pixels; where the row's results begin.
    template <class F>
    PRIORI_ALWAYS_INLINE static void each_row(view<T> x, T level, const F& f) noexcept {
        bordered_lines<Height, Width, 4, T> lines;
        for (std::size_t n = 0, out = 0; n < Images; ++n) {
            for (std::size_t row = 0; row < down; ++row, out += across * Channels) {
                lines.read(x.data + n * Height * Width, 2 * row, level);
                for_each_pack<Channels, T>(
                    [&]<class L>(std::size_t i) { f.template operator()<L>(lines.numbers, i, out + i); });
            }
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
    static constexpr bool pays = Rows::count * between::size >= 128;

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
