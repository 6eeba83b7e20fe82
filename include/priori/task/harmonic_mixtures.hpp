// SPDX-License-Identifier: BSL-1.0
// harmonic_mixtures: regression on sums of a few harmonics of a random frequency, each task on an interval of its own.
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

namespace priori {

// The function behind one task: y = sum over h of amplitudes[h] sin((h + 1) frequency x + phases[h]).
template <std::size_t Harmonics>
struct harmonic_mixture {
    double centre = 0;  // the mean of the task's inputs
    double frequency = 1;
    std::array<double, Harmonics> amplitudes{};
    std::array<double, Harmonics> phases{};

    double operator()(double x) const noexcept {
        double sum = 0;
        for (std::size_t h = 0; h < Harmonics; ++h) {
            const double angle = std::fma(static_cast<double>(h + 1) * frequency, x, phases[h]);
            sum = std::fma(amplitudes[h], portable_sin(angle), sum);
        }
        return sum;
    }
};

// frequency ~ U(5, 7), amplitudes ~ N(0, 1), phases ~ U(0, 2 pi), centre ~ U(-4, 4), x ~ N(centre, 1), and normal noise
// of standard deviation `noise` on every target.
// Shapes: inputs (shots, 1), targets (shots, 1); the query set likewise.
// Reference: Lacoste et al., "Uncertainty in multitask transfer learning" (2018), with 2 harmonics.
// Example: harmonic_mixtures{.shots = count<10>, .queries = count<10>, .noise = 0.1}
template <class Shots = count_t<10>, class Queries = count_t<10>, class Harmonics = count_t<2>>
struct harmonic_mixtures {
    static_assert(Count<Shots> && Count<Queries> && Count<Harmonics>,
                  "[priori:E101] harmonic_mixtures: shots, queries and harmonics are part of the type; "
                  "write .shots = count<10>.");

    using function_type = harmonic_mixture<detail::value_of<Harmonics>>;

    [[no_unique_address]] Shots shots{};
    [[no_unique_address]] Queries queries{};
    [[no_unique_address]] Harmonics harmonics{};
    double noise = 0;

    template <class T>
    using episode_type = episode_of<T, shape<1>, shape<1>, detail::value_of<Shots>, detail::value_of<Queries>>;

    // The function that draw(k) samples, without the noise.
    function_type task(key k) const noexcept {
        random_stream stream(k);
        return function_of(stream);
    }

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k);
        const auto function = function_of(stream);
        sample(function, stream, out.support);
        sample(function, stream, out.query);
    }

    episode_type<float> draw(key k) const noexcept { return detail::drawn_episode<float>(*this, k); }

private:
    static function_type function_of(random_stream& stream) noexcept {
        function_type result;
        result.centre = stream.uniform(-4.0, 4.0);
        result.frequency = stream.uniform(5.0, 7.0);
        for (double& amplitude : result.amplitudes) amplitude = stream.normal<double>();
        for (double& phase : result.phases) phase = stream.uniform(0.0, 6.28318530717958647693);
        return result;
    }

    template <class Batch>
    void sample(const function_type& function, random_stream& stream, Batch& batch) const noexcept {
        using T = typename Batch::scalar;
        for (std::size_t i = 0; i < Batch::count; ++i) {
            const double x = function.centre + stream.normal<double>();
            const double error = noise == 0 ? 0 : stream.normal<double>();
            batch.inputs.data()[i] = static_cast<T>(x);
            batch.targets.data()[i] = static_cast<T>(std::fma(noise, error, function(x)));
        }
    }
};

}  // namespace priori
