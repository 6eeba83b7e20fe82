// SPDX-License-Identifier: BSL-1.0
// given_episodes: episodes that a file lists image by image, so that any published protocol can be run.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/csv.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/files.hpp>
#include <priori/io/image_list.hpp>
#include <priori/task/few_shot.hpp>
#include <priori/task/labelled_data.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace priori {

// An image of an episode: which, the number of its label, and the row it came from.
struct given_image {
    static constexpr std::size_t no_index = std::numeric_limits<std::size_t>::max();

    std::size_t image = 0;  // a number of `given_episodes::images` or, after `use_indices`, of an example in the data
    std::size_t label = 0;  // 0 .. ways - 1
    std::size_t line = 0;   // of the file, from 1 on
    std::size_t index = no_index;  // what the file says where all its images are numbers: `image` after `use_indices`
};

// Shapes: support (ways * shots), interleaved: row r is of label r mod ways; query (any number), in the file's order.
struct given_episode {
    std::string name;
    std::vector<std::string> labels;  // (ways), in order of their first support image
    std::vector<given_image> support;
    std::vector<given_image> query;
    std::size_t path_count = 0;  // of `given_episodes::images` where they are paths, and so of the data; 0: not paths
};

struct given_episodes {
    std::string source;  // the file's name, for messages
    std::size_t ways = 0;
    std::size_t shots = 0;
    std::vector<std::string> images;  // the texts of the column image, each once
    bool has_indices = false;         // after use_indices
    std::vector<given_episode> episodes;
};

namespace detail {

[[noreturn]] inline void refuse_episode(const std::string& place, const std::string& name, const std::string& reason) {
    fail(error_kind::bad_file, place + ": the episode " + in_quotes(name) + " " + reason + ".");
}

// As many labels as ways, each with `shots` support images; then interleaves them. `rows` are in the file's order.
inline void order_support(const std::string& place, given_episode& episode, std::size_t way_count,
                          std::size_t shot_count) {
    if (episode.labels.size() != way_count)
        refuse_episode(place, episode.name,
                       "has support images of " + std::to_string(episode.labels.size()) + " labels, expected " +
                           std::to_string(way_count) + " (the ways)");
    std::vector<std::size_t> seen(way_count, 0);
    for (const given_image& row : episode.support) ++seen[row.label];
    for (std::size_t label = 0; label < way_count; ++label)
        if (seen[label] != shot_count)
            refuse_episode(place, episode.name,
                           "has " + std::to_string(seen[label]) + " support images of the label " +
                               in_quotes(episode.labels[label]) + ", expected " + std::to_string(shot_count) +
                               " (the shots) of each");
    if (episode.query.empty()) refuse_episode(place, episode.name, "has no query image");
    std::vector<given_image> ordered(episode.support.size());  // ways times shots, now that each label has its shots
    std::ranges::fill(seen, std::size_t{0});
    for (const given_image& row : episode.support) ordered[seen[row.label]++ * way_count + row.label] = row;
    episode.support = std::move(ordered);
}

// An image stands once among those given, none of those is asked for, and what is asked has one answer. which: of each
// of `images` a number that is the same for the same image, however it is spelled.
inline void refuse_repeated_support(const std::string& source, const given_episode& episode,
                                    const std::vector<std::string>& images, const std::vector<std::size_t>& which) {
    std::map<std::size_t, std::size_t> line_of;
    const auto check = [&](const given_image& row, bool is_support) {
        const auto [known, is_new] = line_of.try_emplace(which[row.image], row.line);
        if (!is_new)
            fail(error_kind::bad_value, csv_place(source, std::max(row.line, known->second)) + ", column 'image': " +
                                            in_quotes(images[row.image]) + " is a support image of the episode " +
                                            in_quotes(episode.name) + " in line " +
                                            std::to_string(std::min(row.line, known->second)) +
                                            " already; give each image once, for support or as a query.");
        if (!is_support) line_of.erase(known);
    };
    for (const given_image& row : episode.support) check(row, true);
    std::map<std::size_t, const given_image*> asked;
    for (const given_image& row : episode.query) {
        check(row, false);
        const given_image& before = *asked.try_emplace(which[row.image], &row).first->second;
        if (before.label != row.label)
            fail(error_kind::bad_value, csv_place(source, row.line) + ", column 'label': " +
                                            in_quotes(images[row.image]) + " is asked for in line " +
                                            std::to_string(before.line) + " as " +
                                            in_quotes(episode.labels[before.label]) + " and here as " +
                                            in_quotes(episode.labels[row.label]) + "; give an image one label.");
    }
}

// Keeps in the episodes what the fill functions compare with the data that they are given: the episodes of a file of
// numbers have to be resolved by use_indices, those of a file of paths go with the images that the paths name.
inline void keep_meaning_of_images(given_episodes& given) {
    std::vector<std::size_t> numbers(given.images.size());
    bool are_numbers = true;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::string& text = given.images[i];
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
        are_numbers = are_numbers && failure == std::errc{} && end == text.data() + text.size();
    }
    for (given_episode& episode : given.episodes) {
        if (!are_numbers) episode.path_count = given.images.size();
        for (auto* rows : {&episode.support, &episode.query})
            for (given_image& row : *rows)
                if (are_numbers) row.index = numbers[row.image];
    }
}

