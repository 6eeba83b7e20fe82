// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/core/error.hpp>
#include <priori/core/result.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <type_traits>

namespace pr = priori;

namespace {

pr::result<int> half_of(int number) {
    if (number % 2 != 0) return pr::failure{pr::error_kind::bad_value, "half_of: expected an even number."};
    return number / 2;
}

static_assert(std::is_trivially_copyable_v<pr::result<float>>);
static_assert(!std::is_convertible_v<pr::result<int>, bool>);

constexpr int sum_of_halves() {
    pr::result<int> known(4);
    return known ? known.value() : 0;
}
static_assert(sum_of_halves() == 4);

}  // namespace

TEST_CASE("fail throws the one exception type with its kind and its sentence") {
    try {
        pr::fail(pr::error_kind::bad_shape, "expected 3 columns, found 2.");
    } catch (const std::exception& caught) {
        const auto* ours = dynamic_cast<const pr::error*>(&caught);
        REQUIRE(ours != nullptr);
        CHECK(ours->kind() == pr::error_kind::bad_shape);
        CHECK(std::string(ours->what()) == "expected 3 columns, found 2.");
    }
}

TEST_CASE("every kind of error has its own name") {
    using enum pr::error_kind;
    constexpr pr::error_kind kinds[] = {bad_value, bad_shape, bad_file, missing_file, bad_option, mismatch, diverged};
    for (auto first : kinds) {
        CHECK(pr::to_string(first) != "unknown");
        for (auto second : kinds) CHECK((first == second) == (pr::to_string(first) == pr::to_string(second)));
    }
}

TEST_CASE("a result holds a value or the reason why there is none") {
    const auto good = half_of(10);
    REQUIRE(good);
    CHECK(good.value() == 5);

    const auto bad = half_of(7);
    REQUIRE(!bad);
    CHECK(bad.error().kind == pr::error_kind::bad_value);
    CHECK(std::string_view(bad.error().sentence) == "half_of: expected an even number.");
}

TEST_CASE("asking a failed result for its value throws the failure") {
    try {
        static_cast<void>(half_of(7).value());
        FAIL("no exception");
    } catch (const pr::error& caught) {
        CHECK(caught.kind() == pr::error_kind::bad_value);
        CHECK(std::string_view(caught.what()) == "half_of: expected an even number.");
    }
}

TEST_CASE("asking a result that holds a value for its error throws") {
    CHECK_THROWS_AS(half_of(4).error(), pr::error);
    CHECK_THROWS_AS(pr::result<void>{}.error(), pr::error);
}

TEST_CASE("a result without a value is success or a reason") {
    const pr::result<void> good;
    CHECK(static_cast<bool>(good));
    const pr::result<void> bad = pr::failure{pr::error_kind::mismatch, "no."};
    REQUIRE(!bad);
    CHECK(bad.error().kind == pr::error_kind::mismatch);
    CHECK_THROWS_AS(bad.value(), pr::error);
}
