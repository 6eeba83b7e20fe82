// SPDX-License-Identifier: BSL-1.0
// Optimizers as outer rules against torch.optim, and which blocks they move.
#include <priori/optim/optim.hpp>

#include "catch.hpp"
#include "goldens/inputs.hpp"
#include "goldens/optimizers.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

namespace {

namespace pr = priori;
namespace goldens = priori::goldens;

// Ten steps on the quartic of tests/goldens/README.md; the eight numbers lie around scratch and a buffer.
using layout = pr::layout<pr::block<"a", "weight", pr::shape<3>>,
                          pr::block<"code", "", pr::shape<2>, pr::role::scratch>,
                          pr::block<"b", "weight", pr::shape<4>>,
                          pr::block<"b", "mean", pr::shape<1>, pr::role::buffer>,
                          pr::block<"b", "bias", pr::shape<1>>>;
constexpr std::array<std::size_t, 8> places{0, 1, 2, 5, 6, 7, 8, 10};

template <class T, class O>
double error(const O& optimizer, const std::array<double, 8>& start, const std::array<double, 8>& last) {
    std::array<T, 64> theta{}, gradient{};  // longer than the layout: g++ 12 warns of packs that it never reaches
    theta.fill(T(7));
    gradient.fill(T(100));
    for (std::size_t i = 0; i < 8; ++i) theta[places[i]] = static_cast<T>(start[i]);
    pr::outer_state<layout, O, T> state;
    state.start();
    for (int step = 0; step < 10; ++step) {
        for (std::size_t i = 0; i < 8; ++i) {
            const double x = theta[places[i]];
            gradient[places[i]] = static_cast<T>((1 + 0.25 * static_cast<double>(i)) *
                                                     (x - goldens::support_target(static_cast<int>(i))) +
                                                 x * x * x / 10);
        }
        state.step(optimizer, pr::view<T>(theta.data()), pr::view<T>(gradient.data()));
    }
    CHECK(state.iteration == 10);
    for (const std::size_t other : {3, 4, 9}) CHECK(theta[other] == T(7));
    double worst = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        const double difference = std::abs(theta[places[i]] - last[i]);
        worst = pr::maximum(worst, difference);
    }
    return worst;
}

template <class O>
void check(const O& optimizer, const std::array<double, 8>& start, const std::array<double, 8>& last) {
    CHECK(error<double>(optimizer, start, last) <= 1e-10);
    CHECK(error<float>(optimizer, start, last) <= 1e-4);
}

}  // namespace

TEST_CASE("every outer rule takes the steps of torch.optim, and moves learned blocks alone") {
    check(pr::sgd{.rate = 0.05}, goldens::outer_sgd::start, goldens::outer_sgd::final);
    check(pr::momentum{.rate = 0.05}, goldens::outer_momentum::start, goldens::outer_momentum::final);
    check(pr::nesterov{.rate = 0.05}, goldens::outer_nesterov::start, goldens::outer_nesterov::final);
    check(pr::rmsprop{.rate = 0.02, .decay = 0.9, .eps = 1e-3}.with_eps_outside(), goldens::outer_rmsprop::start,
          goldens::outer_rmsprop::final);
    check(pr::adam{.rate = 0.05, .eps = 1e-3}.with_eps_outside(), goldens::outer_adam::start,
          goldens::outer_adam::final);
    check(pr::adamw{.rate = 0.05, .eps = 1e-3, .decay = 0.1}.with_eps_outside(), goldens::outer_adamw::start,
          goldens::outer_adamw::final);
    check(pr::weight_decay{0.1} | pr::sgd{.rate = 0.05}, goldens::outer_weight_decay::start,
          goldens::outer_weight_decay::final);
}

TEST_CASE("an outer rule's schedule sees the iteration") {
    using layout = pr::layout<pr::block<"w", "", pr::shape<1>>>;
    const auto optimizer = pr::sgd{.rate = pr::linear_schedule{.from = 1.0, .to = 0.0, .steps = 4}};
    pr::outer_state<layout, std::remove_cvref_t<decltype(optimizer)>, double> state;
    state.start();
    double theta = 0, gradient = -1;
    for (int i = 0; i < 6; ++i) state.step(optimizer, pr::view<double>(&theta), pr::view<double>(&gradient));
    CHECK(theta == Approx(1.0 + 0.75 + 0.5 + 0.25));
}

TEST_CASE("clipping by norm counts the learned blocks alone") {
    std::array<double, layout::size> theta{}, gradient{};
    gradient.fill(1e6);
    for (const std::size_t place : places) gradient[place] = 1.0;
    const auto optimizer = pr::clip_by_norm{1.0} | pr::sgd{.rate = 1.0};
    pr::outer_state<layout, std::remove_cvref_t<decltype(optimizer)>, double> state;
    state.start();
    state.step(optimizer, pr::view<double>(theta.data()), pr::view<double>(gradient.data()));
    for (const std::size_t place : places) CHECK(theta[place] == Approx(-1 / std::sqrt(8.0)));
}

TEST_CASE("buffers move by a share of their change, and nothing else does") {
    std::array<double, layout::size> theta{}, change{};
    theta.fill(2.0);
    change.fill(10.0);
    pr::move_buffers<layout>(pr::view<double>(theta.data()), pr::view<double>(change.data()), 0.1);
    for (std::size_t i = 0; i < layout::size; ++i) CHECK(theta[i] == Approx(i == 9 ? 3.0 : 2.0));
}
