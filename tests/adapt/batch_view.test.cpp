// SPDX-License-Identifier: BSL-1.0
// Views of batches: rows where they lie, slices, and queries behind their support set for models that look at it.
#include "catch.hpp"

#include <priori/adapt/batch_view.hpp>

#include <type_traits>

namespace pr = priori;

namespace {

struct looks {
    static constexpr bool uses_reference = true;
};
struct does_not_look {
    static constexpr bool uses_reference = false;
};

}  // namespace

TEST_CASE("a view sees the numbers of its batch, a slice those from its first row on") {
    pr::batch<float, 4, pr::shape<2>, pr::shape<3>> batch;
    for (std::size_t i = 0; i < 8; ++i) batch.inputs.data()[i] = static_cast<float>(i);
    for (std::size_t i = 0; i < 12; ++i) batch.targets.data()[i] = 100 + static_cast<float>(i);
    const auto view = pr::view_of(batch);
    CHECK(view.inputs == batch.inputs.data());
    const auto two = view.slice<2>(1);
    static_assert(decltype(two)::count == 2 && decltype(two)::row_count == 2);
    CHECK(two.inputs[0] == 2);
    CHECK(two.targets[0] == 103);
    CHECK(two.slice<1>(1).targets[2] == 108);
}

TEST_CASE("labels are one number a row") {
    pr::batch<double, 3, pr::shape<2, 2>, pr::labels<5>> batch;
    for (std::size_t i = 0; i < 3; ++i) batch.targets.data()[i] = static_cast<std::int32_t>(i + 1);
    const auto last = pr::view_of(batch).slice<1>(2);
    CHECK(*last.targets == 3);
    CHECK(last.inputs == batch.inputs.data() + 8);
}

TEST_CASE("only a model that looks at the support set gets it beside the queries") {
    const float numbers[4] = {1, 2, 3, 4};
    const pr::batch_view<float, 3, pr::shape<1>, pr::shape<1>> support{numbers, numbers};
    const pr::batch_view<float, 2, pr::shape<1>, pr::shape<1>> query{numbers + 1, numbers + 2};
    const auto both = pr::queries_of<looks>(support, query);
    static_assert(decltype(both)::count == 2 && decltype(both)::reference == 3 && decltype(both)::row_count == 5);
    CHECK(both.reference_inputs == numbers);
    CHECK(both.inputs == numbers + 1);
    CHECK(both.targets == numbers + 2);
    static_assert(
        std::is_same_v<decltype(pr::queries_of<does_not_look>(support, query)), std::remove_cv_t<decltype(query)>>);
}
