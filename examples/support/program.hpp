// SPDX-License-Identifier: BSL-1.0
// What all examples share: the common options, checks of the places that are written to, and how a program ends.
#pragma once

#include "options.hpp"

#include <priori/core/error.hpp>

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

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
        .whole("threads", to.threads, 1, "threads that share a meta-batch; the numbers do not depend on it", 1024)
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
    const bool is_device = fs::exists(path, code) && !fs::is_regular_file(path, code);  // written where it is
    if (!is_device && access(parent.c_str(), W_OK) != 0)
        detail::refuse_place(option, path, "lies in a folder that may not be written to.");
}

struct named_file {
    std::string option, path;  // an empty path: the option is not given
};

// Nothing that is written may take the place of what is read, or of what else is written.
// Throws: priori::error (bad_option).
inline void check_different_files(const std::vector<named_file>& written, const std::vector<named_file>& read) {
    const auto place_of = [](const named_file& file) {
        std::error_code code;
        const std::filesystem::path whole = std::filesystem::absolute(file.path, code);
        const std::filesystem::path found = std::filesystem::weakly_canonical(whole, code);
        return code ? whole.lexically_normal() : found;
    };
    const auto check = [&](const named_file& one, const named_file& other) {
        if (one.path.empty() || other.path.empty() || place_of(one) != place_of(other)) return;
        priori::fail(priori::error_kind::bad_option, one.option + " and " + other.option + " are the same file, '" +
                                                         one.path + "'; give each its own.");
    };
    for (std::size_t i = 0; i < written.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) check(written[j], written[i]);
        for (const named_file& file : read) check(written[i], file);
    }
}

// Throws: priori::error (missing_file, bad_option).
inline void check_output_places(const common_options& given) {
    namespace fs = std::filesystem;
    check_file_place("--json", given.json);
    if (given.plot.empty()) return;
    check_different_files({{"--json", given.json}}, {{"--plot", given.plot}});
    std::error_code code;
    fs::path there = fs::absolute(given.plot, code);
    while (!fs::exists(there, code) && there.has_parent_path() && there != there.parent_path())
        there = there.parent_path();
    if (!fs::is_directory(there, code))
        detail::refuse_place("--plot", given.plot, "is not a folder and cannot become one.");
    if (access(there.c_str(), W_OK) != 0) detail::refuse_place("--plot", given.plot, "may not be written to.");
}

// Once all that is read was found good, so that a refusal leaves nothing behind, and before anything is computed.
// Throws: priori::error (missing_file).
inline void make_plot_folder(const common_options& given) {
    if (given.plot.empty()) return;
    std::error_code code;
    std::filesystem::create_directories(given.plot, code);
    if (code) detail::refuse_place("--plot", given.plot, "cannot be made: " + code.message() + ".");
}

// The exit status: that of body(), or 2 after one sentence on stderr, which stays one line whatever names are in it.
template <class Body>
int run_program(const char* name, const Body& body) {
    try {
        return body();
    } catch (const priori::error& e) {
        std::string sentence = e.what();
        for (char& c : sentence)
            if (static_cast<unsigned char>(c) < 0x20) c = '?';
        std::fprintf(stderr, "%s: %s\n", name, sentence.c_str());
        return 2;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s: this should not have happened: %s\n", name, e.what());
        return 1;
    }
}

}  // namespace example
