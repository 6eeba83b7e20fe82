// SPDX-License-Identifier: BSL-1.0
// Every rule obeys the laws of rule_laws.hpp, with fields that are numbers, schedules or learned.
#include <priori/optim/optim.hpp>

#include "catch.hpp"
#include "rule_laws.hpp"

#include <array>
#include <cstddef>
#include <type_traits>

namespace pr = priori;
using pr::coordinate, pr::layer, pr::learned, pr::learned_per, pr::step;
using rule_laws::check, rule_laws::check_twice;

TEST_CASE("rules with fixed fields pull back what they push forward", "[law]") {
    check(pr::sgd{.rate = 0.1});
    check(pr::momentum{.rate = 0.1});
    check_twice(pr::nesterov{.rate = 0.1});
    check(pr::rmsprop{.rate = 0.1, .eps = 1e-2});
    check(pr::rmsprop{.rate = 0.1, .eps = 1e-2}.with_eps_outside());
    check_twice(pr::adam{.rate = 0.1, .eps = 1e-2});
    check(pr::adam{.rate = 0.1, .eps = 1e-2}.with_eps_outside());
    check(pr::adamw{.rate = 0.1, .eps = 1e-2});
}

TEST_CASE("rules pull back to each of their learned fields", "[law]") {
    check(pr::sgd{.rate = learned(0.1)});
    check(pr::momentum{.rate = learned(0.1), .decay = learned(0.8)});
    check(pr::nesterov{.rate = learned(0.1), .decay = learned(0.8)});
    check(pr::rmsprop{.rate = learned(0.1), .decay = learned(0.9), .eps = learned(0.02)});
    check(pr::adam{.rate = learned(0.1), .beta1 = learned(0.8), .beta2 = learned(0.9), .eps = learned(0.02)});
    check_twice(pr::adamw{.rate = learned(0.1), .beta1 = learned(0.8), .beta2 = learned(0.9), .eps = learned(0.02),
                          .decay = learned(0.03)});
}

TEST_CASE("fields are learned in every granularity", "[law]") {
    check(pr::sgd{.rate = learned_per<coordinate>(0.1)});
    check(pr::sgd{.rate = learned_per<step>(0.1)});
    check(pr::sgd{.rate = learned_per<layer>(0.1)});
    check_twice(pr::sgd{.rate = learned_per<layer | step>(0.1)});
    check(pr::sgd{.rate = learned_per<coordinate | step>(0.1)});
    check_twice(pr::momentum{.rate = learned_per<coordinate>(0.1), .decay = learned_per<layer | step>(0.8)});
    check(pr::adam{.rate = learned_per<coordinate | step>(0.1), .beta2 = learned_per<layer>(0.9), .eps = 0.02});
}

TEST_CASE("steps beyond the trained ones use the last value, and every layer its own", "[law]") {
    using laws = rule_laws::step_of<decltype(pr::sgd{.rate = learned_per<layer | step>(0.1)})>;
    for (const std::size_t k : {0, 1, 2, 7}) {
        auto z = laws::inputs({});
        for (std::size_t i = 0; i < 6; ++i) z[40 + i] = static_cast<double>(i);  // [step][layer]
        for (std::size_t i = 0; i < 29; ++i) z[laws::g_at + i] = -1;
        const auto before = z;
        double* p = z.data();
        const auto at = [p](std::size_t i) { return pr::view<double>(p + i); };
        laws::rule::forward<laws::layout, rule_laws::plan, 3>({}, at(0), k, at(laws::x_at), at(laws::g_at),
                                                              at(laws::s_at));
        const double first = k < 2 ? 2.0 * static_cast<double>(k) : 4.0;
        for (std::size_t i = 0; i < 29; ++i) {
            CHECK(z[laws::x_at + i] == Approx(before[laws::x_at + i] + (i < 14 ? first : first + 1)));
        }
    }
}

TEST_CASE("a field may be a schedule", "[law]") {
    check(pr::sgd{.rate = pr::linear_schedule{.from = 0.1, .to = 0.01, .steps = 10}});
    check(pr::adam{.rate = pr::warm_up{.steps = 5, .then = pr::cosine_schedule{.from = 0.1, .steps = 9}}, .eps = 0.02});
    check(pr::momentum{.rate = pr::constant{0.1}, .decay = learned(0.8)});
}

