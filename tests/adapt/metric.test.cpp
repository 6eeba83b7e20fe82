// SPDX-License-Identifier: BSL-1.0
// Metric learners and ridge heads: against PyTorch, against their formulas, and their laws.

#include "catch.hpp"
#include "goldens/closed_forms.hpp"
#include "goldens/metric_learners.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/class_features.hpp>
#include <priori/adapt/full_context.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/support_set.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/loss/one_hot.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/nn.hpp>
#include <priori/optim/adam.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/train/loop.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace pr = priori;
namespace goldens = pr::goldens;
using pr::tests::classification;
using pr::tests::golden_run;

namespace {

constexpr auto embedding = pr::input<4> | pr::dense<6> | pr::tanh | pr::dense<5>;
constexpr auto wide = pr::input<4> | pr::dense<6> | pr::tanh | pr::dense<8>;
constexpr auto per_dimension = embedding | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                               pr::solve<"head">(pr::prototypes{.per_dimension = true}) | pr::exact;
constexpr auto cosine = embedding | pr::scratch<"head">(pr::cosine_similarity<pr::ways>) | pr::learned_scale(10.0f) |
                        pr::cross_entropy | pr::solve<"head">(pr::class_means{}) | pr::exact;
constexpr auto matching = embedding | pr::named<"memory">(pr::attention<pr::ways>) | pr::cross_entropy |
                          pr::solve<"memory">(pr::support_set{}) | pr::exact;
constexpr auto in_context = embedding | pr::named<"memory">(pr::context_attention<3, pr::ways>) | pr::cross_entropy |
                            pr::solve<"memory">(pr::full_context{}) | pr::exact;
constexpr auto pairs = embedding | pr::scratch<"classes">(pr::beside<pr::ways>);
constexpr auto relation = pairs | pr::per_class(pr::dense<4> | pr::tanh | pr::dense<1> | pr::sigmoid) |
                          pr::one_hot(pr::mse) | pr::solve<"classes">(pr::class_sums{}) | pr::exact;
constexpr auto relation_cross_entropy = pairs | pr::per_class(pr::dense<4> | pr::tanh | pr::dense<1>) |
                                        pr::cross_entropy | pr::solve<"classes">(pr::class_sums{}) | pr::exact;
constexpr auto metaopt = wide | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::learned_scale(7.0f) |
                         pr::cross_entropy | pr::solve<"head">(pr::ridge{.lambda = 50.0}) | pr::exact;
constexpr auto r2d2 = wide | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::affine | pr::cross_entropy |
                      pr::solve<"head">(pr::ridge{.lambda = pr::learned_positive(2.0)}) | pr::exact;

const auto task = pr::tests::golden_episode<classification>();

template <class Run>
void start(Run& run, std::size_t outputs = 5) {
    run.set("dense_0", 30).set("dense_1", 7 * outputs, [](int i) { return goldens::parameter(30 + i); });
}

// The outputs of a description for the queries of a task, after adaptation, from given parameters.
template <class Description, class Episode>
std::vector<double> predictions(const Description& description, const std::vector<double>& theta,
                                const Episode& episode) {
    pr::adapter<double, Description, Episode> adapter(description);
    std::copy(theta.begin(), theta.end(), adapter.parameters().all().begin());
    const auto y = adapter.adapt(episode.support)(episode.query);
    return {y.begin(), y.end()};
}
template <class Description, class Episode>
std::vector<double> start_of(const Description& description) {
    return golden_run<Description, Episode>(description).theta;
}
template <class Description>
std::vector<double> predictions(const Description& description) {
    return predictions(description, start_of<Description, classification>(description), task);
}

// What the embedding, read off a model that ends with it, gives for rows of inputs.
std::vector<double> features(const std::vector<double>& theta, const double* x, std::size_t rows, std::size_t width) {
    std::vector<double> out(rows * width);
    for (std::size_t r = 0; r < rows; ++r) {
        double hidden[6];
        for (std::size_t j = 0; j < 6; ++j) {
            hidden[j] = theta[24 + j];
            for (std::size_t d = 0; d < 4; ++d) hidden[j] += x[r * 4 + d] * theta[d * 6 + j];
            hidden[j] = std::tanh(hidden[j]);
        }
        for (std::size_t j = 0; j < width; ++j) {
            out[r * width + j] = theta[30 + 6 * width + j];
            for (std::size_t d = 0; d < 6; ++d) out[r * width + j] += hidden[d] * theta[30 + d * width + j];
        }
    }
    return out;
}

double worst(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    double result = 0;
    for (std::size_t i = 0; i < a.size(); ++i) result = pr::maximum(result, std::abs(a[i] - b[i]));
    return result;
}

}  // namespace

