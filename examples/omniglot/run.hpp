// SPDX-License-Identifier: BSL-1.0
// One run: a learner is made, loaded, trained, saved and tested.
#pragma once

#include "algorithms.hpp"
#include "average.hpp"
#include "confusion.hpp"
#include "data.hpp"
#include "draw.hpp"
#include "fit.hpp"
#include "given.hpp"
#include "members.hpp"
#include "outcome.hpp"
#include "settings.hpp"
#include "sources.hpp"
#include "tester.hpp"

#include <priori/core/key.hpp>
#include <priori/io/safetensors.hpp>
#include <priori/meta/learner.hpp>
#include <priori/meta/signature.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/train/checkpoint.hpp>
#include <priori/train/executor.hpp>
#include <priori/train/interrupt.hpp>
#include <priori/train/loop.hpp>
#include <priori/train/observer.hpp>
#include <priori/train/progress_bar.hpp>
#include <priori/train/settings.hpp>
#include <priori/train/transfer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace omniglot {

// The learned rates of the inner rule among the parameters; empty where none are learned.
template <class Layout>
std::span<float> learned_rates(std::span<float> parameters) {
    constexpr std::size_t block = Layout::find("adapt_0.rate");
    if constexpr (block < Layout::count) {
        return parameters.subspan(Layout::offsets[block], Layout::sizes[block]);
    } else {
        return {};
    }
}

// The settings with schedules that end when the time does, told by a trial that takes a fiftieth of it, half of that
// with first-order derivatives where a part of the run has them. Where --iterations is given, or what was saved goes
// on, they stay as they are.
template <algorithm Algorithm, model Model, std::size_t Ways, std::size_t Shots, class Mode>
settings fitted_to_time(settings s, const sources<Algorithm, Ways, Shots>& from) {
    if (!s.trains || !s.common.minutes || s.common.iterations || !s.load.empty()) return s;
    constexpr double measured = 0.95;  // the rest is for the learning curve
    const double minutes = *s.common.minutes, trial_minutes = minutes / 50;
    double spent = 0;
    const auto seconds_of_one = [&](std::uint64_t first_order, double of_minutes) {
        const auto trial =
            pr::make_learner(describe<Algorithm, Model, Mode, Ways, false>(rates{.first_order = first_order}),
                             from.training, pr::seed{s.common.seed});
        const pr::training_report report = pr::train(*trial, from.training,
                                                     {.iterations = s.chosen.iterations,
                                                      .meta_batch = s.chosen.meta_batch,
                                                      .threads = static_cast<std::size_t>(s.common.threads),
                                                      .minutes = of_minutes,
                                                      .stop = pr::interrupt_token()});
        spent += report.seconds;
        return report.seconds / static_cast<double>(report.iterations);
    };
    const bool has_both = s.chosen.first_order > 0;
    iteration_seconds one;
    one.exact = seconds_of_one(0, has_both ? trial_minutes / 2 : trial_minutes);
    one.first_order = has_both ? seconds_of_one(s.chosen.iterations, trial_minutes / 2) : one.exact;
    s.common.minutes = std::max(minutes - spent / 60, trial_minutes);
    s.chosen = fitted(s.chosen, measured * *s.common.minutes * 60, one, s.names_multi_step, s.names_first_order);
    return s;
}

