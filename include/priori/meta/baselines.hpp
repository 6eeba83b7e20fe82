// SPDX-License-Identifier: BSL-1.0
// nearest_centroid and k_nearest_neighbours: descriptions that learn nothing, on raw inputs or on an embedding.
#pragma once

#include <priori/adapt/objective.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/support_set.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/neighbours.hpp>
#include <priori/nn/network.hpp>

#include <cstddef>

namespace priori {

// Both give a description for an adapter, which predicts without training and is evaluated as learners are; an
// embedding that another learner has learned comes by transfer(...). The features of a model have to be a vector: put
// flatten behind images.
// Example: adapter<float, decltype(d), episode> baseline(d), with d = nearest_centroid(input<28, 28, 1> | flatten);
//          evaluate(baseline, tasks, {.tasks = 600}, at_described_steps, query_accuracy{});

// The class of the nearest mean, by Euclidean distance.
// Reference: Mensink et al. 2013; Snell et al. 2017, where the embedding is learned for it.
template <fixed_string Prefix, class Input, class... Layers>
constexpr auto nearest_centroid(network<Prefix, Input, Layers...> embedding) {
    return embedding | scratch<"head">(dense<ways>) | cross_entropy | solve<"head">(prototypes{}) | exact;
}

// The class of most of the K nearest examples, by Euclidean distance; see neighbours. Its loss means nothing.
template <std::size_t K, fixed_string Prefix, class Input, class... Layers>
constexpr auto k_nearest_neighbours(network<Prefix, Input, Layers...> embedding) {
    return embedding | scratch<"memory">(neighbours<K, ways>) | cross_entropy | solve<"memory">(support_set{}) |
           exact;
}

}  // namespace priori
