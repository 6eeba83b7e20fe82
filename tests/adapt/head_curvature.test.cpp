// SPDX-License-Identifier: BSL-1.0
// A loss seen through a head in closed form agrees with PyTorch in value, gradient and Hessian-vector product.
#include "catch.hpp"
#include "goldens/head_curvature.hpp"
#include "goldens/inputs.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/class_features.hpp>
#include <priori/adapt/full_context.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/adapt/support_set.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/loss/one_hot.hpp>
#include <priori/nn/nn.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pr = priori;
namespace goldens = pr::goldens;
using pr::tests::classification;

namespace {

constexpr auto embedding = pr::input<4> | pr::dense<6> | pr::tanh | pr::dense<5>;
constexpr auto prototypes = embedding | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                            pr::solve<"head">(pr::prototypes{});
constexpr auto cosine = embedding | pr::scratch<"head">(pr::cosine_similarity<pr::ways>) | pr::learned_scale(10.0f) |
                        pr::cross_entropy | pr::solve<"head">(pr::class_means{});
constexpr auto matching = embedding | pr::named<"head">(pr::attention<pr::ways>) | pr::cross_entropy |
                          pr::solve<"head">(pr::support_set{});
constexpr auto matching_scaled = embedding | pr::named<"head">(pr::attention<pr::ways>.scaled_by(10.0f)) |
                                 pr::cross_entropy | pr::solve<"head">(pr::support_set{});
constexpr auto in_context = embedding | pr::named<"head">(pr::context_attention<3, pr::ways>.scaled_by(10.0f)) |
                            pr::cross_entropy | pr::solve<"head">(pr::full_context{});
constexpr auto relation = embedding | pr::scratch<"head">(pr::beside<pr::ways>) |
                          pr::per_class(pr::dense<4> | pr::tanh | pr::dense<1> | pr::sigmoid) | pr::one_hot(pr::mse) |
                          pr::solve<"head">(pr::class_sums{});
constexpr auto ridge = embedding | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::affine |
                       pr::cross_entropy | pr::solve<"head">(pr::ridge{.lambda = pr::learned(1.0)});

// The blocks in the goldens' order, and where each has its numbers from.
struct block_start {
    std::string_view name;
    std::size_t count;
    double (*number)(int) = goldens::parameter;
};

// The largest of the errors of loss, gradient and product, each by the largest number of its kind.
template <class Given, std::size_t Size>
double error(const Given& given, std::initializer_list<block_start> more, double loss,
             const std::array<double, Size>& gradient, const std::array<double, Size>& product) {
    const auto description = pr::resolved<classification>(given);
    using algorithm = std::remove_const_t<decltype(description)>;
    using support = pr::batch_view<double, 6, pr::shape<4>, pr::labels<3>>;
    using objective = typename algorithm::objective_type;
    using stage = std::remove_cvref_t<decltype(pr::get<0>(description.stages))>;
    using seen = pr::composed_objective<"solve_0", typename objective::blocks, stage, objective, support,
                                        pr::exact_rule>;
    using layout = typename seen::layout_after;
    std::vector<double> theta(layout::size), way(layout::size), bar(layout::size), curved(layout::size);
    std::vector<std::size_t> places;
    const auto add = [&](std::string_view name, std::size_t count, auto number) {
        for (std::size_t i = 0; i < count; ++i) {
            places.push_back(layout::offset_of(name) + i);
            theta[places.back()] = number(int(i));
            way[places.back()] = goldens::direction(int(places.size() - 1));
        }
    };
    add("dense_0", 30, goldens::parameter);
    add("dense_1", 35, [](int i) { return goldens::parameter(30 + i); });
    for (const auto& block : more) add(block.name, block.count, block.number);
    REQUIRE(places.size() == Size);

    const auto task = pr::tests::golden_episode<classification>();
    const auto batch = pr::view_of(task.support);
    const seen through{pr::get<0>(description.stages), description.objective};
    const auto tape = std::make_unique<typename seen::template tape<double, layout, pr::all_blocks, support>>();
    const auto sweep = std::make_unique<typename seen::template sweep<double, layout, pr::all_blocks, support>>();
    const pr::view<double> at(theta.data());
    const double value =
        through.template gradient<layout, pr::all_blocks>(at, batch, pr::view<double>(bar.data()), *tape, *tape);
    sweep->start();
    through.template tangent<layout, pr::all_blocks>(at, pr::view<double>(way.data()), batch,
                                                     pr::view<double>(curved.data()), *tape, *tape, *sweep);
    double worst = std::abs(value - loss) / std::abs(loss);
    const auto compare = [&](const std::vector<double>& found, const std::array<double, Size>& wanted) {
        double largest = 0;
        for (const double w : wanted) largest = std::max(largest, std::abs(w));
        for (std::size_t i = 0; i < Size; ++i) {
            worst = pr::maximum(worst, std::abs(found[places[i]] - wanted[i]) / largest);
        }
    };
    compare(bar, gradient);
    compare(curved, product);
    return worst;
}

constexpr double tolerance = 1e-10;

}  // namespace

TEST_CASE("Euclidean and cosine prototypes agree with PyTorch to second order", "[adapt]") {
    namespace plain = goldens::curvature_prototypes;
    namespace angles = goldens::curvature_cosine;
    CHECK(error(prototypes, {}, plain::loss, plain::gradient, plain::product) < tolerance);
    CHECK(error(cosine, {{"scale_0", 1, [](int) { return 10.0; }}}, angles::loss, angles::gradient, angles::product) <
          tolerance);
}

TEST_CASE("matching and relation networks agree with PyTorch to second order", "[adapt]") {
    namespace pairs = goldens::curvature_matching;
    namespace module = goldens::curvature_relation;
    CHECK(error(matching, {}, pairs::loss, pairs::gradient, pairs::product) < tolerance);
    namespace sharper = goldens::curvature_matching_scaled;
    CHECK(error(matching_scaled, {}, sharper::loss, sharper::gradient, sharper::product) < tolerance);
    CHECK(error(relation, {{"per_class_0", 49}}, module::loss, module::gradient, module::product) < tolerance);
}

TEST_CASE("full context embeddings agree with PyTorch to second order, in all three LSTMs", "[adapt]") {
    namespace g = goldens::curvature_full_context;
    CHECK(error(in_context,
                {{"head.input_weight", 320}, {"solve_0.forward_input_weight", 220},
                 {"solve_0.backward_input_weight", 220}},
                g::loss, g::gradient, g::product) < tolerance);
}

TEST_CASE("a ridge head agrees with PyTorch to second order, in lambda too", "[adapt]") {
    namespace g = goldens::curvature_ridge;
    CHECK(error(ridge,
                {{"solve_0.lambda", 1, [](int) { return 1.0; }},
                 {"affine_0", 2, [](int i) { return i == 0 ? 2.0 : 0.5; }}},
                g::loss, g::gradient, g::product) < tolerance);
}
