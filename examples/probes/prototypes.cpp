// SPDX-License-Identifier: BSL-1.0
// Prototypical networks (Snell et al. 2017): the nearest class mean as a linear head, and as what it says.
#include "embedding.hpp"

#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/algorithm.hpp>

namespace probes {

outcome prototypes(const plan& p) {
    constexpr auto algorithm = embedding | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                               pr::solve<"head">(pr::prototypes{}) | pr::exact | pr::outer(pr::adam{.rate = 1e-3});
    const auto direct = [](const auto& theta, const blob_episode& task) {
        const matrix given = features_of(theta, task.support), asked = features_of(theta, task.query);
        matrix centers(ways, std::vector<double>(features)), scores(asked.size(), std::vector<double>(ways));
        for (std::size_t r = 0; r < given.size(); ++r) {
            const auto label = static_cast<std::size_t>(task.support.targets.data()[r]);
            for (std::size_t j = 0; j < features; ++j) centers[label][j] += given[r][j] / shots;
        }
        for (std::size_t r = 0; r < asked.size(); ++r) {
            for (std::size_t c = 0; c < ways; ++c) {
                for (std::size_t j = 0; j < features; ++j)
                    scores[r][c] -= (asked[r][j] - centers[c][j]) * (asked[r][j] - centers[c][j]);
            }
        }
        return scores;
    };
    return train_embedding(algorithm, direct, true, p);
}

}  // namespace probes
