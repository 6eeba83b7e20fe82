// SPDX-License-Identifier: BSL-1.0
// The number of classes reaches every layer that asks for it, those inside of other layers, too.
#include "catch.hpp"

#include <priori/meta/resolve.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/per_class.hpp>
#include <priori/nn/residual.hpp>
#include <priori/task/batch.hpp>

#include <type_traits>

namespace pr = priori;

namespace {

using episode = pr::episode_of<float, pr::shape<4>, pr::labels<5>, 5, 10>;

template <class Asked, class Wanted>
void becomes(const Asked& asked, const Wanted&) {
    STATIC_REQUIRE(std::is_same_v<decltype(pr::resolved<episode>(asked)), std::remove_const_t<Wanted>>);
}

}  // namespace

TEST_CASE("dense<ways> has the classes of the episode, also behind names and inside of other layers") {
    using pr::dense, pr::relu, pr::residual, pr::per_class, pr::named, pr::ways;
    becomes(dense<ways>, dense<5>);
    becomes(named<"head">(dense<ways>), named<"head">(dense<5>));
    becomes(residual(dense<ways> | relu), residual(dense<5> | relu));
    becomes(residual(dense<16> | relu | dense<ways>, dense<ways>.without_bias()),
            residual(dense<16> | relu | dense<5>, dense<5>.without_bias()));
    becomes(per_class(pr::flatten | dense<ways>), per_class(pr::flatten | dense<5>));
    becomes(named<"a">(residual(residual(dense<ways>), relu)), named<"a">(residual(residual(dense<5>), relu)));
}
