// SPDX-License-Identifier: BSL-1.0
// The laws of TaskSource, on every model, and the bits of some episodes of each: all compilers must agree with them.
#include "catch.hpp"

#include <priori/task/task.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <thread>
#include <vector>

using priori::count;
using priori::key;
using priori::shape;

namespace {

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
void require_laws(const Source& source, std::uint32_t expected_hash) {
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
    CHECK(hash_of(source.draw(key{42, 7, 4})) != hash);
    CHECK(hash_of(source.draw(key{42, 8, 3})) != hash);
    CHECK(hash_of(source.draw(key{43, 7, 3})) != hash);
    CHECK(hash_of(source.draw(k)) == hash);
    std::uint32_t hash_elsewhere = 0;
    std::thread([copy = source, k, &hash_elsewhere] { hash_elsewhere = hash_of(copy.draw(k)); }).join();
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
        many.add(hash_of(source.draw(key{5, 6, task})));
    }
    CHECK(many.value == expected_hash);
}

}  // namespace

TEST_CASE("sinusoids is a task source") {
    require_laws(priori::sinusoids{.shots = count<10>, .queries = count<7>}, 0x3c9dc12cu);
}

TEST_CASE("reptile_sinusoids is a task source") {
    require_laws(priori::reptile_sinusoids{}, 0x379f3231u);
    require_laws(priori::reptile_sinusoids{.shots = count<10>}, 0x9114d119u);
}

TEST_CASE("harmonic_mixtures is a task source") {
    require_laws(priori::harmonic_mixtures{.shots = count<5>, .queries = count<6>, .noise = 0.1}, 0xbf277f50u);
}

TEST_CASE("linear_maps is a task source") {
    require_laws(priori::linear_maps{.inputs = count<3>, .outputs = count<2>, .shots = count<4>, .noise = 0.3},
                 0xb144bd48u);
}

TEST_CASE("quadratics is a task source, in both variants") {
    require_laws(priori::quadratics{.dimension = count<10>}, 0x816840edu);
    require_laws(priori::quadratics{.dimension = count<10>, .elements = priori::quadratic_elements::uniform},
                 0x335b2a21u);
}

TEST_CASE("gaussian_blobs is a task source") {
    const priori::gaussian_blobs blobs{
        .ways = count<5>, .shots = count<2>, .queries = count<3>, .dimension = count<4>, .spread = 1.5};
    require_laws(blobs, 0xaf5cec21u);
}

TEST_CASE("few_shot is a task source") {
    std::vector<std::uint8_t> pixels(40 * 6 * 9);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>((i * 2654435761u) >> 16);
    std::vector<std::int32_t> labels(40 * 6);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 40);
    const priori::labelled_data data(shape<3, 3>{}, pixels, labels);
    std::vector<std::size_t> classes(40);
    std::iota(classes.begin(), classes.end(), std::size_t{0});
    const priori::way_shot sizes{.ways = count<5>, .shots = count<2>, .queries = count<3>};
    require_laws(priori::few_shot(data, classes, sizes), 0xe22d5c55u);
    require_laws(priori::few_shot(data, classes, sizes, {.rotations = true, .scale = -1 / 255.0, .offset = 1}),
                 0xb4416a3fu);
}

TEST_CASE("tabular_tasks is a task source") {
    std::vector<double> values;
    for (int row = 0; row < 300; ++row) {
        values.insert(values.end(), {static_cast<double>(row % 10), row * 0.37, row * -0.11, row * row * 0.013});
    }
    const priori::task_table table(values, 4, {.task = 0, .inputs = {1, 2}, .target = 3});
    const priori::row_shot sizes{.inputs = count<4>, .shots = count<5>, .queries = count<6>};
    require_laws(priori::tabular_tasks(table, {0, 1, 2, 5, 7}, sizes), 0xe8b4561eu);
}

namespace {

// Not a task source: its draws depend on those before, so threads and restarts would change its tasks.
struct sequential_source {
    template <class T>
    using episode_type = priori::episode_of<T, shape<1>, shape<1>, 1, 1>;
    std::uint32_t state = 0;
    template <class T>
    void draw_into(key, episode_type<T>& out) noexcept {
        out.support.inputs.data()[0] = static_cast<T>(++state);
    }
    episode_type<float> draw(key k) noexcept {
        episode_type<float> out;
        draw_into<float>(k, out);
        return out;
    }
};
static_assert(!priori::TaskSource<sequential_source>);
static_assert(!priori::TaskSource<int>);

}  // namespace
