// SPDX-License-Identifier: BSL-1.0
// The laws of a TaskSource: every element written, the same bits for the same key whatever came between and on another
// thread, other keys, other episodes, and in float the numbers of double rounded.
#pragma once

#include "catch.hpp"

#include <priori/core/key.hpp>
#include <priori/task/concepts.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>

namespace source_laws {

using priori::key;

struct hasher {
    std::uint32_t value = 2166136261u;
    void add(std::uint32_t word) { value = (value ^ word) * 16777619u; }
    void add(float number) { add(std::bit_cast<std::uint32_t>(number)); }
    void add(std::int32_t number) { add(static_cast<std::uint32_t>(number)); }
    void add(double number) {
        const auto bits = std::bit_cast<std::uint64_t>(number);
        add(static_cast<std::uint32_t>(bits));
        add(static_cast<std::uint32_t>(bits >> 32));
    }
    template <class Tensor>
    void add_all(const Tensor& tensor) {
        for (std::size_t i = 0; i < tensor.size(); ++i) add(tensor.data()[i]);
    }
};

template <class Episode>
std::uint32_t hash_of(const Episode& episode) {
    hasher result;
    result.add_all(episode.support.inputs);
    result.add_all(episode.support.targets);
    result.add_all(episode.query.inputs);
    result.add_all(episode.query.targets);
    return result.value;
}

template <class Single, class Double>
void require_rounded(const Single& single, const Double& twice) {
    REQUIRE(single.size() == twice.size());
    using T = typename Single::value_type;
    for (std::size_t i = 0; i < single.size(); ++i) REQUIRE(single.data()[i] == static_cast<T>(twice.data()[i]));
}

template <class Tensor>
void spoil(Tensor& tensor, int byte) {
    std::memset(static_cast<void*>(tensor.data()), byte, tensor.size() * sizeof(*tensor.data()));
}

template <class Episode>
void spoil_all(Episode& episode, int byte) {
    spoil(episode.support.inputs, byte);
    spoil(episode.support.targets, byte);
    spoil(episode.query.inputs, byte);
    spoil(episode.query.targets, byte);
}

template <class Source>
auto drawn(const Source& source, key k) {
    return priori::detail::drawn_episode<float>(source, k);
}

// The hash of some episodes, which is the same on every compiler.
template <class Source>
std::uint32_t check(const Source& source) {
    static_assert(priori::TaskSource<Source>);
    static_assert(priori::TaskSource<Source, double>);
    typename Source::template episode_type<float> single;
    typename Source::template episode_type<double> twice;
    const key k{42, 7, 3};

    // Every element is written: nothing of what was there before is left.
    spoil_all(single, 0x5a);
    source.template draw_into<float>(k, single);
    const std::uint32_t hash = hash_of(single);
    spoil_all(single, 0xa5);
    source.template draw_into<float>(k, single);
    CHECK(hash_of(single) == hash);

    // Another key, another episode; the same key, the same bits, whatever was drawn between, and on another thread.
    CHECK(hash_of(drawn(source, key{42, 7, 4})) != hash);
    CHECK(hash_of(drawn(source, key{42, 8, 3})) != hash);
    CHECK(hash_of(drawn(source, key{43, 7, 3})) != hash);
    CHECK(hash_of(drawn(source, k)) == hash);
    std::uint32_t hash_elsewhere = 0;
    std::thread([copy = source, k, &hash_elsewhere] { hash_elsewhere = hash_of(drawn(copy, k)); }).join();
    CHECK(hash_elsewhere == hash);

    // An episode in float is the one in double, rounded.
    source.template draw_into<double>(k, twice);
    require_rounded(single.support.inputs, twice.support.inputs);
    require_rounded(single.support.targets, twice.support.targets);
    require_rounded(single.query.inputs, twice.query.inputs);
    require_rounded(single.query.targets, twice.query.targets);

    hasher many;
    for (std::uint32_t task = 0; task < 20; ++task) {
        source.template draw_into<double>(key{5, 6, task}, twice);
        many.add(hash_of(twice));
        many.add(hash_of(drawn(source, key{5, 6, task})));
    }
    return many.value;
}

}  // namespace source_laws
