// SPDX-License-Identifier: BSL-1.0
// Finds a program on the PATH and runs it in a folder.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace priori::detail {

// The program's path, or nothing.
inline std::filesystem::path find_program(std::string_view name) {
    namespace fs = std::filesystem;
    const char* const variable = std::getenv("PATH");
    std::string_view rest = variable != nullptr ? variable : "";
    while (!rest.empty()) {
        const std::string_view folder = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
        if (folder.empty()) continue;
        std::error_code code;
        const fs::path candidate = fs::path(folder) / name;
        const fs::file_status status = fs::status(candidate, code);
        constexpr fs::perms runs = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
        if (fs::is_regular_file(status) && (status.permissions() & runs) != fs::perms::none)
            return fs::absolute(candidate, code);
    }
    return {};
}

inline std::string shell_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out += "'";
}

// Runs `program argument` in `folder`, its output thrown away; true when it ends well.
inline bool run_quietly(const std::filesystem::path& program, const std::filesystem::path& argument,
                        const std::filesystem::path& folder) {
    std::error_code code;
    const std::string command = "cd " + shell_quoted(std::filesystem::absolute(folder, code).string()) + " && " +
                                shell_quoted(program.string()) + " " + shell_quoted("./" + argument.string()) +
                                " >/dev/null 2>&1 </dev/null";
    return std::system(command.c_str()) == 0;
}

}  // namespace priori::detail
