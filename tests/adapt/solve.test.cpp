// SPDX-License-Identifier: BSL-1.0
// solve: prototypes and ridge against PyTorch and against their formulas computed directly; Proto-MAML.

#include "catch.hpp"
#include "goldens/closed_forms.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/affine.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace pr = priori;
namespace goldens = pr::goldens;
using pr::tests::classification;
using pr::tests::golden_run;

namespace {

constexpr auto embedding = pr::input<4> | pr::dense<6> | pr::tanh | pr::dense<5>;
constexpr auto with_prototypes = embedding | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                                 pr::solve<"head">(pr::prototypes{});
constexpr auto with_ridge = embedding | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::affine |
                            pr::cross_entropy | pr::solve<"head">(pr::ridge{.lambda = pr::learned(1.0)}) | pr::exact;

template <class Run>
void start(Run& run) {
    run.set("dense_0", 30).set("dense_1", 35, [](int i) { return goldens::parameter(30 + i); });
}

// The embedding's features, written out.
std::vector<double> features(const double* x) {
    std::vector<double> hidden(6), out(5);
    for (int j = 0; j < 6; ++j) {
        hidden[j] = goldens::parameter(24 + j);
        for (int d = 0; d < 4; ++d) hidden[j] += x[d] * goldens::parameter(d * 6 + j);
        hidden[j] = std::tanh(hidden[j]);
    }
    for (int j = 0; j < 5; ++j) {
        out[j] = goldens::parameter(30 + 30 + j);
        for (int d = 0; d < 6; ++d) out[j] += hidden[d] * goldens::parameter(30 + d * 5 + j);
    }
    return out;
}

// PyTorch's head starts from 2 c_n and -|c_n|^2; here each column is less by their mean 2 m and each bias more by
// |m|^2, all alike, and steps on the cross-entropy keep it so.
template <std::size_t Count>
std::array<double, Count> centered(std::array<double, Count> adapted, std::size_t head = 0) {
    double square = 0;
    for (std::size_t d = 0; d < 5; ++d) {
        double* weights = &adapted[head + d * 3];
        const double mean = (weights[0] + weights[1] + weights[2]) / 3;
        for (std::size_t n = 0; n < 3; ++n) weights[n] -= mean;
        square += mean * mean / 4;
    }
    for (std::size_t n = 0; n < 3; ++n) adapted[head + 15 + n] += square;
    return adapted;
}

// a x = b by elimination with pivots; b becomes x.
void eliminate(std::vector<std::vector<double>> a, std::vector<std::vector<double>>& b) {
    const std::size_t n = a.size();
    for (std::size_t c = 0; c < n; ++c) {
        std::size_t pivot = c;
        for (std::size_t r = c; r < n; ++r) {
            if (std::abs(a[r][c]) > std::abs(a[pivot][c])) pivot = r;
        }
        std::swap(a[c], a[pivot]);
        std::swap(b[c], b[pivot]);
        for (std::size_t r = 0; r < n; ++r) {
            if (r == c) continue;
            const double factor = a[r][c] / a[c][c];
            for (std::size_t k = 0; k < n; ++k) a[r][k] -= factor * a[c][k];
            for (std::size_t k = 0; k < b[r].size(); ++k) b[r][k] -= factor * b[c][k];
        }
    }
    for (std::size_t r = 0; r < n; ++r) {
        for (double& value : b[r]) value /= a[r][r];
    }
}

}  // namespace

TEST_CASE("prototypes give PyTorch's head, loss and gradient", "[adapt]") {
    const auto task = pr::tests::golden_episode<classification>();
    constexpr auto description = with_prototypes | pr::exact;
    golden_run<decltype(description), classification> run(description);
    start(run);
    run.run(task);
    CHECK(run.loss == Approx(goldens::prototypes::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::prototypes::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::prototypes::gradient, 30, 35) < 1e-10);
    CHECK(run.error(run.adapted(task), "head", centered(goldens::prototypes::adapted)) < 1e-10);
}

