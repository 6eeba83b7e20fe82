// SPDX-License-Identifier: BSL-1.0
// footprint: its parts add up to sizeof, and grow with what they are said to hold.
#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/footprint.hpp>
#include <priori/meta/phases.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/sinusoids.hpp>

#include <cstddef>
#include <type_traits>

namespace pr = priori;

namespace {

using tasks = pr::sinusoids<pr::count_t<5>, pr::count_t<5>>;

template <std::size_t Steps, std::size_t Units = 40, class Rule, class Outer>
constexpr auto described(Rule rule, Outer outer) {
    return pr::input<1> | pr::dense<Units> | pr::tanh | pr::dense<1> | pr::mse | pr::adapt<Steps>(pr::sgd{}) | rule |
           pr::outer(outer);
}
template <class T = float, class D>
constexpr pr::footprint_report of(const D&) {
    return pr::footprint<D, tasks, T>;
}

}  // namespace

TEST_CASE("the parts of a footprint add up to the size of the learner") {
    constexpr auto d = described<5>(pr::exact, pr::adam{});
    const auto report = of(d);
    CHECK(report.total == sizeof(pr::learner_for<float, std::remove_const_t<decltype(d)>, tasks>));
    CHECK(report.adapter + report.outer_state + report.trajectory + report.query == report.total);
    CHECK(report.parameters + report.adaptation == report.adapter);
    CHECK(report.adapted >= report.parameters);
    CHECK(report.adapted < 2 * report.parameters);
    CHECK(report.thread == report.trajectory + report.query);
    CHECK(report.parameters == 121 * sizeof(float));
    CHECK(report.task == 121 * sizeof(float));
}

TEST_CASE("more steps take more trajectory where they are pulled back, and no more of anything else") {
    const auto one = of(described<1>(pr::exact, pr::adam{})), nine = of(described<9>(pr::exact, pr::adam{}));
    CHECK(nine.trajectory >= one.trajectory + 8 * 121 * sizeof(float));
    CHECK(nine.query == one.query);
    CHECK(nine.adapter == one.adapter);
    CHECK(nine.outer_state == one.outer_state);
    // First order with plain descent keeps no path.
    CHECK(of(described<9>(pr::first_order, pr::adam{})).trajectory ==
          of(described<1>(pr::first_order, pr::adam{})).trajectory);
}

TEST_CASE("a trajectory is the inner parameters at each step and one tape, however many steps there are") {
    using many = pr::sinusoids<pr::count_t<64>, pr::count_t<5>>;
    constexpr auto net = pr::input<1> | pr::dense<64> | pr::tanh | pr::dense<1> | pr::mse;
    using objective = std::remove_const_t<decltype(net)>;
    using layout = objective::blocks;
    using support = pr::batch_view<float, 64, pr::shape<1>, pr::shape<1>>;
    // At most, beside the steps': a tape, its tangents, and where not everything moves, four vectors for the way back;
    // and what alignment takes.
    const auto check = [&](auto steps, auto chosen, std::size_t moving, auto... options) {
        using tape = objective::tape<float, layout, decltype(chosen), support>;
        using sweep = objective::sweep<float, layout, decltype(chosen), support>;
        constexpr std::size_t k = decltype(steps)::value;
        constexpr auto d = net | pr::adapt<k>(pr::sgd{}, decltype(options)()...) | pr::exact | pr::outer(pr::sgd{});
        const std::size_t bytes = pr::footprint<std::remove_const_t<decltype(d)>, many>.trajectory;
        // Each point begins where a register's worth of numbers does.
        const std::size_t point = (moving + pr::lanes<float> - 1) / pr::lanes<float> * pr::lanes<float> * sizeof(float);
        INFO(k << " steps");
        const std::size_t vectors = (moving == layout::size ? 0 : 4) * layout::size * sizeof(float);
        const std::size_t alignment = moving == layout::size ? 768 : 512;
        CHECK(bytes >= k * moving * sizeof(float) + sizeof(tape));
        CHECK(bytes <= k * point + sizeof(tape) + sizeof(sweep) + vectors + alignment);
        CHECK(vectors + alignment < sizeof(tape));  // so that a second tape is seen
    };
    const auto check_all = [&](auto steps) {
        check(steps, pr::all_blocks{}, layout::size);
        check(steps, pr::only<"dense_1">, 65, pr::only<"dense_1">);
    };
    check_all(std::integral_constant<std::size_t, 1>{});
    check_all(std::integral_constant<std::size_t, 5>{});
    check_all(std::integral_constant<std::size_t, 20>{});
    // Small tapes are kept for all steps, up to a bound that does not grow with them.
    const auto five = of(described<5>(pr::exact, pr::adam{})), many_more = of(described<500>(pr::exact, pr::adam{}));
    CHECK(five.trajectory <= 5 * 121 * sizeof(float) + pr::detail::tape_budget + 16 * 1024);
    CHECK(many_more.trajectory <= 500 * 121 * sizeof(float) + pr::detail::tape_budget + 16 * 1024);
}

TEST_CASE("adam keeps two numbers a parameter, sgd none, double twice as much of everything") {
    const auto adam = of(described<2>(pr::exact, pr::adam{})), sgd = of(described<2>(pr::exact, pr::sgd{}));
    CHECK(adam.outer_state >= sgd.outer_state + 2 * 121 * sizeof(float));
    CHECK(sgd.outer_state < 121 * sizeof(float));
    const auto twice = of<double>(described<2>(pr::exact, pr::adam{}));
    CHECK(twice.parameters == 2 * adam.parameters);
    CHECK(twice.trajectory > 3 * adam.trajectory / 2);
}

TEST_CASE("two phases have the workspace and outer state of both, and the adapter of the first") {
    constexpr auto net = pr::input<1> | pr::dense<40> | pr::tanh | pr::dense<1> | pr::mse;
    constexpr auto averaging = net | pr::adapt<5>(pr::sgd{}) | pr::displacement | pr::outer(pr::sgd{});
    constexpr auto tuning = net | pr::exact | pr::outer(pr::adam{});
    constexpr auto both = averaging | pr::then(1, tuning);
    const auto first = of(averaging), second = of(tuning), report = of(both);
    CHECK(report.total == sizeof(pr::learner_for<float, std::remove_const_t<decltype(both)>, tasks>));
    CHECK(report.trajectory == first.trajectory + second.trajectory);
    CHECK(report.thread == first.thread + second.thread);
    CHECK(report.adapter == first.adapter);
    CHECK(report.outer_state >= first.outer_state + 2 * 121 * sizeof(float));
}
