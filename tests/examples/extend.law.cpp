// SPDX-License-Identifier: BSL-1.0
// The parts that the example `extend` adds obey the laws that ours obey.
#include "../../examples/extend/extensions.hpp"
#include "loss/laws.hpp"
#include "meta/rule_laws.hpp"
#include "nn/laws.hpp"
#include "optim/rule_laws.hpp"
#include "task/source_laws.hpp"

#include <priori/optim/field.hpp>

namespace pr = priori;

TEST_CASE("an activation and a layer of one's own obey the laws of a layer", "[law]") {
    pr::laws::obeys<pr::rows<4>, pr::shape<3, 2>>(extend::swish);
    pr::laws::obeys<pr::rows<1>, pr::shape<11>>(extend::swish);
    pr::laws::obeys<pr::rows<4>, pr::shape<5>>(extend::diagonal);
    pr::laws::obeys<pr::rows<3>, pr::shape<2, 3>>(extend::diagonal);
}

TEST_CASE("an optimizer of one's own pulls back what it pushes forward", "[law]") {
    rule_laws::check(extend::adagrad{.rate = 0.1});
    rule_laws::check(extend::adagrad{.rate = pr::learned_per<pr::coordinate>(0.1)});
}

TEST_CASE("a loss of one's own obeys the laws of a loss", "[law]") {
    const loss_laws::numbers far = loss_laws::far_targets(), near = loss_laws::near_targets();
    loss_laws::check(extend::cauchy, far.data());
    loss_laws::check(extend::cauchy, near.data());
}

TEST_CASE("a meta-rule of one's own obeys the laws of a meta-gradient", "[law]") {
    meta_laws::check(extend::every_other);
}

TEST_CASE("a task source of one's own obeys the laws of a task source", "[law]") {
    source_laws::check(extend::parabolas{});
}