TEST_CASE("prototypes over the dimension give PyTorch's loss and gradient", "[adapt]") {
    golden_run<decltype(per_dimension), classification> run(per_dimension);
    start(run);
    run.run(task);
    CHECK(run.loss == Approx(goldens::prototypes_per_dimension::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::prototypes_per_dimension::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::prototypes_per_dimension::gradient, 30, 35) < 1e-10);
    CHECK(std::abs(run.loss - goldens::prototypes::loss) > 1e-3);
}

TEST_CASE("cosine prototypes give PyTorch's means, loss and gradient, of the scale too", "[adapt]") {
    golden_run<decltype(cosine), classification> run(cosine);
    start(run);
    run.run(task);
    CHECK(run.loss == Approx(goldens::cosine_prototypes::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::cosine_prototypes::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::cosine_prototypes::gradient, 30, 35) < 1e-10);
    CHECK(run.gradient_error("scale_0", goldens::cosine_prototypes::gradient, 65, 1) < 1e-10);
    CHECK(run.error(run.adapted(task), "head", goldens::cosine_prototypes::adapted) < 1e-10);
}

TEST_CASE("matching networks give PyTorch's loss, gradient and probabilities", "[adapt]") {
    golden_run<decltype(matching), classification> run(matching);
    start(run);
    run.run(task);
    CHECK(run.loss == Approx(goldens::matching::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::matching::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::matching::gradient, 30, 35) < 1e-10);
    const auto y = predictions(matching, run.theta, task);
    for (std::size_t r = 0; r < 9; ++r) {
        double sum = 0;
        for (std::size_t n = 0; n < 3; ++n) sum += std::exp(y[r * 3 + n]);
        for (std::size_t n = 0; n < 3; ++n) {
            CHECK(std::exp(y[r * 3 + n]) / sum == Approx(goldens::matching::adapted[r * 3 + n]).epsilon(1e-10));
        }
    }
}

TEST_CASE("full context embeddings give PyTorch's examples, loss and gradient, of all three LSTMs", "[adapt]") {
    golden_run<decltype(in_context), classification> run(in_context);
    start(run);
    run.set("memory.input_weight", 320).set("solve_0", 220).set("solve_0.backward_input_weight", 220);
    run.run(task);
    CHECK(run.loss == Approx(goldens::full_context::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::full_context::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::full_context::gradient, 30, 35) < 1e-10);
    CHECK(run.gradient_error("memory.input_weight", goldens::full_context::gradient, 65, 320) < 1e-10);
    CHECK(run.gradient_error("solve_0.forward_input_weight", goldens::full_context::gradient, 385, 220) < 1e-10);
    CHECK(run.gradient_error("solve_0.backward_input_weight", goldens::full_context::gradient, 605, 220) < 1e-10);
    CHECK(run.error(run.adapted(task), "memory", goldens::full_context::adapted) < 1e-10);
}

TEST_CASE("relation networks give PyTorch's scores, loss and gradient", "[adapt]") {
    golden_run<decltype(relation), classification> run(relation);
    start(run);
    run.set("per_class_0", 49);
    run.run(task);
    CHECK(run.loss == Approx(goldens::relation::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::relation::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::relation::gradient, 30, 35) < 1e-10);
    CHECK(run.gradient_error("per_class_0.dense_0.weight", goldens::relation::gradient, 65, 40) < 1e-10);
    CHECK(run.gradient_error("per_class_0", goldens::relation::gradient, 65, 49) < 1e-10);
    const auto scores = predictions(relation, run.theta, task);
    for (std::size_t i = 0; i < 27; ++i) CHECK(scores[i] == Approx(goldens::relation::adapted[i]).epsilon(1e-10));
}

