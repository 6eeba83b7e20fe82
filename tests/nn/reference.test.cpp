// SPDX-License-Identifier: BSL-1.0
// An adapter predicts by what it has seen of its support set, for one query as for many.
#include "catch.hpp"
#include "goldens/algorithms.hpp"
#include "goldens/inputs.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/learner.hpp>
#include <priori/meta/program.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/residual.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/simd/pack.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <type_traits>

using namespace priori;

namespace {

using task_type = episode<batch<double, 6, shape<4>, labels<3>>, batch<double, 9, shape<4>, labels<3>>>;

task_type golden_task() {
    task_type task;
    for (int i = 0; i < 24; ++i) task.support.inputs.data()[i] = goldens::support_input(i);
    for (int i = 0; i < 36; ++i) task.query.inputs.data()[i] = goldens::query_input(i);
    for (int r = 0; r < 6; ++r) task.support.targets(std::size_t(r)) = goldens::label(r, 3);
    for (int r = 0; r < 9; ++r) task.query.targets(std::size_t(r)) = goldens::label(r, 3);
    return task;
}

// The loss and the predictions of an adapter are those of the program, however many queries are asked at once.
template <class Description>
double check_prediction(const Description& description) {
    using learner_type = static_learner<double, Description, task_type>;
    const auto learner = std::make_unique<learner_type>(description);
    const auto theta = learner->parameters().all();
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = goldens::parameter(int(i));
    const auto task = golden_task();
    std::array<double, learner_type::size> gradient;
    const double loss = learner->loss_and_gradient(task, key{}, gradient);
    const auto adapted = learner->adapt(task.support);
    CHECK(adapted.loss(task.query) == Approx(loss).epsilon(1e-12));

    const auto together = adapted(task.query);
    double worst = 0;
    for (std::size_t r = 0; r < 9; ++r) {
        tensor_of<double, shape<4>> x;
        for (std::size_t i = 0; i < 4; ++i) x(i) = task.query.inputs(r, i);
        const auto y = adapted(x);
        for (std::size_t c = 0; c < 3; ++c) worst = maximum(worst, std::abs(y(c) - together(r, c)));
    }
    CHECK(worst < 1e-13);
    return loss;
}

}  // namespace

TEST_CASE("an adapter predicts each query by the statistics of its support set") {
    const auto loss = check_prediction(input<4> | dense<5> | batch_normalization<support_statistics> | priori::tanh |
                                       dense<3> | cross_entropy | adapt<5>(sgd{.rate = 0.3}) | exact);
    CHECK(loss == Approx(goldens::classification_batch_norm_support_k5::loss).epsilon(1e-11));
}

TEST_CASE("an adapter finds the statistics inside residual layers too") {
    check_prediction(input<4> | batch_normalization<support_statistics> |
                     residual(dense<4> | batch_normalization<support_statistics> | priori::tanh) | dense<5> |
                     batch_normalization<support_statistics> | dense<3> | cross_entropy | adapt<2>(sgd{.rate = 0.3}) |
                     exact);
}
