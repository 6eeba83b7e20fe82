// SPDX-License-Identifier: BSL-1.0
// The algorithms: each one line of the algebra.
#pragma once

#include "choices.hpp"
#include "nets.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/class_features.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/support_set.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/annealed_weights.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/affine.hpp>
#include <priori/nn/attention.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/cross_sum.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/per_class.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/schedule.hpp>
#include <priori/optim/sgd.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace omniglot {

// What a description takes from the command line.
struct rates {
    double inner = 0.4;
    double from = 1e-3, to = 1e-3;  // of the outer rule
    std::uint64_t iterations = 1;
    std::uint64_t multi_step = 0, first_order = 0;
};

// Inner steps in training. On twenty ways Finn et al. 2017 take five, and with one MAML learns more in the time.
template <algorithm Algorithm, std::size_t Ways>
inline constexpr std::size_t few = Algorithm == algorithm::fomaml && Ways > 5 ? 5 : 1;

// The rules, outside of the template: in one, clang++ takes the numbers in such braces for those of another instance.
constexpr auto inner_sgd(const rates& r) { return pr::sgd{.rate = r.inner}; }
constexpr auto inner_adam(const rates& r) { return pr::adam{.rate = r.inner, .beta1 = 0.0}; }
constexpr auto rate_of_each_number(const rates& r) { return pr::sgd{.rate = pr::learned_per<pr::coordinate>(r.inner)}; }
constexpr auto rate_of_each_layer_and_step(const rates& r) {
    return pr::sgd{.rate = pr::learned_per<pr::layer | pr::step>(r.inner)};
}
constexpr auto weights_of_steps(const rates& r) { return pr::annealed_weights<5>{.iterations = r.multi_step}; }
constexpr auto outer_adam(const rates& r) {
    return pr::outer(pr::adam{
        .rate = pr::cosine_schedule{.from = r.from, .to = r.to, .steps = static_cast<std::size_t>(r.iterations)}});
}
constexpr auto outer_sgd(const rates& r) {
    return pr::outer(pr::sgd{
        .rate = pr::linear_schedule{.from = r.from, .to = r.to, .steps = static_cast<std::size_t>(r.iterations)}});
}
inline constexpr pr::prototypes prototypes{};
inline constexpr pr::ridge ridge{.lambda = pr::learned_positive(1.0)};
// Cosines times 20: with their own size, -1 to 1, the attention cannot become sure of one among 60 classes.
inline constexpr auto memory = pr::named<"memory">(pr::attention<pr::ways>.scaled_by(20));

// Relation networks: what scores a query drawing beside a class. On conv4 two convolutions and two dense layers, as in
// the paper; the first layer runs once a drawing, not once a pair (cross_sum).
template <model Model, class Mode>
constexpr auto relation_module() {
    constexpr auto pairs = pr::scratch<"classes">(pr::cross_sum<pr::ways>);
    if constexpr (Model == model::conv4) {
        constexpr auto pooled = pr::batch_normalization<Mode>.template max_pooled<2>() | pr::relu;
        return pr::convolution<128>.without_bias() | pairs |
               pr::per_class(pooled | pr::convolution<64>.without_bias() | pooled | pr::flatten | pr::dense<8> |
                             pr::relu | pr::dense<1>);
    } else {
        return pr::dense<512> | pairs | pr::per_class(pr::relu | pr::dense<1>);
    }
}