// Mode: whose statistics normalize in training; the tests try both, but where averages are kept, which only this mode
// has. Which number of steps is reported is chosen on validation classes. The learning curve is measured at iterations
// that grow by a quarter, and by a thirtieth of all at most; where minutes are given, in a twentieth of the time, but
// for its last point, and for an ensemble, whose members shall not depend on the clock.
template <algorithm Algorithm, model Model, std::size_t Ways, std::size_t Shots, class Mode>
outcome train_and_test(const settings& s, const characters& data, const sources<Algorithm, Ways, Shots>& from) {
    using other = std::conditional_t<std::is_same_v<Mode, pr::transductive>, pr::support_statistics, pr::transductive>;
    constexpr bool keeps_averages =
        !std::is_same_v<Mode, pr::transductive> && !std::is_same_v<Mode, pr::support_statistics>;
    using own_tester = tester<Algorithm, Model, Mode, Ways, Shots>;
    constexpr auto steps = steps_tried<Algorithm, Ways>;
    constexpr std::size_t curve_tasks = Ways <= 5 ? 100 : 25;
    const rates r{.inner = s.chosen.inner_rate,
                  .from = s.chosen.rate,
                  .to = s.chosen.final_rate,
                  .iterations = s.chosen.iterations,
                  .multi_step = s.chosen.multi_step,
                  .first_order = s.chosen.first_order};
    const auto learner =
        pr::make_learner(describe<Algorithm, Model, Mode, Ways, false>(r), from.training, pr::seed{s.common.seed});
    using layout = typename std::remove_cvref_t<decltype(*learner)>::layout_type;
    best_parameters best(s.chosen.ensemble);
    parameter_average average;
    if (!s.load.empty()) {
        const pr::tensor_file file = pr::read_safetensors(s.load);
        const std::string* signature = file.find_metadata("signature");
        const bool same = signature != nullptr && *signature == pr::signature_of<std::remove_cvref_t<decltype(*learner)>>;
        if (same || !s.learned_otherwise)
            pr::load(*learner, s.load);
        else
            pr::transfer(file, *learner, "'" + s.load + "'");
        if (!s.learned_by.empty() && !s.common.quiet)
            std::fprintf(stderr, "%s was learned by %s; %s goes on from it\n", s.load.c_str(), s.learned_by.c_str(),
                         std::string(name_of(Algorithm)).c_str());
        if (same) {
            best.take_from(file, layout::size, s.load, !s.names_ensemble);
            if (s.chosen.average || s.names_average)
                average.take_from(file, learner->parameters().all(), s.load, s.chosen.average);
        }
        require_more_iterations(s, learner->iteration());
        example::make_plot_folder(s.common);
    }
    const std::span<float> inner_rates = learned_rates<layout>(learner->parameters().all());
    const std::vector<float> first_rates(inner_rates.begin(), inner_rates.end());

    pr::threads pool(s.common.threads);
    test_bench<own_tester> own_mode(pool, r);
    const auto parameters = [&] {
        const auto all = std::as_const(*learner).parameters().all();
        if (!average.values().empty()) return std::vector<std::vector<float>>{average.values()};
        return std::vector<std::vector<float>>{{all.begin(), all.end()}};
    };
    outcome found;
    found.parameter_count = layout::learned_size();
    std::uint64_t next = learner->iteration() + 100;
    double measuring = 0;  // seconds
    const auto measure = [&](std::uint64_t iteration, double seconds) {
        const auto began = std::chrono::steady_clock::now();
        const auto now_tested = parameters();
        const score at = best_of(
            own_mode.template operator()<layout>(now_tested, from.validation, curve_tasks, s.common.seed + 1, steps));
        measuring += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        best.offer(at.accuracy, now_tested[0]);
        found.curve.push_back({iteration, seconds, at.accuracy, at.ci95});
        if (!s.common.quiet)
            std::fprintf(stderr, "iteration %llu, %.0f s: %.2f +- %.2f %% on validation characters\n",
                         static_cast<unsigned long long>(iteration), seconds, 100 * at.accuracy, 100 * at.ci95);
    };
    const auto curve = [&](const auto&, const pr::training_progress& now) {
        if (!s.learns_rates) std::ranges::copy(first_rates, inner_rates.begin());
        if (s.chosen.average) average.add(learner->parameters().all());
        const bool spares = s.common.minutes && s.chosen.ensemble == 0 && measuring > now.seconds / 20;
        if ((now.iteration < next || spares) && now.done != now.iterations) return;
        next = now.iteration + std::max<std::uint64_t>(1, std::min(now.iteration / 4, s.chosen.iterations / 30));
        measure(now.iteration, now.seconds);
    };
    const std::uint64_t behind = learner->iteration();
    if (s.trains && behind < s.chosen.iterations) {
        found.report = pr::train(*learner, from.training,
                                 {.iterations = s.chosen.iterations - behind,
                                  .meta_batch = s.chosen.meta_batch,
                                  .threads = static_cast<std::size_t>(s.common.threads),
                                  .minutes = s.common.minutes.value_or(0),
                                  .stop = pr::interrupt_token()},
                                 curve, pr::progress_bar({.quiet = s.common.quiet}));
    }
    found.iterations = learner->iteration();
    if (found.iterations > behind && (found.curve.empty() || found.curve.back().iteration != found.iterations))
        measure(found.iterations, found.report.seconds);  // the time was over, or the training was interrupted
    const std::span<float> learned = learner->parameters().all();
    const std::vector<float> last(learned.begin(), learned.end());
    if (!average.values().empty()) std::ranges::copy(average.values(), learned.begin());
    if (s.learns_rates && !inner_rates.empty()) {
        const auto [least, most] = std::ranges::minmax(inner_rates);
        found.inner_rates = {least, most};
    }
    if (!s.save.empty()) {
        pr::tensor_file file = pr::checkpoint_of(*learner, notes_of(s));
        best.add_to(file);
        average.add_to(file, last);
        pr::write_safetensors(s.save, file);
    }

    const auto members = best.members(std::as_const(*learner).parameters().all());
    found.members = members.size();
    std::vector<typename test_bench<own_tester>::prediction> predicted;
    const auto add = [&](auto& bench, const std::string& normalization) {
        const std::size_t count = std::min<std::size_t>(s.test_tasks, 200);
        const auto tried = bench.template operator()<layout>(members, from.validation, count, s.common.seed + 1, steps);
        const bool lists = s.confusion && predicted.empty();
        std::vector<std::vector<typename test_bench<own_tester>::prediction>> all(lists ? steps.size() : 0);
        evaluation entry{normalization, best_of(tried).steps, {}};
        entry.at = bench.template operator()<layout>(members, from.test, s.test_tasks, s.common.seed, steps,
                                                     lists ? &all : nullptr);
        if (lists) predicted = all[static_cast<std::size_t>(std::ranges::find(steps, entry.steps) - steps.begin())];
        found.evaluations.push_back(std::move(entry));
    };
    add(own_mode, s.normalization());
    if constexpr (!keeps_averages) {
        test_bench<tester<Algorithm, Model, other, Ways, Shots>> other_mode(pool, r);
        add(other_mode, std::string(other::name.view()));
    }
    const std::size_t chosen_steps = found.evaluations[0].steps;
    if (s.confusion) found.confusion = confusion_of(predicted, from.test, data, s.common.seed);
    if (!s.common.plot.empty())
        draw_episode<Algorithm, Model, Mode, Ways, Shots, layout>(s, members, own_mode.any(), from.test, chosen_steps);
    if (!s.episodes.empty()) predict_given<layout>(s, from.given, members, own_mode.any(), chosen_steps, data, found);
    return found;
}

}  // namespace omniglot
