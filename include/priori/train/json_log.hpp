// SPDX-License-Identifier: BSL-1.0
// json_log: a training as a file of JSON lines.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/json.hpp>
#include <priori/train/observer.hpp>
#include <priori/train/settings.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

namespace priori {

// One object a line: {"event": "start", ...}, {"event": "iteration", "iteration", "seconds", "loss", "skipped",
// "rolled_back"} every so many iterations, {"event": "evaluation", "iteration", "tasks", "mean", "ci95", "diverged"},
// and {"event": "end", "reason", "sentence", ...}. What is not finite is null. A line is in the file as soon as it is
// written.
// A file of that name is replaced, or goes on with `goes_on`, as where a training does that was saved.
// Throws: error (bad_option) for every = 0, (missing_file) when the file cannot be written.
class json_log {
public:
    explicit json_log(const std::filesystem::path& path, std::uint64_t every = 100, bool goes_on = false)
        : name_(path.string()),
          every_(checked(every)),
          buffer_(std::make_unique<char[]>(buffer_size)),
          file_(std::fopen(name_.c_str(), goes_on ? "ab" : "wb")) {
        if (!file_) cannot_write();
        std::setvbuf(file_.get(), buffer_.get(), _IOFBF, buffer_size);
        line_.value(std::string(longest, ' '));  // takes the memory of the longest line
        line_.clear();
    }

    template <class Learner>
    void started(const Learner& learner, const training_start& start) {
        begin("start")
            .member("seed", learner.initial_seed().value)
            .member("first_iteration", start.first_iteration)
            .member("iterations", start.iterations)
            .member("meta_batch", start.meta_batch)
            .member("threads", start.threads)
            .member("parameters", start.parameters)
            .member("bytes", start.bytes);
        write();
    }

    template <class Learner>
    void after_iteration(const Learner&, training_progress& now) {
        if (now.iteration % every_ == 0 || now.done == now.iterations) {
            begin("iteration")
                .member("iteration", now.iteration)
                .member("seconds", now.seconds)
                .member("loss", now.loss)
                .member("skipped", now.skipped)
                .member("rolled_back", now.rolled_back);
            write();
        }
        if (now.evaluation != nullptr) {
            begin("evaluation")
                .member("iteration", now.evaluation->iteration)
                .member("tasks", now.evaluation->tasks)
                .member("mean", now.evaluation->mean)
                .member("ci95", now.evaluation->ci95)
                .member("diverged", now.evaluation->diverged);
            write();
        }
    }

    template <class Learner>
    void finished(const Learner&, const training_report& report) {
        begin("end")
            .member("reason", to_string(report.reason))
            .member("iterations", report.iterations)
            .member("seconds", report.seconds)
            .member("loss", report.loss)
            .member("skipped", report.skipped)
            .member("rolled_back", report.rolled_back)
            .member("sentence", report.sentence);
        write();
    }

private:
    // Before the file is opened, which empties it.
    static std::uint64_t checked(std::uint64_t every) {
        if (every == 0)
            fail(error_kind::bad_option, "json_log: every is 0, expected a number of iterations from 1 on.");
        return every;
    }

    static constexpr std::size_t buffer_size = 8192;
    static constexpr std::size_t longest = 4096;

    struct closer {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    [[noreturn]] void cannot_write() const {
        fail(error_kind::missing_file, "json_log: '" + name_ + "' cannot be written: " + std::strerror(errno) +
                                           "; check that the folder is there and may be written.");
    }

    json_writer& begin(const char* event) {
        line_.clear();
        return line_.begin_object().member("event", event);
    }

    void write() {
        const std::string& text = line_.end_object().text();
        std::fwrite(text.data(), 1, text.size(), file_.get());
        std::fputc('\n', file_.get());
        if (std::fflush(file_.get()) != 0) cannot_write();
    }

    std::string name_;
    std::uint64_t every_;
    std::unique_ptr<char[]> buffer_;  // before the file, which is closed first
    std::unique_ptr<std::FILE, closer> file_;
    json_writer line_;
};

}  // namespace priori
