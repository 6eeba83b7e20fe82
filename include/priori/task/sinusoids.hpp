// SPDX-License-Identifier: BSL-1.0
// sinusoids, reptile_sinusoids: the two few-shot regression benchmarks on sine waves.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/portable_math.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/concepts.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace priori {

// The function behind one task, for plots and for errors on points of one's own: y = amplitude * sin(x + shift).
struct sinusoid {
    double amplitude = 1;
    double shift = 0;

    double operator()(double x) const noexcept { return std::fma(amplitude, portable_sin(x + shift), 0.0); }
};

// y = A sin(x - phase), A ~ U(0.1, 5), phase ~ U(0, pi); every x, of support and query alike, ~ U(-5, 5).
// Shapes: inputs (shots, 1), targets (shots, 1); the query set likewise.
// Cost: about 0.2 us for 10 + 10 points.
// Reference: Finn, Abbeel, Levine, "Model-agnostic meta-learning" (2017), section 5.1.
// Example: sinusoids{.shots = count<10>, .queries = count<10>}
template <class Shots = count_t<10>, class Queries = count_t<10>>
struct sinusoids {
    static_assert(Count<Shots> && Count<Queries>,
                  "[priori:E101] sinusoids: shots and queries are part of the type; write .shots = count<10>.");

    [[no_unique_address]] Shots shots{};
    [[no_unique_address]] Queries queries{};

    template <class T>
    using episode_type = episode_of<T, shape<1>, shape<1>, Shots::value, Queries::value>;

    // The function that draw(k) samples.
    sinusoid task(key k) const noexcept {
        random_stream stream(k);
        return function_of(stream);
    }

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k);
        const sinusoid function = function_of(stream);
        sample(function, stream, out.support);
        sample(function, stream, out.query);
    }

    episode_type<float> draw(key k) const noexcept { return detail::drawn_episode<float>(*this, k); }

private:
    static sinusoid function_of(random_stream& stream) noexcept {
        const double amplitude = stream.uniform(0.1, 5.0);
        return {amplitude, -stream.uniform(0.0, 3.14159265358979323846)};
    }

    template <class Batch>
    static void sample(const sinusoid& function, random_stream& stream, Batch& batch) noexcept {
        using T = typename Batch::scalar;
        std::array<double, Batch::count> points;
        for (double& x : points) x = stream.uniform(-5.0, 5.0);
        for (std::size_t i = 0; i < Batch::count; ++i) {  // apart from the draws, so that compilers vectorize it
            batch.inputs.data()[i] = static_cast<T>(points[i]);
            batch.targets.data()[i] = static_cast<T>(function(points[i]));
        }
    }
};

// y = A sin(x + phase), A ~ U(0.1, 5), phase ~ U(0, 2 pi), on the 50 points linspace(-5, 5, 50).
// The support set holds `shots` of the points, all different, in random order: with the default of 50 it is a
// permutation of them, whose consecutive tens are the minibatches of Reptile's training; with 10 it is what the script
// adapts to when it evaluates. The query set is all 50 points in ascending order.
// Shapes: inputs (shots, 1), targets (shots, 1); query (50, 1) and (50, 1).
// Reference: the script that accompanies Nichol, Achiam, Schulman, "On first-order meta-learning algorithms" (2018).
// Example: reptile_sinusoids{.shots = count<10>}
template <class Shots = count_t<50>>
struct reptile_sinusoids {
    static constexpr std::size_t grid = 50;
    static_assert(Count<Shots>,
                  "[priori:E101] reptile_sinusoids: shots is part of the type; write .shots = count<10>.");
    static_assert(!Count<Shots> || Shots::value <= grid,
                  "[priori:E102] reptile_sinusoids: shots are different points of a grid of 50; take at most 50.");

    [[no_unique_address]] Shots shots{};

    template <class T>
    using episode_type = episode_of<T, shape<1>, shape<1>, Shots::value, grid>;

    // The function that draw(k) samples.
    sinusoid task(key k) const noexcept {
        random_stream stream(k);
        return function_of(stream);
    }

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k);
        const sinusoid function = function_of(stream);
        for (std::size_t i = 0; i < grid; ++i) {
            const double x = std::fma(static_cast<double>(i), 10.0 / (grid - 1), -5.0);
            out.query.inputs.data()[i] = static_cast<T>(x);
            out.query.targets.data()[i] = static_cast<T>(function(x));
        }
        std::array<std::uint32_t, Shots::value> chosen{};
        stream.choose(grid, std::span(chosen));
        for (std::size_t i = 0; i < Shots::value; ++i) {
            out.support.inputs.data()[i] = out.query.inputs.data()[chosen[i]];
            out.support.targets.data()[i] = out.query.targets.data()[chosen[i]];
        }
    }

    episode_type<float> draw(key k) const noexcept { return detail::drawn_episode<float>(*this, k); }

private:
    static sinusoid function_of(random_stream& stream) noexcept {
        const double amplitude = stream.uniform(0.1, 5.0);
        return {amplitude, stream.uniform(0.0, 6.28318530717958647693)};
    }
};

}  // namespace priori
