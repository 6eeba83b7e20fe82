// SPDX-License-Identifier: BSL-1.0
// glyph_set: drawings of made-up characters as labelled images in memory, in the place of a data set from a file.
#pragma once

#include <priori/config/config.hpp>

#if !defined(PRIORI_FREESTANDING)

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/task/glyph.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <vector>

namespace priori {

// Shapes: images (classes, drawings, 28, 28), 255 where there is ink and 0 elsewhere; labels (classes, drawings).
// Drawing d of class c is image number c * drawings + d, whose label is c.
struct glyph_set {
    static constexpr std::size_t side = glyph::side;
    static constexpr std::size_t pixels = glyph::pixels;

    std::size_t classes = 0;
    std::size_t drawings = 0;  // of each class
    std::vector<std::uint8_t> images;
    std::vector<std::int32_t> labels;
};

// The first `classes` glyphs of an alphabet, the same ones that `glyphs` draws under these numbers.
// Cost: about 10 us and 784 bytes a drawing.
// Throws: error (bad_option) for no class or no drawing, for 2^26 images or more than the memory holds, and for a
// variation out of range.
// Example: const auto set = drawn_glyphs(1600, 20);
//          const labelled_data data(shape<28, 28, 1>{}, set.images, set.labels);
//          few_shot(data, random_split(1600, {1000, 200, 400}, seed{1}).train, way_shot{}, {.scale = 1 / 255.0})
inline glyph_set drawn_glyphs(std::size_t classes, std::size_t drawings, std::uint32_t alphabet = 0,
                              const glyph_variation& variation = {}) {
    constexpr std::size_t most = (std::size_t{1} << 26) - 1;  // images, of 53 GB
    if (classes == 0 || drawings == 0 || classes > most / drawings) {
        fail(error_kind::bad_option, "drawn_glyphs: " + std::to_string(classes) + " classes of " +
                                         std::to_string(drawings) +
                                         " drawings are wanted; ask for at least one of "
                                         "each, and fewer than 2^26 in all.");
    }
    variation.require_settings();
    glyph_set set{classes, drawings, {}, {}};
    try {
        set.images.resize(classes * drawings * glyph::pixels);
        set.labels.reserve(classes * drawings);
    } catch (const std::bad_alloc&) {
        fail(error_kind::bad_option, "drawn_glyphs: " + std::to_string(classes) + " classes of " +
                                         std::to_string(drawings) + " drawings take " +
                                         std::to_string(classes * drawings * glyph::pixels) +
                                         " bytes, which cannot be had; ask for fewer.");
    }
    for (std::size_t c = 0; c < classes; ++c) {
        const glyph drawn(static_cast<std::uint32_t>(c), alphabet);
        for (std::size_t d = 0; d < drawings; ++d) {
            random_stream hand(key{alphabet, static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(d)},
                               purpose::drawing);
            drawn.draw(hand, set.images.data() + set.labels.size() * glyph::pixels, variation);
            set.labels.push_back(static_cast<std::int32_t>(c));
        }
    }
    return set;
}

}  // namespace priori

#endif
