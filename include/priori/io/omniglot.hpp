// SPDX-License-Identifier: BSL-1.0
// omniglot: handwritten characters, 28 by 28, in the packed folder that examples/convert_omniglot.py makes.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/csv.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/files.hpp>
#include <priori/io/npy.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace priori {

// The split of the classes by Vinyals et al. (2016): 1028 for training, 172 for validation, 423 for testing.
enum class omniglot_split : std::uint8_t { train, validation, test };

// Shapes: images (classes, drawings, 28 * 28), 1 where there is ink and 0 elsewhere; labels (classes, drawings); the
// others (classes). Drawing d of class c is image number c * drawings + d, whose label is c.
// Reference: Lake, Salakhutdinov, Tenenbaum (2015), Human-level concept learning through probabilistic program
// induction.
struct omniglot_data {
    static constexpr std::size_t side = 28;
    static constexpr std::size_t pixels = side * side;

    std::size_t drawings = 0;  // of each class: 20
    std::vector<std::uint8_t> images;
    std::vector<std::int32_t> labels;
    std::vector<std::string> alphabets;  // the names, each once
    std::vector<std::size_t> alphabet;   // of each class: which of `alphabets`
    std::vector<std::string> character;  // of each class: its name within the alphabet
    std::vector<omniglot_split> split;   // of each class
    std::vector<std::uint8_t> evaluation{};  // of each class: 1 if in Lake's evaluation set; empty when not known

    std::size_t class_count() const { return split.size(); }

    std::span<const std::uint8_t> image(std::size_t class_index, std::size_t drawing) const {
        return std::span(images).subspan((class_index * drawings + drawing) * pixels, pixels);
    }

    // The classes of one part of the split, in order.
    std::vector<std::size_t> classes(omniglot_split part) const {
        std::vector<std::size_t> found;
        for (std::size_t c = 0; c < split.size(); ++c)
            if (split[c] == part) found.push_back(c);
        return found;
    }
};

namespace detail {

inline constexpr std::array<std::string_view, 3> omniglot_split_names{"train", "val", "test"};

// Eight pixels a byte, the first in the most significant bit.
inline std::vector<std::uint8_t> unpacked_bits(std::span<const std::uint8_t> bytes) {
    std::vector<std::uint8_t> bits(bytes.size() * 8);
    for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = (bytes[i / 8] >> (7 - i % 8)) & 1;
    return bits;
}

inline void require_whole_number(const csv_table& table, std::size_t row, std::size_t column, std::size_t wanted,
                                 std::string_view meaning) {
    if (table(row, column) == static_cast<double>(wanted)) return;
    fail(error_kind::bad_value, table.place(row, column) + ": expected " + std::to_string(wanted) + ", " +
                                    std::string(meaning) + ", found " + shown_number(table(row, column)) + ".");
}

// Alphabet ids: whole numbers from 0 to their count - 1, one for each name.
inline void read_alphabets(const csv_table& table, omniglot_data& data) {
    const std::size_t id = table.column("alphabet_id");
    const std::size_t name = table.column("alphabet");
    const std::size_t count = table.texts[name].size();
    data.alphabets.resize(count);
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        const double value = table(row, id);
        if (!(value >= 0 && value < static_cast<double>(count)) ||
            value != static_cast<double>(static_cast<std::size_t>(value)))
            fail(error_kind::bad_value, table.place(row, id) + ": expected a whole number from 0 to " +
                                            std::to_string(count - 1) + ", for there are " + std::to_string(count) +
                                            " alphabets, found " + shown_number(value) + ".");
        std::string& known = data.alphabets[static_cast<std::size_t>(value)];
        if (known.empty()) known = table.text(row, name);
        if (known != table.text(row, name))
            fail(error_kind::mismatch, table.place(row, id) + ": the id " + shown_number(value) +
                                           " belongs to the alphabet " + in_quotes(known) + ", found it at " +
                                           in_quotes(table.text(row, name)) + ".");
        data.alphabet.push_back(static_cast<std::size_t>(value));
    }
}

// Under two ids one character could be trained on and tested on.
inline void refuse_repeated_characters(const csv_table& table, const omniglot_data& data) {
    const std::size_t column = table.column("character");
    std::map<std::pair<std::size_t, std::string_view>, std::size_t> row_of;
    for (std::size_t row = 0; row < data.class_count(); ++row) {
        const auto [known, is_new] = row_of.try_emplace({data.alphabet[row], data.character[row]}, row);
        if (is_new) continue;
        fail(error_kind::mismatch,
             table.place(row, column) + ": the character " +
                 in_quotes(data.alphabets[data.alphabet[row]] + "/" + data.character[row]) + " is the class of line " +
                 std::to_string(table.lines[known->second]) +
                 " already, and a split could train on the one and test on the other; list each character once.");
    }
}

inline void read_omniglot_classes(const csv_table& table, std::size_t class_count, omniglot_data& data) {
    if (table.row_count() != class_count)
        fail(error_kind::mismatch, "'" + table.source + "' has " + std::to_string(table.row_count()) +
                                       " classes, the images are of " + std::to_string(class_count) +
                                       "; the two files must come from one conversion.");
    const std::size_t id = table.column("class_id");
    const std::size_t character = table.column("character");
    const std::size_t split = table.column("vinyals_split");
    const std::size_t lake = table.has_column("lake_split") ? table.column("lake_split") : table.column_count();
    read_alphabets(table, data);
    for (std::size_t row = 0; row < class_count; ++row) {
        require_whole_number(table, row, id, row, "the classes in order");
        data.character.push_back(table.text(row, character));
        const std::string& part = table.text(row, split);
        const auto found = std::ranges::find(omniglot_split_names, part);
        if (found == omniglot_split_names.end())
            fail(error_kind::bad_value,
                 table.place(row, split) + ": expected train, val or test, found " + in_quotes(part) + ".");
        data.split.push_back(static_cast<omniglot_split>(found - omniglot_split_names.begin()));
        if (lake == table.column_count()) continue;
        const std::string& set = table.text(row, lake);
        if (set != "background" && set != "evaluation")
            fail(error_kind::bad_value,
                 table.place(row, lake) + ": expected background or evaluation, found " + in_quotes(set) + ".");
        data.evaluation.push_back(set == "evaluation");
    }
    refuse_repeated_characters(table, data);
}

}  // namespace detail