TEST_CASE("relation networks by cross-entropy give PyTorch's loss and gradient", "[adapt]") {
    golden_run<decltype(relation_cross_entropy), classification> run(relation_cross_entropy);
    start(run);
    run.set("per_class_0", 49);
    run.run(task);
    CHECK(run.loss == Approx(goldens::relation_cross_entropy::loss).epsilon(1e-12));
    CHECK(run.gradient_error("dense_0", goldens::relation_cross_entropy::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::relation_cross_entropy::gradient, 30, 35) < 1e-10);
    CHECK(run.gradient_error("per_class_0", goldens::relation_cross_entropy::gradient, 65, 49) < 1e-10);
}

TEST_CASE("MetaOptNet's ridge head gives PyTorch's head, loss and gradient, of the scale too", "[adapt]") {
    golden_run<decltype(metaopt), classification> run(metaopt);
    start(run, 8);
    run.run(task);
    CHECK(run.loss == Approx(goldens::metaopt_ridge::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::metaopt_ridge::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::metaopt_ridge::gradient, 30, 56) < 1e-10);
    CHECK(run.gradient_error("scale_0", goldens::metaopt_ridge::gradient, 86, 1) < 1e-10);
    CHECK(run.error(run.adapted(task), "head", goldens::metaopt_ridge::adapted) < 1e-10);
}

TEST_CASE("R2-D2's ridge head gives PyTorch's head, loss and gradient, of ln lambda, scale and shift too", "[adapt]") {
    golden_run<decltype(r2d2), classification> run(r2d2);
    start(run, 8);
    run.set("affine_0", 2, [](int i) { return i == 0 ? 3.0 : 0.5; });
    run.run(task);
    CHECK(run.loss == Approx(goldens::r2d2::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::r2d2::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::r2d2::gradient, 30, 56) < 1e-10);
    CHECK(run.gradient_error("solve_0.log_lambda", goldens::r2d2::gradient, 86, 1) < 1e-10);
    CHECK(run.gradient_error("affine_0", goldens::r2d2::gradient, 87, 2) < 1e-10);
    CHECK(run.error(run.adapted(task), "head", goldens::r2d2::adapted) < 1e-10);
}

TEST_CASE("ridge solves the smaller system", "[adapt]") {
    using few = pr::detail::closed_form_sizes<6, 8, 3, 3>;
    using many = pr::detail::closed_form_sizes<6, 5, 3, 3>;
    static_assert(sizeof(pr::ridge<>::trace<double, few>) >= 36 * sizeof(double));
    static_assert(pr::ridge<>::system<few> == 6 && pr::ridge<>::system<many> == 5);
    static_assert(pr::ridge<>::among_examples<few> && !pr::ridge<>::among_examples<many>);
    SUCCEED();
}

TEST_CASE("with one shot and the Euclidean distance, prototypes predict as the nearest neighbour", "[adapt]") {
    using one_shot = pr::episode_of<double, pr::shape<4>, pr::labels<5>, 5, 40>;
    const auto episode = pr::tests::golden_episode<one_shot>();
    constexpr auto nearest = embedding | pr::scratch<"memory">(pr::neighbours<1, pr::ways>) | pr::cross_entropy |
                             pr::solve<"memory">(pr::support_set{}) | pr::exact;
    constexpr auto euclidean = embedding | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                               pr::solve<"head">(pr::prototypes{}) | pr::exact;
    const auto a = predictions(nearest, start_of<decltype(nearest), one_shot>(nearest), episode);
    const auto b = predictions(euclidean, start_of<decltype(euclidean), one_shot>(euclidean), episode);
    const auto best = [](const std::vector<double>& y, std::size_t r) {
        return std::max_element(y.begin() + static_cast<std::ptrdiff_t>(r * 5),
                                y.begin() + static_cast<std::ptrdiff_t>(r * 5 + 5)) -
               y.begin() - static_cast<std::ptrdiff_t>(r * 5);
    };
    std::array<int, 5> seen{};
    for (std::size_t r = 0; r < 40; ++r) {
        CHECK(best(a, r) == best(b, r));
        ++seen[static_cast<std::size_t>(best(a, r))];
    }
    CHECK(std::count(seen.begin(), seen.end(), 40) == 0);
}

