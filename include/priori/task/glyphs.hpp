// SPDX-License-Identifier: BSL-1.0
// glyphs: N-way K-shot classification of made-up characters, drawn as they are asked for: images without any file.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/concepts.hpp>
#include <priori/task/glyph.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace priori {

// The glyphs with the numbers First .. First + Count - 1, each a class.
template <std::uint32_t First, std::uint32_t Count>
struct glyph_range {
    static constexpr std::uint32_t first = First;
    static constexpr std::uint32_t class_count = Count;
};

// Disjoint, and about as many as Omniglot's characters.
inline constexpr glyph_range<0, 1000> training_glyphs{};
inline constexpr glyph_range<1000, 200> validation_glyphs{};
inline constexpr glyph_range<1200, 400> test_glyphs{};

namespace detail {

// A member that is made after the variation: an aggregate has no constructor that could check it.
struct checked_variation {
    constexpr explicit checked_variation(const glyph_variation& variation) { variation.require_settings(); }
};

}  // namespace detail

// An episode takes `ways` different glyphs of the range, in random order: their labels are their places in that order.
// Every drawing is a new one, so a class never runs out. `shots` and `queries` are counts a class; the rows are
// interleaved: row r is of class r mod ways.
// Shapes: inputs (ways * shots, 28, 28, 1) in [0, 1], ink is 1; labels (ways * shots); the query set likewise.
// Difficulty: on test_glyphs, with the default variation, the nearest support drawing (Euclidean distance of the
// pixels) has the right label for 60.0 % of the queries at 5 ways and 1 shot, 82.5 % at 5 ways and 5 shots, 37.8 % at
// 20 ways and 1 shot, 64.3 % at 20 ways and 5 shots: over the tasks 0 .. 999 of seed 1, iteration 0, with 15, 15, 5 and
// 5 queries a class.
// Cost: about 10 us a drawing, no allocation.
// Throws: error (bad_option) for a variation out of range; one that is changed later is not looked at again.
// Example: glyphs{.ways = count<5>, .shots = count<1>, .queries = count<15>, .classes = test_glyphs}
template <class Ways = count_t<5>, class Shots = count_t<1>, class Queries = count_t<15>,
          class Classes = glyph_range<0, 1000>>
struct glyphs {
    static_assert(Count<Ways> && Count<Shots> && Count<Queries>,
                  "[priori:E101] glyphs: ways, shots and queries are part of the type; write .ways = count<5>.");
    static_assert(detail::value_of<Ways> <= Classes::class_count,
                  "[priori:E121] glyphs: an episode takes more classes than the range has; take fewer ways.");

    static constexpr std::size_t classes_of_episode = detail::value_of<Ways>;
    static constexpr std::size_t support_rows = classes_of_episode * detail::value_of<Shots>;
    static constexpr std::size_t query_rows = classes_of_episode * detail::value_of<Queries>;

    [[no_unique_address]] Ways ways{};
    [[no_unique_address]] Shots shots{};
    [[no_unique_address]] Queries queries{};
    [[no_unique_address]] Classes classes{};
    std::uint32_t alphabet = 0;  // another alphabet, other glyphs under the same numbers
    glyph_variation variation{};
    [[no_unique_address]] detail::checked_variation is_checked{variation};

    template <class T>
    using episode_type =
        episode_of<T, shape<glyph::side, glyph::side, 1>, labels<classes_of_episode>, support_rows, query_rows>;

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k);
        std::array<std::uint32_t, classes_of_episode> chosen{};
        stream.choose(Classes::class_count, std::span(chosen));
        for (std::size_t label = 0; label < classes_of_episode; ++label) {
            const glyph drawn(Classes::first + chosen[label], alphabet);
            draw_class(drawn, label, stream, out.support);
            draw_class(drawn, label, stream, out.query);
        }
    }

    episode_type<float> draw(key k) const noexcept { return detail::drawn_episode<float>(*this, k); }

private:
    template <class Batch>
    void draw_class(const glyph& drawn, std::size_t label, random_stream& stream, Batch& batch) const noexcept {
        for (std::size_t row = label; row < Batch::count; row += classes_of_episode) {
            batch.targets.data()[row] = static_cast<std::int32_t>(label);
            drawn.draw(stream, batch.inputs.data() + row * glyph::pixels, variation);
        }
    }
};

}  // namespace priori
