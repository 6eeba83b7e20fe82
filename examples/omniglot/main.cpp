// SPDX-License-Identifier: BSL-1.0
// omniglot: few-shot classification of handwritten characters of alphabets never seen before.
#include "algorithms.hpp"

#include <priori/io/files.hpp>
#include <priori/io/json.hpp>
#include <priori/io/plot.hpp>
#include <priori/train/interrupt.hpp>

#include <support/program.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace {

namespace pr = priori;
using omniglot::outcome;
using omniglot::plan;

struct algorithm {
    const char* name;
    outcome (*run)(const plan&);
    std::uint64_t iterations;
};
constexpr algorithm algorithms[] = {{"maml", omniglot::maml, 60'000},
                                    {"fomaml", omniglot::fomaml, 60'000},
                                    {"reptile", omniglot::reptile, 100'000},
                                    {"anil", omniglot::anil, 60'000}};

// `random` is the split of the MAML code, 1100, 100 and 423 of the 1623 characters, of a permutation of our own; other
// data is divided in the same proportions. It does not depend on --seed, so that runs can be compared.
pr::class_split split_of(const pr::omniglot_data& data, const std::string& name) {
    if (name == "vinyals")
        return {data.classes(pr::omniglot_split::train), data.classes(pr::omniglot_split::validation),
                data.classes(pr::omniglot_split::test)};
    const std::size_t count = data.class_count(), train = count * 1100 / 1623;
    const std::size_t validation = std::min(std::max<std::size_t>(count * 100 / 1623, 2), count - train);
    return pr::random_split(count, {train, validation, count - train - validation}, pr::seed{1});
}

void print_table(const outcome& found, const plan& p) {
    std::printf("\n%s, %zu ways, %zu shot%s: %llu iterations in %.1f s, %zu parameters\n", p.algorithm.c_str(),
                omniglot::ways, p.shots, p.shots == 1 ? "" : "s",
                static_cast<unsigned long long>(found.report.iterations), found.report.seconds, found.parameter_count);
    std::printf("%s\n", found.loss_convention.c_str());
    std::printf("accuracy on %zu episodes of test characters, with its 95 %% interval\n\n", p.test_tasks);
    std::printf("%-20s %5s  %s\n", "normalization", "steps", "accuracy");
    for (const omniglot::scores& of : found.evaluation) {
        for (const pr::evaluation_entry& at : of.at)
            std::printf("%-20s %5zu  %.2f +- %.2f %%%s\n", of.normalization.c_str(), at.steps, 100 * at.mean,
                        100 * at.ci95, at.steps == of.steps ? ", best on validation characters" : "");
    }
}

std::string json_of(const outcome& found, const plan& p, const std::string& model, const std::string& split) {
    pr::json_writer json;
    json.begin_object()
        .member("algorithm", p.algorithm)
        .member("ways", omniglot::ways)
        .member("shots", p.shots)
        .member("model", model)
        .member("seed", p.seed)
        .member("iterations", found.report.iterations)
        .member("seconds", found.report.seconds)
        .member("loss_convention", found.loss_convention)
        .member("split", split);
    json.key("evaluation").begin_array();
    for (const omniglot::scores& of : found.evaluation) {
        const pr::evaluation_entry& at = *std::ranges::find(of.at, of.steps, &pr::evaluation_entry::steps);
        json.begin_object()
            .member("normalization", of.normalization)
            .member("tasks", p.test_tasks)
            .member("steps", at.steps)
            .member("accuracy", at.mean)
            .member("ci95", at.ci95)
            .end_object();
    }
    json.end_array().end_object();
    return json.text() + "\n";
}

void draw(const std::string& folder, const outcome& found, const plan& p) {
    pr::plot_series series{.name = p.algorithm + ", " + p.normalization};
    for (const pr::evaluation_point& point : found.curve) {
        series.x.push_back(static_cast<double>(point.iteration));
        series.y.push_back(point.mean);
        series.low.push_back(point.mean - point.ci95);
        series.high.push_back(point.mean + point.ci95);
    }
    if (series.x.empty()) return;
    const auto files = pr::write_plot(folder, "omniglot_" + p.algorithm + "_learning_curve",
                                      {.title = "Accuracy on validation characters while training",
                                       .x = {.label = "iterations"},
                                       .y = {.label = "accuracy", .from = 0.0, .to = 1.0},
                                       .series = {series}});
    if (!p.quiet) std::printf("%s\n", (files.picture.empty() ? files.csv : files.picture).c_str());
}

int run(int argc, char** argv) {
    example::common_options common;
    std::string folder, name = "maml", ways = "5", shots = "1", model = "dense", normalization = "transductive",
                        split_name = "vinyals";
    std::uint64_t test_tasks = 600;

    example::options line("omniglot", "learns to tell characters apart from one or five drawings of each");
    line.text("data", folder, "DIR", "the packed data that convert_omniglot.py makes", "must be given")
        .choice("algorithm", name, {"maml", "fomaml", "reptile", "anil"}, "what learns to learn")
        .choice("ways", ways, {"5"}, "classes in an episode")
        .choice("shots", shots, {"1", "5"}, "drawings given of each class")
        .choice("model", model, {"dense"}, "the net: dense layers of 256, 128, 64 and 64")
        .choice("normalization", normalization, {"transductive", "support_statistics"},
                "whose statistics the query drawings are normalized by: their own, or those of the support drawings")
        .choice("split", split_name, {"vinyals", "random"}, "of the characters into training, validation and test")
        .whole("test-tasks", test_tasks, 1, "episodes of the test");
    example::add_common_options(line, common, "60000, reptile 100000");
    if (!line.parse(argc, argv)) return 0;
    if (folder.empty()) line.fail("--data is missing; give the folder that examples/convert_omniglot.py makes.");
    example::check_output_places(common);

    const pr::omniglot_data data = pr::read_omniglot(folder);
    const omniglot::images images(omniglot::image{}, data.images, data.labels);
    const pr::class_split split = split_of(data, split_name);
    const algorithm& chosen =
        *std::ranges::find_if(algorithms, [&](const algorithm& offered) { return offered.name == name; });
    const plan p{.data = &images,
                 .split = &split,
                 .algorithm = name,
                 .normalization = normalization,
                 .shots = static_cast<std::size_t>(std::stoul(shots)),
                 .seed = common.seed,
                 .iterations = common.iterations.value_or(chosen.iterations),
                 .minutes = common.minutes.value_or(0),
                 .threads = static_cast<std::size_t>(common.threads),
                 .test_tasks = static_cast<std::size_t>(test_tasks),
                 .draws = !common.plot.empty(),
                 .quiet = common.quiet,
                 .stop = pr::interrupt_token()};
    const outcome found = chosen.run(p);

    if (!p.quiet) print_table(found, p);
    if (p.draws) draw(common.plot, found, p);
    if (!common.json.empty()) pr::write_file_atomically(common.json, json_of(found, p, model, split_name));
    if (found.report.reason != pr::ending::diverged) return 0;
    std::fprintf(stderr, "omniglot: %s\n", found.report.sentence.c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run_program("omniglot", [&] { return run(argc, argv); });
}
