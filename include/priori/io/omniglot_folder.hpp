// SPDX-License-Identifier: BSL-1.0
// read_omniglot_folder: Omniglot as its authors distribute it, 105 by 105, reduced to 28 by 28. Link priori::io for it.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/image.hpp>
#include <priori/io/image_list.hpp>
#include <priori/io/omniglot.hpp>
#include <priori/io/resize.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace priori {

// How 105 by 105 pixels become 28 by 28 with ink or none. area: ink where at least the share `threshold` of the new
// pixel's area is ink; 0.3 leaves strokes three pixels wide whole. nearest: the pixel in the middle, which is what the
// MAML code gets from Pillow for these images of one bit, though it asks for Lanczos. bilinear, bicubic and lanczos:
// ink where the reduced image is darkened by at least `threshold`.
struct omniglot_reduction {
    resize_filter filter = resize_filter::area;
    double threshold = 0.3;
};

namespace detail {

struct omniglot_character {
    unsigned number = 0;  // the archive's own, from 1 on
    std::string alphabet;
    std::string name;
    bool is_evaluation = false;
    std::filesystem::path folder;
    std::vector<std::filesystem::path> images;
};

inline constexpr std::size_t omniglot_stored_side = 105;

// 1 for 0001_01.png, 0 for names of another form.
inline unsigned omniglot_number(const std::string& name) {
    unsigned number = 0;
    for (std::size_t i = 0; i < 7; ++i) {
        if (i == 4 ? name.size() < 7 || name[i] != '_' : name.size() < 7 || name[i] < '0' || name[i] > '9') return 0;
        if (i < 4) number = number * 10 + static_cast<unsigned>(name[i] - '0');
    }
    return number;
}

// The number in the names of all drawings of a character: one that came from another character has another.
inline unsigned number_of_character(const std::vector<std::filesystem::path>& drawings) {
    unsigned number = 0;
    for (const std::filesystem::path& drawing : drawings) {
        const unsigned its = omniglot_number(drawing.filename().string());
        if (its == 0) fail(error_kind::bad_file, "'" + shown_path(drawing) + "': expected a name such as 0001_01.png.");
        if (number == 0) number = its;
        if (its != number)
            fail(error_kind::mismatch, "'" + shown_path(drawing) + "': the drawing has the number of the character " +
                                           std::to_string(its) + ", those beside it are of " + std::to_string(number) +
                                           "; unpack the archive anew.");
    }
    return number;
}

// All have as many drawings as most have: the archive is not blamed for the one that is not whole, wherever it stands.
inline void require_equal_drawings(const std::vector<omniglot_character>& characters) {
    std::map<std::size_t, std::size_t> having;  // characters with so many drawings
    for (const auto& character : characters)
        if (!character.images.empty()) ++having[character.images.size()];
    std::size_t usual = 20, most = 0;
    for (const auto& [drawings, count] : having)
        if (count >= most) usual = drawings, most = count;  // of several, the largest: drawings get lost
    for (const auto& character : characters)
        if (character.images.size() != usual)
            fail(error_kind::bad_file, "'" + shown_path(character.folder) + "': expected " + std::to_string(usual) +
                                           " drawings, found " + std::to_string(character.images.size()) +
                                           "; unpack the archive anew.");
}

inline std::vector<omniglot_character> omniglot_characters(const std::filesystem::path& archive) {
    std::vector<omniglot_character> found;
    std::map<std::pair<std::string, std::string>, std::filesystem::path> folder_of;  // of alphabet and character
    for (const char* part : {"images_background", "images_evaluation"}) {
        const std::filesystem::path folder = archive / part;
        std::error_code code;
        if (!std::filesystem::is_directory(folder, code))
            fail(error_kind::missing_file, "'" + shown_path(folder) + "' is not there; unpack " + part +
                                               ".zip of Omniglot's archive into '" + shown_path(archive) + "'.");
        for (const auto& alphabet : sorted_entries(folder, true))
            for (const auto& character : sorted_entries(alphabet, true)) {
                const auto [known, is_new] =
                    folder_of.try_emplace({alphabet.filename().string(), character.filename().string()}, character);
                if (!is_new)
                    fail(error_kind::mismatch,
                         "'" + shown_path(character) + "': the same character is in '" + shown_path(known->second) +
                             "', and would be trained on and tested on; unpack the archive anew.");
                auto images = sorted_entries(character, false);
                const unsigned number = number_of_character(images);
                found.push_back({number, alphabet.filename().string(), character.filename().string(),
                                 std::string_view(part) == "images_evaluation", character, std::move(images)});
            }
    }
    if (found.empty())
        fail(error_kind::bad_file,
             "'" + shown_path(archive) +
                 "' holds no characters; expected images_background/<Alphabet>/character<NN>/*.png.");
    require_equal_drawings(found);
    std::ranges::sort(found, [](const omniglot_character& a, const omniglot_character& b) {
        return a.number != b.number ? a.number < b.number : a.alphabet < b.alphabet;
    });
    const auto twice = std::ranges::adjacent_find(found, {}, &omniglot_character::number);
    if (twice != found.end())
        fail(error_kind::mismatch,
             "'" + shown_path(archive) + "': the characters " + in_quotes(twice->alphabet + "/" + twice->name) +
                 " and " + in_quotes((twice + 1)->alphabet + "/" + (twice + 1)->name) + " both have the number " +
                 std::to_string(twice->number) + "; unpack the archive anew.");
    return found;
}

// The ink under each new pixel, exactly, in units of 1 / 28 of a pixel's side both ways: of 105 * 105.
inline void add_area(const image& from, double threshold, std::uint8_t* to) {
    constexpr std::size_t side = omniglot_data::side;
    constexpr std::size_t stored = omniglot_stored_side;
    const auto overlap = [](std::size_t x, std::size_t i) {
        return std::min((x + 1) * side, (i + 1) * stored) - std::max(x * side, i * stored);
    };
    for (std::size_t i = 0; i < side; ++i)
        for (std::size_t j = 0; j < side; ++j) {
            std::size_t ink = 0;
            for (std::size_t y = i * stored / side; y * side < (i + 1) * stored; ++y)
                for (std::size_t x = j * stored / side; x * side < (j + 1) * stored; ++x)
                    if (from.pixels[y * stored + x] < 128) ink += overlap(y, i) * overlap(x, j);
            to[i * side + j] = static_cast<double>(ink) >= threshold * static_cast<double>(stored * stored);
        }
}

inline void reduce_omniglot(const image& from, const omniglot_reduction& reduction, std::uint8_t* to) {
    if (reduction.filter == resize_filter::area) return add_area(from, reduction.threshold, to);
    const image small = resized(from, omniglot_data::side, omniglot_data::side, reduction.filter);
    for (std::size_t i = 0; i < omniglot_data::pixels; ++i)
        to[i] = 255.0 - small.pixels[i] >= 255.0 * reduction.threshold;
}

// The rule of Vinyals' split in terms of the archive's numbers: those above 1200 are for testing, of the others those
// of five alphabets for validation.
inline omniglot_split vinyals_part(const omniglot_character& character) {
    constexpr std::array<std::string_view, 5> validation{"Armenian", "Bengali", "Early_Aramaic", "Hebrew",
                                                         "Mkhedruli_(Georgian)"};
    if (character.number > 1200) return omniglot_split::test;
    const bool validates = std::ranges::find(validation, character.alphabet) != validation.end();
    return validates ? omniglot_split::validation : omniglot_split::train;
}

}  // namespace detail

