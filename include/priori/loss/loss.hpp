// SPDX-License-Identifier: BSL-1.0
// All losses.
#pragma once

#include <priori/loss/binary_cross_entropy.hpp>
#include <priori/loss/concepts.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/elementwise.hpp>
#include <priori/loss/huber.hpp>
#include <priori/loss/mean_absolute.hpp>
#include <priori/loss/mse.hpp>
#include <priori/loss/one_hot.hpp>
