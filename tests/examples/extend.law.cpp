// SPDX-License-Identifier: BSL-1.0
// The parts that the example `extend` adds obey the laws that ours obey.
#include "../../examples/extend/extensions.hpp"
#include "nn/laws.hpp"
#include "optim/rule_laws.hpp"

#include <priori/optim/field.hpp>

#include <cstddef>

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

TEST_CASE("a task source of one's own gives the same bits for the same key, in float those of double rounded",
          "[law]") {
    const extend::parabolas tasks;
    extend::parabolas::episode_type<double> one, same;
    extend::parabolas::episode_type<float> single;
    tasks.draw_into<double>(pr::key{3, 1, 4}, one);
    tasks.draw_into<double>(pr::key{3, 1, 5}, same);
    CHECK(one.query.targets.data()[19] != same.query.targets.data()[19]);
    tasks.draw_into<double>(pr::key{3, 1, 4}, same);
    tasks.draw_into<float>(pr::key{3, 1, 4}, single);
    for (std::size_t i = 0; i < 20; ++i) {
        CHECK(one.query.targets.data()[i] == same.query.targets.data()[i]);
        CHECK(single.query.targets.data()[i] == static_cast<float>(one.query.targets.data()[i]));
    }
}
