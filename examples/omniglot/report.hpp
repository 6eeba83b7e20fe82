// SPDX-License-Identifier: BSL-1.0
// What a run prints, and its results as JSON.
#pragma once

#include "outcome.hpp"
#include "settings.hpp"

#include <string>

namespace omniglot {

void print_table(const settings& s, const outcome& found);
std::string json_of(const settings& s, const outcome& found);
void draw_curve(const settings& s, const outcome& found);

}  // namespace omniglot
