// SPDX-License-Identifier: BSL-1.0
// The outer loop: draw, compute, reduce, look whether all is finite, step.
#pragma once

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/simd/reduce.hpp>
#include <priori/train/detail/training_memory.hpp>
#include <priori/train/detail/usable_rules.hpp>
#include <priori/train/keys.hpp>
#include <priori/train/observer.hpp>
#include <priori/train/settings.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace priori::detail {

// The mean of the last hundred numbers; NaN before there is one.
class recent_mean {
public:
    void add(double value) noexcept { values_[count_++ % values_.size()] = value; }
    double value() const noexcept {
        const std::size_t held = static_cast<std::size_t>(std::min<std::uint64_t>(count_, values_.size()));
        double sum = 0;
        for (std::size_t i = 0; i < held; ++i) sum += values_[i];
        return held > 0 ? sum / static_cast<double>(held) : std::numeric_limits<double>::quiet_NaN();
    }

private:
    std::array<double, 100> values_{};
    std::uint64_t count_ = 0;
};

template <class Learner, class Tasks, class Executor>
class training {
public:
    using T = typename Learner::scalar;
    using layout = typename Learner::layout_type;
    using episode_type = typename Learner::episode_type;
    using memory_type = training_memory<Learner, episode_type>;
    static constexpr std::size_t size = Learner::size;
    // So many returns to a snapshot without one good iteration between them end the training.
    static constexpr std::uint64_t patience = 10;

    training(Executor& executor, Learner& learner, const Tasks& tasks, const train_settings& settings)
        : executor_(executor),
          learner_(learner),
          tasks_(tasks),
          settings_(settings),
          memory_(executor.workers(), checked(settings).meta_batch, settings.on_divergence == divergence::roll_back,
                  learner) {
        require_usable_rules(learner.description());
        if (settings.first_iteration) learner.outer_state().iteration = *settings.first_iteration;
        first_ = learner.iteration();
        report_.bytes = memory_.bytes();
        report_.sentence.reserve(longest);
    }

    template <class... Observers>
    training_report run(Observers&... observers) {
        [[maybe_unused]] training_start start{
            first_, settings_.iterations, settings_.meta_batch, executor_.workers(),
            size,   report_.bytes,        settings_.minutes};
        (tell_started(observers, learner_, start), ...);
        const auto began = std::chrono::steady_clock::now();
        const auto seconds = [began] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        };
        if (auto* good = memory_.last_good()) good->take(learner_);
        while (report_.iterations < settings_.iterations) {
            report_.seconds = seconds();
            if (must_end() || !iterate()) break;
            training_progress now = progress();
            now.seconds = seconds();
            (tell_iteration(observers, learner_, now), ...);
            if (now.stop != nullptr) {
                end(ending::stopped, "stopped after iteration %llu: %s.", number(learner_.iteration()), now.stop);
                break;
            }
        }
        report_.seconds = seconds();
        report_.loss = recent_.value();
        if (report_.sentence.empty()) {
            end(ending::finished, "finished %llu iterations in %.1f s.", number(report_.iterations), report_.seconds);
        }
        (tell_finished(observers, learner_, report_), ...);
        return std::move(report_);
    }

