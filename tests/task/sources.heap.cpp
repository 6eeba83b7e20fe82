// SPDX-License-Identifier: BSL-1.0
// Drawing an episode allocates nothing, whatever the source.
#include "support/allocation_counter.hpp"

#include "catch.hpp"

#include <priori/task/task.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

using priori::count;
using priori::key;
using priori::test::allocations;

namespace {

template <class Source>
std::uint64_t allocations_of(const Source& source) {
    const auto episode = std::make_unique<typename Source::template episode_type<float>>();
    const std::uint64_t before = allocations();
    for (std::uint32_t task = 0; task < 50; ++task) source.template draw_into<float>(key{1, 0, task}, *episode);
    return allocations() - before;
}

}  // namespace

TEST_CASE("synthetic task sources draw without allocation") {
    CHECK(allocations_of(priori::sinusoids{}) == 0);
    CHECK(allocations_of(priori::reptile_sinusoids{}) == 0);
    CHECK(allocations_of(priori::harmonic_mixtures{.noise = 0.1}) == 0);
    CHECK(allocations_of(priori::linear_maps{.inputs = count<4>, .noise = 0.1}) == 0);
    CHECK(allocations_of(priori::quadratics{}) == 0);
    CHECK(allocations_of(priori::gaussian_blobs{.dimension = count<16>}) == 0);
    CHECK(allocations_of(priori::glyphs{.queries = count<1>}) == 0);
    CHECK(allocations_of(priori::augmented(priori::glyphs{.queries = count<1>}, priori::random_rotation{})) == 0);
}

TEST_CASE("sources of data in memory draw without allocation once they are made") {
    const std::vector<float> numbers(40 * 20 * 16);
    std::vector<int> labels(40 * 20);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>(i % 40);
    const priori::labelled_data data(priori::shape<4, 4>{}, numbers, labels);
    const auto split = priori::random_split(40, {.train = 30, .test = 10}, priori::seed{1});
    CHECK(allocations_of(priori::few_shot(data, split.train, priori::way_shot{}, {.rotations = true})) == 0);

    std::vector<double> values;
    for (int row = 0; row < 200; ++row) values.insert(values.end(), {row % 10 * 1.0, row * 0.5, row * 2.0});
    const priori::task_table table(values, 3, {.task = 0, .inputs = {1}, .target = 2});
    CHECK(allocations_of(priori::tabular_tasks(table, {0, 1, 2}, priori::row_shot{})) == 0);
}