TEST_CASE("with one shot, matching networks are cosine prototypes of scale 1", "[adapt]") {
    using one_shot = pr::episode_of<double, pr::shape<4>, pr::labels<5>, 5, 10>;
    const auto episode = pr::tests::golden_episode<one_shot>();
    constexpr auto prototypes = embedding | pr::scratch<"head">(pr::cosine_similarity<pr::ways>) | pr::cross_entropy |
                                pr::solve<"head">(pr::class_means{}) | pr::exact;
    golden_run<decltype(matching), one_shot> a(matching, episode);
    golden_run<decltype(prototypes), one_shot> b(prototypes, episode);
    CHECK(a.loss == Approx(b.loss).epsilon(1e-12));
    std::vector<double> first(a.gradient.begin(), a.gradient.begin() + 65);
    CHECK(worst(first, {b.gradient.begin(), b.gradient.begin() + 65}) < 1e-12);
}

TEST_CASE("the order of the support set changes nothing in a metric learner", "[adapt]") {
    auto mixed = task;
    const int order[6] = {3, 5, 1, 0, 4, 2};
    for (int i = 0; i < 6; ++i) {
        mixed.support.targets(i) = task.support.targets(order[i]);
        for (int d = 0; d < 4; ++d) mixed.support.inputs(i, d) = task.support.inputs(order[i], d);
    }
    const auto changes = [&](const auto& description) {
        using description_type = std::remove_cvref_t<decltype(description)>;
        const auto theta = start_of<description_type, classification>(description);
        return worst(predictions(description, theta, task), predictions(description, theta, mixed));
    };
    CHECK(changes(per_dimension) < 1e-12);
    CHECK(changes(cosine) < 1e-12);
    CHECK(changes(matching) < 1e-12);
    CHECK(changes(relation) < 1e-12);
    CHECK(changes(r2d2) < 1e-11);
}

TEST_CASE("relation networks sum over the shots, and see the class before the query", "[adapt]") {
    const auto theta = start_of<decltype(relation), classification>(relation);
    const auto scores = predictions(relation, theta, task);
    const auto support = features(theta, task.support.inputs.data(), 6, 5);
    const auto query = features(theta, task.query.inputs.data(), 9, 5);
    const std::size_t module = golden_run<decltype(relation), classification>::layout_type::offset_of("per_class_0");
    for (std::size_t r = 0; r < 9; ++r) {
        for (std::size_t n = 0; n < 3; ++n) {
            double pair[10];
            for (std::size_t d = 0; d < 5; ++d) {
                pair[d] = support[n * 5 + d] + support[(n + 3) * 5 + d];
                pair[5 + d] = query[r * 5 + d];
            }
            double score = theta[module + 48];
            for (std::size_t j = 0; j < 4; ++j) {
                double hidden = theta[module + 40 + j];
                for (std::size_t d = 0; d < 10; ++d) hidden += pair[d] * theta[module + d * 4 + j];
                score += std::tanh(hidden) * theta[module + 44 + j];
            }
            CHECK(scores[r * 3 + n] == Approx(1 / (1 + std::exp(-score))).epsilon(1e-10));
        }
    }
}

