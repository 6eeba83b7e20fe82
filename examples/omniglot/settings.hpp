// SPDX-License-Identifier: BSL-1.0
// settings: the command line, checked; the same for the program and for its parts.
#pragma once

#include "average.hpp"
#include "choices.hpp"
#include "presets.hpp"

#include <support/program.hpp>

#include <priori/core/error.hpp>
#include <priori/io/safetensors.hpp>
#include <priori/train/checkpoint.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace omniglot {

namespace pr = priori;

struct settings {
    example::common_options common{};
    preset chosen{};
    std::string data = "glyphs", split{}, save{}, load{}, episodes{}, predictions{};
    omniglot::protocol protocol = protocol::five_queries;
    bool learns_rates = true;     // maml++: of the inner rule
    bool names_ensemble = false;  // --ensemble was given, and so on
    bool names_average = false;
    bool names_multi_step = false, names_first_order = false;
    bool confusion = false;
    bool prints_part = false;
    bool trains = true;
    std::string learned_by{};        // the algorithm of --load's file, where another one goes on from it
    bool learned_otherwise = false;  // what --load's file says of algorithm, normalization, ways or shots is not the same
    std::size_t test_tasks = 1000;
    std::uint64_t planned = 0;  // iterations, before a time is given

    std::string part() const { return part_name(chosen.algorithm, chosen.model, chosen.ways, chosen.shots); }
    std::string normalization() const { return std::string(name_of(chosen.normalization)); }
};

namespace detail {

template <class Names>
std::vector<std::string> listed(const Names& names) {
    return {names.begin(), names.end()};
}

template <class Enumerator, class Names>
Enumerator numbered(const Names& names, const std::string& name) {
    return static_cast<Enumerator>(std::ranges::find(names, name) - names.begin());
}

template <class Number, class Optional>
void put(Number& to, const Optional& given) {
    if (given) to = static_cast<Number>(*given);
}

// In the shortest form that reads back to the same value.
inline std::string text_of(double number) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

template <class Number>
void take_number(const std::string& path, const std::string& key, const std::string& text, std::optional<Number>& to) {
    if (text.empty()) return;
    Number value{};
    const char* const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, value);
    if (code != std::errc{} || stop != end || !std::isfinite(static_cast<double>(value)) || value < 0)
        pr::fail(pr::error_kind::bad_file,
                 "--load '" + path + "': '" + key + "' is '" + text + "', expected a number; save it anew.");
    to = value;
}

}  // namespace detail

// What --save notes of the data, and of how it was learned.
inline pr::checkpoint_notes notes_of(const settings& s) {
    pr::checkpoint_notes notes{{"data", s.data == "glyphs" ? "glyphs" : "omniglot"},
                               {"split", s.split},
                               {"algorithm", std::string(name_of(s.chosen.algorithm))},
                               {"model", std::string(name_of(s.chosen.model))},
                               {"ways", std::to_string(s.chosen.ways)},
                               {"shots", std::to_string(s.chosen.shots)},
                               {"normalization", s.normalization()}};
    if (!compares(s.chosen.algorithm)) notes.emplace_back("inner_rate", detail::text_of(s.chosen.inner_rate));
    return notes;
}

// What a file of --load says of its training. What it does not say is empty: files of other programs, and older ones.
struct learned_before {
    std::string data{}, split{}, algorithm{}, model{}, ways{}, shots{}, normalization{};
    std::optional<double> inner_rate{};
    std::optional<std::uint64_t> seed{};
    bool average = false;
};

// Throws: priori::error (missing_file, bad_file).
inline learned_before read_learned(const std::string& path) {
    const pr::tensor_file file = pr::read_safetensors(path);
    const auto text = [&](const char* key) {
        const std::string* found = file.find_metadata(key);
        return found == nullptr ? std::string() : *found;
    };
    learned_before found{text("note.data"), text("note.split"), text("note.algorithm"),    text("note.model"),
                         text("note.ways"), text("note.shots"), text("note.normalization")};
    detail::take_number(path, "note.inner_rate", text("note.inner_rate"), found.inner_rate);
    if (!found.algorithm.empty()) detail::take_number(path, "seed", text("seed"), found.seed);
    found.average = parameter_average::is_in(file);
    return found;
}

