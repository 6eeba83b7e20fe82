// SPDX-License-Identifier: BSL-1.0
// result: values are seen, changed and moved out of it; what it holds and throws is tested in error.test.cpp.
#include "catch.hpp"

#include <priori/core/result.hpp>

#include <memory>
#include <type_traits>

namespace pr = priori;

TEST_CASE("a value may be changed where it is, and moved away") {
    pr::result<std::unique_ptr<int>> owner(std::make_unique<int>(3));
    *owner.value() = 4;
    const std::unique_ptr<int> taken = std::move(owner).value();
    CHECK(*taken == 4);
    CHECK(owner.value() == nullptr);
    CHECK(static_cast<bool>(owner));  // it still holds a value, an empty one
}

TEST_CASE("a result of a plain value is itself plain, and works in constant expressions") {
    static_assert(std::is_trivially_copyable_v<pr::result<double>>);
    static_assert(!std::is_convertible_v<pr::result<int>, bool>);
    constexpr pr::result<int> three(3);
    static_assert(three && three.value() == 3);
    constexpr pr::result<int> none(pr::failure{pr::error_kind::bad_shape, "no."});
    static_assert(!none && none.error().kind == pr::error_kind::bad_shape);
    CHECK_THROWS_AS(none.value(), pr::error);
    static_assert(pr::result<void>{});
}
