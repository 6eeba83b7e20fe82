// SPDX-License-Identifier: BSL-1.0
// Everything of io that wants no library: file formats and readers of data sets. images.hpp has the rest.
#pragma once

#include <priori/io/csv.hpp>
#include <priori/io/files.hpp>
#include <priori/io/given_episodes.hpp>
#include <priori/io/header_export.hpp>
#include <priori/io/image_list.hpp>
#include <priori/io/image_set.hpp>
#include <priori/io/json.hpp>
#include <priori/io/npy.hpp>
#include <priori/io/omniglot.hpp>
#include <priori/io/omniglot_split.hpp>
#include <priori/io/plot.hpp>
#include <priori/io/safetensors.hpp>
