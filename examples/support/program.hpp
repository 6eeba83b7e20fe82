// SPDX-License-Identifier: BSL-1.0
// What all examples share: the common options, checks of the places that are written to, and how a program ends.
#pragma once

#include "options.hpp"

#include <priori/core/error.hpp>

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

namespace example {

struct common_options {
    std::uint64_t seed = 1;
    std::optional<std::uint64_t> iterations{};
    std::optional<double> minutes{};
    std::uint64_t threads = 1;
    std::string json{};
    std::string plot{};
    bool quiet = false;
};

inline void add_common_options(options& line, common_options& to, const std::string& iterations) {
    line.whole("seed", to.seed, 0, "start of all random numbers")
        .whole("iterations", to.iterations, 1, "outer steps", iterations)
        .positive("minutes", to.minutes, "end the training after so many minutes in all", "no limit")
        .whole("threads", to.threads, 1, "threads that share a meta-batch; the numbers do not depend on it")
        .text("json", to.json, "FILE", "write the results there", "")
        .text("plot", to.plot, "DIR", "write pictures there, and the CSV files they are drawn from", "")
        .flag("quiet", to.quiet, "print nothing but errors");
}

namespace detail {

[[noreturn]] inline void refuse_place(const std::string& option, const std::string& path, const std::string& why) {
    priori::fail(priori::error_kind::missing_file, option + ": '" + path + "' " + why);
}

}  // namespace detail

// A run of an hour must not fail at its end because a folder is missing. An empty path is an option that is not given.
// Throws: priori::error (missing_file).
inline void check_file_place(const std::string& option, const std::string& path) {
    namespace fs = std::filesystem;
    if (path.empty()) return;
    std::error_code code;
    const fs::path parent = fs::absolute(path, code).parent_path();
    if (fs::is_directory(path, code)) detail::refuse_place(option, path, "is a folder, a file was expected.");
    if (!fs::is_directory(parent, code))
        detail::refuse_place(option, path, "lies in a folder that does not exist; make it first.");
    if (access(parent.c_str(), W_OK) != 0)
        detail::refuse_place(option, path, "lies in a folder that may not be written to.");
}

// Throws: priori::error (missing_file).
inline void check_output_places(const common_options& given) {
    namespace fs = std::filesystem;
    check_file_place("--json", given.json);
    if (given.plot.empty()) return;
    std::error_code code;
    fs::path there = fs::absolute(given.plot, code);
    while (!fs::exists(there, code) && there.has_parent_path() && there != there.parent_path())
        there = there.parent_path();
    if (!fs::is_directory(there, code))
        detail::refuse_place("--plot", given.plot, "is not a folder and cannot become one.");
    if (access(there.c_str(), W_OK) != 0) detail::refuse_place("--plot", given.plot, "may not be written to.");
}

// The exit status: that of body(), or 2 after one sentence on stderr.
template <class Body>
int run_program(const char* name, const Body& body) {
    try {
        return body();
    } catch (const priori::error& e) {
        std::fprintf(stderr, "%s: %s\n", name, e.what());
        return 2;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s: this should not have happened: %s\n", name, e.what());
        return 1;
    }
}

}  // namespace example
