// SPDX-License-Identifier: BSL-1.0
// omniglot: few-shot classification of handwritten characters of alphabets never seen before. Checks the options, and
// becomes the part that is compiled for them.
#include "settings.hpp"

#include <omniglot_parts.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace {

namespace fs = std::filesystem;

// The folder that this program lies in.
fs::path own_folder(const char* called) {
    std::error_code code;
    const fs::path found = fs::read_symlink("/proc/self/exe", code);
    return code ? fs::absolute(called, code).parent_path() : found.parent_path();
}

// As the one that is asked for is not offered: the combinations of its algorithm that are.
std::string offered(std::string_view algorithm) {
    std::string list;
    for (const std::string_view part : omniglot::parts) {
        const bool own = part.starts_with(algorithm) && part.substr(algorithm.size()).starts_with('_');
        if (own) list.append(list.empty() ? "" : ", ").append(part.substr(algorithm.size() + 1));
    }
    return list;
}

int run(int argc, char** argv) {
    const auto given = omniglot::read_settings(argc, argv);
    if (!given) return 0;
    const std::string part = given->part();
    if (std::ranges::find(omniglot::parts, part) == std::end(omniglot::parts)) {
        const std::string algorithm(omniglot::name_of(given->chosen.algorithm));
        priori::fail(priori::error_kind::bad_option, "the combination " + part + " is not offered; " + algorithm +
                                                         " comes as " + offered(algorithm) +
                                                         " (examples/omniglot/parts.txt).");
    }
    if (given->prints_part) {
        std::printf("%s\n", part.c_str());
        return 0;
    }
    const fs::path folder = own_folder(argv[0]);
    const fs::path program = folder / "omniglot.parts" / part;
    std::error_code code;
    if (!fs::exists(program, code))
        priori::fail(priori::error_kind::missing_file,
                     "the part for these options is not built yet; build it with: cmake --build " +
                         fs::proximate(folder.parent_path(), code).string() + " --target omniglot_" + part);
    execv(program.c_str(), argv);
    priori::fail(priori::error_kind::missing_file, "'" + program.string() + "' cannot be run.");
}

}  // namespace

int main(int argc, char** argv) {
    return example::run_program("omniglot", [&] { return run(argc, argv); });
}
