// SPDX-License-Identifier: BSL-1.0
// One run of one algorithm: what it is told, what it finds, and how any description is trained and tested.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/initializer.hpp>
#include <priori/nn/network.hpp>
#include <priori/task/sinusoids.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/keys.hpp>
#include <priori/train/loop.hpp>
#include <priori/train/progress_bar.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stop_token>
#include <string>
#include <vector>

namespace sinusoid {

namespace pr = priori;

struct plan {
    std::string algorithm;
    std::size_t shots = 10;  // support points in training
    std::size_t steps = 1;   // inner steps in training
    double rate = 0.001;     // of the inner rule; 0 for joint: tuned
    pr::initializer start = pr::he;
    bool own_start = false;  // reptile: biases too, see there
    std::uint64_t seed = 1;
    std::uint64_t iterations = 70'000;
    std::size_t meta_batch = 25;
    double minutes = 0;
    std::size_t threads = 1;
    bool draws = false;  // are there pictures to draw?
    bool quiet = false;
    std::stop_token stop{};
};

inline constexpr auto table_steps = pr::at_steps<0, 1, 5, 10, 32>;
inline constexpr std::size_t test_tasks = 2000;

struct scores {
    std::size_t shots = 0;
    pr::evaluation<table_steps.size()> at{};
};

// Numbers behind a line of a picture.
struct line {
    std::string name;
    std::vector<double> x, y, ci95;
};

struct outcome {
    std::string algorithm;
    pr::training_report report{};
    std::size_t parameter_count = 0;
    std::size_t shots = 0, steps = 0;  // as trained
    double rate = 0;
    std::string outer{};
    std::vector<scores> evaluation{};
    // For the pictures; empty without them.
    std::vector<line> by_steps{};        // the error after 0 .. 32 steps, for each number of shots
    std::vector<line> learning_curve{};  // the error after 0, 1, 10 steps while training
    std::vector<line> task{};            // one task: the function, the points, the predictions after 0, 1, 5, 10 steps
};

// 1-40-40-1, as in the MAML paper.
constexpr auto paper_net(pr::initializer start) {
    return pr::input<1> | pr::dense<40>.with(start) | pr::relu | pr::dense<40>.with(start) | pr::relu |
           pr::dense<1>.with(start);
}

// The tasks of the MAML paper: to train on, and to test on 100 uniform points.
struct paper_tasks {
    template <std::size_t Shots>
    static constexpr pr::sinusoids<pr::count_t<Shots>, pr::count_t<Shots>> training{};
    template <std::size_t Shots>
    static constexpr pr::sinusoids<pr::count_t<Shots>, pr::count_t<100>> test{};
};

// The error while training, on 200 tasks that are neither trained nor tested on, at iterations that grow by a fifth.
// The tester makes of the learner something that adapts: the learner itself, or an adapter with its parameters.
template <class Test, class Tester>
class learning_curve {
public:
    learning_curve(const Test& tasks, Tester tester, const plan& p)
        : tasks_(tasks), tester_(tester), draws_(p.draws), evaluate_({.tasks = 200, .seed = {p.seed + 1}}, steps) {}

    template <class Learner>
    void after_iteration(Learner& learner, pr::training_progress& now) {
        if (!draws_ || (now.done < next_ && now.done != now.iterations)) return;
        next_ = std::max(now.done + 1, now.done * 6 / 5);
        const auto found = evaluate_(tester_(learner), tasks_, pr::query_loss{});
        for (std::size_t i = 0; i < steps.size(); ++i) {
            lines_[i].x.push_back(static_cast<double>(now.iteration));
            lines_[i].y.push_back(found[i].mean);
            lines_[i].ci95.push_back(found[i].ci95);
        }
    }

    const std::vector<line>& lines() const { return lines_; }

private:
    static constexpr auto steps = pr::at_steps<0, 1, 10>;

