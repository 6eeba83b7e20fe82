// SPDX-License-Identifier: BSL-1.0
// Everything that wants the CMake target priori::io: images, archives, and the data sets made of them.
#pragma once

#include <priori/io/image.hpp>
#include <priori/io/image_folder.hpp>
#include <priori/io/npz.hpp>
#include <priori/io/omniglot_folder.hpp>
#include <priori/io/resize.hpp>
