// SPDX-License-Identifier: BSL-1.0
// The table, the JSON and the pictures of a run.
#include "report.hpp"

#include <priori/io/json.hpp>
#include <priori/io/plot.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace sinusoid {

namespace {

// As a person writes it.
std::string name_of(const outcome& found) {
    constexpr std::pair<const char*, const char*> names[] = {
        {"maml", "MAML"}, {"fomaml", "FOMAML"}, {"reptile", "Reptile"},           {"meta_sgd", "Meta-SGD"},
        {"anil", "ANIL"}, {"boil", "BOIL"},     {"averaging", "model averaging"}, {"joint", "joint training"}};
    for (const auto& [algorithm, name] : names)
        if (found.algorithm == algorithm) return name;
    return found.algorithm;
}

void print_row(const char* shots, const outcome& found, const scores& of) {
    std::printf("%-10s %-16s", shots, name_of(found).c_str());
    for (const auto& at : of.at.at) {
        char cell[40] = "not finite";
        if (std::isfinite(at.mean)) std::snprintf(cell, sizeof cell, "%#.3g +- %#.2g", at.mean, at.ci95);
        std::printf("%17s", cell);
    }
    std::printf("%12.1f %%\n", 100 * of.at.at.back().diverged);
}

pr::plot_series series_of(const line& drawn, std::string name, pr::plot_style style) {
    pr::plot_series series{.name = std::move(name), .x = drawn.x, .y = drawn.y, .style = style};
    for (std::size_t i = 0; i < drawn.ci95.size(); ++i) {
        series.low.push_back(std::max(drawn.y[i] - drawn.ci95[i], drawn.y[i] / 10));
        series.high.push_back(drawn.y[i] + drawn.ci95[i]);
    }
    return series;
}

// Without the points that no axis can show.
line finite(const line& drawn) {
    line kept{drawn.name, {}, {}, {}};
    for (std::size_t i = 0; i < drawn.x.size(); ++i) {
        if (!std::isfinite(drawn.y[i]) || (!drawn.ci95.empty() && !std::isfinite(drawn.ci95[i]))) continue;
        kept.x.push_back(drawn.x[i]);
        kept.y.push_back(drawn.y[i]);
        if (!drawn.ci95.empty()) kept.ci95.push_back(drawn.ci95[i]);
    }
    return kept;
}

void add(pr::line_plot& plot, const line& drawn, const std::string& name, pr::plot_style style) {
    const line shown = finite(drawn);
    if (!shown.x.empty()) plot.series.push_back(series_of(shown, name, style));
}

}  // namespace

void print_table(const outcome& found, const std::optional<outcome>& baseline) {
    std::printf("\n%s: %llu iterations in %.1f s, %zu parameters\n", found.algorithm.c_str(),
                static_cast<unsigned long long>(found.report.iterations), found.report.seconds, found.parameter_count);
    std::printf("mean squared error on 100 points of %zu fresh tasks, with its 95 %% interval, after\n\n", test_tasks);
    std::printf("%-10s %-16s", "given", "");
    for (const std::size_t steps : table_steps) std::printf("%11zu step%s", steps, steps == 1 ? " " : "s");
    std::printf("%14s\n", "diverged (32)");
    for (std::size_t i = 0; i < found.evaluation.size(); ++i) {
        const std::string shots = std::to_string(found.evaluation[i].shots) + " points";
        print_row(shots.c_str(), found, found.evaluation[i]);
        if (baseline) print_row("", *baseline, baseline->evaluation[i]);
    }
    if (baseline)
        std::printf(
            "\nThe net trained jointly on all tasks had %llu iterations and is fine-tuned with the best of nine rates, "
            "%g.\n",
            static_cast<unsigned long long>(baseline->report.iterations), baseline->rate);
}

std::string json_of(const outcome& found, const plan& p, const std::string& initializer) {
    pr::json_writer json;
    json.begin_object()
        .member("algorithm", found.algorithm)
        .member("seed", p.seed)
        .member("iterations", found.report.iterations)
        .member("seconds", found.report.seconds)
        .member("threads", p.threads)
        .member("parameter_count", found.parameter_count);
    json.key("settings")
        .begin_object()
        .member("train_shots", found.shots)
        .member("steps", found.steps)
        .member("rate", found.rate)
        .member("initializer", initializer)
        .member("meta_batch", p.meta_batch)
        .member("outer", found.outer)
        .member("iterations_wanted", p.iterations)
        .member("ending", pr::to_string(found.report.reason))
        .end_object();
    json.key("evaluation").begin_array();
    for (const scores& of : found.evaluation) {
        const auto column = [&](const char* name, auto pr::evaluation_entry::*member) {
            json.key(name).begin_array();
            for (const auto& entry : of.at.at) json.value(entry.*member);
            json.end_array();
        };
        json.begin_object().member("shots", of.shots).member("tasks", of.at.tasks);
        column("steps", &pr::evaluation_entry::steps);
        column("mse", &pr::evaluation_entry::mean);
        column("median", &pr::evaluation_entry::median);
        column("ci95", &pr::evaluation_entry::ci95);
        column("diverged", &pr::evaluation_entry::diverged);
        json.end_object();
    }
    json.end_array().end_object();
    return json.text() + "\n";
}

void draw(const std::filesystem::path& folder, const outcome& found, const std::optional<outcome>& baseline,
          bool quiet) {
    const std::string name = name_of(found);
    pr::line_plot task{.title = "A new task: " + name + ", 10 points given",
                       .x = {.label = "x", .from = -5.0, .to = 5.0},
                       .y = {.label = "y"}};
    for (std::size_t i = 2; i < found.task.size(); ++i)
        add(task, found.task[i], found.task[i].name, pr::plot_style::line);
    if (baseline) add(task, baseline->task.back(), "joint training, 10 steps", pr::plot_style::dashed);
    add(task, found.task[1], found.task[1].name, pr::plot_style::points);
    add(task, found.task[0], found.task[0].name, pr::plot_style::dashed);

    pr::line_plot steps{.title = "Error on new tasks, by number of inner steps",
                        .x = {.label = "inner steps", .from = 0.0, .to = 32.0},
                        .y = {.label = "mean squared error", .logarithmic = true}};
    pr::line_plot curve{.title = "Error on new tasks while training, 10 points given",
                        .x = {.label = "iterations",
                              .logarithmic = true,
                              .from = 1.0,
                              .to = static_cast<double>(std::max<std::uint64_t>(found.report.iterations, 2))},
                        .y = {.label = "mean squared error", .logarithmic = true}};
    for (const line& drawn : found.by_steps) add(steps, drawn, name + ", " + drawn.name, pr::plot_style::line);
    for (const line& drawn : found.learning_curve) add(curve, drawn, name + ", " + drawn.name, pr::plot_style::line);
    if (baseline) {
        for (const line& drawn : baseline->by_steps)
            add(steps, drawn, name_of(*baseline) + ", " + drawn.name, pr::plot_style::dashed);
        const line& last = baseline->learning_curve.back();
        add(curve, last, name_of(*baseline) + ", " + last.name, pr::plot_style::dashed);
    }

    const std::pair<const char*, const pr::line_plot*> pictures[] = {
        {"task", &task}, {"error_by_steps", &steps}, {"learning_curve", &curve}};
    for (const auto& [stem, plot] : pictures) {
        if (plot->series.empty()) continue;
        const auto files = pr::write_plot(folder, found.algorithm + "_" + stem, *plot);
        if (!quiet) std::printf("%s\n", (files.picture.empty() ? files.csv : files.picture).c_str());
    }
}

}  // namespace sinusoid
