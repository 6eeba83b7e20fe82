// SPDX-License-Identifier: BSL-1.0
// Normalizing layers agree with PyTorch, alone and within MAML, and mean what their mode says.
#include "catch.hpp"
#include "goldens/algorithms.hpp"
#include "goldens/inputs.hpp"
#include "goldens/layers.hpp"
#include "nn/golden_network.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/program.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/layer_normalization.hpp>
#include <priori/optim/sgd.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace {

namespace goldens = priori::goldens;
using namespace priori;

template <class T>
using classification = episode<batch<T, 6, shape<4>, labels<3>>, batch<T, 9, shape<4>, labels<3>>>;

template <class T>
classification<T> golden_task() {
    classification<T> task;
    for (std::size_t r = 0; r < 6; ++r) {
        for (std::size_t i = 0; i < 4; ++i) task.support.inputs(r, i) = T(goldens::support_input(int(4 * r + i)));
        task.support.targets(r) = goldens::label(int(r), 3);
    }
    for (std::size_t r = 0; r < 9; ++r) {
        for (std::size_t i = 0; i < 4; ++i) task.query.inputs(r, i) = T(goldens::query_input(int(4 * r + i)));
        task.query.targets(r) = goldens::label(int(r), 3);
    }
    return task;
}

template <class T, class Description>
class run {
public:
    using program_type = program<T, Description, classification<T>>;
    static constexpr std::size_t size = program_type::size;

    explicit run(const Description& given) : description(resolved<classification<T>>(given)) {
        program_type::initialize(description, key{}, theta.data());
    }
    void start_as_goldens() {
        for (std::size_t i = 0; i < size; ++i) theta[i] = T(goldens::parameter(int(i)));
    }
    T operator()(const classification<T>& task, bool training = true) {
        return program_type::loss_and_gradient(description, view<T>(theta.data()), task, pass{training, {}, 0},
                                               view<T>(gradient.data()), *space);
    }

    typename program_type::algorithm_type description;
    std::array<T, size> theta{}, gradient{};

private:
    std::unique_ptr<typename program_type::workspace> space = std::make_unique<typename program_type::workspace>();
};

template <class T, std::size_t Size, class Description>
void check_maml(const Description& description, double loss, const std::array<double, Size>& expected,
                double tolerance) {
    run<T, Description> maml(description);
    static_assert(Size == run<T, Description>::size);
    maml.start_as_goldens();
    CHECK(std::abs(double(maml(golden_task<T>())) - loss) < tolerance);
    double worst = 0;
    for (std::size_t i = 0; i < Size; ++i) worst = priori::maximum(worst, std::abs(double(maml.gradient[i]) - expected[i]));
    CHECK(worst < tolerance);
}

template <class Normalization>
constexpr auto maml_with(Normalization normalization) {
    return input<4> | dense<5> | normalization | priori::tanh | dense<3> | cross_entropy | adapt<5>(sgd{.rate = 0.3}) |
           exact;
}

template <class T>
void check_algorithms(double tolerance) {
    namespace layer = goldens::classification_layer_norm_k5;
    namespace together = goldens::classification_batch_norm_transductive_k5;
    namespace by_support = goldens::classification_batch_norm_support_k5;
    check_maml<T>(maml_with(layer_normalization), layer::loss, layer::gradient, tolerance);
    check_maml<T>(maml_with(batch_normalization<transductive>), together::loss, together::gradient, tolerance);
    check_maml<T>(maml_with(batch_normalization<support_statistics>), by_support::loss, by_support::gradient,
                  tolerance);
}

template <class T>
void check_layers(double tolerance) {
    namespace layer = goldens::net_layer_norm;
    namespace whole = goldens::net_batch_norm;
    const auto with = [](auto normalization) { return input<4> | dense<5> | normalization | priori::tanh | dense<3>; };
    CHECK(goldens::errors_of<T>(with(layer_normalization), layer::loss, layer::gradient, layer::product).largest() <
          tolerance);
    CHECK(goldens::errors_of<T>(with(batch_normalization<transductive>), whole::loss, whole::gradient, whole::product)
              .largest() < tolerance);
    CHECK(goldens::errors_of<T>(with(batch_normalization<support_statistics>), whole::loss, whole::gradient,
                                whole::product)
              .largest() < tolerance);
}

}  // namespace

TEST_CASE("a network with a normalizing layer agrees with PyTorch in loss, gradient and Hessian-vector product") {
    check_layers<double>(1e-11);
    check_layers<float>(1e-4);
}

TEST_CASE("MAML through a normalizing layer agrees with PyTorch") {
    check_algorithms<double>(1e-11);
    check_algorithms<float>(1e-4);
}

