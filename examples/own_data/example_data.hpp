// SPDX-License-Identifier: BSL-1.0
// A table to try the program with: sensors of one make, each with a characteristic of its own.
#pragma once

#include <filesystem>

namespace own_data {

// Columns sensor, reading, temperature, pressure; 100 sensors with 20 rows each. The pressure depends on the reading by
// a gain, an offset and a bend that differ between sensors, and drifts with the temperature.
// Throws: priori::error (missing_file) when the file cannot be written.
void write_example(const std::filesystem::path& file);

}  // namespace own_data
