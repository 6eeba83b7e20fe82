// SPDX-License-Identifier: BSL-1.0
// Episodes given in a file: read, and predicted.
#pragma once

#include "data.hpp"
#include "given_files.hpp"
#include "outcome.hpp"
#include "settings.hpp"
#include "tester.hpp"

#include <priori/io/csv.hpp>
#include <priori/io/given_episodes.hpp>
#include <priori/io/image_set.hpp>
#include <priori/task/few_shot.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace omniglot {

// Episodes, and where their images are: in the data, or in files of their own.
struct given_set {
    pr::given_episodes episodes{};
    pr::image_set files{};

    bool has_files() const { return files.size() > 0; }
    // Of a file: dark ink on white.
    pr::few_shot_options options(const characters& data) const {
        return has_files() ? pr::few_shot_options{.scale = -1 / 255.0, .offset = 1}
                           : pr::few_shot_options{.scale = data.scale()};
    }
};

// Read and checked before anything is computed. Images are numbers in the data, class * drawings + drawing, if
// the first one is a number; otherwise paths, from the folder of the CSV file on.
template <std::size_t Ways, std::size_t Shots>
given_set read_given(const settings& s, const characters& data) {
    given_set given;
    if (s.episodes.empty()) return given;
    given.episodes = pr::read_given_episodes(s.episodes, Ways, Shots);
    if (given.episodes.images[0].find_first_not_of("0123456789") == std::string::npos) {
        pr::use_indices(given.episodes, data.images.size());
    } else {
        std::vector<example::named_file> read;
        for (const std::string& image : given.episodes.images)
            read.push_back({"an image of --episodes", (std::filesystem::path(s.episodes).parent_path() / image).string()});
        example::check_different_files(
            {{"--json", s.common.json}, {"--save", s.save}, {"--predictions", s.predictions}}, read);
        given.files = given_files(given.episodes, s.episodes, !data.are_glyphs);
    }
    return given;
}

// Predicts as many queries at once as a test episode has. Where there are others, they are filled up by repeating them
// from the first on: under transductive normalization a query depends on those that it stands with.
template <class From, class Tester>
void predict_given(const settings& s, const given_set& given, const std::vector<std::vector<float>>& members,
                   Tester& bench, std::size_t steps, const characters& data, outcome& found) {
    constexpr std::size_t ways = Tester::shape::ways, at_once = Tester::query_count;
    const auto task = std::make_unique<typename Tester::episode>();
    const auto add_row = [&]<std::size_t... C>(std::index_sequence<C...>, pr::csv_writer & out,
                                               const pr::given_episode& e, const pr::given_image& query,
                                               std::size_t predicted, const float* p) {
        const std::string image = given.has_files() ? given.episodes.images[query.image] : std::to_string(query.image);
        const std::string best = predicted < ways ? e.labels[predicted] : "?";  // of what is not a number
        out.row(e.name, image, e.labels[query.label], best, p[C]...);
    };
    std::vector<std::string> columns{"episode", "image", "label", "prediction"};
    for (std::size_t c = 0; c < ways; ++c) columns.push_back("p" + std::to_string(c));
    pr::csv_writer out(columns);
    const images own = given.has_files() ? given.files.data<image_shape>() : data.images;
    const pr::few_shot_options options = given.options(data);
    given_score total{.episodes = given.episodes.episodes.size()};
    std::vector<double> accuracies;
    for (const pr::given_episode& episode : given.episodes.episodes) {
        const std::size_t count = episode.query.size();
        pr::given_episode filled = episode;
        while (filled.query.size() % at_once != 0) filled.query.push_back(episode.query[filled.query.size() % count]);
        pr::fill_support(filled, own, task->support, options);
        std::size_t right = 0;
        for (std::size_t first = 0; first < count; first += at_once) {
            pr::fill_queries(filled, first, own, task->query, options);
            typename Tester::probabilities sum{};
            for (const auto& member : members) {
                bench.template take<From>(member);
                bench.predict(*task, steps, sum);
            }
            for (float& p : sum) p /= static_cast<float>(members.size());
            const auto predicted = most_likely<ways>(sum);
            for (std::size_t q = 0; q < std::min(at_once, count - first); ++q) {
                right += predicted[q] == episode.query[first + q].label;
                add_row(std::make_index_sequence<ways>{}, out, episode, episode.query[first + q], predicted[q],
                        sum.data() + q * ways);
            }
        }
        total.queries += count;
        accuracies.push_back(static_cast<double>(right) / static_cast<double>(count));
    }
    total.at = score_of(steps, accuracies);
    found.given = total;
    if (!s.predictions.empty()) out.save(s.predictions);
}

}  // namespace omniglot
