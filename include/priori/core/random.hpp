// SPDX-License-Identifier: BSL-1.0
// random_stream: counter-based random numbers, a pure function of a key, a purpose and how many words were taken.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/portable_math.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace priori {

// Ten rounds of Philox on four counter words under two key words.
// Reference: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), section 3.3.
constexpr std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key_words) noexcept {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {
            static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key_words[0], static_cast<std::uint32_t>(second),
            static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key_words[1], static_cast<std::uint32_t>(first)};
        key_words[0] += 0x9E3779B9;
        key_words[1] += 0xBB67AE85;
    }
    return counter;
}

// What a stream is for. Streams of one key and different purposes are independent; a user's own start at `user`.
struct purpose {
    static constexpr std::uint32_t episode = 0;
    static constexpr std::uint32_t parameters = 1;
    static constexpr std::uint32_t dropout = 2;
    static constexpr std::uint32_t minibatch = 3;
    static constexpr std::uint32_t class_split = 4;
    static constexpr std::uint32_t glyph = 5;
    static constexpr std::uint32_t drawing = 6;
    static constexpr std::uint32_t augmentation = 7;
    static constexpr std::uint32_t user = 1024;
};

// The words of philox4x32 on the counters (0, 1, 2, ..; purpose; iteration; task) under the 64-bit seed: 2^34 of them.
// Every number is computed in double and rounded once, so a stream of float and one of double stay in step: the float
// is the double rounded, but that of uniform<float>() its upper 24 bits, so that it stays below 1. The bits are the same on every compiler, with any -march and any -ffp-contract.
class random_stream {
public:
    constexpr explicit random_stream(key k, std::uint32_t purpose_number = purpose::episode) noexcept
        : key_words_{static_cast<std::uint32_t>(k.seed), static_cast<std::uint32_t>(k.seed >> 32)},
          counter_{0, purpose_number, k.iteration, k.task} {}

    // 32 random bits. Cost: a quarter of a philox block, about 4 ns.
    constexpr std::uint32_t bits() noexcept {
        if (taken_ == 4) {
            words_ = philox4x32(counter_, key_words_);
            ++counter_[0];
            taken_ = 0;
        }
        return words_[taken_++];
    }

    // Uniform in [0, 1): a multiple of 2^-32 in double; its upper 24 bits in float, which thus never is 1. One word.
    template <std::floating_point T>
    constexpr T uniform() noexcept {
        if constexpr (sizeof(T) < sizeof(double)) {
            return static_cast<T>(bits() >> 8) * static_cast<T>(0x1p-24);
        } else {
            return static_cast<T>(bits()) * static_cast<T>(0x1p-32);
        }
    }

    // Uniform in [low, high), high > low. One word.
    template <std::floating_point T>
    T uniform(T low, T high) noexcept {
        const double width = static_cast<double>(high) - static_cast<double>(low);
        const T drawn = static_cast<T>(std::fma(width, uniform<double>(), static_cast<double>(low)));
        return drawn < high ? drawn : low;  // rounding may reach `high`
    }

    // Normal with mean 0 and variance 1, |z| < 6.8. Two words give two numbers; the second one waits in the stream.
    // Reference: Box, Muller, "A note on the generation of random normal deviates" (1958).
    template <std::floating_point T>
    T normal() noexcept {
        if (has_spare_) {
            has_spare_ = false;
            return static_cast<T>(spare_);
        }
        constexpr double turn = 6.28318530717958647693;
        const double positive = std::fma(static_cast<double>(bits()), 0x1p-32, 0x1p-33);
        const double radius = std::sqrt(-2.0 * portable_log(positive));
        const double part = uniform<double>();
        // A product that a caller's sum could be contracted with would change the bits: fma(.., 0) rounds it here.
        spare_ = std::fma(radius, portable_sin(turn * part), 0.0);
        has_spare_ = true;
        return static_cast<T>(std::fma(radius, portable_sin(turn * (part + 0.25)), 0.0));
    }

    // Normal, drawn again until |z| <= 2: the distribution of truncated_normal in common frameworks (variance 0.774).
    template <std::floating_point T>
    T truncated_normal() noexcept {
        for (;;) {
            const double z = normal<double>();
            if (z <= 2.0 && z >= -2.0) return static_cast<T>(z);
        }
    }

    // Uniform in {0, .., n - 1}, n > 0, without bias.
    // Reference: Lemire, "Fast random integer generation in an interval" (2019), algorithm 5.
    constexpr std::uint32_t index(std::uint32_t n) noexcept {
        std::uint64_t product = std::uint64_t{bits()} * n;
        if (static_cast<std::uint32_t>(product) < n) {
            const std::uint32_t refused = (0u - n) % n;
            while (static_cast<std::uint32_t>(product) < refused) product = std::uint64_t{bits()} * n;
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

    // Every order equally likely (Fisher-Yates). `count` may be 0.
    template <class T>
    constexpr void shuffle(T* first, std::size_t count) noexcept {
        for (std::size_t left = count; left > 1; --left) {
            T& last = first[left - 1];
            T& other = first[index(static_cast<std::uint32_t>(left))];
            const T kept = last;
            last = other;
            other = kept;
        }
    }
    template <class T, std::size_t Extent>
    constexpr void shuffle(std::span<T, Extent> values) noexcept {
        shuffle(values.data(), values.size());
    }

    // Fills `chosen` with distinct numbers of {0, .., n - 1} in random order, chosen.size() <= n.
    // Cost: one word a number; the square of their count beyond n = 256: it is meant for episodes.
    template <std::unsigned_integral T, std::size_t Extent>
    constexpr void choose(std::uint32_t n, std::span<T, Extent> chosen) noexcept {
        if (n <= 256)
            choose_by_table(n, chosen);
        else
            choose_by_search(n, chosen);
    }

private:
    // The first steps of a Fisher-Yates shuffle.
    template <class T, std::size_t Extent>
    constexpr void choose_by_table(std::uint32_t n, std::span<T, Extent> chosen) noexcept {
        std::uint8_t numbers[256]{};
        for (std::uint32_t i = 0; i < n; ++i) numbers[i] = static_cast<std::uint8_t>(i);
        std::uint32_t left = n;
        for (T& number : chosen) {
            const std::uint32_t at = index(left);
            number = numbers[at];
            numbers[at] = numbers[--left];
        }
    }

    // Reference: Bentley, Floyd, "A sample of brilliance" (CACM 1987), the variant that yields a random permutation.
    template <class T, std::size_t Extent>
    constexpr void choose_by_search(std::uint32_t n, std::span<T, Extent> chosen) noexcept {
        const std::uint32_t wanted = static_cast<std::uint32_t>(chosen.size());
        for (std::uint32_t have = 0; have < wanted; ++have) {
            const std::uint32_t newest = n - wanted + have;
            const T drawn = static_cast<T>(index(newest + 1));
            std::uint32_t at = 0;
            while (at < have && chosen[at] != drawn) ++at;
            if (at == have) {
                chosen[have] = drawn;
                continue;
            }
            for (std::uint32_t i = have; i > at; --i) chosen[i] = chosen[i - 1];
            chosen[at] = static_cast<T>(newest);
        }
    }

    std::array<std::uint32_t, 2> key_words_;
    std::array<std::uint32_t, 4> counter_;
    std::array<std::uint32_t, 4> words_{};
    std::uint32_t taken_ = 4;
    bool has_spare_ = false;
    double spare_ = 0;
};

}  // namespace priori
