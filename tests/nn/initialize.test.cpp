// SPDX-License-Identifier: BSL-1.0
// initialize_network: a layer's start depends on the key and on its own name, not on its neighbours.
#include "catch.hpp"

#include <priori/nn/activation.hpp>
#include <priori/nn/affine.hpp>
#include <priori/nn/context.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/initialize.hpp>

#include <algorithm>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pr = priori;

namespace {

template <class Net>
struct start {
    using layout = typename Net::blocks;
    std::vector<double> theta = std::vector<double>(layout::size);

    start(const Net& net, pr::key k) { pr::initialize_network<layout>(net, k, theta.data()); }
    std::vector<double> of(std::string_view name) const {
        const auto first = theta.begin() + static_cast<std::ptrdiff_t>(layout::offset_of(name));
        return {first, first + static_cast<std::ptrdiff_t>(layout::size_of(name))};
    }
};

}  // namespace

TEST_CASE("a layer starts alike whatever stands beside it, and otherwise under another name or key") {
    const start small(pr::input<4> | pr::dense<5> | pr::named<"head">(pr::dense<2>), pr::key{3});
    const start large(pr::input<4> | pr::dense<5> | pr::tanh | pr::dense<5> | pr::named<"head">(pr::dense<2>),
                      pr::key{3});
    const start other(pr::input<4> | pr::dense<5> | pr::named<"tail">(pr::dense<2>), pr::key{3});
    const start later(pr::input<4> | pr::dense<5> | pr::named<"head">(pr::dense<2>), pr::key{4});
    CHECK(small.of("dense_0.weight") == large.of("dense_0.weight"));
    CHECK(small.of("head.weight") == large.of("head.weight"));
    CHECK(small.of("head.weight") != other.of("tail.weight"));
    CHECK(small.of("head.weight") != later.of("head.weight"));
    CHECK(small.of("dense_0.bias") == std::vector<double>(5, 0.0));
}

TEST_CASE("float and double start from the same draws") {
    const auto net = pr::input<4> | pr::dense<5>;
    using layout = std::remove_cvref_t<decltype(net)>::blocks;
    const start in_double(net, pr::key{3});
    float theta[layout::size]{};
    pr::initialize_network<layout>(net, pr::key{3}, theta);
    for (std::size_t i = 0; i < layout::size; ++i) CHECK(theta[i] == Approx(in_double.theta[i]).epsilon(1e-6));
}

TEST_CASE("scratch stays zero, affine starts as the identity") {
    const start it(pr::input<3> | pr::context<2> | pr::scratch<"head">(pr::dense<2>) | pr::affine, pr::key{5});
    CHECK(it.of("context") == std::vector<double>(2, 0.0));
    CHECK(it.of("head") == std::vector<double>(12, 0.0));
    CHECK(it.of("affine_0") == std::vector<double>{1, 0});
}

TEST_CASE("the hash is that of FNV-1a") {
    CHECK(pr::detail::hash_of("") == 0x811c9dc5u);
    CHECK(pr::detail::hash_of("a") == 0xe40c292cu);
    CHECK(pr::detail::hash_of("foobar") == 0xbf9cf968u);
}
