// SPDX-License-Identifier: BSL-1.0
// The characters as they come: made up, packed, or from the official archive.
#pragma once

#include <priori/io/omniglot.hpp>

#include <string>

namespace omniglot {

// "glyphs": 1600 made-up characters, 20 drawings of each, images and labels alone. Otherwise a folder: the packed one, or
// the official archive's, with images_background and images_evaluation.
// Throws: priori::error for a folder that is neither, and for what is wrong in it, with its place.
priori::omniglot_data read_data(const std::string& data);

}  // namespace omniglot
