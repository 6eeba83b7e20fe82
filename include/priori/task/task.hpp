// SPDX-License-Identifier: BSL-1.0
// Everything of the folder task: episodes and where they come from.
#pragma once

#include <priori/task/augment.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/class_split.hpp>
#include <priori/task/concepts.hpp>
#include <priori/task/few_shot.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/task/glyph.hpp>
#include <priori/task/glyph_set.hpp>
#include <priori/task/glyphs.hpp>
#include <priori/task/harmonic_mixtures.hpp>
#include <priori/task/labelled_data.hpp>
#include <priori/task/linear_maps.hpp>
#include <priori/task/quadratics.hpp>
#include <priori/task/same_tasks.hpp>
#include <priori/task/sinusoids.hpp>
#include <priori/task/tabular_tasks.hpp>
#include <priori/task/task_table.hpp>
