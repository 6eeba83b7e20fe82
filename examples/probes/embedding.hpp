// SPDX-License-Identifier: BSL-1.0
// The embedding that prototypes and ridge stand on, trained and tested in double, and the same net written out by hand.
#pragma once

#include "probes.hpp"

#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/shape.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/network.hpp>
#include <priori/optim/adam.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/keys.hpp>
#include <priori/train/loop.hpp>
#include <priori/train/periodic_evaluation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace probes {

inline constexpr std::size_t inputs = 8, hidden = 24, features = 12, ways = 5, shots = 2;
inline constexpr pr::gaussian_blobs blobs{.ways = pr::count<ways>,
                                          .shots = pr::count<shots>,
                                          .queries = pr::count<10>,
                                          .dimension = pr::count<inputs>,
                                          .spread = 1.0};
using blob_episode = std::remove_const_t<decltype(blobs)>::episode_type<double>;

inline constexpr auto embedding = pr::input<inputs> | pr::dense<hidden> | pr::tanh | pr::dense<features>;

using matrix = std::vector<std::vector<double>>;

// The features of every row of a batch, with loops.
template <class Parameters, class Batch>
matrix features_of(const Parameters& theta, const Batch& rows) {
    using namespace pr::literals;
    const auto first = theta["dense_0.weight"_s];
    const auto second = theta["dense_1.weight"_s];
    const auto first_bias = theta["dense_0.bias"_s];
    const auto second_bias = theta["dense_1.bias"_s];
    matrix result(Batch::count, std::vector<double>(features));
    for (std::size_t r = 0; r < Batch::count; ++r) {
        std::vector<double> middle(hidden);
        for (std::size_t j = 0; j < hidden; ++j) {
            for (std::size_t i = 0; i < inputs; ++i) middle[j] += rows.inputs.data()[r * inputs + i] * first(i, j);
            middle[j] = std::tanh(middle[j] + first_bias[j]);
        }
        for (std::size_t j = 0; j < features; ++j) {
            for (std::size_t i = 0; i < hidden; ++i) result[r][j] += middle[i] * second(i, j);
            result[r][j] += second_bias[j];
        }
    }
    return result;
}

// Accuracy before and after the training, and how far the predictions are from direct(parameters, task, scores), which
// gives the scores (query rows, ways) another way, on ten tasks. With `up_to_a_shift` only differences of a row count.
template <class Description, class Direct>
outcome train_embedding(const Description& description, const Direct& direct, bool up_to_a_shift, const plan& p) {
    const auto learner = pr::make_learner<double>(description, blobs, pr::seed{p.seed});
    const pr::evaluation_settings fresh{.tasks = 1000, .seed = {p.seed}};
    const auto accuracy = [&] {
        return pr::evaluate(*learner, blobs, fresh, pr::at_described_steps, pr::query_accuracy{})[0];
    };
    outcome found;
    const auto before = accuracy();
    pr::periodic_evaluation<std::remove_const_t<decltype(blobs)>, pr::query_accuracy, double> curve(
        blobs, {.every = std::max<std::uint64_t>(p.iterations / 20, 1), .tasks = 100, .seed = {p.seed + 1}});
    found.report = pr::train(*learner, blobs, p.training(8), curve, p.progress());
    const auto after = accuracy();

    double difference = 0;
    for (std::size_t t = 0; t < 10; ++t) {
        blob_episode task;
        blobs.draw_into<double>(pr::evaluation_key({p.seed}, t), task);
        const auto predicted = learner->adapt(task.support)(task.query);
        const matrix expected = direct(learner->parameters(), task);
        for (std::size_t r = 0; r < expected.size(); ++r) {
            const double* const row = predicted.data() + r * ways;
            const double shift = up_to_a_shift ? row[0] - expected[r][0] : 0.0;
            for (std::size_t c = 0; c < ways; ++c) {
                const double now = std::abs(row[c] - expected[r][c] - shift);
                if (!(now <= difference) && !std::isnan(difference)) difference = now;  // a NaN stays
            }
        }
    }
    found.results = {{"accuracy_before", before.mean},
                     {"accuracy_before_ci95", before.ci95},
                     {"accuracy", after.mean},
                     {"accuracy_ci95", after.ci95},
                     {"max_difference", difference}};
    pr::plot_series series{.name = "accuracy"};
    for (const pr::evaluation_point& point : curve.history()) {
        series.x.push_back(static_cast<double>(point.iteration));
        series.y.push_back(point.mean);
        series.low.push_back(point.mean - point.ci95);
        series.high.push_back(point.mean + point.ci95);
    }
    found.plot = {.title = "Accuracy on new blobs while training",
                  .x = {.label = "iterations"},
                  .y = {.label = "accuracy"},
                  .series = {series}};
    return found;
}

}  // namespace probes