// One number for the spellings of one path: a.png and ./a.png.
inline std::vector<std::size_t> paths_apart(const std::vector<std::string>& images) {
    std::map<std::string, std::size_t> numbers;
    std::vector<std::size_t> which;
    for (const std::string& image : images) {
        const std::string normal = std::filesystem::path(image).lexically_normal().string();
        which.push_back(numbers.try_emplace(normal, numbers.size()).first->second);
    }
    return which;
}

}  // namespace detail

// Episodes from text in memory; `source` names it in messages. A header with the columns episode, role, label and
// image (others are not read), then a row for each image: role is support or query; the rows of an episode need not
// stand together, and a query may come before the support images of its label. Labels are texts of their episode and
// mean nothing outside of it.
// Throws: error (bad_file) for an episode with other ways, unequal or other shots, or without a query; (bad_value) for
// another role, a query's label without a support image, or an image that is given twice or given and asked for; as
// parse_csv.
inline given_episodes parse_given_episodes(std::string_view text, const std::string& source, std::size_t way_count,
                                           std::size_t shot_count) {
    const csv_table table = parse_csv(
        text, source,
        {.header = csv_header::required, .text_columns = {"episode", "role", "label", "image"}, .columns = {"image"}});
    const std::size_t episode = table.column("episode");
    const std::size_t role = table.column("role");
    const std::size_t label = table.column("label");
    const std::size_t image = table.column("image");
    given_episodes result{source, way_count, shot_count, table.texts[image], false, {}};
    result.episodes.resize(table.texts[episode].size());
    std::vector<std::size_t> first_row(result.episodes.size(), table.row_count());
    const auto of = [&](std::size_t row, std::size_t column) { return static_cast<std::size_t>(table(row, column)); };

    for (std::size_t row = 0; row < table.row_count(); ++row) {
        given_episode& to = result.episodes[of(row, episode)];
        first_row[of(row, episode)] = std::min(first_row[of(row, episode)], row);
        to.name = table.text(row, episode);
        const std::string& what = table.text(row, role);
        if (what != "support" && what != "query")
            fail(error_kind::bad_value,
                 table.place(row, role) + ": expected support or query, found " + detail::in_quotes(what) + ".");
        if (what == "query") continue;
        const auto found = std::ranges::find(to.labels, table.text(row, label));
        const auto number = static_cast<std::size_t>(found - to.labels.begin());
        if (found == to.labels.end()) to.labels.push_back(table.text(row, label));
        to.support.push_back({of(row, image), number, table.lines[row]});
    }
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        if (table.text(row, role) != "query") continue;
        given_episode& to = result.episodes[of(row, episode)];
        const auto found = std::ranges::find(to.labels, table.text(row, label));
        if (found == to.labels.end())
            fail(error_kind::bad_value, table.place(row, label) + ": no support image of the episode " +
                                            detail::in_quotes(to.name) + " has the query's label " +
                                            detail::in_quotes(table.text(row, label)) + "; its labels are " +
                                            (to.labels.empty() ? "none" : detail::listed(to.labels)) + ".");
        to.query.push_back({of(row, image), static_cast<std::size_t>(found - to.labels.begin()), table.lines[row]});
    }
    const std::vector<std::size_t> which = detail::paths_apart(result.images);
    for (std::size_t e = 0; e < result.episodes.size(); ++e) {
        detail::order_support(detail::csv_place(source, table.lines[first_row[e]]), result.episodes[e], way_count,
                              shot_count);
        detail::refuse_repeated_support(source, result.episodes[e], result.images, which);
    }
    detail::keep_meaning_of_images(result);
    return result;
}

