// SPDX-License-Identifier: BSL-1.0
// linear_maps: regression on random linear maps, the family whose adaptation has closed forms.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/concepts.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace priori {

// The function behind one task: y = W x, W of shape (Outputs, Inputs), row-major.
template <std::size_t Inputs, std::size_t Outputs>
struct linear_map {
    std::array<double, Inputs * Outputs> weights{};

    // Reads Inputs numbers at `x`, writes Outputs numbers at `y`.
    void operator()(const double* x, double* y) const noexcept {
        for (std::size_t o = 0; o < Outputs; ++o) {
            double sum = 0;
            for (std::size_t i = 0; i < Inputs; ++i) sum = std::fma(weights[o * Inputs + i], x[i], sum);
            y[o] = sum;
        }
    }
};

// y = W x + noise: the elements of W and x ~ N(0, 1), the noise normal with standard deviation `noise`.
// Shapes: inputs (shots, I), targets (shots, O); the query set likewise.
// Example: linear_maps{.inputs = count<4>, .outputs = count<2>, .shots = count<10>, .queries = count<10>, .noise = 0.1}
template <class Inputs = count_t<1>, class Outputs = count_t<1>, class Shots = count_t<10>, class Queries = count_t<10>>
struct linear_maps {
    static_assert(Count<Inputs> && Count<Outputs> && Count<Shots> && Count<Queries>,
                  "[priori:E101] linear_maps: inputs, outputs, shots and queries are part of the type; "
                  "write .inputs = count<4>.");

    static constexpr std::size_t width = detail::value_of<Inputs>;
    static constexpr std::size_t height = detail::value_of<Outputs>;

    [[no_unique_address]] Inputs inputs{};
    [[no_unique_address]] Outputs outputs{};
    [[no_unique_address]] Shots shots{};
    [[no_unique_address]] Queries queries{};
    double noise = 0;

    template <class T>
    using episode_type = episode_of<T, shape<width>, shape<height>, detail::value_of<Shots>, detail::value_of<Queries>>;

    // The map that draw(k) samples, without the noise.
    linear_map<width, height> task(key k) const noexcept {
        random_stream stream(k);
        return map_of(stream);
    }

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k);
        const auto map = map_of(stream);
        sample(map, stream, out.support);
        sample(map, stream, out.query);
    }

    episode_type<float> draw(key k) const noexcept { return detail::drawn_episode<float>(*this, k); }

private:
    static linear_map<width, height> map_of(random_stream& stream) noexcept {
        linear_map<width, height> result;
        for (double& weight : result.weights) weight = stream.normal<double>();
        return result;
    }

    template <class Batch>
    void sample(const linear_map<width, height>& map, random_stream& stream, Batch& batch) const noexcept {
        using T = typename Batch::scalar;
        double x[width];
        double y[height];
        for (std::size_t row = 0; row < Batch::count; ++row) {
            for (double& element : x) element = stream.normal<double>();
            map(x, y);
            for (std::size_t i = 0; i < width; ++i) {
                batch.inputs.data()[row * width + i] = static_cast<T>(x[i]);
            }
            for (std::size_t o = 0; o < height; ++o) {
                const double error = noise == 0 ? 0 : stream.normal<double>();
                batch.targets.data()[row * height + o] = static_cast<T>(std::fma(noise, error, y[o]));
            }
        }
    }
};

}  // namespace priori
