// SPDX-License-Identifier: BSL-1.0
#include "given.hpp"

#include <priori/core/error.hpp>
#include <priori/io/csv.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace omniglot {

namespace {

using priori::error_kind;
using priori::fail;

std::string shown(std::string_view text) { return std::string("'").append(text.substr(0, 40)).append("'"); }

void check_shape(const given_episode& episode, const std::string& path, std::size_t ways, std::size_t shots) {
    const auto refuse = [&](const std::string& what) {
        fail(error_kind::mismatch, "'" + path + "', episode " + shown(episode.name) + ": " + what);
    };
    if (episode.labels.size() != ways)
        refuse("its support set has " + std::to_string(episode.labels.size()) + " labels, --ways is " +
               std::to_string(ways) + ".");
    for (std::size_t c = 0; c < ways; ++c) {
        const auto count = std::ranges::count(episode.support, c, &given_image::label);
        if (static_cast<std::size_t>(count) != shots)
            refuse("label " + shown(episode.labels[c]) + " has " + std::to_string(count) +
                   " support images, --shots is " + std::to_string(shots) + ".");
    }
    if (episode.queries.empty()) refuse("it has no query image; give at least one.");
}

}  // namespace

std::vector<given_episode> read_given_episodes(const std::string& path, std::size_t ways, std::size_t shots,
                                               std::size_t images) {
    const priori::csv_table table = priori::read_csv(
        path, {.header = priori::csv_header::required, .text_columns = {"episode", "role", "label"}});
    const std::size_t name = table.column("episode"), role = table.column("role"), label = table.column("label"),
                      image = table.column("image");
    std::vector<given_episode> episodes;
    for (const std::string& each : table.texts[name]) episodes.push_back({.name = each});
    for (const bool support : {true, false}) {
        for (std::size_t row = 0; row < table.row_count(); ++row) {
            const std::string& of = table.text(row, role);
            if (of != "support" && of != "query")
                fail(error_kind::bad_value, table.place(row, role) + ": expected support or query, found " + shown(of) + ".");
            if ((of == "support") != support) continue;
            given_episode& episode = episodes[static_cast<std::size_t>(table(row, name))];
            const std::string& text = table.text(row, label);
            const std::size_t place =
                static_cast<std::size_t>(std::ranges::find(episode.labels, text) - episode.labels.begin());
            if (place == episode.labels.size()) {
                if (!support)
                    fail(error_kind::bad_value, table.place(row, label) + ": the label " + shown(text) +
                                                    " is unknown; no support image of the episode has it.");
                episode.labels.push_back(text);
            }
            const double number = table(row, image);
            if (!(number >= 0 && number < static_cast<double>(images)) ||
                number != static_cast<double>(static_cast<std::size_t>(number)))
                fail(error_kind::bad_value, table.place(row, image) + ": expected the number of an image from 0 to " +
                                                std::to_string(images - 1) + ".");
            (support ? episode.support : episode.queries).push_back({static_cast<std::size_t>(number), place});
        }
    }
    for (const given_episode& episode : episodes) check_shape(episode, path, ways, shots);
    return episodes;
}

}  // namespace omniglot
