// SPDX-License-Identifier: BSL-1.0
// check_gradient can fail: a wrong layer, rule or loss is reported, under the name of the block that is wrong.
#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/sgd.hpp>

#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

namespace pr = priori;

namespace {

using episode = pr::episode_of<double, pr::shape<2>, pr::shape<1>, 4, 3>;

episode task() {
    episode result;
    for (std::size_t i = 0; i < 8; ++i) result.support.inputs.data()[i] = std::sin(0.5 + static_cast<double>(i));
    for (std::size_t i = 0; i < 6; ++i) result.query.inputs.data()[i] = std::cos(0.1 + static_cast<double>(i));
    for (std::size_t i = 0; i < 4; ++i) result.support.targets.data()[i] = 0.3 * static_cast<double>(i);
    for (std::size_t i = 0; i < 3; ++i) result.query.targets.data()[i] = -0.2 * static_cast<double>(i);
    return result;
}

// y = x + b, whose vjp gives `Share` percent of the right gradient of b, and `Through` of that of x; Spoils: not a
// number for the first b.
template <int Share, int Through, bool Spoils = false>
struct shift_layer {
    static constexpr pr::fixed_string kind{"shift"};
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;
    template <class In>
    using output_shape = In;
    template <class In>
    using parameters = pr::parameter_list<pr::parameter<"b", pr::shape<In::size>>>;

    template <class Rows, class In, class P, class X, class Y>
    void forward(pr::view<P> p, pr::view<X> x, pr::view<Y> y) const noexcept {
        for (std::size_t i = 0; i < Rows::count * In::size; ++i) y.set(i, pr::element_of<Y>(p[i % In::size] + x[i]));
    }
    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(pr::view<P>, pr::view<X>, pr::view<Y>, pr::view<Yb> y_bar, pr::view<Xb> x_bar,
             pr::view<Pb> p_bar) const noexcept {
        for (std::size_t i = 0; i < Rows::count * In::size; ++i) {
            const pr::element_of<Yb> bar = y_bar[i];
            const bool spoilt = Spoils && i == 0;
            p_bar(i % In::size) += bar * (spoilt ? std::numeric_limits<double>::quiet_NaN() : Share / 100.0);
            x_bar(i) = bar * (Through / 100.0);
        }
    }
};

// The value of the square error, and 101 percent of its gradient.
struct wrong_loss {
    static constexpr bool is_loss = true;
    static constexpr pr::fixed_string kind{"wrong"};
    template <std::size_t Count, class Out, class P, class T, class Bar>
    pr::element_of<P> gradient(pr::view<P> prediction, const T* target, pr::view<Bar> bar) const noexcept {
        const auto value = pr::mse.gradient<Count, Out>(prediction, target, bar);
        if constexpr (pr::is_wanted<pr::view<Bar>>) {
            for (std::size_t i = 0; i < Count * Out::size; ++i) bar.set(i, pr::element_of<Bar>(bar[i] * 1.01));
        }
        return value;
    }
};

// Gradient descent that hides the derivative of its rate, or of the gradient, from the pull-back.
template <bool Rate, bool Gradient, class R = double>
struct hiding {
    static constexpr pr::fixed_string kind{"hiding"};
    static constexpr std::size_t slots = 0;
    using field_names = pr::names<"rate">;
    R rate = R(0.1);
    constexpr auto fields() const { return pr::tuple<R>{rate}; }
    template <class N, class H>
    static void update(N& p, const N& g, N*, const H* h, std::size_t) noexcept {
        const N step = Gradient ? N(pr::primal(g)) : g;
        if constexpr (Rate) {
            p = p - N(pr::primal(h[0])) * step;
        } else {
            p = p - h[0] * step;
        }
    }
};

double error_of(const pr::gradient_report& report, std::string_view name) {
    for (const auto& block : report.blocks) {
        if (block.name == name) return block.error;
    }
    FAIL("no block " << name);
    return 0;
}

template <int Share = 100, int Through = 100>
constexpr auto net = pr::input<2> | pr::named<"first">(pr::dense<3>) | pr::tanh
                     | pr::named<"shift">(shift_layer<Share, Through>{}) | pr::named<"last">(pr::dense<1>);

constexpr double right = 1e-9, wrong = 1e-3;

}  // namespace

TEST_CASE("the parts from which wrong ones are made below are right") {
    const auto report = pr::check_gradient(net<> | pr::mse | pr::adapt<2>(hiding<false, false>{}) | pr::exact, task());
    CHECK(report.blocks.size() == 5);
    CHECK(report.relative() < right);
    CHECK(report.largest > 0.01);
}

