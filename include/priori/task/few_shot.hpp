// SPDX-License-Identifier: BSL-1.0
// few_shot: N-way K-shot episodes of labelled data in memory.
#pragma once

#include <priori/config/config.hpp>

#if !defined(PRIORI_FREESTANDING)

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/concepts.hpp>
#include <priori/task/labelled_data.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace priori {

// What one episode holds: `ways` classes with `shots` support and `queries` query examples each.
template <class Ways = count_t<5>, class Shots = count_t<1>, class Queries = count_t<15>>
struct way_shot {
    static_assert(Count<Ways> && Count<Shots> && Count<Queries>,
                  "[priori:E101] way_shot: ways, shots and queries are part of the type; write .ways = count<5>.");

    [[no_unique_address]] Ways ways{};
    [[no_unique_address]] Shots shots{};
    [[no_unique_address]] Queries queries{};
};

struct few_shot_options {
    bool rotations = false;    // square images: each quarter turn of a class is a class of its own, four times as many
    bool reflections = false;  // square images: so is each mirror image, left and right exchanged: twice as many
    bool one_view = false;     // an episode takes a class of the list once, in one of these turns and images at random
    double scale = 1;          // an input is scale * number + offset: {.scale = 1 / 255.0}, or -1 and 1 to invert
    double offset = 0;
};

namespace detail {

template <class Input>
inline constexpr std::size_t image_side = 0;
template <std::size_t Side, std::size_t... Channels>
inline constexpr std::size_t image_side<shape<Side, Side, Channels...>> = Side;

}  // namespace detail

// An episode draws `ways` different classes of the list, in random order: their labels are their places in that order.
// Each class gives shots + queries different examples, so support and query are disjoint. The rows are interleaved by
// class: row r is of class r mod ways. With rotations one character may appear as two classes, turned differently, and
// with reflections as itself and its mirror image; with one_view it appears once, and any of its views is as likely.
// Shapes: inputs (ways * shots, Input...), labels (ways * shots); the query set likewise.
// The data is not copied: it has to outlive the source. Nothing is allocated after construction.
// Throws: error (bad_option) where the list has too few classes, or rotations or reflections of what is not square,
// (bad_value) where a class does not exist, (mismatch) where a class is listed twice or has too few examples.
// Reference: the episodes of Vinyals et al., "Matching networks for one shot learning" (2016), section 4.1.
// Example: few_shot(data, split.train, way_shot{.ways = count<5>, .shots = count<1>, .queries = count<15>})
template <class Input, class Scalar, class Ways, class Shots, class Queries>
class few_shot {
public:
    static constexpr std::size_t examples_of_each = Shots::value + Queries::value;

    template <class T>
    using episode_type =
        episode_of<T, Input, labels<Ways::value>, Ways::value * Shots::value, Ways::value * Queries::value>;

    few_shot(const labelled_data<Input, Scalar>& data, std::vector<std::size_t> classes, way_shot<Ways, Shots, Queries>,
             few_shot_options options = {})
        : data_(&data), classes_(std::move(classes)), options_(options) {
        check();
    }
    few_shot(labelled_data<Input, Scalar>&&, std::vector<std::size_t>, way_shot<Ways, Shots, Queries>,
             few_shot_options = {}) = delete;  // the data would be gone before the first episode

    // Classes that an episode is drawn from: rotations and reflections are counted but with one_view.
    std::size_t class_count() const noexcept { return options_.one_view ? classes_.size() : classes_.size() * views(); }

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k);
        std::array<std::uint32_t, Ways::value> chosen{};
        stream.choose(static_cast<std::uint32_t>(class_count()), std::span(chosen));
        for (std::size_t label = 0; label < Ways::value; ++label) {
            const std::size_t place = options_.one_view ? chosen[label] : chosen[label] / views();
            const std::size_t kind =
                options_.one_view ? stream.index(static_cast<std::uint32_t>(views())) : chosen[label] % views();
            const auto rows = data_->examples_of(classes_[place]);
            const view seen{.turn = kind % turns(), .mirrored = kind >= turns()};
            std::array<std::uint32_t, examples_of_each> drawn{};
            stream.choose(static_cast<std::uint32_t>(rows.size()), std::span(drawn));
            for (std::size_t i = 0; i < examples_of_each; ++i) {
                const auto example = data_->example(rows[drawn[i]]);
                if (i < Shots::value)
                    put(example, seen, i * Ways::value + label, label, out.support);
                else
                    put(example, seen, (i - Shots::value) * Ways::value + label, label, out.query);
            }
        }
    }

    episode_type<float> draw(key k) const noexcept { return detail::drawn_episode<float>(*this, k); }

