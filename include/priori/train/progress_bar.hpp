// SPDX-License-Identifier: BSL-1.0
// progress_bar: how far a training is, how fast, how long still, at what loss; lines where there is no terminal.
#pragma once

#include <priori/train/observer.hpp>
#include <priori/train/settings.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace priori {

struct progress_settings {
    std::FILE* stream = stderr;
    double seconds = 5;                 // between two lines; a bar on a terminal moves ten times a second
    std::optional<bool> is_terminal{};  // found out when not given
    bool quiet = false;                 // says nothing at all, so that a program needs no second call of train
};

// Example: train(learner, tasks, {.iterations = 70'000}, progress_bar{});
class progress_bar {
public:
    explicit progress_bar(const progress_settings& settings = {}) noexcept
        : settings_(settings), is_terminal_(settings.is_terminal.value_or(isatty(fileno(settings.stream)) != 0)) {}

    template <class Learner>
    void started(const Learner&, const training_start& start) {
        start_ = start;
        last_ = 0;
        char memory[32];
        say("training %zu parameters: %llu iterations of %zu tasks, %zu thread%s, %s taken\n", start.parameters,
            number(start.iterations), start.meta_batch, start.threads, start.threads == 1 ? "" : "s",
            shown_bytes(memory, sizeof memory, start.bytes));
    }

    template <class Learner>
    void after_iteration(const Learner&, training_progress& now) {
        if (now.evaluation != nullptr) show(*now.evaluation);
        const bool due = now.seconds - last_ >= (is_terminal_ ? 0.1 : settings_.seconds);
        if (!due) return;
        last_ = now.seconds;
        is_terminal_ ? show_bar(now) : show_line(now);
    }

    template <class Learner>
    void finished(const Learner&, const training_report& report) {
        clear_bar();
        say("%s", report.sentence.c_str());
        if (report.iterations > 0) say(" Loss %.4g", report.loss);
        if (report.skipped > 0) say(", %llu tasks skipped", number(report.skipped));
        if (report.rolled_back > 0) say(", rolled back %llu times", number(report.rolled_back));
        say(report.iterations > 0 ? ".\n" : "\n");
    }

private:
    static unsigned long long number(std::uint64_t n) noexcept { return n; }

    template <class... Values>
    void say(const char* format, Values... values) noexcept {
        if (settings_.quiet) return;
        char text[800];
        const int length = std::snprintf(text, sizeof text, format, values...);
        if (length <= 0) return;
        std::fwrite(text, 1, std::min(static_cast<std::size_t>(length), sizeof text - 1), settings_.stream);
        std::fflush(settings_.stream);
    }
    void say(const char* text) noexcept { say("%s", text); }

    static const char* shown_bytes(char* text, std::size_t size, std::size_t bytes) noexcept {
        const double n = static_cast<double>(bytes);
        if (bytes < 1000 * 1000) {
            std::snprintf(text, size, "%.3g KB", n / 1e3);
        } else {
            std::snprintf(text, size, "%.3g MB", n / 1e6);
        }
        return text;
    }

    // 8 s, 3:20, 1:02:07
    static const char* shown_time(char* text, std::size_t size, double seconds) noexcept {
        const auto s = static_cast<unsigned long long>(std::clamp(seconds, 0.0, 1e9) + 0.5);
        if (s < 60) {
            std::snprintf(text, size, "%llu s", s);
        } else if (s < 3600) {
            std::snprintf(text, size, "%llu:%02llu", s / 60, s % 60);
        } else {
            std::snprintf(text, size, "%llu:%02llu:%02llu", s / 3600, s / 60 % 60, s % 60);
        }
        return text;
    }

    double rate(const training_progress& now) const noexcept {
        return static_cast<double>(now.done) / std::max(now.seconds, 1e-9);
    }

    double seconds_left(const training_progress& now) const noexcept {
        const double left = static_cast<double>(now.iterations - now.done) / std::max(rate(now), 1e-9);
        return start_.minutes > 0 ? std::min(left, 60 * start_.minutes - now.seconds) : left;
    }

    // How far it is, by iterations or by the minutes, whichever ends it first.
    double part_done(const training_progress& now) const noexcept {
        return std::clamp(now.seconds / std::max(now.seconds + seconds_left(now), 1e-9), 0.0, 1.0);
    }

    void show_bar(const training_progress& now) noexcept {
        constexpr int width = 24;
        const int full = static_cast<int>(part_done(now) * width);
        char bar[width + 1] = {};
        for (int i = 0; i < width; ++i) bar[i] = i < full ? '=' : i == full ? '>' : ' ';
        char left[32];
        say("\r[%s] %llu/%llu  %.4g/s  %s left  loss %#.4g\x1b[K", bar, number(now.done), number(now.iterations),
            rate(now), shown_time(left, sizeof left, seconds_left(now)), now.window_loss);
        has_bar_ = true;
    }

    void show_line(const training_progress& now) noexcept {
        char left[32];
        say("iteration %llu of %llu, %.4g/s, %s left, loss %#.4g\n", number(now.done), number(now.iterations),
            rate(now), shown_time(left, sizeof left, seconds_left(now)), now.window_loss);
    }

    void show(const evaluation_point& point) noexcept {
        clear_bar();
        say("evaluation at iteration %llu: %.4g +- %.2g over %zu tasks, %.3g %% diverged\n", number(point.iteration),
            point.mean, point.ci95, point.tasks, 100 * point.diverged);
    }

    void clear_bar() noexcept {
        if (has_bar_) say("\r\x1b[K");
        has_bar_ = false;
    }

    progress_settings settings_;
    training_start start_{};
    double last_ = 0;
    bool is_terminal_;
    bool has_bar_ = false;
};

}  // namespace priori
