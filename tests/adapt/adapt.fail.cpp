// SPDX-License-Identifier: BSL-1.0
// What is said does not depend on it, and it compiles three times as fast.
#define PRIORI_FREESTANDING

#include <priori/adapt/adapt.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/meta.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/optim/detached.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

struct source {
    template <class T>
    using episode_type = pr::episode_of<T, pr::shape<4>, pr::shape<2>, 6, 4>;
};

[[maybe_unused]] constexpr auto objective =
    pr::input<4> | pr::dense<3> | pr::named<"head">(pr::dense<2>) | pr::mse;

template <class Objective, class Stage>
void use(const Objective& model, const Stage& stage) {
    auto learner = pr::learner(model | stage | pr::exact | pr::outer(pr::sgd{}), source{});
    typename source::episode_type<float> task{};
    [[maybe_unused]] const float error = learner.adapt(task.support).loss(task.query);
    learner.step(learner.parameters().all());
}

// A user's stage that does nothing, with a part missing; 0: complete.
template <int Without, class Before>
struct nothing_done {
    using layout_after = Before;
    template <class, class, class, class>
    struct trace {};
    template <class Layout, class T, class Stage>
    static void initialize(const Stage&, pr::key, T*) noexcept {}
    template <class Layout, class Rule, class Context, class N, class Support, class Trace>
    static void forward(const Context&, pr::view<N>, const Support&, Trace&) noexcept {}
    template <class Layout, class Rule, class Context, class N, class Support, class Trace>
        requires(Without != 3)
    static void vjp(const Context&, pr::view<N>, pr::view<N>, const Support&, Trace&) noexcept {}
};
template <int Without>
struct idle {
    static constexpr bool is_stage = true;
    static constexpr pr::fixed_string kind{"idle"};
    template <pr::fixed_string, class Before, class, class>
        requires(Without != 2)
    using bound = nothing_done<Without, Before>;
};
struct nameless {
    static constexpr bool is_stage = true;
};

// What was learned with 5 classes, in use with others.
using five = pr::episode_of<float, pr::shape<4>, pr::labels<5>, 6, 4>;
template <class Support, class Query>
void use_five(const Support& support, const Query& query) {
    constexpr auto description =
        pr::input<4> | pr::dense<pr::ways> | pr::cross_entropy | pr::adapt<2>(pr::sgd{}) | pr::exact;
    static pr::adapter<float, std::remove_cvref_t<decltype(description)>, five> learner(description);
    [[maybe_unused]] const float error = learner.adapt(support).loss(query);
}
template <std::size_t Count, class Input, class Target, class T = float>
constexpr pr::batch<T, Count, Input, Target> rows{};

#if CASE == 0
void right() {
    use_five(rows<6, pr::shape<4>, pr::labels<5>>, rows<4, pr::shape<4>, pr::labels<5>>);
    use_five(rows<9, pr::shape<4>, pr::labels<5>>, rows<7, pr::shape<4>, pr::labels<3>>);
    use_five(rows<9, pr::shape<4>, pr::labels<3>>, rows<7, pr::shape<4>, pr::labels<3>>);
    use(objective, pr::adapt<2>(pr::sgd{}, pr::only<"head">, pr::minibatch<3>));
    use(objective, pr::adapt<2>(pr::sgd{}, pr::except<"head.bias">));
    use(objective, pr::adapt<2>(pr::momentum{}, pr::carried_state));
    use(objective, pr::adapt<2>(pr::momentum{}, pr::only<"head">, pr::proximal{0.1f}, pr::minibatch<3>));
    use(objective, idle<0>{});
}
#endif

#if CASE == 1
// CASE 1: [priori:A301] input: the model begins with input<...> of shape (2, 2), the inputs of the episode have shape (4)
void wrong() { use(pr::input<2, 2> | pr::flatten | pr::dense<2> | pr::mse, pr::adapt<2>(pr::sgd{})); }
#endif

#if CASE == 2
// CASE 2: [priori:A302] only: no parameter has the name hed; the names are dense_0, head; give a layer a name of its own
void wrong() { use(objective, pr::adapt<2>(pr::sgd{}, pr::only<"head", "hed">)); }
#endif