private:
    static constexpr std::size_t side = detail::image_side<Input>;

    // How an example is seen: mirrored, then turned.
    struct view {
        std::size_t turn = 0;
        bool mirrored = false;
    };

    std::size_t turns() const noexcept { return options_.rotations ? 4 : 1; }
    std::size_t views() const noexcept { return options_.reflections ? 2 * turns() : turns(); }

    template <class Batch>
    void put(std::span<const Scalar, Input::size> example, view seen, std::size_t row, std::size_t label,
             Batch& batch) const noexcept {
        using T = typename Batch::scalar;
        T* to = batch.inputs.data() + row * Input::size;
        batch.targets.data()[row] = static_cast<std::int32_t>(label);
        if constexpr (side > 0) {
            if (seen.turn != 0 || seen.mirrored) return put_moved(example.data(), seen, to);
        }
        if (options_.scale == 1 && options_.offset == 0) {
            for (std::size_t i = 0; i < Input::size; ++i) to[i] = static_cast<T>(example[i]);
        } else {
            for (std::size_t i = 0; i < Input::size; ++i) put_number(example[i], to[i]);
        }
    }

    // The pixel at (row, column) comes from start + row * by_row + column * by_column. Turns are counter-clockwise.
    template <class T>
    void put_moved(const Scalar* from, view seen, T* to) const noexcept {
        constexpr std::ptrdiff_t n = side, last = n * n - 1, channels = Input::size / (side * side);
        struct path {
            std::ptrdiff_t start, by_row, by_column;
        };
        constexpr path turned[] = {{0, n, 1}, {n - 1, -1, n}, {last, -n, -1}, {last - n + 1, 1, -n}};
        constexpr path mirrored[] = {{n - 1, n, -1}, {0, 1, n}, {last - n + 1, -n, 1}, {last, -1, -n}};
        const auto [start, by_row, by_column] = (seen.mirrored ? mirrored : turned)[seen.turn];
        for (std::ptrdiff_t row = 0; row < n; ++row) {
            for (std::ptrdiff_t column = 0; column < n; ++column) {
                const Scalar* pixel = from + (start + row * by_row + column * by_column) * channels;
                for (std::ptrdiff_t c = 0; c < channels; ++c) put_number(pixel[c], *to++);
            }
        }
    }

    template <class T>
    void put_number(Scalar from, T& to) const noexcept {
        to = static_cast<T>(std::fma(options_.scale, static_cast<double>(from), options_.offset));
    }

    void check() const {
        if (views() > 1 && side == 0) {
            fail(error_kind::bad_option,
                 std::string("few_shot: ") + (options_.rotations ? "rotations" : "reflections") +
                     " want square images, shape<side, side> or shape<side, side, channels>; leave them out for this "
                     "data.");
        }
        if (class_count() < Ways::value || class_count() > std::numeric_limits<std::uint32_t>::max()) {
            fail(error_kind::bad_option, "few_shot: an episode takes " + std::to_string(Ways::value) +
                                             " classes, the list gives " + std::to_string(class_count()) +
                                             "; list more classes or take fewer ways.");
        }
        std::vector<bool> seen(data_->class_count(), false);
        for (const std::size_t c : classes_) {
            if (c >= seen.size()) {
                fail(error_kind::bad_value, "few_shot: class " + std::to_string(c) + " does not exist; the data has " +
                                                std::to_string(seen.size()) + " classes, counted from 0.");
            }
            if (seen[c]) {
                fail(error_kind::mismatch, "few_shot: " + data_->shown_class(c) + " is listed twice; list it once.");
            }
            seen[c] = true;
            const std::size_t there = data_->examples_of(c).size();
            if (there < examples_of_each) {
                fail(error_kind::mismatch, "few_shot: " + data_->shown_class(c) + " has " + std::to_string(there) +
                                               " examples, an episode takes " + std::to_string(Shots::value) + " + " +
                                               std::to_string(Queries::value) +
                                               " of each class; take fewer, or leave the class out of the list.");
            }
        }
    }

    const labelled_data<Input, Scalar>* data_;
    std::vector<std::size_t> classes_;
    few_shot_options options_;
};

}  // namespace priori

#endif
