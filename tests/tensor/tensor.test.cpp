// SPDX-License-Identifier: BSL-1.0
// tensor: inline, row-major, trivially copyable; and fixed_array, which stands for it without xtensor, does the same.
#include "catch.hpp"

#include <priori/tensor/detail/fixed_array.hpp>
#include <priori/tensor/tensor.hpp>

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace pr = priori;

namespace {

template <class Tensor>
void check_row_major() {
    Tensor t;
    t.fill(0);
    t(1, 2, 3) = 5;
    CHECK(t.size() == 24);
    CHECK(t.data()[1 * 12 + 2 * 4 + 3] == 5);
    CHECK(std::count(t.begin(), t.end(), 0) == 23);
    const Tensor copy = t;
    CHECK(copy(1, 2, 3) == 5);
    CHECK(copy.shape()[0] == 2);
    CHECK(copy.shape()[2] == 4);
    CHECK(copy.data() != t.data());
    CHECK(std::equal(copy.begin(), copy.end(), t.data()));
}

}  // namespace

TEST_CASE("a tensor lies row-major inside the object") {
    check_row_major<pr::tensor<float, 2, 3, 4>>();
    check_row_major<pr::detail::fixed_array<float, 2, 3, 4>>();
    check_row_major<pr::tensor_of<double, pr::shape<2, 3, 4>>>();
    check_row_major<pr::batch_tensor<float, 2, pr::shape<3, 4>>>();
}

TEST_CASE("a tensor is its numbers: it may be copied byte by byte") {
    using tensor = pr::tensor<float, 3, 5>;
    static_assert(std::is_trivially_copyable_v<tensor>);
    static_assert(std::is_trivially_copyable_v<pr::detail::fixed_array<float, 3, 5>>);
    static_assert(sizeof(pr::detail::fixed_array<float, 3, 5>) == 15 * sizeof(float));
    static_assert(std::is_same_v<pr::batch_tensor<float, 3, pr::shape<5>>, tensor>);
    tensor a, b;
    for (std::size_t i = 0; i < 15; ++i) a.data()[i] = static_cast<float>(i);
    std::memcpy(static_cast<void*>(&b), &a, sizeof a);
    CHECK(b(2, 4) == 14);
}

TEST_CASE("one example without extents is one number") {
    pr::batch_tensor<float, 3, pr::shape<>> labels;
    CHECK(labels.size() == 3);
    pr::detail::fixed_array<float> one;
    CHECK(one.size() == 1);
    one() = 2;
    CHECK(*one.data() == 2);
}