    Test tasks_;
    Tester tester_;
    bool draws_;
    std::uint64_t next_ = 1;
    pr::evaluator<float, Test, steps.size()> evaluate_;
    std::vector<line> lines_{{"before", {}, {}, {}}, {"after 1 step", {}, {}, {}}, {"after 10 steps", {}, {}, {}}};
};

// One task of some amplitude, as the numbers of a picture.
template <class Test, class Tester>
std::vector<line> shown_task(Tester& tester, const Test& tasks, const plan& p) {
    std::size_t number = 0;
    while (tasks.task(pr::evaluation_key({p.seed}, number)).amplitude < 3.0) ++number;
    const pr::key k = pr::evaluation_key({p.seed}, number);
    const auto episode = tasks.draw(k);
    const auto function = tasks.task(k);

    constexpr std::size_t points = 201;
    std::vector<float> x(points), y(points);
    for (std::size_t i = 0; i < points; ++i) x[i] = -5.0f + 0.05f * static_cast<float>(i);
    std::vector<line> lines(2);
    lines[0].name = "the function";
    for (const float at : x) {
        lines[0].x.push_back(at);
        lines[0].y.push_back(function(at));
    }
    lines[1].name = "given points";
    const auto& support = episode.support;
    lines[1].x.assign(support.inputs.data(), support.inputs.data() + support.count);
    lines[1].y.assign(support.targets.data(), support.targets.data() + support.count);
    for (const std::size_t steps : {0, 1, 5, 10}) {
        tester.adapt(support, steps).predict(x, y);
        const std::string name = "after " + std::to_string(steps) + (steps == 1 ? " step" : " steps");
        lines.push_back({steps == 0 ? "before" : name, lines[0].x, {y.begin(), y.end()}, {}});
    }
    return lines;
}

// The errors of the table, on tasks that no training ever draws, and what the pictures show.
template <class Tasks, class Tester>
void test(Tester& tester, const plan& p, outcome& found) {
    const auto with_shots = [&](auto shots) {
        const auto tasks = Tasks::template test<shots.value>;
        found.evaluation.push_back(
            {shots.value, pr::evaluate(tester, tasks, {.tasks = test_tasks, .seed = {p.seed}}, table_steps)});
        if (!p.draws) return;
        std::array<std::size_t, 33> all{};
        std::iota(all.begin(), all.end(), std::size_t{0});
        line drawn{std::to_string(shots.value) + " points", {}, {}, {}};
        for (const auto& at : pr::evaluate(tester, tasks, {.tasks = 500, .seed = {p.seed}}, all).at) {
            drawn.x.push_back(static_cast<double>(at.steps));
            drawn.y.push_back(at.mean);
            drawn.ci95.push_back(at.ci95);
        }
        found.by_steps.push_back(drawn);
    };
    with_shots(pr::count<5>);
    with_shots(pr::count<10>);
    if (p.draws) found.task = shown_task(tester, Tasks::template test<10>, p);
}

inline pr::train_settings settings_of(const plan& p) {
    return {.iterations = p.iterations,
            .meta_batch = p.meta_batch,
            .threads = p.threads,
            .minutes = p.minutes,
            .stop = p.stop};
}

inline pr::progress_bar progress_of(const plan& p) { return pr::progress_bar({.quiet = p.quiet}); }

// Trains a learner whose inner loop is that of its tests.
template <class Tasks, class Learner, class Source>
outcome train_and_test(Learner& learner, const Source& source, const plan& p) {
    const auto itself = [](Learner& trained) -> Learner& { return trained; };
    learning_curve curve(Tasks::template test<10>, itself, p);

    outcome found{.algorithm = p.algorithm};
    found.report = pr::train(learner, source, settings_of(p), curve, progress_of(p));
    found.parameter_count = Learner::size;
    found.shots = p.shots;
    found.steps = p.steps;
    found.rate = p.rate;
    found.outer = "adam 0.001";
    if (p.draws) found.learning_curve = curve.lines();
    test<Tasks>(learner, p, found);
    return found;
}

// The same for a description on the paper's tasks.
template <std::size_t Shots, class Given>
outcome train_on_paper_tasks(const Given& description, const plan& p) {
    const auto source = paper_tasks::training<Shots>;
    const auto learner = pr::make_learner(description, source, pr::seed{p.seed});
    return train_and_test<paper_tasks>(*learner, source, p);
}

// Calls run(count<shots>, count<steps>): sizes are part of the type, so every choice is compiled.
template <class Run>
outcome with_sizes(const plan& p, const Run& run) {
    if (p.shots == 5) return p.steps == 1 ? run(pr::count<5>, pr::count<1>) : run(pr::count<5>, pr::count<5>);
    return p.steps == 1 ? run(pr::count<10>, pr::count<1>) : run(pr::count<10>, pr::count<5>);
}

}  // namespace sinusoid