// What was learned on another split of the same characters has seen some of those that this one tests on.
// Throws: priori::error (bad_option).
inline void require_same_split(const settings& s, const learned_before& found) {
    const pr::checkpoint_notes own = notes_of(s);
    if (found.split.empty() || found.data != own[0].second || found.split == s.split) return;
    pr::fail(pr::error_kind::bad_option,
             "--load " + s.load + ": it was learned on the split " + found.split + ", and --split " + s.split +
                 " tests on characters that it was trained on; give --split " + found.split + ".");
}

// They are counted from the beginning; `done` are those of --load's file.
// Throws: priori::error (bad_option).
inline void require_more_iterations(const settings& s, std::uint64_t done) {
    if (!s.trains || s.load.empty() || done < s.chosen.iterations) return;
    const std::string behind = " has " + std::to_string(done) + " behind it, and ";
    const std::string iterations = std::to_string(s.chosen.iterations);
    if (s.common.iterations)
        pr::fail(pr::error_kind::bad_option, "--iterations " + iterations + ": --load " + s.load + behind +
                                                 "they are counted from the beginning; give more, or leave the option "
                                                 "out to test what was learned.");
    pr::fail(pr::error_kind::bad_option, "--minutes: --load " + s.load + behind + "the schedule ends after " +
                                             iterations + "; give --iterations with more, too.");
}