#if CASE == 3
// CASE 3: [priori:A302] except: no parameter has the name hed; the names are dense_0, head
void wrong() { use(objective, pr::adapt<2>(pr::sgd{}, pr::except<"hed">)); }
#endif

#if CASE == 4
// CASE 4: [priori:A303] adapt<0>: an adaptation takes at least one step; leave it out for plain training.
void wrong() { use(objective, pr::adapt<0>(pr::sgd{})); }
#endif

#if CASE == 5
// CASE 5: [priori:A304] adapt: an option is none of only<...>, except<...>, proximal{...}, through(stage), minibatch<n>, carried_state.
void wrong() { use(objective, pr::adapt<2>(pr::sgd{}, pr::dense<2>)); }
#endif

#if CASE == 6
// CASE 6: [priori:A305] minibatch<4>: the support set has 6 examples, which is no multiple of it; take a divisor.
void wrong() { use(objective, pr::adapt<2>(pr::sgd{}, pr::minibatch<4>)); }
#endif

#if CASE == 7
// CASE 7: [priori:A306] adapt: nothing is left that could move
void wrong() { use(objective, pr::adapt<2>(pr::sgd{}, pr::except<"dense_0", "head">)); }
#endif

#if CASE == 8
// CASE 8: [priori:A340] stage: a stage has no kind; give it static constexpr fixed_string kind{...}
void wrong() { use(objective, nameless{}); }
#endif

#if CASE == 9
// CASE 9: [priori:A341] idle: the stage has no bound<Id, Before, Objective, Support> with a layout_after.
void wrong() { use(objective, idle<2>{}); }
#endif

#if CASE == 10
// CASE 10: [priori:A342] idle: the bound of the stage lacks trace<N, Layout, Rule, Support>, or a static initialize, forward
void wrong() { use(objective, idle<3>{}); }
#endif

#if CASE == 11
// CASE 11: [priori:A308] adapt: batch_normalization_0 keeps numbers for each step, and no step changes what it sees
void wrong() {
    use(pr::input<4> | pr::batch_normalization<pr::per_step<2>> | pr::named<"head">(pr::dense<2>) | pr::mse,
        pr::adapt<2>(pr::sgd{}, pr::only<"head">));
}
#endif

#if CASE == 12
// CASE 12: [priori:A309] adapt: carried_state, but the optimizer keeps no state; leave it out
void wrong() { use(objective, pr::adapt<2>(pr::detached(pr::sgd{}), pr::carried_state)); }
#endif

#if CASE == 13
// CASE 13: [priori:A310] adapt: carried_state counts steps on from task to task, and a field of the optimizer has a value
void wrong() {
    use(objective, pr::adapt<2>(pr::momentum{.rate = pr::learned_per<pr::step>(0.1)}, pr::carried_state));
}
#endif

#if CASE == 14
// CASE 14: [priori:A314] adapt: the stage seen through carries its state, and would in every step anew
void wrong() {
    const auto inner = pr::adapt<2>(pr::momentum{}, pr::only<"head">, pr::carried_state);
    use(objective, pr::adapt<2>(pr::sgd{}, pr::except<"head">, pr::through(inner)));
}
#endif

#if CASE == 15
// CASE 15: [priori:A315] predict: the model normalizes by the batch at hand, and of one example nothing is left
void wrong() {
    auto learner = pr::learner(pr::input<4> | pr::batch_normalization<pr::transductive> | pr::dense<2> | pr::mse |
                                   pr::adapt<1>(pr::sgd{}) | pr::exact | pr::outer(pr::sgd{}),
                               source{});
    learner.adapt(source::episode_type<float>{}.support)(pr::tensor<float, 4>{});
}
#endif

#if CASE == 16
// CASE 16: [priori:L204] cross_entropy: the model has 5 outputs, the labels are of 20 classes; end the model with dense<ways>, or make an adapter for that episode, and transfer(...).
void wrong() { use_five(rows<6, pr::shape<4>, pr::labels<20>>, rows<4, pr::shape<4>, pr::labels<5>>); }
#endif