TEST_CASE("transforms of the gradient are differentiated through", "[law]") {
    check(pr::weight_decay{0.3} | pr::sgd{.rate = 0.1});
    check(pr::weight_decay{learned(0.3)} | pr::adam{.rate = learned(0.1), .eps = 0.02});
    check(pr::clip_by_value{0.5} | pr::sgd{.rate = 0.1});
    check_twice(pr::clip_by_value{learned_per<layer>(0.5)} | pr::momentum{.rate = learned(0.1)});
    check(pr::clip_by_norm{0.5} | pr::sgd{.rate = 0.1});
    check(pr::clip_by_norm{50.0} | pr::sgd{.rate = 0.1});
    check(pr::clip_by_norm{learned(0.5)} | pr::adam{.rate = learned_per<coordinate>(0.1), .eps = 0.02});
    check(pr::clip_by_norm{learned_per<layer | step>(0.5)} | pr::sgd{.rate = 0.1});
}

TEST_CASE("transforms follow each other in the order in which they are written", "[law]") {
    check_twice(pr::weight_decay{learned(0.3)} | pr::clip_by_norm{learned(0.5)} | pr::nesterov{.rate = 0.1});
    check_twice(pr::clip_by_norm{2.0} | pr::weight_decay{0.3} | pr::clip_by_norm{0.5} | pr::sgd{.rate = 0.1});

    const auto after = [](auto optimizer) {
        using rule = pr::rule<"rule", decltype(optimizer)>;
        double x = 10, g = 3, none = 0;
        rule::template forward<pr::layout<>, pr::one_segment<1>, 1>(
            optimizer, pr::view<double>(&none), 0, pr::view<double>(&x), pr::view<double>(&g), pr::view<double>(&none));
        return x;
    };
    CHECK(after(pr::weight_decay{0.1} | pr::clip_by_value{2.0} | pr::sgd{.rate = 1.0}) == Approx(10 - 2));
    CHECK(after(pr::clip_by_value{2.0} | pr::weight_decay{0.1} | pr::sgd{.rate = 1.0}) == Approx(10 - 2 - 1));
}

TEST_CASE("clipping by norm leaves a short gradient and a zero one as they are", "[law]") {
    const auto optimizer = pr::clip_by_norm{1.0} | pr::sgd{.rate = 1.0};
    using rule = pr::rule<"rule", std::remove_cvref_t<decltype(optimizer)>>;
    std::array<double, 5> x{}, g{}, x_bar{1, 1, 1, 1, 1}, g_bar{};
    double none = 0;
    const auto at = [](auto& a) { return pr::view<double>(a.data()); };
    const pr::view<double> nothing(&none);
    rule::vjp<pr::layout<>, pr::one_segment<5>, 1>(optimizer, nothing, 0, at(x), at(g), nothing, at(x_bar), nothing,
                                                   at(g_bar), nothing);
    for (const double bar : g_bar) CHECK(bar == -1.0);
    rule::forward<pr::layout<>, pr::one_segment<5>, 1>(optimizer, nothing, 0, at(x), at(g), nothing);
    for (const double value : x) CHECK(value == 0.0);
}

TEST_CASE("a detached rule says so and is otherwise the rule itself", "[law]") {
    using detached = decltype(pr::detached(pr::adam{.rate = learned(0.1)}));
    static_assert(pr::rule<"rule", detached>::detached);
    static_assert(!pr::rule<"rule", pr::sgd<>>::detached);
    check(pr::detached(pr::adam{.rate = learned(0.1), .eps = 0.02}));
    check(pr::clip_by_norm{0.5} | pr::detached(pr::momentum{.rate = 0.1}));
}

TEST_CASE("only linear rules without learned fields do without the trajectory", "[law]") {
    const auto reads = [](auto optimizer) { return pr::rule<"rule", decltype(optimizer)>::reads_trajectory; };
    CHECK_FALSE(reads(pr::sgd{.rate = 0.1}));
    CHECK_FALSE(reads(pr::momentum{.rate = 0.1}));
    CHECK_FALSE(reads(pr::weight_decay{0.1} | pr::nesterov{.rate = pr::constant{0.1}}));
    CHECK(reads(pr::sgd{.rate = learned(0.1)}));
    CHECK(reads(pr::adam{.rate = 0.1}));
    CHECK(reads(pr::clip_by_value{0.1} | pr::sgd{.rate = 0.1}));
}