// Throws: as parse_given_episodes; error (missing_file) when the file cannot be read.
// Example: auto given = read_given_episodes("episodes.csv", 5, 1);
inline given_episodes read_given_episodes(const std::filesystem::path& path, std::size_t way_count,
                                          std::size_t shot_count) {
    return parse_given_episodes(read_file(path), detail::shown_path(path), way_count, shot_count);
}

namespace detail {

// Calls visit(image) on every row of every episode, in any order.
template <class Given, class Visit>
void for_each_image(Given& given, Visit&& visit) {
    for (auto& episode : given.episodes) {
        for (auto& row : episode.support) visit(row);
        for (auto& row : episode.query) visit(row);
    }
}

}  // namespace detail

// Takes the column image for numbers of examples in the data, counted from 0.
// Throws: error (bad_value) for what is no number below example_count, with its line, and for an image that is given
// twice, or given and asked for, as 7 and 07; (bad_option) the second time, and for data without examples. The episodes
// are then as they were.
// Example: use_indices(given, data.size());
inline void use_indices(given_episodes& given, std::size_t example_count) {
    if (given.has_indices || example_count == 0)
        fail(error_kind::bad_option,
             std::string("use_indices: ") + (given.has_indices ? "the images are numbers of examples already; call it "
                                                                 "once."
                                                               : "the data has no examples; give other data."));
    std::vector<std::size_t> numbers(given.images.size());
    detail::for_each_image(given, [&](const given_image& row) {
        const std::string& text = given.images[row.image];
        std::size_t& number = numbers[row.image];
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (failure != std::errc{} || end != text.data() + text.size() || number >= example_count)
            fail(error_kind::bad_value, detail::csv_place(given.source, row.line) + ", column 'image': expected the " +
                                            "number of an image, from 0 to " + std::to_string(example_count - 1) +
                                            ", found " + detail::in_quotes(text) + ".");
    });
    for (const given_episode& episode : given.episodes)
        detail::refuse_repeated_support(given.source, episode, given.images, numbers);
    detail::for_each_image(given, [&](given_image& row) { row.image = numbers[row.image]; });
    given.has_indices = true;
}

// Takes the column image for paths relative to `folder`: the list of those files, for load_images, whose image i is
// given.images[i]. Its one class has no meaning.
// Throws: error (missing_file) for a file that is not there, with the first line that names it; (bad_value) for one that
// is given twice, or given and asked for, by a link; (bad_option) after use_indices.
// Example: const auto set = load_images(list_given_images(given, "images"), {.height = 28, .width = 28}).set;
inline image_list list_given_images(const given_episodes& given, const std::filesystem::path& folder) {
    if (given.has_indices)
        fail(error_kind::bad_option, "list_given_images: the images are numbers of examples, not paths; read the "
                                     "episodes anew, without use_indices.");
    image_list list{{"given"}, {}, {}};
    for (const std::string& name : given.images) list.images.push_back({folder / name, 0});
    std::vector<std::size_t> line(given.images.size(), 0);
    detail::for_each_image(given, [&](const given_image& row) {
        if (line[row.image] == 0 || row.line < line[row.image]) line[row.image] = row.line;
    });
    for (std::size_t i = 0; i < line.size(); ++i) {
        std::error_code code;
        if (!std::filesystem::is_regular_file(list.images[i].path, code))
            fail(error_kind::missing_file, detail::csv_place(given.source, line[i]) + ", column 'image': there is no " +
                                               "image '" + detail::shown_path(list.images[i].path) +
                                               "'; give the folder that the names are in, or correct the row.");
    }
    std::map<std::string, std::size_t> numbers;
    std::vector<std::size_t> which;
    for (const auto& image : list.images)
        which.push_back(numbers.try_emplace(detail::file_of(image.path), numbers.size()).first->second);
    for (const given_episode& episode : given.episodes)
        detail::refuse_repeated_support(given.source, episode, given.images, which);
    return list;
}

