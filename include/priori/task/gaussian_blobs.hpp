// SPDX-License-Identifier: BSL-1.0
// gaussian_blobs: N-way K-shot classification of points around random class means.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/concepts.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace priori {

// Class means ~ N(0, spread^2 I), points ~ N(mean of their class, I). `shots` and `queries` are counts a class.
// The rows are interleaved by class: row r is of class r mod ways, so any `ways` consecutive rows hold each class once.
// Shapes: inputs (ways * shots, D), labels (ways * shots); the query set likewise.
// Example: gaussian_blobs{.ways = count<5>, .shots = count<1>, .queries = count<15>, .dimension = count<16>}
template <class Ways = count_t<5>, class Shots = count_t<1>, class Queries = count_t<15>, class Dimension = count_t<2>>
struct gaussian_blobs {
    static_assert(Count<Ways> && Count<Shots> && Count<Queries> && Count<Dimension>,
                  "[priori:E101] gaussian_blobs: ways, shots, queries and dimension are part of the type; "
                  "write .ways = count<5>.");

    static constexpr std::size_t classes = detail::value_of<Ways>;
    static constexpr std::size_t width = detail::value_of<Dimension>;
    static constexpr std::size_t support_rows = classes * detail::value_of<Shots>;
    static constexpr std::size_t query_rows = classes * detail::value_of<Queries>;

    [[no_unique_address]] Ways ways{};
    [[no_unique_address]] Shots shots{};
    [[no_unique_address]] Queries queries{};
    [[no_unique_address]] Dimension dimension{};
    double spread = 2;

    template <class T>
    using episode_type = episode_of<T, shape<width>, labels<classes>, support_rows, query_rows>;

    // The class means of draw(k): shape (ways, D), row-major.
    std::array<double, classes * width> task(key k) const noexcept {
        random_stream stream(k);
        return means_of(stream);
    }

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k);
        const auto means = means_of(stream);
        sample(means, stream, out.support);
        sample(means, stream, out.query);
    }

    episode_type<float> draw(key k) const noexcept { return detail::drawn_episode<float>(*this, k); }

private:
    std::array<double, classes * width> means_of(random_stream& stream) const noexcept {
        std::array<double, classes * width> means{};
        for (double& element : means) element = std::fma(spread, stream.normal<double>(), 0.0);
        return means;
    }

    template <class Means, class Batch>
    static void sample(const Means& means, random_stream& stream, Batch& batch) noexcept {
        using T = typename Batch::scalar;
        for (std::size_t row = 0; row < Batch::count; ++row) {
            const std::size_t label = row % classes;
            batch.targets.data()[row] = static_cast<std::int32_t>(label);
            for (std::size_t i = 0; i < width; ++i) {
                const double mean = means[label * width + i];
                batch.inputs.data()[row * width + i] = static_cast<T>(mean + stream.normal<double>());
            }
        }
    }
};

}  // namespace priori
