// SPDX-License-Identifier: BSL-1.0
// Loss: what a model's predictions cost, as one number, with its gradient.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/shape.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

// A loss is a final value without storage:
//   is_loss                                            says that it is one
//   gradient<Count, Out>(prediction, target, bar)      returns the loss, writes d loss / d prediction to bar
// Optional: wants_labels, false if targets are numbers, true if they are class labels; without it they may be either.
// takes_bundles, if it runs on bundles of tasks as on numbers (simd/bundle.hpp).
// Shapes: prediction and bar (Count, Out), target as in batch (numbers of the output's shape, or Count labels).
// The prediction may be an array of duals; then so are bar and the value. bar may be view<void>.
// Models: mse, cross_entropy. Not a model: relu, which has no target (a Layer).
template <class L>
concept Loss = requires { requires L::is_loss; };

}  // namespace priori
