// SPDX-License-Identifier: BSL-1.0
// golden_run: a description run in double on the golden batches, its gradient compared block by block.
#pragma once

#include "catch.hpp"
#include "goldens/inputs.hpp"

#include <priori/meta/program.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace priori::tests {

// Rows of class r % ways, or targets of the golden formula.
template <class Batch>
void fill_golden(Batch& rows, double (*input)(int), double (*target)(int)) {
    const std::size_t inputs = Batch::count * Batch::input_shape::size;
    for (std::size_t j = 0; j < inputs; ++j) rows.inputs.data()[j] = input(static_cast<int>(j));
    for (std::size_t j = 0; j < Batch::count * Batch::target_size; ++j) {
        if constexpr (requires { Batch::target_shape::ways; }) {
            rows.targets.data()[j] = goldens::label(static_cast<int>(j), Batch::target_shape::ways);
        } else {
            rows.targets.data()[j] = target(static_cast<int>(j));
        }
    }
}
template <class Episode>
Episode golden_episode() {
    Episode task;
    fill_golden(task.support, goldens::support_input, goldens::support_target);
    fill_golden(task.query, goldens::query_input, goldens::query_target);
    return task;
}

using classification = episode_of<double, shape<4>, labels<3>, 6, 9>;

template <class Given, class Episode>
struct golden_run {
    using program_type = program<double, Given, Episode>;
    using layout_type = typename program_type::layout_type;

    decltype(resolved<Episode>(std::declval<const Given&>())) description;
    std::vector<double> theta = std::vector<double>(program_type::size);
    std::vector<double> gradient = std::vector<double>(program_type::size);
    double loss = 0;
    std::unique_ptr<typename program_type::workspace> space = std::make_unique<typename program_type::workspace>();

    explicit golden_run(const Given& given) : description(resolved<Episode>(given)) {
        program_type::initialize(description, key{1}, theta.data());
    }
    golden_run(const Given& given, const Episode& task) : golden_run(given) { run(task); }

    // `count` numbers from the block or group of this name on: f(0), f(1), ...
    template <class F>
    golden_run& set(std::string_view name, std::size_t count, F f) {
        const std::size_t at = layout_type::offset_of(name);
        REQUIRE(at + count <= program_type::size);
        for (std::size_t i = 0; i < count; ++i) theta[at + i] = f(static_cast<int>(i));
        return *this;
    }
    golden_run& set(std::string_view name, std::size_t count) { return set(name, count, goldens::parameter); }

    void run(const Episode& task) {
        const std::vector<double> before = theta;
        loss = program_type::loss_and_gradient(description, view<double>(theta.data()), task, pass{},
                                               view<double>(gradient.data()), *space);
        REQUIRE(theta == before);
    }

    // Theta after all stages.
    std::vector<double> adapted(const Episode& task) {
        std::vector<double> at = theta;
        const view<double> after = program_type::template adapt<typename program_type::rule_type>(
            description, view<double>(at.data()), view_of(task.support), pass{},
            space->stage_traces)[program_type::stages];
        return {after.data, after.data + program_type::size};
    }

    // max |error| / `largest` of the numbers from the block or group of this name on.
    template <std::size_t Count>
    static double error(const std::vector<double>& got, std::string_view name,
                        const std::array<double, Count>& expected, std::size_t first = 0, std::size_t count = Count) {
        const std::size_t at = layout_type::offset_of(name);
        REQUIRE(at + count <= program_type::size);
        double worst = 0, largest = 0;
        for (const double e : expected) largest = std::max(largest, std::abs(e));
        for (std::size_t i = 0; i < count; ++i) worst = priori::maximum(worst, std::abs(got[at + i] - expected[first + i]));
        return worst / largest;
    }
    template <std::size_t Count>
    double gradient_error(std::string_view name, const std::array<double, Count>& expected, std::size_t first = 0,
                          std::size_t count = Count) const {
        return error(gradient, name, expected, first, count);
    }
};

}  // namespace priori::tests
