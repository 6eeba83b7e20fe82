// SPDX-License-Identifier: BSL-1.0
// The laws of TaskSource, on every model, and the bits of some episodes of each: all compilers must agree with them.
#include "catch.hpp"
#include "task/source_laws.hpp"

#include <priori/task/task.hpp>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

using priori::count;
using priori::key;
using priori::shape;

namespace {

template <class Source>
void require_laws(const Source& source, std::uint32_t expected_hash) {
    CHECK(source_laws::check(source) == expected_hash);
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

TEST_CASE("glyphs is a task source") {
    require_laws(priori::glyphs{.ways = count<3>, .shots = count<2>, .queries = count<1>}, 0x055e721du);
    require_laws(priori::glyphs{.ways = count<4>, .queries = count<1>, .classes = priori::test_glyphs, .alphabet = 2},
                 0x3a17fdfdu);
}

TEST_CASE("augmented is a task source") {
    const priori::glyphs source{.ways = count<3>, .shots = count<1>, .queries = count<1>};
    require_laws(priori::augmented(source, priori::random_quarter_turn{}, priori::random_flip{},
                                   priori::random_shift{.pixels = 3}),
                 0x1ff619adu);
    require_laws(priori::augmented(source, priori::random_rotation{}, priori::random_crop{},
                                   priori::border{.edge = true}, priori::pixel_noise{}),
                 0x05076162u);
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
    require_laws(priori::few_shot(data, classes, sizes, {.rotations = true, .reflections = true}), 0xd3b5bc55u);
    require_laws(priori::few_shot(data, classes, sizes, {.rotations = true, .one_view = true}), 0xfd795c55u);
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
