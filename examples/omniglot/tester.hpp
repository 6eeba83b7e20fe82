// SPDX-License-Identifier: BSL-1.0
// tester: adapts to episodes with given parameters, and predicts; accuracies over many episodes, on all threads.
#pragma once

#include "algorithms.hpp"
#include "choices.hpp"
#include "test_tasks.hpp"

#include <priori/adapt/transfer.hpp>
#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/task/few_shot.hpp>
#include <priori/task/labelled_data.hpp>
#include <priori/tensor/parameters.hpp>
#include <priori/train/executor.hpp>
#include <priori/train/keys.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace omniglot {

using image_shape = pr::shape<pr::omniglot_data::side, pr::omniglot_data::side, 1>;
using images = pr::labelled_data<image_shape, std::uint8_t>;

template <class Shape>
using tasks_of = pr::few_shot<image_shape, std::uint8_t, pr::count_t<Shape::ways>, pr::count_t<Shape::shots>,
                              pr::count_t<Shape::queries>>;

// What was learned in one layout, in another one: of episodes of other ways and shots.
template <class From, class To>
void take_over(std::span<const float, From::size> from, std::span<float, To::size> to) {
    pr::transfer(pr::named_parameters<const float, From>(from.data()), pr::named_parameters<float, To>(to.data()));
}

template <algorithm Algorithm, model Model, class Mode, std::size_t Ways, std::size_t Shots>
class tester {
public:
    using shape = tested<Ways, Shots>;
    static constexpr std::size_t query_count = Ways * shape::queries;
    using mode = Mode;
    using tasks = test_tasks<tasks_of<shape>>;
    using episode = typename tasks::template episode_type<float>;
    using probabilities = std::array<float, query_count * Ways>;

private:
    using description = decltype(describe<Algorithm, Model, Mode, Ways, true>(rates{}));
    using adapter = pr::adapter<float, description, episode>;

public:
    using layout = typename adapter::layout_type;
    using adapted = typename adapter::adapted_type;

    explicit tester(const rates& r)
        : adapter_(std::make_unique<adapter>(describe<Algorithm, Model, Mode, Ways, true>(r))),
          place_(adapted::template place_of<query_count>) {}

    template <class From>
    void take(std::span<const float> parameters) {
        take_over<From, layout>(parameters.template first<From::size>(), adapter_->parameters().all());
    }

    // Adapted to the support set; f(adapted) while that lasts.
    template <class F>
    void adapt(const episode& task, std::size_t steps, const F& f) {
        auto found = adapter_->adapt(task.support, steps);
        found.lend(std::span<float>(place_));
        f(found);
    }

    // Adds each class's probability for each query to `sum`.
    void predict(const episode& task, std::size_t steps, probabilities& sum) {
        adapt(task, steps, [&](const adapted& found) {
            const auto logits = found(task.query);
            for (std::size_t q = 0; q < query_count; ++q) add_softmax(logits.data() + q * Ways, sum.data() + q * Ways);
        });
    }

private:
    static void add_softmax(const float* logits, float* sum) {
        const float largest = *std::max_element(logits, logits + Ways);
        float total = 0;
        for (std::size_t c = 0; c < Ways; ++c) total += std::exp(logits[c] - largest);
        for (std::size_t c = 0; c < Ways; ++c) sum[c] += std::exp(logits[c] - largest) / total;
    }

    std::unique_ptr<adapter> adapter_;
    std::vector<float> place_;
};

// The class that is most likely, for each query; one beyond all classes for what is not a number.
template <std::size_t Ways, std::size_t Size>
std::array<std::uint8_t, Size / Ways> most_likely(const std::array<float, Size>& probabilities) {
    std::array<std::uint8_t, Size / Ways> found;
    for (std::size_t q = 0; q < found.size(); ++q) {
        const float* of = probabilities.data() + q * Ways;
        const std::size_t best = static_cast<std::size_t>(std::max_element(of, of + Ways) - of);
        found[q] = static_cast<std::uint8_t>(of[best] == of[best] ? best : Ways);
    }
    return found;
}

// The accuracy after so many steps: its mean over episodes, and half its 95 % interval, which one episode has not.
struct score {
    std::size_t steps = 0;
    double accuracy = 0;
    double ci95 = 0;  // not a number where there is none
};

inline score score_of(std::size_t steps, std::span<const double> accuracies) {
    const double n = static_cast<double>(accuracies.size());
    double mean = 0, squares = 0;
    for (const double a : accuracies) mean += a / n;
    for (const double a : accuracies) squares += (a - mean) * (a - mean);
    const double none = std::numeric_limits<double>::quiet_NaN();
    return {steps, mean, accuracies.size() > 1 ? 1.96 * std::sqrt(squares / (n - 1) / n) : none};
}

inline const score& best_of(const std::vector<score>& scores) {
    return *std::ranges::max_element(scores, {}, &score::accuracy);
}

// One tester a thread.
template <class Tester>
class test_bench {
public:
    using tasks = typename Tester::tasks;
    using prediction = std::array<std::uint8_t, Tester::query_count>;

    test_bench(pr::threads& pool, const rates& r) : pool_(&pool) {
        for (std::size_t w = 0; w < pool.workers(); ++w) testers_.emplace_back(r);
    }

    Tester& any() { return testers_[0]; }

    // On episodes that no training draws. Several members predict together: the mean of their probabilities decides.
    // predicted, if given, gets the predictions of every number of steps and episode.
    template <class From, std::size_t Count>
    std::vector<score> operator()(const std::vector<std::vector<float>>& members, const tasks& source,
                                  std::size_t count, std::uint64_t seed, const std::array<std::size_t, Count>& steps,
                                  std::vector<std::vector<prediction>>* predicted = nullptr) {
        std::vector<double> accuracies(Count * count);
        if (predicted != nullptr) predicted->assign(Count, std::vector<prediction>(count));
        std::vector<std::unique_ptr<typename Tester::episode>> room(testers_.size());
        for (auto& each : room) each = std::make_unique<typename Tester::episode>();
        for (auto& each : testers_) each.template take<From>(members[0]);
        pool_->run(count, [&](std::size_t worker, std::size_t t) noexcept {
            auto& task = *room[worker];
            source.template draw_into<float>(pr::evaluation_key({seed}, t), task);
            for (std::size_t s = 0; s < Count; ++s) {
                typename Tester::probabilities sum{};
                for (const std::vector<float>& member : members) {
                    if (members.size() > 1) testers_[worker].template take<From>(member);
                    testers_[worker].predict(task, steps[s], sum);
                }
                const prediction found = most_likely<Tester::shape::ways>(sum);
                std::size_t right = 0;
                for (std::size_t q = 0; q < found.size(); ++q) right += found[q] == task.query.targets.data()[q];
                accuracies[s * count + t] = static_cast<double>(right) / static_cast<double>(found.size());
                if (predicted != nullptr) (*predicted)[s][t] = found;
            }
        });
        std::vector<score> scores;
        for (std::size_t s = 0; s < Count; ++s)
            scores.push_back(score_of(steps[s], std::span(accuracies).subspan(s * count, count)));
        return scores;
    }

private:
    pr::threads* pool_;
    std::vector<Tester> testers_;
};

}  // namespace omniglot