TEST_CASE("prototypes are twice the class means around their mean, for classes of any size and order", "[adapt]") {
    auto task = pr::tests::golden_episode<classification>();
    const int labels[6] = {2, 2, 0, 1, 2, 0};
    for (int i = 0; i < 6; ++i) task.support.targets(i) = labels[i];
    constexpr auto description = with_prototypes | pr::exact;
    golden_run<decltype(description), classification> run(description);
    start(run);
    const auto adapted = run.adapted(task);
    const std::size_t head = decltype(run)::layout_type::offset_of("head");
    std::vector<std::vector<double>> center(3, std::vector<double>(5));
    std::vector<double> middle(5);
    for (int n = 0; n < 3; ++n) {
        double count = 0;
        for (int i = 0; i < 6; ++i) {
            if (labels[i] != n) continue;
            const auto f = features(&task.support.inputs(i, 0));
            for (int d = 0; d < 5; ++d) center[n][d] += f[d];
            ++count;
        }
        for (int d = 0; d < 5; ++d) {
            center[n][d] /= count;
            middle[d] += center[n][d] / 3;
        }
    }
    for (int n = 0; n < 3; ++n) {
        double bias = 0;
        for (int d = 0; d < 5; ++d) {
            bias -= center[n][d] * center[n][d] - middle[d] * middle[d];
            CHECK(adapted[head + d * 3 + n] == Approx(2 * (center[n][d] - middle[d])).epsilon(1e-10).margin(1e-13));
        }
        CHECK(adapted[head + 15 + n] == Approx(bias).epsilon(1e-10).margin(1e-13));
    }
}

TEST_CASE("prototypes of features far from zero classify as near it, in float", "[adapt]") {
    using episode = pr::episode_of<float, pr::shape<2>, pr::labels<3>, 6, 60>;
    constexpr auto description = pr::input<2> | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                                 pr::solve<"head">(pr::prototypes{}) | pr::exact;
    pr::adapter<float, decltype(description), episode> adapter(description);
    const float corner[3][2] = {{0, 0}, {1, 0}, {0, 1}};
    const auto fill = [&](auto& batch, int rows, float offset) {
        for (int i = 0; i < rows; ++i) {
            batch.targets(i) = i % 3;
            for (int d = 0; d < 2; ++d) {
                batch.inputs(i, d) = offset + corner[i % 3][d] + 0.3f * float(std::sin(3.0 * i + 2.0 * d));
            }
        }
    };
    for (const float offset : {0.0f, 100.0f, 10'000.0f}) {
        episode task;
        fill(task.support, 6, offset);
        fill(task.query, 60, offset);
        CHECK(adapter.adapt(task.support).accuracy(task.query) == 1);
    }
}

TEST_CASE("prototypes give a class without examples no chance, and its row no gradient", "[adapt]") {
    auto task = pr::tests::golden_episode<classification>();
    for (int i = 0; i < 6; ++i) task.support.targets(i) = 2 * (i % 2);
    for (int i = 0; i < 9; ++i) task.query.targets(i) = 2 * (i % 2);
    for (const bool per_dimension : {false, true}) {
        const auto description = embedding | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                                 pr::solve<"head">(pr::prototypes{.per_dimension = per_dimension}) | pr::exact;
        CHECK(check_gradient(description, task).relative() < 1e-8);
        pr::adapter<double, std::remove_cvref_t<decltype(description)>, classification> adapter(description);
        const auto logits = adapter.adapt(task.support)(task.query);
        for (std::size_t r = 0; r < 9; ++r) {
            CHECK(logits(r, 1) == -1e30);
            CHECK(std::abs(logits(r, 0)) < 1e3);
        }
    }
}

TEST_CASE("ridge gives PyTorch's head, loss and gradient, of lambda too", "[adapt]") {
    const auto task = pr::tests::golden_episode<classification>();
    golden_run<decltype(with_ridge), classification> run(with_ridge);
    start(run);
    run.run(task);
    CHECK(run.loss == Approx(goldens::ridge::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::ridge::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::ridge::gradient, 30, 35) < 1e-10);
    CHECK(run.gradient_error("solve_0.lambda", goldens::ridge::gradient, 65, 1) < 1e-10);
    CHECK(run.gradient_error("affine_0", goldens::ridge::gradient, 66, 2) < 1e-10);
    CHECK(run.error(run.adapted(task), "head", goldens::ridge::adapted) < 1e-10);
}

TEST_CASE("ridge equals the normal equations, on labels", "[adapt]") {
    const auto task = pr::tests::golden_episode<classification>();
    constexpr auto description = embedding | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) |
                                 pr::cross_entropy | pr::solve<"head">(pr::ridge{.lambda = 0.3}) | pr::exact;
    golden_run<decltype(description), classification> run(description);
    start(run);
    const auto adapted = run.adapted(task);
    std::vector<std::vector<double>> normal(5, std::vector<double>(5)), right(5, std::vector<double>(3));
    for (int i = 0; i < 6; ++i) {
        const auto f = features(&task.support.inputs(i, 0));
        for (int d = 0; d < 5; ++d) {
            for (int e = 0; e < 5; ++e) normal[d][e] += f[d] * f[e];
            right[d][task.support.targets(i)] += f[d];
        }
    }
    for (int d = 0; d < 5; ++d) normal[d][d] += 0.3;
    eliminate(normal, right);
    const std::size_t head = decltype(run)::layout_type::offset_of("head");
    for (int d = 0; d < 5; ++d) {
        for (int n = 0; n < 3; ++n) {
            CHECK(adapted[head + d * 3 + n] == Approx(right[d][n]).epsilon(1e-10).margin(1e-12));
        }
    }
}

