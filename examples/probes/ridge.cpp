// SPDX-License-Identifier: BSL-1.0
// A ridge head (Bertinetto et al. 2019) whose penalty is learned: solved among the examples, and directly among the
// features.
#include "embedding.hpp"

#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/nn/affine.hpp>
#include <priori/optim/field.hpp>

#include <utility>

namespace probes {

namespace {

// a x = b by Gauss-Jordan elimination with pivots; b becomes x.
void eliminate(matrix a, matrix& b) {
    for (std::size_t c = 0; c < a.size(); ++c) {
        std::size_t pivot = c;
        for (std::size_t r = c; r < a.size(); ++r) pivot = std::abs(a[r][c]) > std::abs(a[pivot][c]) ? r : pivot;
        std::swap(a[c], a[pivot]);
        std::swap(b[c], b[pivot]);
        for (std::size_t r = 0; r < a.size(); ++r) {
            if (r == c) continue;
            const double factor = a[r][c] / a[c][c];
            for (std::size_t k = c; k < a.size(); ++k) a[r][k] -= factor * a[c][k];
            for (std::size_t k = 0; k < b[r].size(); ++k) b[r][k] -= factor * b[c][k];
        }
    }
    for (std::size_t r = 0; r < a.size(); ++r) {
        for (double& x : b[r]) x /= a[r][r];
    }
}

}  // namespace

outcome ridge(const plan& p) {
    constexpr auto algorithm = embedding | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::affine |
                               pr::cross_entropy | pr::solve<"head">(pr::ridge{.lambda = pr::learned(1.0)}) |
                               pr::exact | pr::outer(pr::adam{.rate = 1e-3});
    // (X'X + lambda I) W = X'Y
    const auto direct = [](const auto& theta, const blob_episode& task) {
        using namespace pr::literals;
        const matrix given = features_of(theta, task.support), asked = features_of(theta, task.query);
        matrix normal(features, std::vector<double>(features)), weights(features, std::vector<double>(ways)),
            scores(asked.size(), std::vector<double>(ways));
        for (std::size_t i = 0; i < features; ++i) {
            for (std::size_t r = 0; r < given.size(); ++r) {
                for (std::size_t j = 0; j < features; ++j) normal[i][j] += given[r][i] * given[r][j];
                weights[i][static_cast<std::size_t>(task.support.targets.data()[r])] += given[r][i];
            }
            normal[i][i] += theta["solve_0.lambda"_s][0];
        }
        eliminate(normal, weights);
        const double scale = theta["affine_0.scale"_s][0], shift = theta["affine_0.shift"_s][0];
        for (std::size_t r = 0; r < asked.size(); ++r) {
            for (std::size_t c = 0; c < ways; ++c) {
                for (std::size_t j = 0; j < features; ++j) scores[r][c] += asked[r][j] * weights[j][c];
                scores[r][c] = scale * scores[r][c] + shift;
            }
        }
        return scores;
    };
    return train_embedding(algorithm, direct, false, p);
}

}  // namespace probes
