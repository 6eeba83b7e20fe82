// SPDX-License-Identifier: BSL-1.0
// What is said does not depend on it, and it compiles three times as fast.
#define PRIORI_FREESTANDING

#include <priori/adapt/adapt.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/meta.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

template <class Target>
struct source {
    template <class T>
    using episode_type = pr::episode_of<T, pr::shape<4>, Target, 4, 4>;
};
using numbers = source<pr::shape<2>>;
using classes = source<pr::labels<5>>;

template <class Tasks, class Objective>
void use(const Objective& objective) {
    auto learner = pr::learner(objective | pr::adapt<2>(pr::sgd{}) | pr::exact | pr::outer(pr::sgd{}), Tasks{});
    typename Tasks::template episode_type<float> task{};
    [[maybe_unused]] const float error = learner.adapt(task.support).loss(task.query);
}

struct zero {
    static constexpr bool is_loss = true;
    static constexpr pr::fixed_string kind{"zero"};
};
struct unmarked {
    template <std::size_t Count, class Out, class P, class T, class Bar>
    pr::element_of<P> gradient(pr::view<P>, const T*, pr::view<Bar> bar) const noexcept {
        pr::fill_zero(Count * Out::size, bar);
        return pr::element_of<P>(0);
    }
};
struct marked : unmarked {
    static constexpr bool is_loss = true;
};

[[maybe_unused]] constexpr auto two = pr::input<4> | pr::dense<2>;

#if CASE == 0
void right() {
    use<numbers>(two | pr::mse);
    use<numbers>(two | marked{});
    use<classes>(pr::input<4> | pr::dense<pr::ways> | pr::cross_entropy);
    use<classes>(pr::input<4> | pr::dense<pr::ways> | marked{});
}
#endif

#if CASE == 1
// CASE 1: [priori:L210] zero: the loss has no const gradient<Count, Out>(prediction, target, bar)
void wrong() { use<numbers>(two | zero{}); }
#endif

#if CASE == 2
// CASE 2: [priori:L211] loss: a loss does not say that it is one; give it static constexpr bool is_loss = true.
void wrong() { use<numbers>(two | unmarked{}); }
#endif
