// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/task/harmonic_mixtures.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

using priori::count;
using priori::key;

TEST_CASE("harmonic_mixtures samples a1 sin(w x + b1) + a2 sin(2 w x + b2)") {
    const priori::harmonic_mixtures tasks{.shots = count<5>, .queries = count<4>};
    for (std::uint32_t t = 0; t < 100; ++t) {
        const auto f = tasks.task(key{1, 0, t});
        CHECK((f.frequency >= 5 && f.frequency < 7));
        CHECK((f.centre >= -4 && f.centre < 4));
        decltype(tasks)::episode_type<double> episode;
        tasks.draw_into<double>(key{1, 0, t}, episode);
        for (std::size_t i = 0; i < 4; ++i) {
            const double x = episode.query.inputs.data()[i];
            const double expected = f.amplitudes[0] * std::sin(f.frequency * x + f.phases[0]) +
                                    f.amplitudes[1] * std::sin(2 * f.frequency * x + f.phases[1]);
            REQUIRE(std::fabs(episode.query.targets.data()[i] - expected) < 1e-12);
            REQUIRE(std::fabs(x - f.centre) < 7);
        }
    }
}

TEST_CASE("the noise of harmonic_mixtures has the standard deviation that was asked for, and no noise is exact") {
    const priori::harmonic_mixtures noisy{.shots = count<50>, .queries = count<50>, .noise = 0.1};
    double square = 0;
    for (std::uint32_t t = 0; t < 100; ++t) {
        const auto f = noisy.task(key{2, 0, t});
        decltype(noisy)::episode_type<double> episode;
        noisy.draw_into<double>(key{2, 0, t}, episode);
        for (std::size_t i = 0; i < 50; ++i) {
            const double error = episode.support.targets.data()[i] - f(episode.support.inputs.data()[i]);
            square += error * error / 5000;
        }
    }
    REQUIRE(std::fabs(square - 0.01) < 0.001);
}

TEST_CASE("the number of harmonics is a count") {
    const priori::harmonic_mixtures tasks{.harmonics = count<3>};
    REQUIRE(tasks.task(key{3}).amplitudes.size() == 3);
}