private:
    static constexpr std::size_t longest = 640;

    static const train_settings& checked(const train_settings& settings) {
        if (settings.meta_batch == 0)
            fail(error_kind::bad_option,
                 "train: meta_batch is 0, an iteration has at least one task; set .meta_batch.");
        if (settings.snapshot_every == 0)
            fail(error_kind::bad_option, "train: snapshot_every is 0, expected a number of iterations from 1 on.");
        if (!(settings.minutes >= 0))
            fail(error_kind::bad_option, "train: minutes is negative or not a number; write 0 for no limit.");
        constexpr std::uint64_t numbered = std::uint64_t{1} << 32;  // keys have 32 bits for the iteration
        if (settings.first_iteration.value_or(0) >= numbered)
            fail(error_kind::bad_option, "train: first_iteration is " + std::to_string(*settings.first_iteration) +
                                             ", expected a number below 2^32, beyond which tasks repeat.");
        return settings;
    }

    static unsigned long long number(std::uint64_t n) noexcept { return n; }

    template <class... Values>
    void end(ending reason, const char* format, Values... values) {
        char text[longest];
        std::snprintf(text, sizeof text, format, values...);
        report_.reason = reason;
        report_.sentence = text;
    }

    bool must_end() {
        const auto done = number(report_.iterations);
        if (settings_.stop.stop_requested()) {
            end(ending::stopped, "stopped by request after %llu iterations.", done);
            return true;
        }
        if (settings_.minutes > 0 && report_.seconds >= 60 * settings_.minutes) {
            end(ending::time, "the %g minutes were over after %llu iterations.", settings_.minutes, done);
            return true;
        }
        return false;
    }

    training_progress progress() const noexcept {
        training_progress now;
        now.iteration = learner_.iteration();
        now.done = report_.iterations;
        now.iterations = settings_.iterations;
        now.loss = loss_;
        now.window_loss = recent_.value();
        now.skipped = report_.skipped;
        now.rolled_back = report_.rolled_back;
        return now;
    }

    // False when the training has ended in it.
    bool iterate() {
        compute_tasks();
        const bool has_loss = learner_.is_loss_known();
        const std::size_t good = add_losses(has_loss);
        const bool all_good = good == settings_.meta_batch;
        if (!all_good && (settings_.on_divergence != divergence::skip_task || good == 0)) return diverged_task();
        report_.skipped += settings_.meta_batch - good;
        if (!memory_.reduce(executor_, good))
            return diverged("the mean of the tasks' gradients", memory_.mean());
        const std::span<T, size> theta = learner_.parameters().all();
        if (executor_.workers() > 1) claim(theta.data(), size);
        learner_.step(std::span<const T, size>(memory_.mean()));
        if (!all_finite<size>(theta.data())) {
            const char* const block = broken_block(theta);
            memory_.before().give_back(learner_);
            return diverged_with("the outer step made the parameters", block);
        }
        if (!is_state_finite(learner_.outer_state())) {
            memory_.before().give_back(learner_);
            return diverged_with("the outer step made the outer rule's state, perhaps a square of the gradient,",
                                 nullptr);
        }
        if (has_loss) recent_.add(loss_);
        ++report_.iterations;
        rolled_back_in_a_row_ = 0;
        if (auto* snapshot = memory_.last_good();
            snapshot != nullptr && report_.iterations % settings_.snapshot_every == 0)
            snapshot->take(learner_);
        return true;
    }

    template <class State>
    static bool is_state_finite(const State& state) noexcept {
        if constexpr (requires { state.slots.elements; }) {
            constexpr std::size_t own = State::plan::size;  // a slot at a time: as the parameters are looked at
            bool finite = true;
            for (std::size_t slot = 0; slot < State::rule_type::slots; ++slot)
                finite = finite && all_finite<own>(state.slots.elements + slot * own);
            return finite;
        } else if constexpr (requires { state.second; }) {
            return is_state_finite(state.first) && is_state_finite(state.second);
        } else {
            return true;
        }
    }

    void compute_tasks() noexcept {
        const std::uint64_t iteration = learner_.iteration();
        executor_.run(memory_.sums().shares(), [&](std::size_t worker, std::size_t s) noexcept {
            memory_.before().take_part(learner_, s, memory_.sums().shares());
            auto& share = memory_.sums().of(s);
            if (worker != 0) claim(share.next().data(), size);  // worker 0 has added it up
            if constexpr (memory_type::bundles::pay) {
                if (memory_.tasks_at_once() > 1) return compute_bundles(worker, share, iteration);
            }
            for (std::size_t t = share.first(); t < share.last(); ++t) compute_task(worker, share, t, iteration);
        });
        memory_.sums().join();
    }

    template <class Share>
    void compute_task(std::size_t worker, Share& share, std::size_t t, std::uint64_t iteration) noexcept {
        episode_type& task = memory_.episode(worker);
        const key k = training_key(learner_.initial_seed(), iteration, t);
        tasks_.template draw_into<T>(k, task);
        const auto gradient = share.next();
        const T loss = worker == 0 ? learner_.loss_and_gradient(task, k, gradient)
                                   : learner_.loss_and_gradient(task, k, gradient, memory_.workspace(worker));
        const bool finite_gradient = all_finite<size>(gradient.data());
        const bool counts = finite_gradient && std::isfinite(loss);
        memory_.outcome(t) = {loss, counts, finite_gradient ? nullptr : broken_block(gradient)};
        share.take(t, counts);
    }

    // Several tasks at once are one leaf of the tree. The last task stands in lanes for which there is none.
    template <class Share>
    void compute_bundles(std::size_t worker, Share& share, std::uint64_t iteration) noexcept {
        auto& several = memory_.bundle(worker);
        constexpr std::size_t count = std::remove_cvref_t<decltype(several)>::count;
        several.start(std::as_const(learner_).parameters().all().data());
        for (std::size_t leaf = share.first(); leaf < share.last(); ++leaf) {
            const std::size_t first = leaf * count, here = std::min(count, settings_.meta_batch - first);
            episode_type& task = memory_.episode(worker);
            for (std::size_t lane = 0; lane < count; ++lane) {
                if (lane < here)
                    tasks_.template draw_into<T>(training_key(learner_.initial_seed(), iteration, first + lane), task);
                several.put(task, lane);
            }
            const auto losses = several.compute(training_key(learner_.initial_seed(), iteration, first));
            auto counts = several.finite();
            const auto sum = share.next();
            bool any = false;
            for (std::size_t lane = 0; lane < count; ++lane) {
                const bool finite_gradient = counts[lane];
                counts[lane] = lane < here && finite_gradient && std::isfinite(losses[lane]);
                any = any || counts[lane];
                if (lane >= here) continue;
                const char* block = nullptr;
                if (!finite_gradient) {
                    several.gradient_of(lane, sum);
                    block = broken_block(sum);
                }
                memory_.outcome(first + lane) = {losses[lane], counts[lane], block};
            }
            several.sum(counts, sum);
            share.take(leaf, any);
        }
    }

    // The mean loss of the finite tasks, where it is computed; returns how many they are.
    std::size_t add_losses(bool has_loss) noexcept {
        std::size_t good = 0;
        double sum = 0;
        for (std::size_t t = 0; t < settings_.meta_batch; ++t) {
            if (!memory_.outcome(t).finite) continue;
            sum += static_cast<double>(memory_.outcome(t).loss);
            ++good;
        }
        if (has_loss) loss_ = good > 0 ? sum / static_cast<double>(good) : std::numeric_limits<double>::quiet_NaN();
        return good;
    }

    static const char* broken_block(std::span<const T, size> values) noexcept {
        for (std::size_t b = 0; b < layout::count; ++b) {
            for (std::size_t i = 0; i < layout::sizes[b]; ++i) {
                if (!std::isfinite(values[layout::offsets[b] + i])) return layout::names[b].data();
            }
        }
        return "";
    }

    bool diverged_task() {
        std::size_t t = 0;
        while (memory_.outcome(t).finite) ++t;
        const key k = training_key(learner_.initial_seed(), learner_.iteration(), t);
        char what[200];
        if (const T loss = memory_.outcome(t).loss; !std::isfinite(loss)) {
            std::snprintf(what, sizeof what, "the loss of task %zu, drawn with key{%llu, %u, %u}, is", t,
                          number(k.seed), k.iteration, k.task);
            return diverged_with(what, nullptr);
        }
        std::snprintf(what, sizeof what, "the gradient of task %zu, drawn with key{%llu, %u, %u}, is", t,
                      number(k.seed), k.iteration, k.task);
        return diverged_with(what, memory_.outcome(t).block);
    }

    bool diverged(const char* what, std::span<const T, size> values) {
        char text[120];
        std::snprintf(text, sizeof text, "%s is", what);
        return diverged_with(text, broken_block(values));
    }

    bool diverged_with(const char* what, const char* block) {
        const std::uint64_t bad = learner_.iteration();
        if (settings_.on_divergence == divergence::roll_back && rolled_back_in_a_row_ < patience) {
            memory_.last_good()->give_back(learner_);
            learner_.outer_state().iteration = bad + 1;  // on to other tasks
            ++report_.rolled_back;
            ++rolled_back_in_a_row_;
            ++report_.iterations;
            return true;
        }
        if (settings_.on_divergence == divergence::roll_back) memory_.last_good()->give_back(learner_);
        end(ending::diverged,
            "diverged in iteration %llu: %s not finite%s%s%s; the parameters are those %s. Lower the rates, "
            "or look at that task.",
            number(bad), what, block != nullptr ? " (first in block '" : "", block != nullptr ? block : "",
            block != nullptr ? "')" : "",
            settings_.on_divergence == divergence::roll_back ? "of the last snapshot" : "before this iteration");
        return false;
    }

    Executor& executor_;
    Learner& learner_;
    const Tasks& tasks_;
    const train_settings& settings_;
    memory_type memory_;
    training_report report_;
    recent_mean recent_;
    double loss_ = std::numeric_limits<double>::quiet_NaN();
    std::uint64_t first_ = 0;
    std::uint64_t rolled_back_in_a_row_ = 0;
};

}  // namespace priori::detail