TEST_CASE("ridge equals the normal equations, on numbers", "[adapt]") {
    using regression = pr::episode_of<double, pr::shape<3>, pr::shape<2>, 6, 4>;
    const auto task = pr::tests::golden_episode<regression>();
    constexpr auto description = pr::input<3> | pr::scratch<"head">(pr::dense<2>.without_bias()) | pr::mse |
                                 pr::solve<"head">(pr::ridge{.lambda = 0.1}) | pr::exact;
    golden_run<decltype(description), regression> run(description, task);
    const auto adapted = run.adapted(task);
    std::vector<std::vector<double>> normal(3, std::vector<double>(3)), right(3, std::vector<double>(2));
    for (int i = 0; i < 6; ++i) {
        for (int d = 0; d < 3; ++d) {
            for (int e = 0; e < 3; ++e) normal[d][e] += task.support.inputs(i, d) * task.support.inputs(i, e);
            for (int o = 0; o < 2; ++o) right[d][o] += task.support.inputs(i, d) * task.support.targets(i, o);
        }
    }
    for (int d = 0; d < 3; ++d) normal[d][d] += 0.1;
    eliminate(normal, right);
    for (int d = 0; d < 3; ++d) {
        for (int o = 0; o < 2; ++o) CHECK(adapted[d * 2 + o] == Approx(right[d][o]).epsilon(1e-10));
    }
}

TEST_CASE("prototypes followed by five steps are Proto-MAML", "[adapt]") {
    const auto task = pr::tests::golden_episode<classification>();
    constexpr auto description = with_prototypes | pr::adapt<5>(pr::sgd{.rate = 0.05}) | pr::exact;
    golden_run<decltype(description), classification> run(description);
    start(run);
    run.run(task);
    CHECK(run.loss == Approx(goldens::proto_maml_k5::loss).epsilon(1e-13));
    CHECK(run.gradient_error("dense_0", goldens::proto_maml_k5::gradient, 0, 30) < 1e-10);
    CHECK(run.gradient_error("dense_1", goldens::proto_maml_k5::gradient, 30, 35) < 1e-10);
    CHECK(run.error(run.adapted(task), "dense_0", goldens::proto_maml_k5::adapted, 0, 30) < 1e-10);
    CHECK(run.error(run.adapted(task), "head", centered(goldens::proto_maml_k5::adapted, 65), 65, 18) < 1e-10);
}

TEST_CASE("a learned head that is solved over gets no gradient", "[adapt]") {
    constexpr auto description = embedding | pr::named<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                                 pr::solve<"head">(pr::prototypes{}) | pr::exact;
    golden_run<decltype(description), classification> run(description, pr::tests::golden_episode<classification>());
    const std::size_t head = decltype(run)::layout_type::offset_of("head");
    for (std::size_t i = 0; i < 18; ++i) CHECK(run.gradient[head + i] == 0.0);
    CHECK(run.gradient[0] != 0.0);
}
