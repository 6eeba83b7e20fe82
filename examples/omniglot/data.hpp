// SPDX-License-Identifier: BSL-1.0
// The characters, their names, and how they are split.
#pragma once

#include "choices.hpp"
#include "read_data.hpp"
#include "test_tasks.hpp"
#include "tester.hpp"

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/io/omniglot.hpp>
#include <priori/io/omniglot_split.hpp>
#include <priori/task/class_split.hpp>
#include <priori/task/few_shot.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace omniglot {

// From a folder, or "glyphs". Stays where it is made: the images look at the numbers read.
struct characters {
    std::string from, split_name;
    bool are_glyphs;
    pr::omniglot_data read;  // of glyphs: images and labels alone
    omniglot::images images;
    pr::class_split split;

    // Throws: priori::error, as read_data.
    characters(const std::string& data, const std::string& split_name)
        : from(data),
          split_name(split_name),
          are_glyphs(data == "glyphs"),
          read(read_data(data)),
          images(image_shape{}, read.images, read.labels),
          split(are_glyphs ? pr::random_split(images.class_count(), {1000, 200, 400}, pr::seed{1})
                           : split_of(split_name)) {}
    characters(const characters&) = delete;

    // An input is this times a pixel.
    double scale() const { return are_glyphs ? 1 / 255.0 : 1; }
    std::string name(std::size_t c) const {
        return are_glyphs ? "glyph " + std::to_string(c) : read.alphabets[read.alphabet[c]] + "/" + read.character[c];
    }

    // That episodes can be drawn of a part of the split.
    // Throws: priori::error (mismatch) for too few characters, or one with too few drawings.
    void require_enough(const std::vector<std::size_t>& classes, const std::string& part, std::size_t ways,
                        std::size_t shots, std::size_t queries, const pr::few_shot_options& seen) const {
        const bool turned = seen.rotations && !seen.one_view;
        const std::size_t given = (turned ? seen.reflections ? 8 : 4 : 1) * classes.size();
        const std::string where = "the " + part + " part of the split " + split_name;
        if (given < ways)
            pr::fail(pr::error_kind::mismatch,
                     "'" + from + "': " + where + " gives " + std::to_string(given) + " classes (its characters" +
                         (turned ? " in four orientations" : "") +
                         (seen.reflections ? " and their mirror images" : "") + "), an episode takes " +
                         std::to_string(ways) + "; give another --split, or data with more characters.");
        for (const std::size_t c : classes) {
            const std::size_t there = images.examples_of(c).size();
            if (there >= shots + queries) continue;
            pr::fail(pr::error_kind::mismatch, "'" + from + "': the character " + name(c) + ", in " + where + ", has " +
                                                   std::to_string(there) + " drawings, an episode takes " +
                                                   std::to_string(shots) + " + " + std::to_string(queries) +
                                                   " of each; give it more, or leave the character out.");
        }
    }

private:
    // It does not depend on --seed, so that runs can be compared.
    pr::class_split split_of(const std::string& name) const {
        using enum pr::omniglot_partition;
        return pr::omniglot_classes(read, name == "random" ? random : name == "lake" ? lake : vinyals);
    }
};

// Episodes of characters, seen as `seen` says; `part` is the name of theirs in the split.
// Throws: priori::error (mismatch), as require_enough.
template <class Shape>
tasks_of<Shape> episodes(const characters& data, const std::vector<std::size_t>& classes, const std::string& part,
                         pr::few_shot_options seen) {
    data.require_enough(classes, part, Shape::ways, Shape::shots, Shape::queries, seen);
    seen.scale = data.scale();
    return {data.images, classes, {}, seen};
}

// Episodes of a test.
// Throws: priori::error (mismatch), as require_enough.
template <class Shape>
test_tasks<tasks_of<Shape>> tests(const characters& data, const std::vector<std::size_t>& classes,
                                  const std::string& part, protocol by) {
    const std::size_t queries =
        by == protocol::reptile || (by == protocol::maml && Shape::shots == 1) ? 1 : Shape::queries;
    return {
        episodes<Shape>(data, classes, part, {.rotations = by != protocol::reptile, .one_view = by == protocol::maml}),
        queries * Shape::ways};
}

}  // namespace omniglot
