// SPDX-License-Identifier: BSL-1.0
// What a run leaves behind: a table on stdout, a JSON file, pictures.
#pragma once

#include "run.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace sinusoid {

// The error by number of steps, beside that of the jointly trained net where there is one.
void print_table(const outcome& found, const std::optional<outcome>& baseline);

// {"algorithm", "seed", "iterations", "seconds", "threads", "parameter_count", "settings", "evaluation": [{"shots",
// "tasks", "steps", "mse", "median", "ci95", "diverged"}]}; a number that is not finite is null.
std::string json_of(const outcome& found, const plan& p, const std::string& initializer);

// One task before and after adaptation, the error by number of steps, the learning curve. Prints where they are.
void draw(const std::filesystem::path& folder, const outcome& found, const std::optional<outcome>& baseline,
          bool quiet);

}  // namespace sinusoid
