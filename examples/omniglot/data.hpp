// SPDX-License-Identifier: BSL-1.0
// The characters, their names, and how they are split.
#pragma once

#include "tester.hpp"

#include <priori/core/key.hpp>
#include <priori/io/omniglot.hpp>
#include <priori/io/omniglot_split.hpp>
#include <priori/task/class_split.hpp>
#include <priori/task/glyph_set.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace omniglot {

// From a packed folder, or "glyphs": 1600 made-up characters, 20 drawings of each. Stays where it is made: the images
// look at the numbers read.
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

    // It does not depend on --seed, so that runs can be compared.
    pr::class_split split_of(const std::string& name) const {
        using enum pr::omniglot_partition;
        return pr::omniglot_classes(read, name == "random" ? random : name == "lake" ? lake : vinyals);
    }
};

// Episodes of characters in any of four orientations.
template <class Shape>
tasks_of<Shape> episodes(const characters& data, const std::vector<std::size_t>& classes) {
    return {data.images, classes, {}, {.rotations = true, .scale = data.scale()}};
}

}  // namespace omniglot
