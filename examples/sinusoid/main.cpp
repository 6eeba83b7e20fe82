// SPDX-License-Identifier: BSL-1.0
// sinusoid: meta-learning algorithms on few-shot regression of sine waves.
#include "algorithms.hpp"
#include "report.hpp"

#include <priori/io/files.hpp>
#include <priori/train/interrupt.hpp>

#include <support/program.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace pr = priori;
using sinusoid::outcome;
using sinusoid::plan;

struct algorithm {
    const char* name;
    outcome (*run)(const plan&);
    double rate;  // of the inner rule, unless another is given; 0: the best of nine, found after the training
    std::uint64_t iterations = 70'000;
    std::size_t meta_batch = 25;
};

constexpr algorithm algorithms[] = {
    {"maml", sinusoid::maml, 0.001},
    {"fomaml", sinusoid::fomaml, 0.001},
    {"reptile", sinusoid::reptile, 0.02, 30'000, 1},
    {"meta_sgd", sinusoid::meta_sgd, 0.01},
    {"anil", sinusoid::anil, 0.001},
    {"boil", sinusoid::boil, 0.001},
    {"averaging", sinusoid::averaging, 0},
    {"joint", sinusoid::joint, 0},
};

struct initializer {
    const char* name;
    pr::initializer start;
};

const initializer initializers[] = {{"he", pr::he},
                                    {"glorot", pr::glorot},
                                    {"truncated_normal", pr::truncated_normal(0.01f)},
                                    {"zero", pr::zero}};

template <class Entries>
std::vector<std::string> names_of(const Entries& entries) {
    std::vector<std::string> names;
    for (const auto& entry : entries) names.push_back(entry.name);
    return names;
}

template <class Entries>
const auto& named(const Entries& entries, const std::string& name) {
    return *std::ranges::find_if(entries, [&](const auto& entry) { return entry.name == name; });
}

int run(int argc, char** argv) {
    example::common_options common;
    std::string algorithm_name = "maml", shots = "10", steps = "1", initializer_name = "he";
    std::optional<double> rate;

    example::options line("sinusoid", "learns to learn sine waves from a few points, and shows how well");
    line.choice("algorithm", algorithm_name, names_of(algorithms), "what learns to learn")
        .choice("train-shots", shots, {"5", "10"}, "points given of a task in training; not for reptile")
        .choice("steps", steps, {"1", "5"}, "inner steps in training, hundreds of them for averaging; not for reptile")
        .positive("rate", rate, "rate of the inner rule",
                  "0.001; meta_sgd 0.01, reptile 0.02, joint and averaging the best of nine")
        .choice("initializer", initializer_name, names_of(initializers),
                "start of the weights; reptile has its own, biases too");
    example::add_common_options(line, common, "70000, reptile 30000");
    if (!line.parse(argc, argv)) return 0;
    if (algorithm_name == "reptile") {
        for (const char* const refused : {"train-shots", "steps"})
            if (line.given(refused))
                line.fail(std::string("--") + refused +
                          " does not go with reptile, which has its published setting: five "
                          "steps on minibatches of 10 from 50 points; leave it out.");
    }
    example::check_output_places(common);
    example::make_plot_folder(common);

    const algorithm& chosen = named(algorithms, algorithm_name);
    plan p{.algorithm = chosen.name,
           .shots = static_cast<std::size_t>(std::stoul(shots)),
           .steps = static_cast<std::size_t>(std::stoul(steps)),
           .rate = rate.value_or(chosen.rate),
           .start = named(initializers, initializer_name).start,
           .own_start = !line.given("initializer"),
           .seed = common.seed,
           .iterations = common.iterations.value_or(chosen.iterations),
           .meta_batch = chosen.meta_batch,
           .minutes = common.minutes.value_or(0),
           .threads = static_cast<std::size_t>(common.threads),
           .draws = !common.plot.empty(),
           .quiet = common.quiet,
           .stop = pr::interrupt_token()};

    // The baseline is trained where somebody sees it, as long as the algorithm itself and at most the minutes left.
    const std::string start_name =
        algorithm_name == "reptile" && p.own_start ? "uniform, biases too" : initializer_name;
    const bool compares = algorithm_name != "joint" && (!p.quiet || p.draws);
    const double minutes = p.minutes;
    if (compares) p.minutes = 0.6 * minutes;
    const outcome found = chosen.run(p);

    std::optional<outcome> baseline;
    if (compares && !p.stop.stop_requested()) {
        plan joint = p;
        joint.algorithm = "joint";
        joint.rate = 0;
        joint.minutes = minutes > 0 ? std::max(0.1 * minutes, minutes - found.report.seconds / 60) : 0;
        baseline = algorithm_name == "reptile" ? sinusoid::joint_on_script_tasks(joint) : sinusoid::joint(joint);
    }

    if (!p.quiet) sinusoid::print_table(found, baseline);
    if (p.draws) sinusoid::draw(common.plot, found, baseline, p.quiet);
    if (!common.json.empty())
        pr::write_file_atomically(common.json, sinusoid::json_of(found, p, start_name));
    if (found.report.reason != pr::ending::diverged) return 0;
    std::fprintf(stderr, "sinusoid: %s\n", found.report.sentence.c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run_program("sinusoid", [&] { return run(argc, argv); });
}