TEST_CASE("the first linear layer of a relation module may stand before the pairs", "[adapt]") {
    constexpr auto rest = pr::tanh | pr::dense<1> | pr::sigmoid;
    constexpr auto by_sums = pr::solve<"classes">(pr::class_sums{});
    constexpr auto after = pairs | pr::per_class(pr::named<"first">(pr::dense<4>.without_bias()) | rest) |
                           pr::one_hot(pr::mse) | by_sums | pr::exact;
    constexpr auto before = embedding | pr::named<"first">(pr::dense<8>.without_bias()) |
                            pr::scratch<"classes">(pr::cross_sum<pr::ways>) | pr::per_class(rest) |
                            pr::one_hot(pr::mse) | by_sums | pr::exact;
    golden_run<decltype(after), classification> a(after);
    golden_run<decltype(before), classification> b(before);
    const auto at = [](auto& run, std::string_view name) {
        const std::size_t offset = std::remove_cvref_t<decltype(run)>::layout_type::offset_of(name);
        REQUIRE(offset < run.theta.size());
        return offset;
    };
    const std::size_t first_a = at(a, "per_class_0.first.weight"), first_b = at(b, "first.weight");
    const std::size_t rest_a = at(a, "per_class_0.dense_1.weight"), rest_b = at(b, "per_class_0.dense_0.weight");
    for (std::size_t i = 0; i < 65; ++i) b.theta[i] = a.theta[i];
    for (std::size_t i = 0; i < 5; ++i) b.theta[rest_b + i] = a.theta[rest_a + i];
    // Rows 0 to 4 of the weights meet the class, rows 5 to 9 the query; here they lie side by side.
    const auto there = [&](std::size_t d, std::size_t j) { return first_a + d * 4 + j; };
    const auto here = [&](std::size_t d, std::size_t j) { return first_b + d % 5 * 8 + d / 5 * 4 + j; };
    for (std::size_t d = 0; d < 10; ++d) {
        for (std::size_t j = 0; j < 4; ++j) b.theta[here(d, j)] = a.theta[there(d, j)];
    }
    a.run(task);
    b.run(task);
    CHECK(a.loss == Approx(b.loss).epsilon(1e-13));
    for (std::size_t i = 0; i < 65; ++i) CHECK(b.gradient[i] == Approx(a.gradient[i]).epsilon(1e-10).margin(1e-13));
    for (std::size_t d = 0; d < 10; ++d) {
        for (std::size_t j = 0; j < 4; ++j) {
            CHECK(b.gradient[here(d, j)] == Approx(a.gradient[there(d, j)]).epsilon(1e-10).margin(1e-13));
        }
    }
}

TEST_CASE("the logits of prototypes over the dimension are the mean square differences, but for a shift", "[adapt]") {
    const auto theta = start_of<decltype(per_dimension), classification>(per_dimension);
    const auto logits = predictions(per_dimension, theta, task);
    const auto support = features(theta, task.support.inputs.data(), 6, 5);
    const auto query = features(theta, task.query.inputs.data(), 9, 5);
    for (std::size_t r = 0; r < 9; ++r) {
        double wanted[3]{};
        for (std::size_t n = 0; n < 3; ++n) {
            for (std::size_t d = 0; d < 5; ++d) {
                const double mean = (support[n * 5 + d] + support[(n + 3) * 5 + d]) / 2;
                wanted[n] -= (query[r * 5 + d] - mean) * (query[r * 5 + d] - mean) / 5;
            }
        }
        CHECK(logits[r * 3 + 1] - logits[r * 3] == Approx(wanted[1] - wanted[0]).epsilon(1e-10));
        CHECK(logits[r * 3 + 2] - logits[r * 3] == Approx(wanted[2] - wanted[0]).epsilon(1e-10));
    }
}

TEST_CASE("metric learners learn to the same bits on one, two and three threads", "[adapt]") {
    constexpr auto blobs = pr::gaussian_blobs{.ways = pr::count<3>, .shots = pr::count<2>, .queries = pr::count<3>,
                                              .dimension = pr::count<4>};
    constexpr auto with_adam = pr::outer(pr::adam{.rate = 1e-2f});
    const auto same = [&](const auto& description) {
        std::vector<std::vector<float>> results;
        for (const std::size_t threads : {1, 2, 3}) {
            auto learner = pr::learner(description | with_adam, blobs, pr::seed{3});
            const auto before = learner.parameters().all()[0];
            pr::train(learner, blobs, {.iterations = 20, .meta_batch = 5, .threads = threads});
            CHECK(learner.parameters().all()[0] != before);
            const auto all = learner.parameters().all();
            results.emplace_back(all.begin(), all.end());
        }
        return results[0] == results[1] && results[0] == results[2];
    };
    CHECK(same(cosine));
    CHECK(same(matching));
    CHECK(same(relation));
    CHECK(same(in_context));
    CHECK(same(r2d2));
}
