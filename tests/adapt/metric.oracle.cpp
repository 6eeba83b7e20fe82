// SPDX-License-Identifier: BSL-1.0
// Meta-gradients of metric learners and ridge heads against differences, with stages before and behind them too.

#include "catch.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/class_features.hpp>
#include <priori/adapt/full_context.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/support_set.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/loss/one_hot.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/nn.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;
using pr::tests::classification;

namespace {

constexpr auto embedding = pr::input<4> | pr::dense<6> | pr::tanh | pr::dense<5>;
constexpr auto wide = pr::input<4> | pr::dense<6> | pr::tanh | pr::dense<9>;
constexpr auto cosine = embedding | pr::scratch<"head">(pr::cosine_similarity<pr::ways>) | pr::learned_scale(5.0f) |
                        pr::cross_entropy;
constexpr auto matching = embedding | pr::named<"memory">(pr::attention<pr::ways>.scaled_by(2.0f)) | pr::cross_entropy;
constexpr auto relation = embedding | pr::scratch<"classes">(pr::beside<pr::ways>) |
                          pr::per_class(pr::dense<4> | pr::tanh | pr::dense<1> | pr::sigmoid) | pr::one_hot(pr::mse);
constexpr auto by_means = pr::solve<"head">(pr::class_means{});
constexpr auto by_memory = pr::solve<"memory">(pr::support_set{});
constexpr auto by_sums = pr::solve<"classes">(pr::class_sums{});
constexpr auto rate = pr::sgd{.rate = pr::learned(0.1)};
const auto task = pr::tests::golden_episode<classification>();

}  // namespace

TEST_CASE("metric learners agree with differences", "[adapt]") {
    CHECK(check_gradient(cosine | by_means | pr::exact, task).relative() < 1e-8);
    CHECK(check_gradient(matching | by_memory | pr::exact, task).relative() < 1e-8);
    CHECK(check_gradient(relation | by_sums | pr::exact, task).relative() < 1e-8);
    constexpr auto prototypes = embedding | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                                pr::solve<"head">(pr::prototypes{.per_dimension = true}) | pr::exact;
    CHECK(check_gradient(prototypes, task).relative() < 1e-8);
}

TEST_CASE("ridge heads of both systems agree with differences", "[adapt]") {
    const auto error = [](const auto& model, const auto& form) {
        return check_gradient(model | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::affine |
                                  pr::cross_entropy | pr::solve<"head">(form) | pr::exact,
                              task)
            .relative();
    };
    CHECK(error(wide, pr::ridge{.lambda = pr::learned(0.7)}) < 1e-8);
    CHECK(error(wide, pr::ridge{.lambda = pr::learned_positive(0.7)}) < 1e-8);
    CHECK(error(wide, pr::ridge{.lambda = 50.0}) < 1e-8);
    CHECK(error(embedding, pr::ridge{.lambda = pr::learned(0.7)}) < 1e-8);
    CHECK(error(embedding, pr::ridge{.lambda = pr::learned_positive(0.7)}) < 1e-8);
}

TEST_CASE("an embedding adapted through a metric head agrees with differences", "[adapt]") {
    CHECK(check_gradient(cosine | pr::adapt<2>(rate, pr::except<"head">, pr::through(by_means)) | by_means | pr::exact,
                         task)
              .relative() < 1e-8);
    CHECK(check_gradient(matching | pr::adapt<2>(rate, pr::except<"memory">, pr::through(by_memory)) | by_memory |
                             pr::exact,
                         task)
              .relative() < 1e-8);
    CHECK(check_gradient(relation | pr::adapt<2>(rate, pr::except<"classes">, pr::through(by_sums)) | by_sums |
                             pr::exact,
                         task)
              .relative() < 1e-8);
}

TEST_CASE("steps behind a metric head agree with differences", "[adapt]") {
    CHECK(check_gradient(cosine | by_means | pr::adapt<2>(rate) | pr::exact, task).relative() < 1e-8);
    CHECK(check_gradient(relation | by_sums | pr::adapt<2>(rate, pr::only<"per_class_0">) | pr::exact, task)
              .relative() < 1e-8);
}

TEST_CASE("full context embeddings agree with differences", "[adapt]") {
    constexpr auto by_context = pr::solve<"memory">(pr::full_context{});
    CHECK(check_gradient(matching | by_context | pr::exact, task).relative() < 1e-8);
    constexpr auto small = pr::input<4> | pr::dense<3> | pr::named<"memory">(pr::context_attention<3, pr::ways>) |
                           pr::cross_entropy;
    CHECK(check_gradient(small | by_context | pr::exact, task).relative() < 1e-8);
    CHECK(check_gradient(small | by_memory | pr::exact, task).relative() < 1e-8);
    constexpr auto through = pr::adapt<2>(rate, pr::only<"dense_0">, pr::through(by_context));
    CHECK(check_gradient(small | through | by_context | pr::exact, task).relative() < 1e-8);
}

TEST_CASE("a relation module of convolutions on feature maps agrees with differences", "[adapt]") {
    using pictures = pr::episode_of<double, pr::shape<6, 6, 1>, pr::labels<2>, 4, 4>;
    constexpr auto maps = pr::input<6, 6, 1> | pr::convolution<2>.without_bias() |
                          pr::batch_normalization<pr::transductive> | pr::tanh;
    constexpr auto module = pr::convolution<2>.without_bias() | pr::batch_normalization<pr::transductive> |
                            pr::average_pool<2> | pr::tanh | pr::flatten | pr::dense<3> | pr::tanh | pr::dense<1>;
    constexpr auto description = maps | pr::scratch<"classes">(pr::beside<pr::ways>) |
                                 pr::per_class(module | pr::sigmoid) | pr::one_hot(pr::mse) | by_sums | pr::exact;
    CHECK(check_gradient(description, pr::tests::golden_episode<pictures>()).relative() < 1e-7);
}

TEST_CASE("sums in the place of pairs agree with differences where their size is that of the maps", "[adapt]") {
    using pictures = pr::episode_of<double, pr::shape<4, 4, 1>, pr::labels<2>, 4, 4>;
    constexpr auto maps = pr::input<4, 4, 1> | pr::convolution<4>.without_bias();
    constexpr auto sums = maps | pr::scratch<"classes">(pr::cross_sum<pr::ways>);  // two classes, half the channels
    constexpr auto description = sums | pr::per_class(pr::tanh | pr::flatten | pr::dense<1> | pr::sigmoid) |
                                 pr::one_hot(pr::mse) | by_sums | pr::exact;
    CHECK(check_gradient(description, pr::tests::golden_episode<pictures>()).relative() < 1e-8);
}
