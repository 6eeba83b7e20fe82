// SPDX-License-Identifier: BSL-1.0
// Dropout draws a mask for each task, step and layer, keeps the mean, and is off at evaluation.
#include "catch.hpp"
#include "goldens/inputs.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/program.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/dropout.hpp>
#include <priori/nn/residual.hpp>
#include <priori/optim/sgd.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

using namespace priori;

namespace {

constexpr std::size_t draws = 10000;

std::vector<float> mask_of(const pass& how, double rate = 0.3) {
    std::vector<float> x(draws, 1.0f), y(draws), kept(draws);
    dropout(rate).forward<rows<100>, shape<100>>(view<void>{}, view<float>(x.data()), view<float>(y.data()),
                                                 view<float>(kept.data()), how);
    return y;
}

}  // namespace

TEST_CASE("dropout keeps the mean and drops the share that it was told") {
    const auto mask = mask_of(pass{true, key{5, 6, 7}, 1});
    const auto dropped = std::count(mask.begin(), mask.end(), 0.0f);
    CHECK(std::abs(double(dropped) - 3000) < 150);
    CHECK(std::count(mask.begin(), mask.end(), float(1 / 0.7)) == static_cast<std::ptrdiff_t>(draws) - dropped);
    CHECK(mask_of(pass{true}, 0.0) == std::vector<float>(draws, 1.0f));
}

TEST_CASE("dropout is a function of key, step and layer, and off at evaluation") {
    const pass how{true, key{5, 6, 7}, 1, 11};
    const auto mask = mask_of(how);
    CHECK(mask == mask_of(how));
    CHECK(mask_of(pass{false, key{5, 6, 7}, 1, 11}) == std::vector<float>(draws, 1.0f));
    for (const pass other :
         {pass{true, key{4, 6, 7}, 1, 11}, pass{true, key{5, 5, 7}, 1, 11}, pass{true, key{5, 6, 8}, 1, 11},
          pass{true, key{5, 6, 7}, 2, 11}, pass{true, key{5, 6, 7}, 1, 12}}) {
        const auto differs = mask_of(other);
        std::size_t same = 0;
        for (std::size_t i = 0; i < draws; ++i) same += differs[i] == mask[i];
        CHECK(std::abs(double(same) / draws - 0.58) < 0.02);  // 0.3 0.3 + 0.7 0.7
    }
}

TEST_CASE("the meta-gradient through dropout agrees with differences under the same masks") {
    using task_type = episode_of<double, shape<2>, shape<1>, 5, 7>;
    const auto description = input<2> | dense<6> | dropout(0.3) | priori::tanh | residual(dense<6> | dropout(0.2)) |
                             dropout(0.1) | dense<1> | mse | adapt<3>(sgd{.rate = 0.1}) | exact;
    using program_type = program<double, std::remove_cvref_t<decltype(description)>, task_type>;
    task_type task;
    for (int i = 0; i < 10; ++i) task.support.inputs.data()[i] = goldens::support_input(i);
    for (int i = 0; i < 14; ++i) task.query.inputs.data()[i] = goldens::query_input(i);
    for (int i = 0; i < 5; ++i) task.support.targets.data()[i] = goldens::support_target(i);
    for (int i = 0; i < 7; ++i) task.query.targets.data()[i] = goldens::query_target(i);
    std::array<double, program_type::size> theta, gradient, unused;
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = goldens::parameter(int(i));
    const auto space = std::make_unique<typename program_type::workspace>();
    const pass how{true, key{1, 2, 3}, 0};
    const auto loss = [&](auto& into) {
        return program_type::loss_and_gradient(resolved<task_type>(description), view<double>(theta.data()), task, how,
                                               view<double>(into.data()), *space);
    };
    loss(gradient);
    double worst = 0;
    for (std::size_t i = 0; i < theta.size(); i += 2) {
        const double kept = theta[i], h = 1e-3;
        const auto at = [&](double step) {
            theta[i] = kept + step;
            return loss(unused);
        };
        const double slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
        theta[i] = kept;
        worst = priori::maximum(worst, std::abs(slope - gradient[i]));
    }
    CHECK(worst < 1e-9);
}

TEST_CASE("a rate that leaves nothing, or is none, is refused") {
    static_assert(dropout(0.0).rate == 0 && dropout(0.999).rate == 0.999);
    for (const double rate : {1.0, 1.5, -0.1, std::nan("")}) {
        CHECK_THROWS_WITH(dropout(rate), "dropout: the rate is at least 0 and less than 1.");
    }
}
