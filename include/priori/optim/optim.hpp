// SPDX-License-Identifier: BSL-1.0
// All of optim: update rules, learned ones among them, transforms of the gradient, schedules.
#pragma once

#include <priori/optim/adam.hpp>
#include <priori/optim/adamw.hpp>
#include <priori/optim/chain.hpp>
#include <priori/optim/clip.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/detached.hpp>
#include <priori/optim/eps.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/lstm_rule.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/nesterov.hpp>
#include <priori/optim/outer.hpp>
#include <priori/optim/rmsprop.hpp>
#include <priori/optim/rule.hpp>
#include <priori/optim/schedule.hpp>
#include <priori/optim/segment.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/optim/weight_decay.hpp>
