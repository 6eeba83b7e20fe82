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
            W lines[3][Width + 2];
            read_line(images + n * places, static_cast<std::size_t>(-1), lines[0]);
            read_line(images + n * places, 0, lines[1]);
            for (std::size_t y = 0; y < Height + 2; ++y) {
                read_line(images + n * places, y + 1, lines[(y + 2) % 3]);
                const W* const rows[3] = {lines[y % 3], lines[(y + 1) % 3], lines[(y + 2) % 3]};
                const bool whole = y >= 2 && y < Height;  // seen as the first, the second and the third line
                if (whole) {
                    add_products(rows, sums);
                } else {
                    W own[kinds * Width];
                    std::fill_n(own, kinds * Width, W(0));
                    add_products(rows, own);
                    add_sums(own, y < Height ? 0 : y - Height + 1, std::min<std::size_t>(y, 2), found);
                }
            }
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
    // with the next two lines: 3 + 6 + 9 + 9 sums over its places, which serve for every pair of neighbours that lie so.
    static constexpr std::size_t kinds = 27;

    W at(std::size_t i) const noexcept {
        W number;
        std::memcpy(&number, numbers + 1 + i * words, sizeof number);
        return number;
    }
    // A line less the mean of all pixels, within its border; one beyond the image is all border.
    void read_line(const T* image, std::size_t line, W* to) const noexcept {
        bordered_lines<Height, Width, 1, T> own;
        own.read(image, line + 1, level());
        for (std::size_t x = 0; x < Width + 2; ++x) to[x] = W(own.numbers[x]);
    }

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
    static void add_products(const W* const (&rows)[3], W* sums) noexcept {
        for_each_pack<Width, W>([&]<class P>(std::size_t x) {
            P own[3];
            PRIORI_UNROLL
            for (std::size_t a = 0; a < 3; ++a) {
                own[a] = load_as<P>(rows[0] + x + a);
                W* const sum_at = sums + a * Width + x;
                store(sum_at, P(load_as<P>(sum_at) + own[a]));
            }
            each_kind([&](std::size_t kind, std::size_t down, std::size_t a, std::size_t b) {
                W* const sum_at = sums + kind * Width + x;
                store(sum_at, fused(own[a], load_as<P>(rows[down] + x + b), load_as<P>(sum_at)));
            });
        });
    }
    // To the neighbours in lines begin .. end of the three.
    static void add_sums(const W* sums, std::size_t begin, std::size_t end, W* found) noexcept {
        for (std::size_t a = 0; a < 3; ++a) {
            const W total = sum<Width>(sums + a * Width);
            for (std::size_t t = begin; t <= end; ++t) found[t * 3 + a] += total;
        }
        each_kind([&](std::size_t kind, std::size_t down, std::size_t a, std::size_t b) {
            const W total = sum<Width>(sums + kind * Width);
            for (std::size_t t = begin; t <= end && t + down < 3; ++t) {
                found[taps + (t * 3 + a) * taps + (t + down) * 3 + b] += total;
            }
        });
    }
};

}  // namespace priori::detail
