// SPDX-License-Identifier: BSL-1.0
// The image files that given episodes name.
#pragma once

#include <priori/io/given_episodes.hpp>
#include <priori/io/image_set.hpp>

#include <string>

namespace omniglot {

// In grey, 28 by 28; paths from the folder of the CSV file on. of_one_bit: black or white, as Omniglot's drawings are
// reduced.
// Throws: priori::error for a file that is not there or cannot be read, with its place.
priori::image_set given_files(const priori::given_episodes& episodes, const std::string& csv, bool of_one_bit);

}  // namespace omniglot
