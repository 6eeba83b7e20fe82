// SPDX-License-Identifier: BSL-1.0
// Draws the first episode of the test.
#pragma once

#include "episode_picture.hpp"
#include "nets.hpp"
#include "settings.hpp"
#include "tester.hpp"

#include <priori/adapt/adapted.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/objective.hpp>
#include <priori/io/files.hpp>
#include <priori/loss/mse.hpp>
#include <priori/train/keys.hpp>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace omniglot {

// From: the layout of the members' parameters. The features are those of the first member, adapted.
template <algorithm Algorithm, model Model, class Mode, std::size_t Ways, std::size_t Shots, class From>
void draw_episode(const settings& s, const std::vector<std::vector<float>>& members,
                  tester<Algorithm, Model, Mode, Ways, Shots>& bench,
                  const typename tester<Algorithm, Model, Mode, Ways, Shots>::tasks& source, std::size_t steps) {
    using tester_type = tester<Algorithm, Model, Mode, Ways, Shots>;
    constexpr auto objective = body<Model, Mode, Algorithm>() | pr::mse;
    using objective_type = std::remove_const_t<decltype(objective)>;
    using layout = typename objective_type::blocks;
    const auto task = std::make_unique<typename tester_type::episode>();
    source.template draw_into<float>(pr::evaluation_key({s.common.seed}, 0), *task);

    typename tester_type::probabilities sum{};
    for (const auto& member : members) {
        bench.template take<From>(member);
        bench.predict(*task, steps, sum);
    }
    const auto predicted = most_likely<Ways>(sum);
    episode_picture picture{.title = std::string(name_of(Algorithm)) + ", " + shape_name(Ways, Shots) + ", " +
                                     s.normalization() + ": an episode of characters never seen before",
                            .ways = Ways};
    const auto add = [&](const auto& batch, const auto& features, bool given) {
        constexpr std::size_t count = std::remove_cvref_t<decltype(batch)>::count;
        const std::size_t width = features.size() / count;
        for (std::size_t i = 0; i < (given ? count : source.asked()); ++i) {
            const float* pixels = batch.inputs.data() + i * image_shape::size;
            const auto label = static_cast<std::size_t>(batch.targets.data()[i]);
            (given ? picture.support : picture.queries)
                .push_back({{pixels, pixels + image_shape::size},
                            {features.data() + i * width, features.data() + (i + 1) * width},
                            label,
                            given ? label : predicted[i]});
        }
    };
    bench.template take<From>(members[0]);
    bench.adapt(*task, steps, [&](const typename tester_type::adapted& found) {
        const auto features = std::make_unique<pr::adapted<float, objective_type, layout>>(objective);
        take_over<typename tester_type::layout, layout>(
            found.parameters().all(), std::span<float, layout::size>(features->theta().data, layout::size));
        features->have_taken(steps);
        features->look_at(pr::view_of(task->support));
        add(task->support, (*features)(task->support), true);
        add(task->query, (*features)(task->query), false);
    });
    const auto file =
        std::filesystem::path(s.common.plot) / ("omniglot_" + std::string(name_of(Algorithm)) + "_episode.svg");
    pr::write_file_atomically(file, svg_of(picture));
    if (!s.common.quiet) std::printf("%s\n", file.c_str());
}

}  // namespace omniglot
