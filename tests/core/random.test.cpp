// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/core/key.hpp>
#include <priori/core/random.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

using priori::key;
using priori::purpose;
using priori::random_stream;

namespace {

using words = std::array<std::uint32_t, 4>;

// The philox4x32-10 lines of Random123's file kat_vectors (Salmon et al. 2011).
static_assert(priori::philox4x32({0, 0, 0, 0}, {0, 0}) == words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(priori::philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) ==
              words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(priori::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
              words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

struct moments {
    double mean = 0, variance = 0, fourth = 0, least = 1e300, greatest = -1e300;
};

template <class Draw>
moments moments_of(int count, Draw draw) {
    std::vector<double> values(static_cast<std::size_t>(count));
    moments result;
    for (double& value : values) {
        value = draw();
        result.mean += value / count;
        result.least = std::min(result.least, value);
        result.greatest = std::max(result.greatest, value);
    }
    for (const double value : values) {
        const double square = (value - result.mean) * (value - result.mean);
        result.variance += square / count;
        result.fourth += square * square / count;
    }
    return result;
}

}  // namespace

TEST_CASE("philox gives the known answers of Random123 at run time too") {
    REQUIRE(priori::philox4x32({0, 0, 0, 0}, {0, 0}) == words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
}

TEST_CASE("a stream is philox on (index, purpose, iteration, task) under the seed") {
    random_stream stream(key{0x299f31d0a4093822, 0x13198a2e, 0x03707344}, 0x85a308d3);
    for (std::uint32_t block = 0; block < 3; ++block) {
        const words expected =
            priori::philox4x32({block, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0});
        for (const std::uint32_t word : expected) REQUIRE(stream.bits() == word);
    }
}

TEST_CASE("each part of the key and the purpose gives another stream") {
    const auto first = [](key k, std::uint32_t p = purpose::episode) { return random_stream(k, p).bits(); };
    const std::uint32_t base = first(key{1, 2, 3});
    REQUIRE(first(key{1, 2, 3}) == base);
    REQUIRE(first(key{2, 2, 3}) != base);
    REQUIRE(first(key{1 + (std::uint64_t{1} << 32), 2, 3}) != base);
    REQUIRE(first(key{1, 3, 3}) != base);
    REQUIRE(first(key{1, 2, 4}) != base);
    REQUIRE(first(key{1, 2, 3}, purpose::dropout) != base);
}

TEST_CASE("uniform numbers lie in [0, 1) and have the moments of the uniform distribution") {
    random_stream stream(key{1});
    const moments drawn = moments_of(400000, [&] { return static_cast<double>(stream.uniform<float>()); });
    REQUIRE(drawn.least >= 0);
    REQUIRE(drawn.greatest < 1);
    REQUIRE(std::fabs(drawn.mean - 0.5) < 0.003);
    REQUIRE(std::fabs(drawn.variance - 1.0 / 12) < 0.001);
}

TEST_CASE("a uniform number of an interval never reaches its upper end, even where rounding would") {
    random_stream stream(key{2});
    for (int i = 0; i < 100000; ++i) {
        const float wide = stream.uniform(1e8f, 1e8f + 16.0f);
        REQUIRE((wide >= 1e8f && wide < 1e8f + 16.0f));
        const float narrow = stream.uniform(-5.0f, 5.0f);
        REQUIRE((narrow >= -5.0f && narrow < 5.0f));
    }
}

TEST_CASE("float and double streams stay in step: the float is the double rounded") {
    random_stream single(key{3});
    random_stream twice(key{3});
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(single.uniform(-3.0f, 7.0f) == static_cast<float>(twice.uniform(-3.0, 7.0)));
        REQUIRE(single.normal<float>() == static_cast<float>(twice.normal<double>()));
        REQUIRE(single.uniform<float>() == std::floor(twice.uniform<double>() * 0x1p24) * 0x1p-24);
    }
    REQUIRE(single.bits() == twice.bits());
}

TEST_CASE("normal numbers have the moments of the normal distribution and independent neighbours") {
    random_stream stream(key{4});
    double previous = 0;
    double product = 0;
    const int count = 400000;
    const moments drawn = moments_of(count, [&] {
        const double z = stream.normal<double>();
        product += z * previous / count;
        previous = z;
        return z;
    });
    REQUIRE(std::fabs(drawn.mean) < 0.007);
    REQUIRE(std::fabs(drawn.variance - 1) < 0.01);
    REQUIRE(std::fabs(drawn.fourth - 3) < 0.08);
    REQUIRE(std::fabs(product) < 0.007);
    REQUIRE(drawn.greatest > 4);
    REQUIRE(drawn.least < -4);
}

TEST_CASE("truncated normal numbers lie in [-2, 2] with the variance of that distribution") {
    random_stream stream(key{5});
    const moments drawn = moments_of(200000, [&] { return stream.truncated_normal<double>(); });
    REQUIRE(drawn.least >= -2);
    REQUIRE(drawn.greatest <= 2);
    REQUIRE(std::fabs(drawn.mean) < 0.01);
    REQUIRE(std::fabs(drawn.variance - 0.77374) < 0.01);  // 1 - 4 phi(2) / (2 Phi(2) - 1)
}

TEST_CASE("index is uniform, also where 2^32 is far from a multiple of n") {
    random_stream stream(key{6});
    std::array<int, 7> seen{};
    for (int i = 0; i < 70000; ++i) ++seen[stream.index(7)];
    for (const int count : seen) REQUIRE(std::abs(count - 10000) < 450);

    const std::uint32_t large = 3u << 30;  // a multiplication without rejection hits every third number twice as often
    int residue = 0;
    for (int i = 0; i < 30000; ++i) residue += stream.index(large) % 3 == 0;
    REQUIRE(std::abs(residue - 10000) < 400);
    for (int i = 0; i < 10; ++i) REQUIRE(stream.index(1) == 0);
}

TEST_CASE("shuffle gives each order equally often") {
    random_stream stream(key{7});
    std::array<int, 27> seen{};
    for (int i = 0; i < 60000; ++i) {
        std::array<int, 3> values{0, 1, 2};
        stream.shuffle(std::span(values));
        ++seen[static_cast<std::size_t>(values[0] * 9 + values[1] * 3 + values[2])];
    }
    int orders = 0;
    for (const int count : seen) {
        if (count == 0) continue;
        ++orders;
        REQUIRE(std::abs(count - 10000) < 450);
    }
    REQUIRE(orders == 6);
}

TEST_CASE("choose gives each ordered choice equally often") {
    random_stream stream(key{8});
    std::array<int, 16> seen{};
    for (int i = 0; i < 120000; ++i) {
        std::array<std::uint32_t, 2> chosen{};
        stream.choose(4, std::span(chosen));
        ++seen[chosen[0] * 4 + chosen[1]];
    }
    for (std::size_t pair = 0; pair < 16; ++pair) {
        if (pair / 4 == pair % 4)
            REQUIRE(seen[pair] == 0);
        else
            REQUIRE(std::abs(seen[pair] - 10000) < 450);
    }
}

TEST_CASE("choose among many numbers reaches each of them equally often, at each place") {
    random_stream stream(key{14});
    std::array<int, 30> seen{};  // three places, ten tenths of 1000 numbers
    for (int i = 0; i < 100000; ++i) {
        std::array<std::uint32_t, 3> chosen{};
        stream.choose(1000, std::span(chosen));
        REQUIRE((chosen[0] != chosen[1] && chosen[0] != chosen[2] && chosen[1] != chosen[2]));
        for (std::size_t place = 0; place < 3; ++place) ++seen[place * 10 + chosen[place] / 100];
    }
    for (const int count : seen) REQUIRE(std::abs(count - 10000) < 450);

    int first_is_smaller = 0;  // most of 257 numbers: the search has to insert, and the order has to stay random
    for (int i = 0; i < 2000; ++i) {
        std::array<std::uint32_t, 200> chosen{};
        stream.choose(257, std::span(chosen));
        first_is_smaller += chosen[0] < chosen[199];
    }
    REQUIRE(std::abs(first_is_smaller - 1000) < 110);
}

TEST_CASE("choose of all numbers is a permutation, and of none nothing") {
    random_stream stream(key{9});
    std::array<std::uint16_t, 50> chosen{};
    stream.choose(50, std::span(chosen));
    std::sort(chosen.begin(), chosen.end());
    for (std::size_t i = 0; i < chosen.size(); ++i) REQUIRE(chosen[i] == i);
    stream.choose(5, std::span<std::uint32_t>());

    std::vector<std::uint32_t> many(1000);
    stream.choose(1000, std::span(many));
    std::sort(many.begin(), many.end());
    for (std::size_t i = 0; i < many.size(); ++i) REQUIRE(many[i] == i);
}

// Committed bits: g++ and clang, any -march, any -ffp-contract must agree with them.
TEST_CASE("the same key gives the same bits on every compiler") {
    random_stream stream(key{10, 11, 12}, 13);
    std::uint32_t hash = 2166136261u;
    const auto add = [&](std::uint32_t word) { hash = (hash ^ word) * 16777619u; };
    const auto add_double = [&](double value) {
        const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
        add(static_cast<std::uint32_t>(bits));
        add(static_cast<std::uint32_t>(bits >> 32));
    };
    for (int i = 0; i < 200; ++i) {
        add(std::bit_cast<std::uint32_t>(stream.uniform(-5.0f, 5.0f)));
        add_double(stream.uniform(-5.0, 5.0));
        add_double(1.5 + stream.normal<double>());
        add(std::bit_cast<std::uint32_t>(stream.normal<float>()));
        add_double(stream.truncated_normal<double>());
        add(stream.index(1000));
        add_double(priori::portable_sin(stream.uniform(-90.0, 90.0)));
    }
    REQUIRE(hash == 0x06d6475bu);
}
