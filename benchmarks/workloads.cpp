// SPDX-License-Identifier: BSL-1.0
// Whole workloads (workload_list.hpp): one meta-iteration each, on tasks drawn before.
//
//   workloads [--threads N] [--only W1,W2] [options of Google Benchmark]
//   workloads --losses FILE [--double] [--iterations N] [--only W1,W2]    the losses of the first iterations, as JSON;
//                                                                         in double without the workloads on images
//   workloads --export FOLDER [--only W1,W2]                              parameters at the start and tasks, as .npy
//
// FLOPS counts the arithmetic that the workload needs, whatever path is taken; peak_fraction is its share of the fused
// multiply-add peak of the cores in use, measured beside it; peak_resident_bytes is the whole process's,
// learner_bytes is what the learner (or adapter) alone takes.
#include "losses.hpp"
#include "meta_batch.hpp"
#include "report.hpp"
#include "workload_files.hpp"
#include "workload_list.hpp"

#include <priori/core/key.hpp>
#include <priori/io/files.hpp>
#include <priori/io/json.hpp>
#include <priori/meta/adapter.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace {

namespace pr = priori;
using benchmarks::workload;

void report(benchmark::State& state, const workload& w, const benchmarks::stopwatch& watch, std::size_t bytes,
            std::size_t threads) {
    const double seconds = watch.seconds(), allocations = watch.allocations();
    const double done = static_cast<double>(state.iterations()) * static_cast<double>(w.meta_batch);
    state.counters["seconds_per_task"] = seconds / done;
    state.counters["tasks_per_second"] = done / seconds;
    state.counters["allocations"] = allocations;
    state.counters["learner_bytes"] = static_cast<double>(bytes);
    state.counters["peak_resident_bytes"] = benchmarks::peak_resident_bytes();
    benchmarks::report_work(state, done * w.work, seconds, watch.peak(), threads);
}

struct register_all {
    std::size_t threads;
    std::string_view only;

    template <class Description, class Source>
    void learn(const workload& w, const Description& description, const Source& source) {
        if (!benchmarks::is_chosen(only, w.name) || w.meta_batch < threads) return;
        benchmark::RegisterBenchmark(w.name, [=, count = threads](benchmark::State& state) {
            benchmarks::meta_batch<float, Description, Source> run(description, source, w.meta_batch, count);
            run.iterate();
            const benchmarks::stopwatch watch;
            for (auto _ : state) run.iterate();
            report(state, w, watch, sizeof(run.learner()), count);
        });
    }

    template <class Description, class Source>
    void adapt(const workload& w, const Description& description, const Source& source) {
        if (!benchmarks::is_chosen(only, w.name) || threads > 1) return;
        benchmark::RegisterBenchmark(w.name, [=](benchmark::State& state) {
            using episode = typename Source::template episode_type<float>;
            const auto adapter = std::make_unique<pr::adapter<float, Description, episode>>(description);
            const auto task = std::make_unique<episode>();
            source.template draw_into<float>(pr::key{1, 0, 0}, *task);
            const benchmarks::stopwatch watch;
            for (auto _ : state) benchmark::DoNotOptimize(adapter->adapt(task->support));
            report(state, w, watch, sizeof *adapter, 1);
        });
    }
};

// {"scalar", "iterations", "losses": {workload: [...]}}
template <class T>
void write_losses(const std::string& file, std::size_t iterations, const std::string& only) {
    benchmarks::losses_of<T> losses{iterations, only};
    benchmarks::each_workload(losses);
    pr::json_writer json;
    json.begin_object().member("scalar", sizeof(T) == 4 ? "float" : "double").member("iterations", iterations);
    json.key("losses").begin_object();
    for (const auto& of : losses.found) json.member(of.name, of.values);
    pr::write_file_atomically(file, json.end_object().end_object().text() + "\n");
}

std::size_t number(const char* text) {
    char* end = nullptr;
    const unsigned long value = std::strtoul(text, &end, 10);
    if (end == text || *end != '\0' || value == 0) {
        std::fprintf(stderr, "workloads: expected a positive whole number, got '%s'\n", text);
        std::exit(2);
    }
    return value;
}

}  // namespace

int main(int argc, char** argv) try {
    std::string losses_file, export_folder, only;
    std::size_t threads = 1, iterations = 100;
    bool in_double = false;
    int kept = 1;
    for (int i = 1; i < argc; ++i) {
        const auto value = [&](const char* option) {
            if (std::strcmp(argv[i], option) != 0) return false;
            if (++i < argc) return true;
            std::fprintf(stderr, "workloads: %s wants a value\n", option);
            std::exit(2);
        };
        if (value("--losses")) {
            losses_file = argv[i];
        } else if (value("--export")) {
            export_folder = argv[i];
        } else if (value("--only")) {
            only = argv[i];
        } else if (value("--threads")) {
            threads = number(argv[i]);
        } else if (value("--iterations")) {
            iterations = number(argv[i]);
        } else if (std::strcmp(argv[i], "--double") == 0) {
            in_double = true;
        } else {
            argv[kept++] = argv[i];
        }
    }
    argc = kept;
    argv[argc] = nullptr;
    benchmarks::names_of_all all;
    benchmarks::each_workload(all);
    if (const auto unknown = all.first_unknown(only)) {
        std::fprintf(stderr, "workloads: there is no workload '%s'; there are%s\n", unknown->c_str(), all.text.c_str());
        return 2;
    }

    if (!export_folder.empty()) {
        benchmarks::export_workloads writer(export_folder, only);
        benchmarks::each_workload(writer);
        writer.finish();
    }
    if (!losses_file.empty()) {
        const auto write = in_double ? write_losses<double> : write_losses<float>;
        write(losses_file, iterations, only);
    }
    if (!export_folder.empty() || !losses_file.empty()) return 0;

    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmarks::each_workload(register_all{threads, only});
    benchmark::RunSpecifiedBenchmarks();
} catch (const std::exception& e) {
    std::fprintf(stderr, "workloads: %s\n", e.what());
    return 1;
}
