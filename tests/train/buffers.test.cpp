// SPDX-License-Identifier: BSL-1.0
// Running averages in training: an outer step moves them by `momentum` towards the query batches' own mean and
// variance, averaged over the meta-batch, whatever the meta-gradient and the inner loop are.
#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/linear_maps.hpp>
#include <priori/train/loop.hpp>

#include <cmath>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace pr = priori;

namespace {

constexpr std::size_t inputs = 3, meta_batch = 4;

struct shifted_tasks {
    template <class T>
    using episode_type = pr::episode_of<T, pr::shape<inputs>, pr::shape<1>, 5, 6>;

    // The inputs have a mean of about 2 and a deviation of about 1, which differ from task to task.
    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const noexcept {
        pr::random_stream random(k, pr::purpose::user);
        const T mean = T(2) + random.normal<T>() / T(4);
        for (T& x : out.support.inputs) x = mean + random.normal<T>();
        for (T& x : out.query.inputs) x = mean + random.normal<T>();
        for (T& y : out.support.targets) y = random.normal<T>();
        for (T& y : out.query.targets) y = random.normal<T>();
    }
};

constexpr auto model = pr::input<inputs> | pr::batch_normalization<pr::running> | pr::dense<1> | pr::mse;

// The averages after some iterations, by hand: the layer sees the data themselves.
struct averages {
    double mean[inputs]{}, variance[inputs]{1, 1, 1};

    void iterate(pr::seed seed, std::uint64_t iteration) {
        double mean_change[inputs]{}, variance_change[inputs]{};
        for (std::size_t t = 0; t < meta_batch; ++t) {
            shifted_tasks::episode_type<double> task;
            shifted_tasks{}.draw_into<double>(pr::training_key(seed, iteration, t), task);
            for (std::size_t c = 0; c < inputs; ++c) {
                double own = 0, square = 0;
                for (std::size_t r = 0; r < 6; ++r) own += task.query.inputs(r, c) / 6;
                for (std::size_t r = 0; r < 6; ++r) square += std::pow(task.query.inputs(r, c) - own, 2) / 6;
                mean_change[c] += 0.1 * (own - mean[c]) / meta_batch;
                variance_change[c] += 0.1 * (square - variance[c]) / meta_batch;
            }
        }
        for (std::size_t c = 0; c < inputs; ++c) mean[c] += mean_change[c], variance[c] += variance_change[c];
    }
};

// The block batch_normalization_0.<which> of a learner after so many iterations of training.
template <class Description>
void check(const Description& description, std::uint64_t iterations) {
    const auto learner = pr::make_learner<double>(description, shifted_tasks{}, pr::seed{7});
    pr::train(*learner, shifted_tasks{}, {.iterations = iterations, .meta_batch = meta_batch});
    averages want;
    for (std::uint64_t i = 0; i < iterations; ++i) want.iterate(pr::seed{7}, i);
    using namespace pr::literals;
    for (std::size_t c = 0; c < inputs; ++c) {
        CHECK(learner->parameters()["batch_normalization_0.mean"_s](c) == Approx(want.mean[c]).epsilon(1e-12));
        CHECK(learner->parameters()["batch_normalization_0.variance"_s](c) == Approx(want.variance[c]).epsilon(1e-12));
    }
}

}  // namespace

TEST_CASE("an iteration moves running averages to the mean over the meta-batch, by their momentum") {
    const auto maml = model | pr::adapt<2>(pr::sgd{.rate = 0.1}) | pr::exact | pr::outer(pr::adam{.rate = 0.01});
    check(maml, 1);
    check(maml, 3);
}

TEST_CASE("the outer rule and its rate do not move running averages") {
    check(model | pr::adapt<1>(pr::sgd{.rate = 0.1}) | pr::first_order | pr::outer(pr::sgd{.rate = 0.0}), 2);
}

TEST_CASE("losses along the way move running averages no further than the one at the end") {
    check(model | pr::adapt<2>(pr::sgd{.rate = 0.1}) | pr::exact | pr::every_step(1, 1, 1) |
              pr::outer(pr::adam{.rate = 0.01}),
          2);
    check(model | pr::adapt<2>(pr::sgd{.rate = 0.1}) | pr::first_order | pr::every_step(0.25, 0.25, 0.5) |
              pr::outer(pr::adam{.rate = 0.01}),
          2);
}

TEST_CASE("a rule without a query loss leaves running averages as they are") {
    const auto learner = pr::make_learner<double>(
        model | pr::adapt<2>(pr::sgd{.rate = 0.1}) | pr::displacement | pr::outer(pr::sgd{.rate = 1.0}),
        shifted_tasks{});
    pr::train(*learner, shifted_tasks{}, {.iterations = 2, .meta_batch = meta_batch});
    using namespace pr::literals;
    for (const double mean : learner->parameters()["batch_normalization_0.mean"_s]) CHECK(mean == 0);
    for (const double variance : learner->parameters()["batch_normalization_0.variance"_s]) CHECK(variance == 1);
}