// ARCHIVE/images_background/<Alphabet>/character<NN>/<number>_<drawing>.png and ARCHIVE/images_evaluation likewise, 105
// by 105, ink black, as the two archives unpack. The characters are in the order of their numbers: with area and 0.3,
// what examples/convert_omniglot.py makes. write_packed_omniglot keeps the result for read_omniglot.
// Cost: decoding 32,460 images, some seconds.
// Throws: error (missing_file) where a folder is missing, (bad_file) where a character lacks drawings, (mismatch) where
// one is in both sets, has a drawing of another or the number of another, (bad_shape) for an image that is not 105 by
// 105, (bad_option) for a threshold that is not in (0, 1]; as read_image.
// Reference: github.com/brendenlake/omniglot.
inline omniglot_data read_omniglot_folder(const std::filesystem::path& archive,
                                          const omniglot_reduction& reduction = {}) {
    if (!(reduction.threshold > 0 && reduction.threshold <= 1))
        fail(error_kind::bad_option, "read_omniglot_folder: expected a threshold above 0 and at most 1, found " +
                                         detail::shown_number(reduction.threshold) + ".");
    const auto characters = detail::omniglot_characters(archive);
    omniglot_data data;
    data.drawings = characters.front().images.size();
    for (const auto& character : characters) data.alphabets.push_back(character.alphabet);
    std::ranges::sort(data.alphabets);
    const auto rest = std::ranges::unique(data.alphabets);
    data.alphabets.erase(rest.begin(), rest.end());
    data.images.resize(characters.size() * data.drawings * omniglot_data::pixels);
    for (std::size_t c = 0; c < characters.size(); ++c) {
        const auto& character = characters[c];
        for (const auto& path : character.images) {
            const image found = read_image(path, image_colour::grey);
            require_size(found, detail::omniglot_stored_side, detail::omniglot_stored_side, detail::shown_path(path));
            detail::reduce_omniglot(found, reduction, data.images.data() + data.labels.size() * omniglot_data::pixels);
            data.labels.push_back(static_cast<std::int32_t>(c));
        }
        const auto alphabet = std::ranges::lower_bound(data.alphabets, character.alphabet);
        data.alphabet.push_back(static_cast<std::size_t>(alphabet - data.alphabets.begin()));
        data.character.push_back(character.name);
        data.split.push_back(detail::vinyals_part(character));
        data.evaluation.push_back(character.is_evaluation);
    }
    return data;
}

}  // namespace priori
