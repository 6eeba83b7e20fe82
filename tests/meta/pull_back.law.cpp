// SPDX-License-Identifier: BSL-1.0
#include "meta/rule_laws.hpp"

namespace pr = priori;

TEST_CASE("rules that unroll obey the laws of a meta-gradient", "[law]") {
    meta_laws::check(pr::exact);
    meta_laws::check(pr::first_order);
    meta_laws::check(pr::truncated<2>);
}
