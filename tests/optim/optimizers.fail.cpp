// SPDX-License-Identifier: BSL-1.0
// What is said does not depend on it, and it compiles three times as fast.
#define PRIORI_FREESTANDING

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/meta.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/optim.hpp>

namespace pr = priori;

struct source {
    template <class T>
    using episode_type = pr::episode_of<T, pr::shape<4>, pr::shape<2>, 4, 4>;
};

[[maybe_unused]] constexpr auto objective = pr::input<4> | pr::dense<2> | pr::mse;

template <class Inner, class Outer>
void use(const Inner& inner, const Outer& outer) {
    auto learner = pr::learner(objective | pr::adapt<2>(inner) | pr::exact | pr::outer(outer), source{});
    typename source::episode_type<float> task{};
    [[maybe_unused]] const float error = learner.adapt(task.support).loss(task.query);
    learner.step(learner.parameters().all());
}

template <bool Updates>
struct half_step {
    static constexpr pr::fixed_string kind{"half_step"};
    static constexpr std::size_t slots = 0;
    using field_names = pr::names<>;
    constexpr auto fields() const { return pr::tuple<>{}; }
    template <class N, class H>
        requires(Updates)
    static void update(N& p, const N& g, N*, const H*, std::size_t) noexcept {
        p = p - N(0.5f) * g;
    }
};
struct nothing {};
struct lacking {};

template <pr::fixed_string Id>
struct pr::rule<Id, lacking> {
    static constexpr std::size_t slots = 0;
};

#if CASE == 0
void right() { use(half_step<true>{}, pr::clip_by_norm{1.0} | pr::adam{}); }
#endif

#if CASE == 1
// CASE 1: [priori:O401] outer: a field of the outer rule is learned, and nothing learns it
void wrong() { use(pr::sgd{}, pr::adam{.rate = pr::learned(0.1)}); }
#endif

#if CASE == 2
// CASE 2: [priori:O404] half_step: the optimizer has no static update(p, g, s, h, k) that is generic over the numbers
void wrong() { use(half_step<false>{}, pr::sgd{}); }
#endif

#if CASE == 3
// CASE 3: [priori:O405] clip_by_norm: it changes a gradient and makes no step; put an optimizer behind it
void wrong() { use(pr::sgd{}, pr::clip_by_norm{1.0}); }
#endif

#if CASE == 4
// CASE 4: [priori:O406] optimizer: the argument is none; an optimizer has kind, slots, field_names, fields() and update
void wrong() { use(nothing{}, pr::sgd{}); }
#endif

#if CASE == 5
// CASE 5: [priori:O407] optimizer: its rule<Id, Optimizer> lacks one of slots, reads_trajectory, detached
void wrong() { use(pr::detached(lacking{}), pr::sgd{}); }
#endif

#if CASE == 6
// CASE 6: [priori:O404] half_step: the optimizer has no static update(p, g, s, h, k)
void wrong() { use(pr::sgd{}, half_step<false>{}); }
#endif

#if CASE == 7
// CASE 7: [priori:O408] two_names: field_names has another number of names than fields() has values
struct two_names {
    static constexpr pr::fixed_string kind{"two_names"};
    static constexpr std::size_t slots = 0;
    using field_names = pr::names<"rate", "decay">;
    float rate = 0.1f;
    constexpr auto fields() const { return pr::tuple<float>{rate}; }
    template <class N, class H>
    static void update(N& p, const N& g, N*, const H* h, std::size_t) noexcept {
        p = p - N(h[0]) * g;
    }
};
void wrong() { use(two_names{}, pr::sgd{}); }
#endif
