// SPDX-License-Identifier: BSL-1.0
// probes: three ways to adapt that are no plain gradient descent on parameters, each shown to do what it claims.
#include "probes.hpp"

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
using probes::outcome;
using probes::plan;

struct probe {
    const char* name;
    outcome (*run)(const plan&);
    std::uint64_t iterations;
};
constexpr probe all[] = {{"leo", probes::leo, 3000},
                         {"lstm", probes::lstm, 2000},
                         {"prototypes", probes::prototypes, 5000},
                         {"ridge", probes::ridge, 5000}};

std::string json_of(const outcome& found, const std::string& name, std::uint64_t seed) {
    pr::json_writer json;
    json.begin_object().member("probe", name).member("seed", seed).key("results").begin_object();
    for (const auto& [key, number] : found.results) json.member(key, number);
    json.end_object().end_object();
    return json.text() + "\n";
}

int run(int argc, char** argv) {
    example::common_options common;
    std::string name = "leo";
    example::options line("probes", "latent embeddings, a learned optimizer and closed forms as inner loops");
    line.choice("probe", name, {"leo", "lstm", "prototypes", "ridge"}, "which of them");
    example::add_common_options(line, common, "leo 3000, lstm 2000, prototypes and ridge 5000");
    if (!line.parse(argc, argv)) return 0;
    example::check_output_places(common);
    example::make_plot_folder(common);

    const probe& chosen = *std::ranges::find_if(all, [&](const probe& offered) { return offered.name == name; });
    const plan p{.seed = common.seed,
                 .iterations = common.iterations.value_or(chosen.iterations),
                 .minutes = common.minutes.value_or(0),
                 .threads = static_cast<std::size_t>(common.threads),
                 .quiet = common.quiet,
                 .stop = pr::interrupt_token()};
    const outcome found = chosen.run(p);

    if (!p.quiet) {
        std::printf("\n%s: %llu iterations in %.1f s\n\n", name.c_str(),
                    static_cast<unsigned long long>(found.report.iterations), found.report.seconds);
        for (const auto& [key, number] : found.results) std::printf("%-24s %.4g\n", key.c_str(), number);
    }
    if (!common.plot.empty()) {
        const auto files = pr::write_plot(common.plot, "probes_" + name, found.plot);
        if (!p.quiet) std::printf("%s\n", (files.picture.empty() ? files.csv : files.picture).c_str());
    }
    if (!common.json.empty()) pr::write_file_atomically(common.json, json_of(found, name, p.seed));
    if (found.report.reason != pr::ending::diverged) return 0;
    std::fprintf(stderr, "probes: %s\n", found.report.sentence.c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run_program("probes", [&] { return run(argc, argv); });
}
