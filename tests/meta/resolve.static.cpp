// SPDX-License-Identifier: BSL-1.0
// The number of classes reaches every layer that asks for it, those inside of other layers, too.
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
constexpr bool becomes(const Asked& asked, const Wanted&) {
    return std::is_same_v<decltype(pr::resolved<episode>(asked)), Wanted>;
}

using pr::dense, pr::relu, pr::residual, pr::per_class, pr::named, pr::ways;

static_assert(becomes(dense<ways>, dense<5>));
static_assert(becomes(named<"head">(dense<ways>), named<"head">(dense<5>)));
static_assert(becomes(residual(dense<ways> | relu), residual(dense<5> | relu)));
static_assert(becomes(residual(dense<16> | relu | dense<ways>, dense<ways>.without_bias()),
                      residual(dense<16> | relu | dense<5>, dense<5>.without_bias())));
static_assert(becomes(per_class(pr::flatten | dense<ways>), per_class(pr::flatten | dense<5>)));
static_assert(becomes(named<"a">(residual(residual(dense<ways>), relu)), named<"a">(residual(residual(dense<5>), relu))));

}  // namespace
