// SPDX-License-Identifier: BSL-1.0
// Episodes given in a file: read, checked, and predicted.
#pragma once

#include "data.hpp"
#include "outcome.hpp"
#include "settings.hpp"
#include "tester.hpp"

#include <priori/core/error.hpp>
#include <priori/io/csv.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace omniglot {

struct given_image {
    std::size_t image = 0;  // its number in the packed file: class * drawings + drawing
    std::size_t label = 0;  // the place of its label among those of the episode
};

struct given_episode {
    std::string name{};
    std::vector<std::string> labels{};  // in the order in which they first appear
    std::vector<given_image> support{}, queries{};
};

// The columns episode, role (support or query), label (any text), image (a number in the packed file). An episode's
// rows may stand anywhere.
// Throws: priori::error with file and place for a label that no support row has, an image that is not there, an episode
// of other ways or shots.
std::vector<given_episode> read_given_episodes(const std::string& path, std::size_t ways, std::size_t shots,
                                               std::size_t images);

template <std::size_t Ways, std::size_t Shots>
std::vector<given_episode> read_given(const settings& s, const characters& data) {
    if (s.episodes.empty()) return {};
    return read_given_episodes(s.episodes, Ways, Shots, data.images.size());
}

// Predicts as many queries at once as a test episode has. Where there are others, they are filled up by repeating them
// from the first on: under transductive normalization a query depends on those that it stands with.
template <class From, class Tester>
void predict_given(const settings& s, const std::vector<given_episode>& episodes,
                   const std::vector<std::vector<float>>& members, Tester& bench, std::size_t steps,
                   const characters& data, outcome& found) {
    constexpr std::size_t ways = Tester::shape::ways, at_once = Tester::query_count;
    const auto task = std::make_unique<typename Tester::episode>();
    const auto put = [&](auto& batch, std::size_t row, const given_image& given) {
        const auto image = data.images.example(given.image);
        for (std::size_t i = 0; i < image.size(); ++i)
            batch.inputs.data()[row * image.size() + i] = static_cast<float>(data.scale() * image[i]);
        batch.targets.data()[row] = static_cast<std::int32_t>(given.label);
    };
    const auto row_of = [&]<std::size_t... C>(std::index_sequence<C...>, pr::csv_writer& out, const given_episode& e,
                                              const given_image& query, std::size_t predicted, const float* p) {
        out.row(e.name, query.image, e.labels[query.label], e.labels[predicted], p[C]...);
    };
    std::vector<std::string> columns{"episode", "image", "label", "prediction"};
    for (std::size_t c = 0; c < ways; ++c) columns.push_back("p" + std::to_string(c));
    pr::csv_writer out(columns);
    given_score total{.episodes = episodes.size()};
    std::vector<double> accuracies;
    for (const given_episode& episode : episodes) {
        std::vector<std::size_t> next(ways);
        for (const given_image& given : episode.support) put(task->support, next[given.label]++ * ways + given.label, given);
        std::size_t right = 0;
        for (std::size_t first = 0; first < episode.queries.size(); first += at_once) {
            for (std::size_t q = 0; q < at_once; ++q)
                put(task->query, q, episode.queries[(first + q) % episode.queries.size()]);
            typename Tester::probabilities sum{};
            for (const auto& member : members) {
                bench.template take<From>(member);
                bench.predict(*task, steps, sum);
            }
            for (float& p : sum) p /= static_cast<float>(members.size());
            const auto predicted = most_likely<ways>(sum);
            for (std::size_t q = 0; q < std::min(at_once, episode.queries.size() - first); ++q) {
                const std::size_t best = std::min<std::size_t>(predicted[q], ways - 1);
                right += predicted[q] == episode.queries[first + q].label;
                row_of(std::make_index_sequence<ways>{}, out, episode, episode.queries[first + q], best,
                       sum.data() + q * ways);
            }
        }
        total.queries += episode.queries.size();
        accuracies.push_back(static_cast<double>(right) / static_cast<double>(episode.queries.size()));
    }
    total.at = score_of(steps, accuracies);
    found.given = total;
    if (!s.predictions.empty()) out.save(s.predictions);
}

}  // namespace omniglot
