// SPDX-License-Identifier: BSL-1.0
#include "report.hpp"

#include <priori/io/json.hpp>
#include <priori/io/plot.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

namespace omniglot {

namespace {

// The processor's own name, where the system tells it.
std::string machine() {
    constexpr std::string_view wanted = "model name";
    std::ifstream lines("/proc/cpuinfo");
    for (std::string line; std::getline(lines, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with(wanted) && colon != std::string::npos) return line.substr(colon + 2);
    }
    return "unknown";
}

std::string percent(const score& at, int digits) {
    char room[32], interval[32] = "";
    std::snprintf(room, sizeof room, "%.*f", digits, 100 * at.accuracy);
    if (std::isfinite(at.ci95)) std::snprintf(interval, sizeof interval, " +- %.*f", digits, 100 * at.ci95);
    return std::string(room).append(interval).append(" %");
}

}  // namespace

void print_table(const settings& s, const outcome& found) {
    std::printf("\n%s, %zu ways, %zu shot%s: %llu iterations in %.1f s, %zu parameters\n",
                std::string(name_of(s.chosen.algorithm)).c_str(), s.chosen.ways, s.chosen.shots,
                s.chosen.shots == 1 ? "" : "s", static_cast<unsigned long long>(found.report.iterations),
                found.report.seconds, found.parameter_count);
    std::printf("%s\n", loss_convention(s.chosen.algorithm));
    std::printf("accuracy on %zu episode%s of %stest characters (--protocol %s)%s\n\n", s.test_tasks,
                s.test_tasks == 1 ? "" : "s", s.data == "glyphs" ? "made-up " : "",
                std::string(name_of(s.protocol)).c_str(), s.test_tasks == 1 ? "" : ", with its 95 % interval");
    std::printf("%-20s %5s  %s\n", "normalization", "steps", "accuracy");
    for (const evaluation& of : found.evaluations) {
        for (const score& at : of.at)
            std::printf("%-20s %5zu  %s%s\n", of.normalization.c_str(), at.steps, percent(at, 2).c_str(),
                        at.steps == of.steps ? ", best on validation characters" : "");
    }
    if (found.given)
        std::printf("given: %zu episode%s, %zu queries: %s\n", found.given->episodes,
                    found.given->episodes == 1 ? "" : "s", found.given->queries, percent(found.given->at, 1).c_str());
    for (const confused& pair : found.confusion)
        std::printf("%s taken for %s: %zu of %zu times\n", pair.truth.c_str(), pair.prediction.c_str(), pair.count,
                    pair.together);
}

std::string json_of(const settings& s, const outcome& found) {
    const preset& p = s.chosen;
    pr::json_writer json;
    json.begin_object()
        .member("algorithm", name_of(p.algorithm))
        .member("ways", p.ways)
        .member("shots", p.shots)
        .member("model", name_of(p.model))
        .member("seed", s.common.seed)
        .member("iterations", found.iterations)
        .member("seconds", found.report.seconds)
        .member("threads", s.common.threads)
        .member("machine", machine())
        .member("ending", pr::to_string(found.report.reason))
        .member("loss_convention", loss_convention(p.algorithm))
        .member("data", s.data == "glyphs" ? "glyphs" : "omniglot")
        .member("split", s.split)
        .member("parameter_count", found.parameter_count)
        .member("members", found.members);
    if (!found.inner_rates.empty()) json.member("inner_rates", found.inner_rates);
    json.key("settings").begin_object();
    json.member("preset", p.name)
        .member("normalization", s.normalization())
        .member("protocol", name_of(s.protocol))
        .member("iterations", p.iterations)
        .member("planned_iterations", s.planned)
        .member("meta_batch", p.meta_batch)
        .member("rate", p.rate)
        .member("final_rate", p.final_rate);
    if (!compares(p.algorithm)) json.member("inner_rate", p.inner_rate);
    if (p.algorithm == algorithm::maml_plus_plus)
        json.member("multi_step", p.multi_step)
            .member("first_order", p.first_order)
            .member("learned_rates", s.learns_rates);
    json.member("reflections", p.reflections).member("ensemble", p.ensemble).member("average", p.average).end_object();
    json.key("evaluation").begin_array();
    for (const evaluation& of : found.evaluations) {
        json.begin_object()
            .member("normalization", of.normalization)
            .member("tasks", s.test_tasks)
            .member("steps", of.steps)
            .member("accuracy", of.best().accuracy)
            .member("ci95", of.best().ci95)
            .end_object();
    }
    json.end_array();
    json.key("curve").begin_array();
    for (const curve_point& point : found.curve) {
        json.begin_object()
            .member("iteration", point.iteration)
            .member("seconds", point.seconds)
            .member("accuracy", point.accuracy)
            .member("ci95", point.ci95)
            .end_object();
    }
    json.end_array();
    if (found.given) {
        json.key("given").begin_object();
        json.member("episodes", found.given->episodes)
            .member("queries", found.given->queries)
            .member("accuracy", found.given->at.accuracy)
            .member("ci95", found.given->at.ci95)
            .end_object();
    }
    if (s.confusion) {
        json.key("confusion").begin_array();
        for (const confused& pair : found.confusion) {
            json.begin_object()
                .member("truth", pair.truth)
                .member("prediction", pair.prediction)
                .member("count", pair.count)
                .member("together", pair.together)
                .end_object();
        }
        json.end_array();
    }
    return json.end_object().text() + "\n";
}

void draw_curve(const settings& s, const outcome& found) {
    if (found.curve.empty()) return;
    const std::string name(name_of(s.chosen.algorithm));
    pr::plot_series series{.name = name + ", " + s.normalization()};
    for (const curve_point& point : found.curve) {
        series.x.push_back(static_cast<double>(point.iteration));
        series.y.push_back(point.accuracy);
        series.low.push_back(point.accuracy - point.ci95);
        series.high.push_back(point.accuracy + point.ci95);
    }
    const auto files = pr::write_plot(s.common.plot, "omniglot_" + name + "_learning_curve",
                                      {.title = "Accuracy on validation characters while training",
                                       .x = {.label = "iterations"},
                                       .y = {.label = "accuracy", .from = 0.0, .to = 1.0},
                                       .series = {series}});
    if (!s.common.quiet) std::printf("%s\n", (files.picture.empty() ? files.csv : files.picture).c_str());
}

}  // namespace omniglot
