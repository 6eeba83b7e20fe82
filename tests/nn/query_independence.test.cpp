// SPDX-License-Identifier: BSL-1.0
// Normalization of images: which modes predict a query without a look at the others, and the queries' gradient.
#include "catch.hpp"
#include "goldens/images.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/optim/sgd.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

using namespace priori;

namespace {

using images = episode_of<double, shape<6, 6, 1>, labels<3>, 6, 4>;

// How far the prediction for the first query moves when the other queries change; one step of adaptation before.
template <class Mode>
double moved_by_others(const batch_normalization_layer<Mode, true, 2>& normalization) {
    const auto description = input<6, 6, 1> | convolution<4>.without_bias() | normalization | relu | flatten |
                             dense<3> | cross_entropy | adapt<1>(sgd{.rate = 0.1}, except<"batch_normalization_0">) |
                             exact;
    adapter<double, std::remove_const_t<decltype(description)>, images> adapter(description);
    using layout = typename decltype(adapter)::layout_type;
    for (std::size_t i = 0; i < layout::size; ++i) {
        double& parameter = adapter.parameters().all()[i];
        parameter = (parameter == 1) + goldens::parameter(int(i)) / 2;  // scales and variances stay around 1
    }
    auto task = tests::golden_episode<images>();
    const auto first = [&] {
        const auto y = adapter.adapt(task.support)(task.query);
        return std::array<double, 3>{y(0, 0), y(0, 1), y(0, 2)};
    };
    const auto before = first();
    for (std::size_t i = 36; i < task.query.inputs.size(); ++i) task.query.inputs.data()[i] *= -3;
    const auto after = first();
    double moved = 0;
    for (std::size_t i = 0; i < 3; ++i) moved = maximum(moved, std::abs(after[i] - before[i]));
    return moved;
}

}  // namespace

TEST_CASE("behind a convolution a prediction does not depend on the other queries, unless it is transductive", "[nn]") {
    CHECK(moved_by_others(batch_normalization<support_statistics>.max_pooled<2>()) == 0);
    CHECK(moved_by_others(batch_normalization<running>.max_pooled<2>()) == 0);
    CHECK(moved_by_others(batch_normalization<per_step<2>>.max_pooled<2>()) == 0);
    CHECK(moved_by_others(batch_normalization<transductive>.max_pooled<2>()) > 1e-2);
}

TEST_CASE("the queries' loss by the statistics of support images agrees with PyTorch in value and gradient", "[nn]") {
    namespace g = goldens::image_support_statistics;
    using episode = episode_of<double, shape<5, 4, 2>, labels<3>, 6, 9>;
    constexpr auto description = input<5, 4, 2> | convolution<3>.without_bias() |
                                 batch_normalization<support_statistics> | priori::tanh | flatten | dense<3> |
                                 cross_entropy | exact;
    tests::golden_run<std::remove_const_t<decltype(description)>, episode> run(description);
    static_assert(decltype(run)::layout_type::size == g::gradient.size());
    run.set("convolution_0", g::gradient.size());
    run.run(tests::golden_episode<episode>());
    CHECK(run.loss == Approx(g::loss).epsilon(1e-12));
    CHECK(run.gradient_error("convolution_0", g::gradient) < 1e-10);
}
