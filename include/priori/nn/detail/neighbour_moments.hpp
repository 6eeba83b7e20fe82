// SPDX-License-Identifier: BSL-1.0
// Moments of the 3x3 neighbours of all places of images of one channel: mean and variance of any weighted sum of them.
#pragma once

#include <priori/config/config.hpp>
#include <priori/simd/reduce.hpp>
#include <priori/simd/transform.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace priori::detail {

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

// What moments are computed in: of a filter that takes neighbours from each other little is left of large numbers.
template <class T>
using wide = std::conditional_t<std::is_same_v<T, float>, double, T>;

// The nine neighbours of all places as random numbers, in the order of the weights. Mean and variance of a weighted sum
// of them follow without the sums: w . mean and w . covariance w.
template <std::size_t Height, std::size_t Width, std::size_t Images, class T>
struct neighbour_moments {
    using W = wide<T>;
    static constexpr std::size_t taps = 9, count = taps + taps * taps, words = sizeof(W) / sizeof(T);
    static constexpr std::size_t size = 1 + count * words;

    T* numbers;  // the mean of all pixels, taken off everywhere; the means; the covariance

    T level() const noexcept { return numbers[0]; }
    W mean(std::size_t t) const noexcept { return at(t); }
    W covariance(std::size_t t, std::size_t u) const noexcept { return at(taps + t * taps + u); }

    PRIORI_NO_INLINE void look_at(const T* images) const noexcept {
        constexpr std::size_t places = Height * Width;
        constexpr W share = W(1) / W(Images * places);
        numbers[0] = T(0);
        for (std::size_t n = 0; n < Images; ++n) numbers[0] += sum<places>(images + n * places) * T(share);
        W found[count], sums[kinds * Width];
        std::fill_n(found, count, W(0));
        std::fill_n(sums, kinds * Width, W(0));
        for (std::size_t n = 0; n < Images; ++n) {
            const T* const image = images + n * places;
            W lines[(strip + 2) * line_width];
            const auto some = [&](std::size_t line) {
                W own[kinds * Width];
                std::fill_n(own, kinds * Width, W(0));
                read_lines(image, line - 1, 3, lines);
                add_products(lines, 1, own);
                add_sums(own, line < Height ? 0 : line - Height + 1, std::min<std::size_t>(line, 2), found);
            };
            some(0);
            some(1);
            constexpr std::size_t whole = std::max<std::size_t>(Height, 2);
            for (std::size_t line = 2; line < whole; line += strip) {
                const std::size_t now = std::min(strip, whole - line);
                read_lines(image, line - 1, now + 2, lines);
                add_products(lines, now, sums);
            }
            for (std::size_t line = whole; line < Height + 2; ++line) some(line);
        }
        add_sums(sums, 0, 2, found);
        for (W& number : found) number *= share;
        for (std::size_t t = 0; t < taps; ++t) {
            for (std::size_t u = t; u < taps; ++u) {
                W& value = found[taps + t * taps + u];
                value -= found[t] * found[u];
                found[taps + u * taps + t] = value;
            }
        }
        std::memcpy(numbers + 1, found, sizeof found);
    }

private:
    // A line of pixels within its border, begun at the first, second or third pixel, and its products with itself and
    // with the next two lines, at every place: 3 + 6 + 9 + 9 sums, which serve for every pair of neighbours that lie so.
    static constexpr std::size_t kinds = 27, line_width = Width + 2, strip = 13;

    W at(std::size_t i) const noexcept {
        W number;
        std::memcpy(&number, numbers + 1 + i * words, sizeof number);
        return number;
    }
    // Lines less the mean of all pixels, within their border; those beyond the image are all border.
    void read_lines(const T* image, std::size_t first, std::size_t lines, W* to) const noexcept {
        for (std::size_t i = 0; i < lines; ++i, to += line_width) {
            bordered_lines<Height, Width, 1, T> own;
            own.read(image, first + i + 1, level());
            for (std::size_t x = 0; x < line_width; ++x) to[x] = W(own.numbers[x]);
        }
    }

    // f(kind, a, b): the line from pixel a on times that `Down` lines below from b on. b = 3: times one.
    template <std::size_t Down, class F>
    PRIORI_ALWAYS_INLINE static void each_kind(const F& f) noexcept {
        std::size_t kind = Down * 9;
        PRIORI_UNROLL
        for (std::size_t a = 0; a < 3; ++a) {
            if (Down == 0) f(kind++, a, 3);
            PRIORI_UNROLL
            for (std::size_t b = Down == 0 ? a : 0; b < 3; ++b) f(kind++, a, b);
        }
    }
    // Of `lines` lines from one on, each with itself and the two below it.
    static void add_products(const W* line, std::size_t lines, W* sums) noexcept {
        add_products_with<0>(line, lines, sums);
        add_products_with<1>(line, lines, sums);
        add_products_with<2>(line, lines, sums);
    }
    template <std::size_t Down>
    static void add_products_with(const W* line, std::size_t lines, W* sums) noexcept {
        for_each_pack<Width, W>([&]<class P>(std::size_t x) {
            P sum_of[9];
            PRIORI_UNROLL
            for (std::size_t i = 0; i < 9; ++i) sum_of[i] = load_as<P>(sums + (Down * 9 + i) * Width + x);
            const W* from = line + x;
            for (std::size_t y = 0; y < lines; ++y, from += line_width) {
                P own[3], other[4];
                PRIORI_UNROLL
                for (std::size_t a = 0; a < 3; ++a) {
                    own[a] = load_as<P>(from + a);
                    other[a] = load_as<P>(from + Down * line_width + a);
                }
                other[3] = P(W(1));
                each_kind<Down>([&](std::size_t kind, std::size_t a, std::size_t b) {
                    P& sum_at = sum_of[kind - Down * 9];
                    sum_at = fused(own[a], other[b], sum_at);
                });
            }
            PRIORI_UNROLL
            for (std::size_t i = 0; i < 9; ++i) store(sums + (Down * 9 + i) * Width + x, sum_of[i]);
        });
    }
    // To the neighbours in lines begin .. end of the three.
    static void add_sums(const W* sums, std::size_t begin, std::size_t end, W* found) noexcept {
        const auto add = [&]<std::size_t Down>() {
            each_kind<Down>([&](std::size_t kind, std::size_t a, std::size_t b) {
                const W total = sum<Width>(sums + kind * Width);
                for (std::size_t t = begin; t <= end && t + Down < 3; ++t) {
                    const std::size_t own = t * 3 + a;
                    found[b == 3 ? own : taps + own * taps + (t + Down) * 3 + b] += total;
                }
            });
        };
        add.template operator()<0>();
        add.template operator()<1>();
        add.template operator()<2>();
    }
};

}  // namespace priori::detail