// The description, for a net of a model and a mode. Tested: as it adapts to test episodes, with the same parameters.
template <algorithm Algorithm, model Model, class Mode, std::size_t Ways, bool Tested>
constexpr auto describe(const rates& r) {
    using enum algorithm;
    const auto dense = net<Model, Mode, Algorithm>(pr::named<"head">(pr::dense<pr::ways>));
    const auto summed = dense | pr::cross_entropy_sum_over_classes;
    const auto mean = dense | pr::cross_entropy;
    if constexpr (Algorithm == maml) {
        return summed | pr::adapt<few<Algorithm, Ways>>(inner_sgd(r)) | pr::exact | outer_adam(r);
    } else if constexpr (Algorithm == fomaml) {
        return summed | pr::adapt<few<Algorithm, Ways>>(inner_sgd(r)) | pr::first_order | outer_adam(r);
    } else if constexpr (Algorithm == anil) {
        return summed | pr::adapt<5>(inner_sgd(r), pr::only<"head">) | pr::exact | outer_adam(r);
    } else if constexpr (Algorithm == boil) {
        return mean | pr::adapt<few<Algorithm, Ways>>(inner_sgd(r), pr::except<"head">) | pr::exact | outer_adam(r);
    } else if constexpr (Algorithm == meta_sgd) {
        return summed | pr::adapt<1>(rate_of_each_number(r)) | pr::exact | outer_adam(r);
    } else if constexpr (Algorithm == maml_plus_plus) {
        return mean | pr::adapt<5>(rate_of_each_layer_and_step(r)) | pr::exact_from(r.first_order) |
               pr::every_step(weights_of_steps(r)) | outer_adam(r);
    } else if constexpr (Algorithm == reptile && Tested && Ways <= 5) {
        return mean | pr::adapt<5>(inner_adam(r), pr::carried_state) | pr::displacement;
    } else if constexpr (Algorithm == reptile && Tested) {  // one drawing of each class a step; 10 or 15 in its code
        return mean | pr::adapt<5>(inner_adam(r), pr::minibatch<20>, pr::carried_state) | pr::displacement;
    } else if constexpr (Algorithm == reptile) {
        constexpr std::size_t steps = Ways <= 5 ? 5 : 10, rows = Ways <= 5 ? 10 : 20;
        return mean | pr::adapt<steps>(inner_adam(r), pr::minibatch<rows>, pr::carried_state) |
               pr::displacement.loss_every(20) | outer_sgd(r);
    } else if constexpr (Algorithm == proto) {
        return net<Model, Mode, Algorithm>(pr::scratch<"head">(pr::dense<pr::ways>)) | pr::cross_entropy |
               pr::solve<"head">(prototypes) | pr::exact | outer_adam(r);
    } else if constexpr (Algorithm == matching) {
        return net<Model, Mode, Algorithm>(memory) | pr::cross_entropy | pr::solve<"memory">(pr::support_set{}) |
               pr::exact | outer_adam(r);
    } else if constexpr (Algorithm == relation) {
        // The squared error of the paper, behind sigmoids, learns less, and nothing where the module is dense.
        return net<Model, Mode, Algorithm>(relation_module<Model, Mode>()) | pr::cross_entropy |
               pr::solve<"classes">(pr::class_sums{}) | pr::exact | outer_adam(r);
    } else if constexpr (Algorithm == r2d2) {
        return net<Model, Mode, Algorithm>(pr::scratch<"head">(pr::dense<pr::ways>.without_bias()), pr::affine) |
               pr::cross_entropy | pr::solve<"head">(ridge) | pr::exact | outer_adam(r);
    }
}

// The shape of episodes: shots and queries of each class.
template <std::size_t Ways, std::size_t Shots, std::size_t Queries>
struct episode_shape {
    static constexpr std::size_t ways = Ways, shots = Shots, queries = Queries;
};

template <std::size_t Ways, std::size_t Shots>
using tested = episode_shape<Ways, Shots, 5>;

// Embeddings are trained with 60 ways, as those of Snell et al. 2017, and tested with fewer; those of R2-D2 and of
// relation networks with 20, for with 60 they learn less in the time. Reptile has ten drawings of each class, which it
// takes in parts.
template <algorithm Algorithm, std::size_t Ways, std::size_t Shots>
using trained = episode_shape<Algorithm == algorithm::r2d2 || Algorithm == algorithm::relation ? 20
                              : compares(Algorithm)                                            ? 60
                                                                                               : Ways,
                              Algorithm == algorithm::reptile ? 10 : Shots, 5>;

// The numbers of inner steps that tests try.
template <algorithm Algorithm, std::size_t Ways>
inline constexpr auto steps_tried = [] {
    using enum algorithm;
    if constexpr (compares(Algorithm)) {
        return std::array<std::size_t, 1>{0};
    } else if constexpr (Algorithm == reptile) {
        return std::array<std::size_t, 3>{0, 5, 50};
    } else if constexpr (Algorithm == anil || Algorithm == maml_plus_plus) {
        return std::array<std::size_t, 3>{0, 1, 5};
    } else if constexpr (Algorithm == meta_sgd) {
        return std::array<std::size_t, 2>{0, 1};
    } else if constexpr (few<Algorithm, Ways> == 1) {
        return std::array<std::size_t, 3>{0, 1, 3};
    } else {
        return std::array<std::size_t, 3>{0, 5, 10};
    }
}();

// As the results name the loss.
constexpr const char* loss_convention(algorithm a) {
    switch (a) {
        case algorithm::maml:
        case algorithm::fomaml:
        case algorithm::anil:
        case algorithm::meta_sgd:
            return "cross entropy, mean over examples times ways";
        default:
            return "cross entropy, mean over examples";
    }
}

}  // namespace omniglot
