// SPDX-License-Identifier: BSL-1.0
// The characters, their names, and how they are split.
#pragma once

#include "tester.hpp"

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/io/omniglot.hpp>
#include <priori/task/class_split.hpp>
#include <priori/task/glyph_set.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace omniglot {

// From a packed folder, or "glyphs": 1600 made-up characters, 20 drawings of each. Stays where it is made: the images look
// at the numbers read.
struct characters {
    bool are_glyphs;
    pr::omniglot_data read;  // of glyphs: images and labels alone
    omniglot::images images;
    pr::class_split split;

    characters(const std::string& data, const std::string& split_name)
        : are_glyphs(data == "glyphs"),
          read(are_glyphs ? drawn() : pr::read_omniglot(data)),
          images(image_shape{}, read.images, read.labels),
          split(are_glyphs ? pr::random_split(glyph_count, {1000, 200, 400}, pr::seed{1}) : split_of(split_name)) {}
    characters(const characters&) = delete;

    // An input is this times a pixel.
    double scale() const { return are_glyphs ? 1 / 255.0 : 1; }
    std::string name(std::size_t c) const {
        return are_glyphs ? "glyph " + std::to_string(c) : read.alphabets[read.alphabet[c]] + "/" + read.character[c];
    }

private:
    static constexpr std::size_t glyph_count = 1600;

    static pr::omniglot_data drawn() {
        pr::glyph_set set = pr::drawn_glyphs(glyph_count, 20);
        pr::omniglot_data data;
        data.drawings = set.drawings;
        data.images = std::move(set.images);
        data.labels = std::move(set.labels);
        return data;
    }

    // vinyals: that of the file. random: that of the MAML code, 1100, 100 and 423 of the 1623 characters, of a permutation
    // of our own; other data is divided in the same proportions. It does not depend on --seed, so that runs can be
    // compared. lake: the evaluation set is the test, the background set is the training but for its last alphabets, an
    // eighth of them, which are for validation.
    pr::class_split split_of(const std::string& name) const {
        if (name == "vinyals")
            return {read.classes(pr::omniglot_split::train), read.classes(pr::omniglot_split::validation),
                    read.classes(pr::omniglot_split::test)};
        if (name == "lake") return lake();
        const std::size_t count = read.class_count(), train = count * 1100 / 1623;
        const std::size_t validation = std::min(std::max<std::size_t>(count * 100 / 1623, 2), count - train);
        return pr::random_split(count, {train, validation, count - train - validation}, pr::seed{1});
    }

    pr::class_split lake() const {
        if (read.evaluation.empty())
            pr::fail(pr::error_kind::mismatch,
                     "--split lake: classes.csv has no column lake_split; make the folder anew by "
                     "examples/convert_omniglot.py, or take another split.");
        std::vector<std::size_t> background;  // alphabets
        for (std::size_t c = 0; c < read.class_count(); ++c) {
            const std::size_t alphabet = read.alphabet[c];
            if (!read.evaluation[c] && std::ranges::find(background, alphabet) == background.end())
                background.push_back(alphabet);
        }
        std::ranges::sort(background);
        const std::size_t kept = background.size() - (background.size() + 7) / 8;
        pr::class_split split;
        for (std::size_t c = 0; c < read.class_count(); ++c) {
            const auto place = std::ranges::find(background, read.alphabet[c]) - background.begin();
            (read.evaluation[c]                            ? split.test
             : static_cast<std::size_t>(place) >= kept ? split.validation
                                                           : split.train)
                .push_back(c);
        }
        return split;
    }
};

// Episodes of characters in any of four orientations.
template <class Shape>
tasks_of<Shape> episodes(const characters& data, const std::vector<std::size_t>& classes) {
    return {data.images, classes, {}, {.rotations = true, .scale = data.scale()}};
}

}  // namespace omniglot
