// SPDX-License-Identifier: BSL-1.0
// Everything but io: descriptions, learners, tasks and training.
#pragma once

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/encode.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/write.hpp>
#include <priori/config/version.hpp>
#include <priori/loss/loss.hpp>
#include <priori/meta/meta.hpp>
#include <priori/nn/nn.hpp>
#include <priori/optim/optim.hpp>
#include <priori/task/task.hpp>
#include <priori/train/train.hpp>
