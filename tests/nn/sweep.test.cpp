// SPDX-License-Identifier: BSL-1.0
// sweep: where arrays lie in a tape. What the tape held before changes nothing, gradients agree with differences.
#include "catch.hpp"

#include <priori/adapt/detail/network_parameters.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/gelu.hpp>
#include <priori/nn/leaky_relu.hpp>
#include <priori/nn/sweep.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace pr = priori;

namespace {

using rows = pr::rows<3>;

template <class Net>
struct tape_run {
    using layout = typename Net::blocks;
    static constexpr const auto& plan = pr::plan_of<Net, rows>;
    static constexpr std::size_t ins = 3 * Net::input_shape::size, outs = 3 * Net::output_shape::size;

    const Net& net;
    std::vector<double> theta = std::vector<double>(layout::size), x = std::vector<double>(ins), y, x_bar, theta_bar;

    explicit tape_run(const Net& given) : net(given) {
        for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = std::sin(0.3 + 1.7 * static_cast<double>(i));
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::cos(0.2 + 0.9 * static_cast<double>(i));
    }

    static double seed(std::size_t i) { return std::sin(2.0 + static_cast<double>(i)); }

    // Forward and backward in a tape that holds `poison` everywhere; returns sum of seed * y.
    double operator()(double poison) {
        std::vector<double> tape(plan.size, poison), given = x;
        theta_bar.assign(layout::size, 0);
        const auto arrays = pr::detail::plain_arrays<Net, rows, 0>(pr::view<double>(given.data()), pr::view<double>{},
                                                                   pr::view<double>(tape.data()));
        const pr::detail::plain_parameters<Net, layout, double> parameters{pr::view<double>(theta.data())};
        pr::run_forward<0, Net::size, rows>(net, parameters, arrays, pr::pass{true});
        const auto out = arrays.template activation<Net::size>();
        const auto out_bar = arrays.template cotangent<Net::size>();
        y.clear();
        double sum = 0;
        for (std::size_t i = 0; i < outs; ++i) {
            y.push_back(out[i]);
            sum += seed(i) * out[i];
        }
        for (std::size_t i = 0; i < outs; ++i) out_bar.set(i, seed(i));
        const pr::detail::gradient_parameters<Net, layout, pr::all_blocks, double> bars{
            pr::view<double>(theta_bar.data())};
        pr::run_backward<0, Net::size, true, rows>(net, parameters, arrays, bars);
        x_bar.clear();
        for (std::size_t i = 0; i < ins; ++i) x_bar.push_back(arrays.template cotangent<0>()[i]);
        CHECK(given == x);  // the input is not written over
        return sum;
    }
};

template <class Net>
void check(const Net& net) {
    tape_run<Net> run(net);
    run(0.0);
    const auto y = run.y, x_bar = run.x_bar, theta_bar = run.theta_bar;
    run(std::numeric_limits<double>::quiet_NaN());
    CHECK(run.y == y);
    CHECK(run.x_bar == x_bar);
    CHECK(run.theta_bar == theta_bar);
    const auto slope = [&](double& number) {
        const double before = number, h = 1e-4;
        const auto at = [&](double step) {
            number = before + step;
            return run(7.0);
        };
        const double result = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
        number = before;
        return result;
    };
    for (std::size_t i = 0; i < x_bar.size(); ++i)
        CHECK(x_bar[i] == Approx(slope(run.x[i])).epsilon(1e-5).margin(1e-8));
    for (std::size_t i = 0; i < theta_bar.size(); ++i) {
        CHECK(theta_bar[i] == Approx(slope(run.theta[i])).epsilon(1e-5).margin(1e-8));
    }
}

template <class Net>
constexpr std::size_t size_of_plan(const Net&) {
    return pr::plan_of<Net, rows>.size;
}

}  // namespace

TEST_CASE("results do not depend on what a tape held, and agree with differences, however layers share their arrays") {
    check(pr::input<4> | pr::dense<4> | pr::relu | pr::dense<2>);
    check(pr::input<4> | pr::dense<4> | pr::tanh | pr::sigmoid | pr::relu | pr::dense<4> | pr::gelu);
    check(pr::input<2, 2> | pr::flatten | pr::leaky_relu | pr::gelu | pr::flatten | pr::dense<4> | pr::flatten |
          pr::tanh);
    check(pr::input<4> | pr::dense<4> | pr::batch_normalization<pr::transductive> | pr::relu | pr::flatten |
          pr::batch_normalization<pr::transductive> | pr::tanh);
}

TEST_CASE("an activation in place takes no room of its own, one that reads its input does") {
    const std::size_t alone = size_of_plan(pr::input<4> | pr::dense<16>);
    const std::size_t in_place = size_of_plan(pr::input<4> | pr::dense<16> | pr::relu);
    const std::size_t apart = size_of_plan(pr::input<4> | pr::dense<16> | pr::gelu);
    CHECK(in_place == alone);
    CHECK(apart == alone + 2 * 48);
}