namespace detail {

// The image is a number of an example in data of that many, and of the example that the file means.
inline void require_resolved(const char* function, const given_episode& episode, const given_image& row,
                             std::size_t example_count) {
    const std::string place = std::string(function) + ": the episode " + in_quotes(episode.name);
    if (row.index != given_image::no_index && row.image != row.index)
        fail(error_kind::bad_option, place +
                                         " has numbers of examples that are not looked up yet; call use_indices "
                                         "with the number of examples first.");
    if (episode.path_count != 0 && episode.path_count != example_count)
        fail(error_kind::mismatch, place + " is of " + std::to_string(episode.path_count) +
                                       " image files, the data has " + std::to_string(example_count) +
                                       " examples; load the files by list_given_images.");
    if (row.image >= example_count)
        fail(error_kind::mismatch, place + " has the image " + std::to_string(row.image) + ", the data has " +
                                       std::to_string(example_count) +
                                       " examples, counted from 0; give the data that the episodes are of.");
}

template <class Input, class Scalar, class Batch>
void put_given(const labelled_data<Input, Scalar>& data, const given_image& given, std::size_t row,
               const few_shot_options& options, Batch& batch) {
    const auto example = data.example(given.image);
    for (std::size_t i = 0; i < Input::size; ++i)
        batch.inputs.data()[row * Input::size + i] = static_cast<typename Batch::scalar>(
            std::fma(options.scale, static_cast<double>(example[i]), options.offset));
    batch.targets.data()[row] = static_cast<std::int32_t>(given.label);
}

}  // namespace detail

// The support set of a given episode as the batch that few_shot would give: of the options the rotations are not used.
// Throws: error (mismatch) when the batch has other ways or shots, and for data without the image or of another number
// of images than the file has paths; (bad_option) for numbers of examples before use_indices.
template <class Input, class Scalar, class Batch>
void fill_support(const given_episode& given, const labelled_data<Input, Scalar>& data, Batch& batch,
                  const few_shot_options& options = {}) {
    if (given.support.size() != Batch::count || given.labels.size() != Batch::target_shape::ways)
        fail(error_kind::mismatch, "fill_support: the episode has " + std::to_string(given.labels.size()) +
                                       " ways and " + std::to_string(given.support.size()) +
                                       " support images, the batch " + std::to_string(Batch::target_shape::ways) +
                                       " and " + std::to_string(Batch::count) +
                                       "; read the file with the learner's sizes.");
    for (const given_image& row : given.support) detail::require_resolved("fill_support", given, row, data.size());
    for (std::size_t i = 0; i < Batch::count; ++i) detail::put_given(data, given.support[i], i, options, batch);
}

// The queries from number `first` on, as many as the batch has rows; rows that are left repeat the last query. Returns
// how many are not repeated: 0 when there is no such query, and the batch is then not written.
// Throws: as fill_support for the data; any number of ways and of rows will do.
// Example: for (std::size_t q = 0, n = 0; (n = fill_queries(episode, q, data, batch)) != 0; q += n) predict(batch, n);
template <class Input, class Scalar, class Batch>
std::size_t fill_queries(const given_episode& given, std::size_t first, const labelled_data<Input, Scalar>& data,
                         Batch& batch, const few_shot_options& options = {}) {
    if (first >= given.query.size()) return 0;
    const std::size_t count = std::min(Batch::count, given.query.size() - first);
    for (std::size_t i = 0; i < count; ++i)
        detail::require_resolved("fill_queries", given, given.query[first + i], data.size());
    for (std::size_t i = 0; i < Batch::count; ++i)
        detail::put_given(data, given.query[first + std::min(i, count - 1)], i, options, batch);
    return count;
}

}  // namespace priori
