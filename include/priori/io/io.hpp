// SPDX-License-Identifier: BSL-1.0
// Everything of io: file formats and readers of data sets.
#pragma once

#include <priori/io/csv.hpp>
#include <priori/io/files.hpp>
#include <priori/io/header_export.hpp>
#include <priori/io/json.hpp>
#include <priori/io/npy.hpp>
#include <priori/io/omniglot.hpp>
#include <priori/io/plot.hpp>
#include <priori/io/safetensors.hpp>
