// SPDX-License-Identifier: BSL-1.0
// The rules of the pull-back: which steps are exact, what they keep, and in which order the moves are made.
#include "catch.hpp"

#include <priori/adapt/pull_back.hpp>

#include <string>
#include <type_traits>

namespace pr = priori;

namespace {

// Writes down the moves.
template <std::size_t Steps>
struct recorded {
    static constexpr std::size_t steps = Steps;
    std::string moves{};

    void start() { moves += "("; }
    void restore(std::size_t k) { moves += std::to_string(k); }
    void pull_step(std::size_t, bool second) { moves += second ? "rg" : "r"; }
    void seed(std::size_t) { moves += "s "; }
    void finish() { moves += ")"; }
    void displace() { moves += "d"; }
};

template <std::size_t Steps, class Rule>
std::string moves_of(const Rule&) {
    recorded<Steps> run;
    Rule::pull_back(run);
    return run.moves;
}

template <class Rule>
std::string exact_steps(const Rule&, std::size_t steps) {
    std::string result;
    for (std::size_t k = 0; k < steps; ++k) result += Rule::second(k, steps) ? '2' : '1';
    return result;
}

}  // namespace

TEST_CASE("exact, first_order and truncated differ in the steps whose curvature they see") {
    CHECK(exact_steps(pr::exact, 4) == "2222");
    CHECK(exact_steps(pr::first_order, 4) == "1111");
    CHECK(exact_steps(pr::truncated<2>, 5) == "11122");
    CHECK(exact_steps(pr::truncated<2>, 1) == "2");
    CHECK(exact_steps(pr::truncated<0>, 3) == "111");
    CHECK(exact_steps(pr::displacement, 3) == "111");
    CHECK(pr::exact.any_second(3));
    CHECK(pr::truncated<1>.any_second(3));
    CHECK_FALSE(pr::truncated<0>.any_second(3));
    CHECK_FALSE(pr::first_order.any_second(3));
}

TEST_CASE("the sweep goes from the last step to the first: rule, then gradient, then the loss at that point") {
    CHECK(moves_of<3>(pr::exact) == "(2rgs 1rgs 0rgs )");
    CHECK(moves_of<3>(pr::first_order) == "(2rs 1rs 0rs )");
    CHECK(moves_of<3>(pr::truncated<1>) == "(2rgs 1rs 0rs )");
    CHECK(moves_of<3>(pr::displacement) == "d");
}

TEST_CASE("what a rule keeps can be added to, never taken away") {
    using rule = std::remove_cvref_t<decltype(pr::exact)>;
    using more = pr::keeping<rule, true, false>;
    static_assert(more::keeps_points && !more::keeps_gradients && !rule::keeps_points);
    static_assert(pr::keeping<more, false, true>::keeps_points && pr::keeping<more, false, true>::keeps_gradients);
    static_assert(pr::MetaGradient<more> && pr::MetaGradient<pr::displacement_rule> && !pr::MetaGradient<int>);
    CHECK(moves_of<2>(more{}) == moves_of<2>(pr::exact));
}
