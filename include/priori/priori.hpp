// SPDX-License-Identifier: BSL-1.0
// Everything that a program on a desktop uses.
#pragma once

#include <priori/config/version.hpp>

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/random.hpp>
#include <priori/core/result.hpp>
#include <priori/core/shape.hpp>

#include <priori/tensor/layout.hpp>
#include <priori/tensor/parameters.hpp>
#include <priori/tensor/tensor.hpp>

#include <priori/nn/nn.hpp>

#include <priori/loss/loss.hpp>

#include <priori/optim/optim.hpp>

#include <priori/task/task.hpp>

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/adapted.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/class_features.hpp>
#include <priori/adapt/encode.hpp>
#include <priori/adapt/full_context.hpp>
#include <priori/adapt/objective.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/adapt/support_set.hpp>
#include <priori/adapt/transfer.hpp>
#include <priori/adapt/write.hpp>

#include <priori/meta/meta.hpp>

#include <priori/io/io.hpp>

#include <priori/train/train.hpp>
