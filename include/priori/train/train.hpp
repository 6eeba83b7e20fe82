// SPDX-License-Identifier: BSL-1.0
// All of train: the outer loop, who runs it, who looks on, evaluation, checkpoints.
#pragma once

#include <priori/train/checkpoint.hpp>
#include <priori/train/early_stopping.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/executor.hpp>
#include <priori/train/interrupt.hpp>
#include <priori/train/json_log.hpp>
#include <priori/train/keys.hpp>
#include <priori/train/loop.hpp>
#include <priori/train/observer.hpp>
#include <priori/train/periodic_evaluation.hpp>
#include <priori/train/progress_bar.hpp>
#include <priori/train/settings.hpp>
#include <priori/train/transfer.hpp>
