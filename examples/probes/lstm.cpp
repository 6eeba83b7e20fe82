// SPDX-License-Identifier: BSL-1.0
// A learned optimizer (Andrychowicz et al. 2016): one small LSTM moves every coordinate of random quadratics. Beside it
// gradient descent with the best of ten rates, chosen on the very quadratics that both are compared on.
#include "probes.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/network.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/detached.hpp>
#include <priori/optim/lstm_rule.hpp>
#include <priori/optim/schedule.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/quadratics.hpp>
#include <priori/train/keys.hpp>
#include <priori/train/loop.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace probes {

namespace {

constexpr std::size_t dimension = 10, steps = 20, rates = 10, test_tasks = 100;
constexpr pr::quadratics tasks{.dimension = pr::count<dimension>};
using episode = pr::quadratics<pr::count_t<dimension>>::episode_type<float>;

constexpr auto quadratic = pr::input<dimension> | pr::scratch<"x">(pr::dense<1>.without_bias()) | pr::mse;

// The loss after every step counts the same, that before the first not at all.
constexpr auto weights = [] {
    std::array<float, steps + 1> all{};
    for (std::size_t k = 1; k <= steps; ++k) all[k] = 1.0f / static_cast<float>(steps);
    return all;
}();

struct interval {
    double mean = 0, ci95 = 0;
};

interval interval_of(const std::vector<double>& values) {
    const double count = static_cast<double>(values.size());
    double mean = 0, squares = 0;
    for (const double value : values) mean += value / count;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return {mean, 1.96 * std::sqrt(squares / (count - 1) / count)};
}

// The loss of every test quadratic after so many steps.
template <class Adapter>
std::vector<double> losses(Adapter& adapter, std::size_t count, const plan& p) {
    std::vector<double> found;
    episode task;
    for (std::size_t t = 0; t < test_tasks; ++t) {
        tasks.draw_into<float>(pr::evaluation_key({p.seed}, t), task);
        found.push_back(static_cast<double>(adapter.adapt(task.support, count).loss(task.query)));
    }
    return found;
}

template <class Adapter>
pr::plot_series path(Adapter& adapter, const char* name, const plan& p) {
    pr::plot_series series{.name = name};
    for (std::size_t k = 0; k <= steps; ++k) {
        series.x.push_back(static_cast<double>(k));
        series.y.push_back(interval_of(losses(adapter, k, p)).mean);
    }
    return series;
}

auto descent(double rate) {
    const auto description = quadratic | pr::adapt<steps>(pr::sgd{.rate = rate}) | pr::exact;
    return std::make_unique<pr::adapter<float, std::remove_const_t<decltype(description)>, episode>>(description);
}

}  // namespace

outcome lstm(const plan& p) {
    const pr::cosine_schedule rate{.from = 3e-3, .to = 1e-4, .steps = static_cast<std::size_t>(p.iterations)};
    const auto algorithm = quadratic | pr::adapt<steps>(pr::detached(pr::lstm_rule<20>{})) | pr::exact |
                           pr::every_step(weights) | pr::outer(pr::adam{.rate = rate});
    const auto learner = pr::make_learner(algorithm, tasks, pr::seed{p.seed});
    outcome found;
    found.report = pr::train(*learner, tasks, p.training(16), p.progress());

    double best_rate = 0;
    interval best{INFINITY, 0};
    for (std::size_t r = 0; r < rates; ++r) {
        const double now_rate = std::pow(10.0, -3.0 + 3.0 * static_cast<double>(r) / (rates - 1));
        const interval now = interval_of(losses(*descent(now_rate), steps, p));
        if (now.mean < best.mean) best = now, best_rate = now_rate;
    }
    const auto baseline = descent(best_rate);
    const std::vector<double> learned = losses(*learner, steps, p), tuned = losses(*baseline, steps, p);
    std::vector<double> gain;
    for (std::size_t t = 0; t < test_tasks; ++t) gain.push_back(tuned[t] - learned[t]);
    const interval own = interval_of(learned), difference = interval_of(gain);
    found.results = {{"learned", own.mean},       {"learned_ci95", own.ci95},      {"sgd", best.mean},
                     {"sgd_ci95", best.ci95},     {"sgd_rate", best_rate},         {"gain", difference.mean},
                     {"gain_ci95", difference.ci95}, {"steps", double(steps)}, {"tasks", double(test_tasks)}};
    found.plot = {.title = "Mean loss of new quadratics",
                  .x = {.label = "steps"},
                  .y = {.label = "loss", .logarithmic = true},
                  .series = {path(*learner, "learned optimizer", p), path(*baseline, "sgd, best rate", p)}};
    return found;
}

}  // namespace probes