TEST_CASE("the loss of a query by support statistics does not depend on the other queries") {
    const auto description = maml_with(batch_normalization<support_statistics>);
    const auto together = maml_with(batch_normalization<transductive>);
    using view_type = batch_view<double, 6, shape<4>, labels<3>>;
    const auto check = [](const auto& given, const auto& task) {
        run<double, std::remove_cvref_t<decltype(given)>> maml(given);
        maml.start_as_goldens();
        return maml(task);
    };
    // The mean loss over nine queries is that over nine tasks with one query nine times.
    const auto mean_alone = [&](const auto& given) {
        double sum = 0;
        for (std::size_t q = 0; q < 9; ++q) {
            auto task = golden_task<double>();
            for (std::size_t r = 0; r < 9; ++r) {
                for (std::size_t i = 0; i < 4; ++i) task.query.inputs(r, i) = goldens::query_input(int(4 * q + i));
                task.query.targets(r) = goldens::label(int(q), 3);
            }
            sum += check(given, task);
        }
        return sum / 9;
    };
    static_assert(std::is_same_v<run<double, decltype(description)>::program_type::support_view, view_type>);
    CHECK(mean_alone(description) == Approx(check(description, golden_task<double>())).epsilon(1e-12));
    CHECK(std::abs(mean_alone(together) - check(together, golden_task<double>())) > 1e-3);
}

TEST_CASE("modes may be mixed in one network, and their meta-gradient agrees with differences") {
    const auto check = [](const auto& description) {
        run<double, std::remove_cvref_t<decltype(description)>> maml(description);
        maml.start_as_goldens();
        const auto task = golden_task<double>();
        maml(task);
        const auto gradient = maml.gradient;
        double worst = 0;
        for (std::size_t i = 0; i < maml.size; i += 3) {
            const double kept = maml.theta[i], h = 1e-4;
            const auto at = [&](double step) {
                maml.theta[i] = kept + step;
                return maml(task);
            };
            const double slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
            maml.theta[i] = kept;
            worst = priori::maximum(worst, std::abs(slope - gradient[i]));
        }
        CHECK(worst < 1e-8);
    };
    check(input<4> | dense<5> | batch_normalization<transductive> | priori::tanh | dense<5> |
          batch_normalization<support_statistics> | priori::tanh | dense<3> | cross_entropy |
          adapt<3>(sgd{.rate = 0.3}) | exact);
    check(input<4> | dense<5> | batch_normalization<support_statistics> | priori::tanh | dense<5> |
          batch_normalization<support_statistics> | priori::tanh | named<"head">(dense<3>) | cross_entropy |
          adapt<3>(sgd{.rate = 0.3}, only<"head">) | exact);
}

TEST_CASE("running averages normalize at evaluation, and training asks for their update") {
    const auto description = input<4> | batch_normalization<running> | dense<3> | cross_entropy |
                             adapt<2>(sgd{.rate = 0.3}, except<"batch_normalization_0">) | exact;
    run<double, std::remove_cvref_t<decltype(description)>> maml(description);
    using layout = decltype(maml)::program_type::layout_type;
    const std::size_t mean = layout::offset_of("batch_normalization_0.mean");
    const std::size_t variance = layout::offset_of("batch_normalization_0.variance");
    CHECK(layout::learned_size() == layout::size - 8);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(maml.theta[i] == 1);
        CHECK(maml.theta[4 + i] == 0);
        CHECK(maml.theta[mean + i] == 0);
        CHECK(maml.theta[variance + i] == 1);
    }
    const auto task = golden_task<double>();
    maml.theta[mean] = 0.25;
    maml(task);
    for (std::size_t i = 0; i < 4; ++i) {
        double sum = 0, squares = 0;
        for (std::size_t r = 0; r < 9; ++r) sum += task.query.inputs(r, i) / 9;
        for (std::size_t r = 0; r < 9; ++r) squares += std::pow(task.query.inputs(r, i) - sum, 2) / 9;
        CHECK(maml.gradient[mean + i] == Approx(0.1 * (sum - maml.theta[mean + i])).epsilon(1e-12));
        CHECK(maml.gradient[variance + i] == Approx(0.1 * (squares - maml.theta[variance + i])).epsilon(1e-12));
    }
    // With these averages and no training, the layer does nothing to its input but by epsilon.
    maml.theta[mean] = 0;
    const auto without = input<4> | dense<3> | cross_entropy | adapt<2>(sgd{.rate = 0.3}) | exact;
    run<double, std::remove_cvref_t<decltype(without)>> plain(without);
    for (std::size_t i = 0; i < plain.size; ++i) plain.theta[i] = maml.theta[layout::offset_of("dense_0") + i];
    CHECK(maml(task, false) == Approx(plain(task, false)).epsilon(1e-4));
    CHECK(maml.gradient[mean] == 0);
    for (std::size_t i = 0; i < plain.size; ++i) {
        CHECK(maml.gradient[layout::offset_of("dense_0") + i] == Approx(plain.gradient[i]).epsilon(1e-3).margin(1e-4));
    }
}