// Empty when --help was asked for, and printed.
// Throws: priori::error (bad_option, missing_file).
inline std::optional<settings> read_settings(int argc, const char* const* argv) {
    settings s;
    s.common.threads = std::max(1u, std::thread::hardware_concurrency());
    std::string preset_name, algorithm_name = "maml", model_name, ways = "5", shots = "1", normalization_name,
                             learned_rates = "yes", reflections, average, protocol_name(name_of(s.protocol));
    std::optional<std::uint64_t> meta_batch, ensemble, multi_step, first_order;
    std::optional<double> rate, final_rate, inner_rate;
    std::uint64_t test_tasks = s.test_tasks;
    constexpr std::uint64_t most = 1'000'000;  // episodes, each with numbers that are kept
    const std::vector<std::string> algorithms = detail::listed(algorithm_names), models = detail::listed(model_names),
                                   normalizations = detail::listed(normalization_names), all_ways = {"5", "20"},
                                   all_shots = {"1", "5"}, splits = {"vinyals", "random", "lake"};

    example::options line("omniglot", "learns to tell characters apart from one or five drawings of each");
    line.text("data", s.data, "DIR|glyphs",
              "the packed data that convert_omniglot.py makes, the official archive's folder, or made-up characters",
              s.data)
        .text("preset", preset_name, "NAME", "the settings of a row of the table; other options go before them", "")
        .choice("algorithm", algorithm_name, algorithms,
                "what learns to learn; with --load, this and the next ones are the file's unless given")
        .choice("model", model_name, models, "the net [the preset's]")
        .choice("ways", ways, all_ways, "classes in an episode")
        .choice("shots", shots, all_shots, "drawings given of each class")
        .choice("normalization", normalization_name, normalizations,
                "whose statistics the query drawings are normalized by: their own, those of the support drawings, or "
                "averages of each inner step (maml++)")
        .choice("split", s.split, splits,
                "of the characters into training, validation and test [the preset's, or vinyals]")
        .whole("meta-batch", meta_batch, 1, "episodes of an outer step", "the preset's", most)
        .positive("rate", rate, "of the outer rule at the start", "the preset's")
        .not_negative("final-rate", final_rate, "of the outer rule in the last iteration", "the preset's")
        .positive("inner-rate", inner_rate, "of the inner rule, or where it starts; not for those without inner steps",
                  "the preset's; with --load, the file's")
        .whole("multi-step", multi_step, 0, "maml++: iterations in which early steps' losses count too", "the preset's")
        .whole("first-order", first_order, 0, "maml++: iterations before derivatives are exact", "the preset's")
        .choice("learned-rates", learned_rates, {"yes", "no"},
                "maml++: learn the rates of each layer and step; no: they stay where they start")
        .whole("ensemble", ensemble, 0, "the best checkpoints that predict together; 0: the last one",
               "the preset's; with --load, those saved")
        .choice("reflections", reflections, {"yes", "no"},
                "mirror images of training characters are characters of their own [the preset's]")
        .choice("average", average, {"yes", "no"},
                "test and save the average of the parameters of all iterations, not the last ones [the preset's; with "
                "--load, as it was saved]")
        .choice("protocol", protocol_name, detail::listed(protocol_names),
                "of tests: five queries of each class, and turns as classes; maml: as many as are given, each character "
                "once; reptile: one, no turns (the codes of these papers)")
        .whole("test-tasks", test_tasks, 1, "episodes of the test", most)
        .text("save", s.save, "FILE", "write what was learned there", "")
        .text("load", s.load, "FILE",
              "start from what --save wrote, and as it was learned; trains on if --iterations or --minutes is given, and "
              "does not lay the schedules anew",
              "")
        .text("episodes", s.episodes, "CSV", "score these episodes: episode,role,label,image", "")
        .text("predictions", s.predictions, "CSV", "a line for each of their query drawings", "")
        .flag("confusion", s.confusion, "report the characters that are taken for each other")
        .flag("print-part", s.prints_part, "print which part these options want (parts.txt), and do nothing");
    example::add_common_options(line, s.common, "the preset's; with --load, counted from the beginning");
    if (!line.parse(argc, argv)) {
        std::printf("\nPresets:\n");
        for (const preset& p : presets()) std::printf("  %s\n", p.name.c_str());
        return std::nullopt;
    }

    learned_before before;
    if (!s.load.empty()) before = read_learned(s.load);
    const auto as_learned = [&](const char* option, std::string& to, const std::string& learned,
                                const std::vector<std::string>& offered) {
        if (line.given(option) || !preset_name.empty() || learned.empty()) return;
        if (std::ranges::find(offered, learned) == offered.end())
            line.fail("--load " + s.load + ": it was learned with --" + option + " '" + learned +
                      "', which is not offered; name the --" + option + " that goes on from it.");
        to = learned;
    };
    as_learned("algorithm", algorithm_name, before.algorithm, algorithms);
    as_learned("model", model_name, before.model, models);
    as_learned("ways", ways, before.ways, all_ways);
    as_learned("shots", shots, before.shots, all_shots);
    if (algorithm_name == before.algorithm)
        as_learned("normalization", normalization_name, before.normalization, normalizations);
    if (s.data != "glyphs" && before.data == "omniglot") as_learned("split", s.split, before.split, splits);

    std::optional<normalization> named;
    std::string prefix;  // of the preset's name, which --algorithm, --ways and --shots change
    if (!preset_name.empty()) {
        const std::vector<preset> all = presets();
        const auto found = std::ranges::find(all, preset_name, &preset::name);
        if (found == all.end())
            line.fail("--preset " + preset_name + " is not there; omniglot --help lists those that are.");
        if (!line.given("algorithm")) algorithm_name = name_of(found->algorithm);
        if (!line.given("ways")) ways = std::to_string(found->ways);
        if (!line.given("shots")) shots = std::to_string(found->shots);
        named = found->normalization;
        prefix = found->algorithm == detail::numbered<algorithm>(algorithms, algorithm_name)
                     ? preset_name.substr(0, preset_name.rfind('_') + 1)
                     : algorithm_name + "_";
        if (s.split.empty() && s.data != "glyphs") s.split = found->split;
    }
    s.chosen =
        settings_for(detail::numbered<algorithm>(algorithms, algorithm_name), std::stoul(ways), std::stoul(shots));
    s.chosen.name = prefix.empty() ? "" : prefix + shape_name(s.chosen.ways, s.chosen.shots);
    detail::put(s.chosen.normalization, named);
    if (!normalization_name.empty())
        s.chosen.normalization = detail::numbered<normalization>(normalizations, normalization_name);
    if (!model_name.empty()) s.chosen.model = detail::numbered<model>(models, model_name);
    settle_dense(s.chosen);
    if (s.split.empty()) s.split = s.data == "glyphs" ? "glyphs" : "vinyals";
    if (s.common.iterations) {
        for (std::uint64_t* count : {&s.chosen.multi_step, &s.chosen.first_order})
            *count = *count * *s.common.iterations / s.chosen.iterations;
    }
    detail::put(s.chosen.iterations, s.common.iterations);
    s.planned = s.chosen.iterations;
    detail::put(s.chosen.meta_batch, meta_batch);
    if (rate && !final_rate && s.chosen.final_rate == s.chosen.rate) final_rate = rate;
    detail::put(s.chosen.rate, rate);
    detail::put(s.chosen.final_rate, final_rate);
    if (!before.algorithm.empty() && before.algorithm != algorithm_name) {
        s.learned_by = before.algorithm;  // whose inner rate is not this one's
    } else {
        detail::put(s.chosen.inner_rate, before.inner_rate);
    }
    detail::put(s.chosen.inner_rate, inner_rate);
    const auto differs = [](const std::string& noted, std::string_view chosen) {
        return !noted.empty() && noted != chosen;
    };
    s.learned_otherwise = !s.learned_by.empty() || differs(before.normalization, name_of(s.chosen.normalization)) ||
                          differs(before.ways, ways) || differs(before.shots, shots);
    if (!line.given("seed")) detail::put(s.common.seed, before.seed);
    if (!reflections.empty()) s.chosen.reflections = reflections == "yes";
    if (preset_name.empty() && before.average && algorithm_name == before.algorithm) s.chosen.average = true;
    s.names_average = !average.empty();
    if (s.names_average) s.chosen.average = average == "yes";
    detail::put(s.chosen.ensemble, ensemble);
    s.names_ensemble = ensemble.has_value();
    s.names_multi_step = multi_step.has_value();
    s.names_first_order = first_order.has_value();
    s.learns_rates = learned_rates == "yes";
    detail::put(s.chosen.multi_step, multi_step);
    detail::put(s.chosen.first_order, first_order);
    s.test_tasks = static_cast<std::size_t>(test_tasks);
    s.protocol = detail::numbered<protocol>(protocol_names, protocol_name);
    s.trains = s.load.empty() || s.common.iterations || s.common.minutes;

    if (s.data == "glyphs" && line.given("split"))
        line.fail("--split divides Omniglot's characters; give these with --data DIR, or leave it out for glyphs.");
    if (before.data == "omniglot" && !line.given("data"))
        line.fail("--load " + s.load + ": it was learned on Omniglot's characters; give --data DIR, or --data glyphs to " +
                  "go on with made-up ones.");
    if (!s.predictions.empty() && s.episodes.empty())
        line.fail("--predictions wants --episodes, the file of the episodes to predict.");
    if (s.chosen.algorithm != algorithm::maml_plus_plus && s.chosen.normalization == normalization::per_step)
        line.fail("--normalization per_step belongs to --algorithm maml++.");
    if (s.chosen.algorithm != algorithm::maml_plus_plus && (multi_step || first_order || line.given("learned-rates")))
        line.fail("--multi-step, --first-order and --learned-rates belong to --algorithm maml++.");
    if (compares(s.chosen.algorithm) && inner_rate)
        line.fail("--inner-rate does not go with " + algorithm_name + ", which takes no inner steps; leave it out.");
    if (!s.prints_part) require_same_split(s, before);
    example::check_output_places(s.common);
    example::check_file_place("--save", s.save);
    example::check_file_place("--predictions", s.predictions);
    const example::named_file json{"--json", s.common.json}, save{"--save", s.save},
        predictions{"--predictions", s.predictions}, episodes{"--episodes", s.episodes}, load{"--load", s.load};
    std::vector<example::named_file> read{episodes, {"--plot", s.common.plot}};
    if (s.data != "glyphs")
        for (const char* each : {"/classes.csv", "/omniglot28_bits.npy"}) read.push_back({"--data", s.data + each});
    example::check_different_files({json, save, predictions}, read);
    example::check_different_files({json, predictions}, {load});  // what is learned further may take its place
    return s;
}

}  // namespace omniglot
