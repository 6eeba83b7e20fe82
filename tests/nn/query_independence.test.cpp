// SPDX-License-Identifier: BSL-1.0
// Normalization: which modes predict a query without a look at the others, and the queries' loss.
#include "catch.hpp"
#include "goldens/images.hpp"
#include "goldens/signals.hpp"
#include "nn/golden_network.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/class_features.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/loss/one_hot.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/beside.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/convolution_1d.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/per_class.hpp>
#include <priori/optim/sgd.hpp>

#include <array>
#include <cmath>
#include <cstddef>

using namespace priori;

namespace {

// How far the prediction for the first query moves when the other queries change, after adaptation.
template <class Description>
double moved_by_others(const Description& description) {
    using input_shape = typename Description::objective_type::model_type::input_shape;
    using episode = episode_of<double, input_shape, labels<3>, 6, 4>;
    adapter<double, Description, episode> adapter(description);
    using layout = typename decltype(adapter)::layout_type;
    for (std::size_t i = 0; i < layout::size; ++i) {
        double& parameter = adapter.parameters().all()[i];
        parameter = (parameter == 1) + goldens::parameter(int(i)) / 2;  // scales and variances stay around 1
    }
    auto task = tests::golden_episode<episode>();
    const auto first = [&] {
        const auto y = adapter.adapt(task.support)(task.query);
        return std::array<double, 3>{y(0, 0), y(0, 1), y(0, 2)};
    };
    const auto before = first();
    for (std::size_t i = input_shape::size; i < task.query.inputs.size(); ++i) task.query.inputs.data()[i] *= -3;
    const auto after = first();
    double moved = 0;
    for (std::size_t i = 0; i < 3; ++i) moved = maximum(moved, std::abs(after[i] - before[i]));
    return moved;
}

constexpr auto inner = adapt<1>(sgd{.rate = 0.1}, except<"batch_normalization_0">);

template <class Mode>
constexpr auto convolutional(const batch_normalization_layer<Mode, true, 2>& normalization) {
    return input<6, 6, 1> | convolution<4>.without_bias() | normalization | relu | flatten | dense<3> | cross_entropy |
           inner | exact;
}

template <class Mode>
constexpr auto prototypical(const batch_normalization_layer<Mode>& normalization) {
    return input<4> | dense<5> | normalization | priori::tanh | scratch<"head">(dense<ways>) | cross_entropy |
           solve<"head">(prototypes{}) | exact;
}

template <class Mode>
constexpr auto relational(const batch_normalization_layer<Mode>& normalization) {
    return input<4> | dense<5> | normalization | priori::tanh | scratch<"classes">(beside<ways>) |
           per_class(dense<4> | normalization | priori::tanh | dense<1> | sigmoid) | one_hot(mse) |
           solve<"classes">(class_sums{}) | exact;
}

// Of `model | cross_entropy` on nine queries behind the six support rows that normalize them.
template <class Model, std::size_t Size>
goldens::network_errors errors_of_queries(const Model& model, double loss, const std::array<double, Size>& gradient,
                                          const std::array<double, Size>& product) {
    static_assert(Model::uses_reference);
    const auto task = tests::golden_episode<episode_of<double, typename Model::input_shape, labels<3>, 6, 9>>();
    const auto batch = queries_of<Model>(view_of(task.support), view_of(task.query));
    return goldens::errors_on(batch, model | cross_entropy, loss, gradient, product);
}

}  // namespace

TEST_CASE("behind a convolution a prediction does not depend on the other queries, unless it is transductive", "[nn]") {
    CHECK(moved_by_others(convolutional(batch_normalization<support_statistics>.max_pooled<2>())) == 0);
    CHECK(moved_by_others(convolutional(batch_normalization<running>.max_pooled<2>())) == 0);
    CHECK(moved_by_others(convolutional(batch_normalization<per_step<2>>.max_pooled<2>())) == 0);
    CHECK(moved_by_others(convolutional(batch_normalization<transductive>.max_pooled<2>())) > 1e-2);
}

TEST_CASE("nor does it before a head in closed form, or within a relation module", "[nn]") {
    CHECK(moved_by_others(prototypical(batch_normalization<support_statistics>)) == 0);
    CHECK(moved_by_others(prototypical(batch_normalization<transductive>)) > 1e-2);
    CHECK(moved_by_others(relational(batch_normalization<support_statistics>)) == 0);
    CHECK(moved_by_others(relational(batch_normalization<transductive>)) > 1e-2);
}

TEST_CASE("the queries' loss by the statistics of support images agrees with PyTorch, its gradient and product too",
          "[nn]") {
    namespace g = goldens::image_support_statistics;
    constexpr auto model = input<5, 4, 2> | convolution<3>.without_bias() | batch_normalization<support_statistics> |
                           priori::tanh | flatten | dense<3>;
    CHECK(errors_of_queries(model, g::loss, g::gradient, g::product).largest() < 1e-10);
}

TEST_CASE("so does that by the statistics of support signals", "[nn]") {
    namespace g = goldens::signal_support_statistics;
    constexpr auto model = input<9, 2> | convolution_1d<3>.without_bias() | batch_normalization<support_statistics> |
                           priori::tanh | flatten | dense<3>;
    CHECK(errors_of_queries(model, g::loss, g::gradient, g::product).largest() < 1e-10);
}