// Reads DIR/omniglot28_bits.npy, u8 (classes, drawings, 98): one bit a pixel, row-major, the most significant bit
// first, 1 = ink; and DIR/classes.csv, a row for each class with the columns class_id, alphabet_id, alphabet,
// character, vinyals_split and, if it is there, lake_split; other columns are not read.
// Throws: error with one sentence for anything missing, cut off, out of range or not fitting together, and for a
// character (an alphabet and a name) that is listed twice.
inline omniglot_data read_omniglot(const std::filesystem::path& folder) {
    const std::filesystem::path bits_path = folder / "omniglot28_bits.npy";
    std::error_code ignored;
    if (!std::filesystem::exists(bits_path, ignored))
        fail(error_kind::missing_file, "'" + detail::shown_path(folder) +
                                           "' holds no omniglot28_bits.npy; give the packed folder that "
                                           "examples/convert_omniglot.py makes of the official archive.");
    const npy_array<std::uint8_t> packed = read_npy<std::uint8_t>(bits_path);
    constexpr std::size_t bytes = omniglot_data::pixels / 8;
    if (packed.shape.size() != 3 || packed.shape[0] == 0 || packed.shape[1] == 0 || packed.shape[2] != bytes)
        fail(error_kind::bad_shape, "'" + detail::shown_path(bits_path) +
                                        "': expected the shape (classes, drawings, 98), found " +
                                        detail::shown_shape(packed.shape) + ".");

    omniglot_data data;
    data.drawings = packed.shape[1];
    data.images = detail::unpacked_bits(packed.values);
    const std::filesystem::path classes_path = folder / "classes.csv";
    csv_options options{.header = csv_header::required,
                        .text_columns = {"alphabet", "character", "vinyals_split"},
                        .columns = {"class_id", "alphabet_id"}};
    const std::string text = read_file(classes_path);
    if (text.substr(0, text.find_first_of("\r\n")).find("lake_split") != std::string::npos)
        options.text_columns.push_back("lake_split");
    detail::read_omniglot_classes(parse_csv(text, detail::shown_path(classes_path), options), packed.shape[0], data);
    data.labels.resize(packed.shape[0] * data.drawings);
    for (std::size_t i = 0; i < data.labels.size(); ++i) data.labels[i] = static_cast<std::int32_t>(i / data.drawings);
    return data;
}

// Writes the two files that read_omniglot reads, both or none. Any pixel that is not 0 is ink. Alphabets that no class
// is of are left out, and the others numbered anew, so that a part of the classes can be written.
// Throws: error (mismatch) when the sizes do not fit together; (missing_file) when a file cannot be written.
inline void write_packed_omniglot(const std::filesystem::path& folder, const omniglot_data& data) {
    const std::size_t count = data.class_count();
    const auto fits = [&](std::size_t size) { return size == count; };
    if (data.images.size() != count * data.drawings * omniglot_data::pixels || !fits(data.alphabet.size()) ||
        !fits(data.character.size()) || !(data.evaluation.empty() || fits(data.evaluation.size())) ||
        std::ranges::any_of(data.alphabet, [&](std::size_t id) { return id >= data.alphabets.size(); }))
        fail(error_kind::mismatch,
             "write_packed_omniglot: images, alphabets, characters and split are not of the same "
             "number of classes.");
    npy_array<std::uint8_t> packed{{count, data.drawings, omniglot_data::pixels / 8}, {}};
    packed.values.resize(data.images.size() / 8);
    for (std::size_t i = 0; i < data.images.size(); ++i)
        if (data.images[i] != 0) packed.values[i / 8] |= static_cast<std::uint8_t>(0x80 >> i % 8);

    std::vector<std::size_t> new_id(data.alphabets.size(), 0);
    for (const std::size_t id : data.alphabet) new_id[id] = 1;
    std::size_t used = 0;
    for (std::size_t& id : new_id) id = id == 0 ? 0 : used++;

    std::vector<std::string> columns{"class_id", "alphabet_id", "alphabet", "character"};
    if (!data.evaluation.empty()) columns.push_back("lake_split");
    columns.push_back("vinyals_split");
    csv_writer classes(columns);
    for (std::size_t c = 0; c < count; ++c) {
        const auto part = detail::omniglot_split_names[static_cast<std::size_t>(data.split[c])];
        const std::string& alphabet = data.alphabets[data.alphabet[c]];
        if (data.evaluation.empty()) {
            classes.row(c, new_id[data.alphabet[c]], alphabet, data.character[c], part);
        } else {
            classes.row(c, new_id[data.alphabet[c]], alphabet, data.character[c],
                        data.evaluation[c] ? "evaluation" : "background", part);
        }
    }
    write_files_atomically({{folder / "omniglot28_bits.npy", npy_bytes<std::uint8_t>(packed.shape, packed.values)},
                            {folder / "classes.csv", classes.text()}});
}

}  // namespace priori
