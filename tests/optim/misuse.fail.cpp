// SPDX-License-Identifier: BSL-1.0
#include <priori/optim/optim.hpp>

namespace pr = priori;

using layout = pr::layout<pr::block<"dense", "weight", pr::shape<3>>>;

struct own_rule {};
template <pr::fixed_string Id>
struct pr::rule<Id, own_rule> {
    static constexpr std::size_t slots = 0;
    static constexpr bool reads_trajectory = false;
    static constexpr bool detached = false;
    template <class Plan, std::size_t Steps>
    using blocks = pr::layout<>;
};

template <class O>
constexpr bool outer_step(O) {
    return sizeof(pr::outer_state<layout, O, float>) > 0;
}

#if CASE == 0
static_assert(outer_step(pr::adam{.rate = pr::constant{0.01}}));
[[maybe_unused]] constexpr auto right = pr::clip_by_norm{1.0} | pr::sgd{};
#endif

#if CASE == 1
// CASE 1: [priori:O401] outer: a field of the outer rule is learned, and nothing learns it; give it a number or a schedule.
static_assert(outer_step(pr::adam{.rate = pr::learned(0.01)}));
#endif

#if CASE == 2
// CASE 2: [priori:O402] warm_up: a learned field is no schedule; warm up to a number or a schedule.
constexpr pr::warm_up wrong{.steps = 10, .then = pr::learned(0.1)};
#endif

#if CASE == 3
// CASE 3: [priori:O403] transform | optimizer: the optimizer is not elementwise, so it has a rule of its own
constexpr auto wrong = pr::clip_by_norm{1.0} | own_rule{};
#endif
