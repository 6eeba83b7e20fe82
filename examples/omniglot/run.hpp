// SPDX-License-Identifier: BSL-1.0
// One run of one algorithm: what it is told, what it finds, and how any description is trained and tested.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>
#include <priori/io/omniglot.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/initialize_with.hpp>
#include <priori/nn/initializer.hpp>
#include <priori/nn/network.hpp>
#include <priori/task/class_split.hpp>
#include <priori/task/few_shot.hpp>
#include <priori/task/labelled_data.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/loop.hpp>
#include <priori/train/observer.hpp>
#include <priori/train/progress_bar.hpp>
#include <priori/train/settings.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace omniglot {

namespace pr = priori;

using image = pr::shape<pr::omniglot_data::side, pr::omniglot_data::side>;
using images = pr::labelled_data<image, std::uint8_t>;

inline constexpr std::size_t ways = 5;
inline constexpr std::size_t queries = 5;  // of each class, in training and in tests

struct plan {
    const images* data = nullptr;
    const pr::class_split* split = nullptr;
    std::string algorithm;
    std::string normalization;  // of the training
    std::size_t shots = 1;
    std::uint64_t seed = 1;
    std::uint64_t iterations = 60'000;
    double minutes = 0;
    std::size_t threads = 1;
    std::size_t test_tasks = 600;
    bool draws = false;  // is there a learning curve to draw?
    bool quiet = false;
    std::stop_token stop{};
};

// Accuracies on test classes, by number of steps.
struct scores {
    std::string normalization;
    std::size_t steps = 0;  // the number that was best on validation classes
    std::vector<pr::evaluation_entry> at;
};

struct outcome {
    pr::training_report report{};
    std::size_t parameter_count = 0;
    std::string loss_convention;
    std::vector<scores> evaluation{};           // the normalization of the training first
    std::vector<pr::evaluation_point> curve{};  // on validation classes, where it is drawn
};

template <class Mode>
constexpr const char* name_of = "transductive";
template <>
inline constexpr const char* name_of<pr::support_statistics> = "support_statistics";

// The dense net of the MAML paper, from the weights of its code.
template <class Mode>
constexpr auto dense_net() {
    constexpr auto normalized = pr::batch_normalization<Mode>;
    return pr::input<pr::omniglot_data::side, pr::omniglot_data::side> | pr::flatten | pr::dense<256> | normalized |
           pr::relu | pr::dense<128> | normalized | pr::relu | pr::dense<64> | normalized | pr::relu | pr::dense<64> |
           normalized | pr::relu | pr::named<"head">(pr::dense<pr::ways>) |
           pr::initialize_with(pr::truncated_normal(0.01f));
}

// Episodes of characters in any of four orientations.
template <std::size_t Shots>
auto episodes(const images& data, const std::vector<std::size_t>& classes) {
    return pr::few_shot(data, classes,
                        pr::way_shot{.ways = pr::count<ways>, .shots = pr::count<Shots>, .queries = pr::count<queries>},
                        {.rotations = true});
}

// What adapts to test episodes, whatever the episodes of the training were.
template <class Mode, std::size_t Shots, class Describe>
class tester {
    using description = decltype(std::declval<const Describe&>()(dense_net<Mode>()));
    using tasks = decltype(episodes<Shots>(std::declval<const images&>(), {}));

public:
    explicit tester(const Describe& describe) : adapter_(std::make_unique<adapter>(describe(dense_net<Mode>()))) {}

    // The accuracy after each number of steps. A learner of either mode has the same parameters.
    template <class Learner, std::size_t Count>
    std::vector<pr::evaluation_entry> operator()(const Learner& learner, const tasks& of, std::size_t count,
                                                 std::uint64_t seed, const std::array<std::size_t, Count>& steps) {
        adapter_->import_parameters(learner.parameters().all());
        const auto found = pr::evaluate(*adapter_, of, {.tasks = count, .seed = {seed}}, steps, pr::query_accuracy{});
        return {found.at.begin(), found.at.end()};
    }

private:
    using adapter = pr::adapter<float, description, typename tasks::template episode_type<float>>;
    std::unique_ptr<adapter> adapter_;
};

inline const pr::evaluation_entry& best_of(const std::vector<pr::evaluation_entry>& entries) {
    return *std::ranges::max_element(entries, {}, &pr::evaluation_entry::mean);
}

// trained(net) and tried(net) complete a net to the algorithm that is trained and to that of the tests, with the same
// parameters. `TrainShots` are the support drawings of each class in training. Which number of steps is reported is
// chosen on validation classes. The accuracy while training, if it is drawn, is measured at iterations that grow by a
// fifth.
template <class Mode, std::size_t Shots, std::size_t TrainShots, class Trained, class Tried, std::size_t Count>
outcome train_and_test(const Trained& trained, const Tried& tried, std::size_t meta_batch,
                       const std::array<std::size_t, Count>& steps, const plan& p) {
    using other = std::conditional_t<std::is_same_v<Mode, pr::transductive>, pr::support_statistics, pr::transductive>;
    const auto tasks = episodes<TrainShots>(*p.data, p.split->train);
    const auto validation = episodes<Shots>(*p.data, p.split->validation);
    const auto test = episodes<Shots>(*p.data, p.split->test);
    tester<Mode, Shots, Tried> same_mode(tried);
    tester<other, Shots, Tried> other_mode(tried);

    const auto learner = pr::make_learner(trained(dense_net<Mode>()), tasks, pr::seed{p.seed});
    outcome found;
    found.parameter_count = learner->size;
    std::uint64_t next = 1;
    const auto curve = [&](const auto& now_trained, const pr::training_progress& now) {
        if (!p.draws || (now.done < next && now.done != now.iterations)) return;
        next = std::max(now.done + 1, now.done * 6 / 5);
        const auto at = best_of(same_mode(now_trained, validation, 100, p.seed + 1, steps));
        found.curve.push_back({now.iteration, 100, at.mean, at.ci95, at.diverged, true});
    };
    found.report = pr::train(*learner, tasks,
                             {.iterations = p.iterations,
                              .meta_batch = meta_batch,
                              .threads = p.threads,
                              .minutes = p.minutes,
                              .stop = p.stop},
                             curve, pr::progress_bar({.quiet = p.quiet}));
    const auto add = [&](const char* normalization, auto& mode) {
        const std::size_t count = std::min<std::size_t>(p.test_tasks, 200);
        const std::size_t chosen = best_of(mode(*learner, validation, count, p.seed + 1, steps)).steps;
        found.evaluation.push_back({normalization, chosen, mode(*learner, test, p.test_tasks, p.seed, steps)});
    };
    add(name_of<Mode>, same_mode);
    add(name_of<other>, other_mode);
    return found;
}

// Calls run<Mode, Shots>(): both are part of the type, so every choice is compiled.
template <class Run>
outcome with_choices(const plan& p, const Run& run) {
    const bool looks_at_support = p.normalization == name_of<pr::support_statistics>;
    if (p.shots == 1) {
        return looks_at_support ? run.template operator()<pr::support_statistics, 1>()
                                : run.template operator()<pr::transductive, 1>();
    }
    return looks_at_support ? run.template operator()<pr::support_statistics, 5>()
                            : run.template operator()<pr::transductive, 5>();
}

}  // namespace omniglot