TEST_CASE("a layer with a wrong parameter gradient is reported by name, and no other block") {
    const auto report = pr::check_gradient(net<101> | pr::mse | pr::exact, task());
    for (const auto name : {"first.weight", "first.bias", "last.weight", "last.bias"})
        CHECK(error_of(report, name) < right);
    CHECK(error_of(report, "shift.b") > wrong);
    CHECK(report.error == error_of(report, "shift.b"));
}

TEST_CASE("a layer with a wrong input gradient is seen in the blocks before it, and in none behind") {
    const auto report = pr::check_gradient(net<100, 99> | pr::mse | pr::exact, task());
    for (const auto name : {"shift.b", "last.weight", "last.bias"}) CHECK(error_of(report, name) < right);
    CHECK(error_of(report, "first.weight") > wrong);
    CHECK(error_of(report, "first.bias") > wrong);
}

TEST_CASE("a wrong loss gradient is seen in every block") {
    const auto report = pr::check_gradient(net<> | wrong_loss{} | pr::exact, task());
    for (const auto& block : report.blocks) CHECK(block.error == Approx(0.01 * block.largest).epsilon(1e-6));
}

TEST_CASE("a rule that hides the derivative of its rate is reported under the rate's name alone") {
    using learned = std::remove_cvref_t<decltype(pr::learned(0.1))>;
    const auto honest = pr::check_gradient(
        net<> | pr::mse | pr::adapt<2>(hiding<false, false, learned>{pr::learned(0.1)}) | pr::exact, task());
    CHECK(honest.relative() < right);
    const auto report = pr::check_gradient(
        net<> | pr::mse | pr::adapt<2>(hiding<true, false, learned>{pr::learned(0.1)}) | pr::exact, task());
    CHECK(error_of(report, "adapt_0.rate") > wrong);
    for (const auto& block : report.blocks) {
        if (block.name != "adapt_0.rate") CHECK(block.error < right);
    }
}

TEST_CASE("a rule that hides the derivative of the gradient is a first-order rule that calls itself exact") {
    const auto report = pr::check_gradient(net<> | pr::mse | pr::adapt<2>(hiding<false, true>{}) | pr::exact, task());
    CHECK(report.relative() > wrong);
    const auto first =
        pr::check_gradient(net<> | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.1}) | pr::first_order, task());
    CHECK(first.relative() < right);  // which is what it then calls itself
}

TEST_CASE("a number that is not one is an error, not a zero") {
    auto broken = task();
    broken.query.targets.data()[0] = std::numeric_limits<double>::quiet_NaN();
    const auto report = pr::check_gradient(net<> | pr::mse | pr::exact, broken);
    CHECK(std::isnan(report.loss));
    CHECK_FALSE(report.relative() < 1);
    for (const auto& block : report.blocks) CHECK_FALSE(block.error < 1);
}

TEST_CASE("one number that is not one, among good ones, is an error of its block and of the whole") {
    const auto spoilt = pr::input<2> | pr::named<"first">(pr::dense<3>) | pr::tanh |
                        pr::named<"shift">(shift_layer<100, 100, true>{}) | pr::named<"last">(pr::dense<1>);
    const auto report = pr::check_gradient(spoilt | pr::mse | pr::exact, task());
    CHECK(std::isnan(error_of(report, "shift.b")));
    CHECK(error_of(report, "last.weight") < right);
    CHECK(std::isnan(report.error));
    CHECK_FALSE(report.relative() < 1);
}

TEST_CASE("a stride leaves coordinates out, never a block") {
    const auto report = pr::check_gradient(net<101> | pr::mse | pr::exact, task(), pr::key{}, {.stride = 1000});
    CHECK(report.blocks.size() == 5);
    CHECK(error_of(report, "shift.b") > 1e-5);
}

TEST_CASE("a theta of another size is refused, and a stride of 0") {
    const auto description = net<> | pr::mse | pr::exact;
    CHECK_THROWS_WITH(pr::check_gradient(description, task(), std::vector<double>(3)),
                      "check_gradient: theta has 3 numbers, the description has 16 parameters; give all blocks in the "
                      "order of the layout, buffers and scratch too.");
    CHECK_THROWS_AS(pr::check_gradient(description, task(), std::vector<double>(17)), pr::error);
    CHECK_THROWS_WITH(pr::check_gradient(description, task(), {}, {.stride = 0}),
                      "check_gradient: a stride of 0 never ends; it is at least 1.");
}
