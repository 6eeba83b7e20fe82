// SPDX-License-Identifier: BSL-1.0
// extend: a meta-learner in which all but the dense layers is a user's own, checked against differences and trained.
#include "extensions.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/core/key.hpp>
#include <priori/io/files.hpp>
#include <priori/io/json.hpp>
#include <priori/io/plot.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/network.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/interrupt.hpp>
#include <priori/train/loop.hpp>
#include <priori/train/periodic_evaluation.hpp>
#include <priori/train/progress_bar.hpp>

#include <support/program.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace pr = priori;

constexpr double tolerance = 1e-6;  // of the largest element of the gradient

// The largest error of the meta-gradient, over the largest element of it.
template <class Description>
double error_of(const Description& description, std::uint64_t seed) {
    extend::parabolas::episode_type<double> task;
    extend::parabolas{}.draw_into<double>(pr::key{seed}, task);
    return pr::check_gradient(description, task, pr::key{seed}).relative();
}

int run(int argc, char** argv) {
    example::common_options common;
    example::options line("extend", "checks and trains a meta-learner made of a user's own parts");
    example::add_common_options(line, common, "2000");
    if (!line.parse(argc, argv)) return 0;
    example::check_output_places(common);
    example::make_plot_folder(common);

    constexpr auto plain = pr::input<1> | pr::dense<8> | pr::tanh | pr::dense<1> | pr::mse;
    constexpr auto two_steps = pr::adapt<2>(pr::sgd{.rate = 0.1});
    constexpr auto own = pr::input<1> | pr::dense<16> | extend::swish | extend::diagonal | pr::dense<1> |
                         extend::cauchy | pr::adapt<3>(extend::adagrad{.rate = pr::learned(0.1)}) | extend::every_other;
    const std::vector<std::pair<std::string, double>> checks = {
        {"activation",
         error_of(pr::input<1> | pr::dense<8> | extend::swish | pr::dense<1> | pr::mse | two_steps | pr::exact,
                  common.seed)},
        {"loss",
         error_of(pr::input<1> | pr::dense<8> | pr::tanh | pr::dense<1> | extend::cauchy | two_steps | pr::exact,
                  common.seed)},
        {"layer", error_of(pr::input<1> | pr::dense<8> | pr::tanh | extend::diagonal | pr::dense<1> | pr::mse |
                               two_steps | pr::exact,
                           common.seed)},
        {"optimizer",
         error_of(plain | pr::adapt<2>(extend::adagrad{.rate = pr::learned(0.1)}) | pr::exact, common.seed)},
        {"rule", error_of(plain | pr::adapt<3>(pr::sgd{.rate = 0.1}) | extend::every_other, common.seed)},
        {"all_together", error_of(own, common.seed)},
    };
    double worst = 0;
    for (const auto& [part, error] : checks) worst = pr::maximum(worst, error);  // a NaN stays
    if (!common.quiet) {
        std::printf(
            "Error of the meta-gradient against differences, on a task of the own source, over its largest "
            "element:\n\n");
        for (const auto& [part, error] : checks) std::printf("%-14s %.1e\n", part.c_str(), error);
        std::printf("\n");
    }

    constexpr auto algorithm = own | pr::outer(pr::adam{.rate = 3e-3});
    const extend::parabolas tasks;
    const auto learner = pr::make_learner(algorithm, tasks, pr::seed{common.seed});
    const pr::evaluation_settings fresh{.tasks = 500, .seed = {common.seed}};
    const auto before = pr::evaluate(*learner, tasks, fresh)[0];
    const std::uint64_t iterations = common.iterations.value_or(2000);
    pr::periodic_evaluation curve(tasks,
                                  {.every = std::max<std::uint64_t>(iterations / 20, 1), .seed = {common.seed + 1}});
    const auto report = pr::train(*learner, tasks,
                                  {.iterations = iterations,
                                   .meta_batch = 8,
                                   .threads = static_cast<std::size_t>(common.threads),
                                   .minutes = common.minutes.value_or(0),
                                   .stop = pr::interrupt_token()},
                                  curve, pr::progress_bar({.quiet = common.quiet}));
    const auto after = pr::evaluate(*learner, tasks, fresh)[0];
    if (!common.quiet) std::printf("\nquery loss on new tasks: %.3g before, %.3g after\n", before.mean, after.mean);

    if (!common.plot.empty()) {
        pr::plot_series series{.name = "query loss"};
        for (const pr::evaluation_point& point : curve.history()) {
            series.x.push_back(static_cast<double>(point.iteration));
            series.y.push_back(point.mean);
        }
        const auto files = pr::write_plot(common.plot, "extend_learning_curve",
                                          {.title = "Query loss on new tasks while training",
                                           .x = {.label = "iterations"},
                                           .y = {.label = "loss"},
                                           .series = {series}});
        if (!common.quiet) std::printf("%s\n", (files.picture.empty() ? files.csv : files.picture).c_str());
    }
    if (!common.json.empty()) {
        pr::json_writer json;
        json.begin_object()
            .member("seed", common.seed)
            .member("iterations", report.iterations)
            .key("errors")
            .begin_object();
        for (const auto& [part, error] : checks) json.member(part, error);
        json.end_object().member("loss_before", before.mean).member("loss_after", after.mean).end_object();
        pr::write_file_atomically(common.json, json.text() + "\n");
    }
    if (!(worst <= tolerance)) {
        std::fprintf(stderr, "extend: a meta-gradient is off by %g of its largest element, at most %g was expected.\n",
                     worst, tolerance);
        return 1;
    }
    if (report.reason != pr::ending::diverged) return 0;
    std::fprintf(stderr, "extend: %s\n", report.sentence.c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run_program("extend", [&] { return run(argc, argv); });
}