#if CASE == 17
// CASE 17: [priori:L204] cross_entropy: the model has 5 outputs, the labels are of 20 classes
void wrong() { use_five(rows<6, pr::shape<4>, pr::labels<5>>, rows<4, pr::shape<4>, pr::labels<20>>); }
#endif

#if CASE == 18
// CASE 18: [priori:A301] input: the model begins with input<...> of shape (4), the inputs of the episode have shape (3)
void wrong() { use_five(rows<6, pr::shape<3>, pr::labels<5>>, rows<4, pr::shape<4>, pr::labels<5>>); }
#endif

#if CASE == 19
// CASE 19: [priori:L201] cross_entropy: the targets are numbers of shape (5), cross_entropy wants class labels
void wrong() { use_five(rows<6, pr::shape<4>, pr::labels<5>>, rows<4, pr::shape<4>, pr::shape<5>>); }
#endif

#if CASE == 20
// CASE 20: [priori:M518] adapt: the batch is of double, the learner of float; draw the batch in float, or make the learner in double.
void wrong() { use_five(rows<6, pr::shape<4>, pr::labels<5>, double>, rows<4, pr::shape<4>, pr::labels<5>>); }
#endif

#if CASE == 21
// CASE 21: [priori:A305] minibatch<3>: the support set has 8 examples, which is no multiple of it; take a divisor.
void wrong() {
    auto learner = pr::learner(objective | pr::adapt<2>(pr::sgd{}, pr::minibatch<3>) | pr::exact, source{});
    learner.adapt(rows<8, pr::shape<4>, pr::shape<2>>);
}
#endif

#if CASE == 22
// CASE 22: [priori:A320] adapt: two options of one kind; name all blocks in one only<...> or except<...>, and give proximal, through, minibatch and carried_state once.
void wrong() { use(objective, pr::adapt<2>(pr::sgd{}, pr::only<"head">, pr::only<"dense_0">)); }
#endif

#if CASE == 23
// CASE 23: [priori:A320] adapt: two options of one kind; name all blocks in one only<...> or except<...>
void wrong() { use(objective, pr::adapt<2>(pr::sgd{}, pr::except<"head.bias">, pr::only<"head">)); }
#endif

#if CASE == 24
// CASE 24: [priori:A320] adapt: two options of one kind
void wrong() { use(objective, pr::adapt<2>(pr::sgd{}, pr::minibatch<2>, pr::minibatch<3>)); }
#endif

#if CASE == 25
// CASE 25: [priori:A320] adapt: two options of one kind
void wrong() { use(objective, pr::adapt<2>(pr::sgd{}, pr::proximal{1.0f}, pr::proximal{2.0f})); }
#endif

#if CASE == 26
// CASE 26: [priori:A320] adapt: two options of one kind
void wrong() {
    const auto inner = pr::through(pr::adapt<2>(pr::sgd{}, pr::only<"head">));
    use(objective, pr::adapt<2>(pr::sgd{}, pr::except<"head">, inner, inner));
}
#endif

#if CASE == 27
// CASE 27: [priori:A320] adapt: two options of one kind
void wrong() { use(objective, pr::adapt<2>(pr::momentum{}, pr::carried_state, pr::carried_state)); }
#endif

#if CASE == 28
// CASE 28: [priori:A325] minibatch<0>: a step takes at least one example; leave it out for all of the support set.
void wrong() { use(objective, pr::adapt<2>(pr::sgd{}, pr::minibatch<0>)); }
#endif

#if CASE == 29
// CASE 29: [priori:A301] input: the model begins with input<...> of shape (2, 2, 1), the inputs of the episode have shape (2, 2); describe the data as images of that shape, of the same numbers.
struct grey {
    template <class T>
    using episode_type = pr::episode_of<T, pr::shape<2, 2>, pr::shape<2>, 6, 4>;
};
void wrong() {
    pr::learner(pr::input<2, 2, 1> | pr::flatten | pr::dense<2> | pr::mse | pr::adapt<2>(pr::sgd{}) | pr::exact |
                    pr::outer(pr::sgd{}),
                grey{});
}
#endif
