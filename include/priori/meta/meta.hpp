// SPDX-License-Identifier: BSL-1.0
// All of meta: descriptions, learners, adapters, their sizes, signatures and the oracle.
#pragma once

#include <priori/meta/adapter.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/annealed_weights.hpp>
#include <priori/meta/baselines.hpp>
#include <priori/meta/bundled_tasks.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/meta/diagnosis.hpp>
#include <priori/meta/footprint.hpp>
#include <priori/meta/learner.hpp>
#include <priori/meta/misuse.hpp>
#include <priori/meta/phases.hpp>
#include <priori/meta/program.hpp>
#include <priori/meta/resolve.hpp>
#include <priori/meta/signature.hpp>
