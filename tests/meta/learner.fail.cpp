// SPDX-License-Identifier: BSL-1.0
// What is said does not depend on it, and it compiles three times as fast.
#define PRIORI_FREESTANDING

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/encode.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/meta.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/context.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/chain.hpp>
#include <priori/optim/clip.hpp>
#include <priori/optim/detached.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/rmsprop.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

struct source {
    template <class T>
    using episode_type = pr::episode_of<T, pr::shape<1>, pr::shape<1>, 5, 5>;
};

[[maybe_unused]] constexpr auto net = pr::input<1> | pr::dense<4> | pr::relu | pr::dense<1>;
[[maybe_unused]] constexpr auto objective = net | pr::mse;
[[maybe_unused]] constexpr auto adapted = objective | pr::adapt<2>(pr::sgd{});

// What a user does with a description: after the first error nothing else is said.
template <class Description>
void use(const Description& description) {
    auto learner = pr::learner(description, source{}, pr::seed{1});
    typename source::episode_type<float> task{};
    const auto result = learner.template adapt<10>(task.support);
    [[maybe_unused]] const float error = result.loss(task.query);
    [[maybe_unused]] const float prediction = result(1.0f);
    learner.step(learner.parameters().all());
}

struct half_rule {
    static constexpr bool is_meta_gradient = true;
};

#if CASE == 0
void right() {
    use(adapted | pr::exact | pr::every_step(0.1, 0.2, 0.7) | pr::outer(pr::adam{}));
    use(objective | pr::adapt<2>(pr::adam{}.with_eps_outside()) | pr::displacement |
        pr::outer(pr::adam{}.with_eps_outside()));
    use(objective | pr::adapt<2>(pr::sgd{}, pr::only<"dense_0">) | pr::displacement | pr::outer(pr::sgd{}));
    auto large = pr::make_learner(pr::input<1> | pr::dense<300> | pr::relu | pr::dense<300> | pr::dense<1> | pr::mse |
                                      pr::adapt<2>(pr::sgd{}) | pr::exact | pr::outer(pr::adam{}),
                                  source{});
}
#endif

#if CASE == 1
// CASE 1: [priori:M501] learner: this learner takes
void wrong() {
    use(pr::input<1> | pr::dense<300> | pr::relu | pr::dense<300> | pr::dense<1> | pr::mse | pr::adapt<2>(pr::sgd{}) |
        pr::exact | pr::outer(pr::adam{}));
}
#endif

#if CASE == 2
// CASE 2: [priori:M502] step: the description has no outer rule; append | outer(adam{...}).
void wrong() { use(adapted | pr::exact); }
#endif

#if CASE == 3
// CASE 3: [priori:M503] adapt: the workspace for a support set of another size than the learner's is too large
void wrong() {
    auto learner = pr::learner(adapted | pr::exact | pr::outer(pr::adam{}), source{});
    static pr::batch<float, 20000, pr::shape<1>, pr::shape<1>> support;
    learner.adapt(support);
}
#endif

#if CASE == 4
// CASE 4: [priori:M504] then: the second description has blocks that the first one does not have
void wrong() {
    use(adapted | pr::displacement | pr::outer(pr::sgd{}) |
        pr::then(1, pr::input<1> | pr::dense<3> | pr::dense<1> | pr::mse | pr::exact | pr::outer(pr::sgd{})));
}
#endif

#if CASE == 5
// CASE 5: [priori:M505] description: it ends too early to be learned or adapted; append a loss, stages
void wrong() { use(net); }
#endif

#if CASE == 6
// CASE 6: [priori:M506] description: it has no meta-gradient; append | exact, | first_order
void wrong() { use(adapted); }
#endif

#if CASE == 7
// CASE 7: [priori:M508] learner: the second argument is not a source of tasks, such as sinusoids{...}
void wrong() {
    auto learner = pr::learner(adapted | pr::exact | pr::outer(pr::sgd{}), pr::seed{1});
    learner.step(learner.parameters().all());
}
#endif

#if CASE == 8
// CASE 8: [priori:M510] check_gradient: the episode is in float, where differences mean nothing; draw it in double.
void wrong() {
    source::episode_type<float> task{};
    pr::check_gradient(adapted | pr::exact, task);
}
#endif

#if CASE == 9
// CASE 9: [priori:M511] every_step: the description has no adapt<k>(...) whose steps could have a loss
void wrong() { use(objective | pr::exact | pr::every_step(1.0) | pr::outer(pr::sgd{})); }
#endif

#if CASE == 10
// CASE 10: [priori:M512] every_step: the meta-gradient does not look at the query loss, as displacement does not
void wrong() { use(adapted | pr::displacement | pr::every_step(0.1, 0.2, 0.7) | pr::outer(pr::sgd{})); }
#endif

#if CASE == 11
// CASE 11: [priori:M513] every_step: it has 2 weights, adapt<2> wants 3: one before each step, one after the last.
void wrong() { use(adapted | pr::exact | pr::every_step(0.3, 0.7) | pr::outer(pr::sgd{})); }
#endif

#if CASE == 12
// CASE 12: [priori:M514] displacement: nothing moves, the description has no adapt<k>(...); put one before it.
void wrong() { use(objective | pr::displacement | pr::outer(pr::sgd{})); }
#endif

#if CASE == 13
// CASE 13: [priori:M515] meta-gradient: it lacks one of needs_query, keeps_path, keeps_points, keeps_gradients
void wrong() { use(adapted | half_rule{} | pr::outer(pr::sgd{})); }
#endif

#if CASE == 14
// CASE 14: [priori:M107] description: these two do not go together; the order is input | layers | loss | stages
void wrong() { use(pr::exact | pr::mse); }
#endif

#if CASE == 15
// CASE 15: [priori:M109] description: sgd stands alone; write adapt<k>(...) around it for the inner loop
void wrong() { use(objective | pr::sgd{} | pr::exact | pr::outer(pr::sgd{})); }
#endif

#if CASE == 16
// CASE 16: [priori:M110] description: something is no part of one; a layer says reads_input and reads_output
void wrong() { use(objective | pr::only<"head"> | pr::exact); }
#endif

#if CASE == 17
// CASE 17: [priori:M111] then: the description before it has no outer rule; put | outer(...) between them.
void wrong() { use(adapted | pr::displacement | pr::then(1, objective | pr::exact | pr::outer(pr::sgd{}))); }
#endif

#if CASE == 18
// CASE 18: [priori:M104] description: outer(...) needs a meta-gradient before it
void wrong() { use(adapted | pr::outer(pr::sgd{})); }
#endif

#if CASE == 19
// CASE 19: [priori:A301] input: the model begins with input<...> of shape (2), the inputs of the episode have shape (1)
constexpr auto bytes = pr::footprint<decltype(pr::input<2> | pr::dense<1> | pr::mse | pr::exact), source>.total;
#endif

#if CASE == 20
// CASE 20: [priori:M516] description: nothing writes or moves head, which is scratch and stays zero; put
void wrong() {
    use(pr::input<1> | pr::context<2> | pr::dense<4> | pr::scratch<"head">(pr::dense<1>) | pr::mse |
        pr::adapt<2>(pr::sgd{}, pr::only<"context">) | pr::exact | pr::outer(pr::sgd{}));
}
#endif

#if CASE == 21
// CASE 21: [priori:M516] description: nothing writes or moves context, head, which is scratch and stays zero
void wrong() {
    use(pr::input<1> | pr::context<2> | pr::dense<4> | pr::scratch<"head">(pr::dense<1>) | pr::mse | pr::exact |
        pr::outer(pr::sgd{}));
}
#endif

#if CASE == 22
// CASE 22: [priori:M517] adapt: the optimizer has eps outside of its root, whose derivative is not finite
void wrong() {
    use(objective | pr::adapt<2>(pr::adam{}.with_eps_outside()) | pr::first_order | pr::outer(pr::adam{}));
}
#endif

#if CASE == 23
// CASE 23: [priori:M517] adapt: the optimizer has eps outside of its root, whose derivative is not finite
void wrong() {
    use(objective | pr::adapt<1>(pr::detached(pr::clip_by_norm{} | pr::rmsprop{}.with_eps_outside())) | pr::exact |
        pr::every_step(0.5, 0.5) | pr::outer(pr::sgd{}));
}
#endif

#if CASE == 24
// CASE 24: [priori:M517] adapt: the optimizer has eps outside of its root, whose derivative is not finite
void wrong() {
    use(objective |
        pr::adapt<1>(pr::sgd{}, pr::only<"dense_0">,
                     pr::through(pr::adapt<1>(pr::adam{}.with_eps_outside(), pr::only<"dense_1">))) |
        pr::displacement | pr::outer(pr::sgd{}));
}
#endif

#if CASE == 25
// CASE 25: [priori:M519] displacement: no inner step moves adapt_0.rate, which is learned, so displacement leaves it where it starts; give it a fixed value, or take exact or first_order.
void wrong() {
    use(objective | pr::adapt<2>(pr::sgd{.rate = pr::learned(0.01f)}) | pr::displacement | pr::outer(pr::adam{}));
}
#endif

#if CASE == 26
// CASE 26: [priori:M519] displacement: no inner step moves encoder.dense_0.weight, encoder.dense_0.bias, which is learned
void wrong() {
    use(pr::input<1> | pr::context<2> | pr::dense<1> | pr::mse |
        pr::encode<"context">(pr::input_of<"encoder", 2> | pr::dense<2>) | pr::adapt<2>(pr::sgd{}) |
        pr::displacement | pr::outer(pr::adam{}));
}
#endif

#if CASE == 27
// CASE 27: [priori:M520] every_step: encode stands behind the last adapt<k>, so the losses before its last step would be of a model that it has not written yet; leave every_step out.
void wrong() {
    use(pr::input<1> | pr::context<2> | pr::dense<1> | pr::mse | pr::adapt<2>(pr::sgd{}) |
        pr::encode<"context">(pr::input_of<"encoder", 2> | pr::dense<2>) | pr::exact | pr::every_step(0.2, 0.3, 0.5) |
        pr::outer(pr::adam{}));
}
#endif

#if CASE == 28
// CASE 28: [priori:M521] then: the second description has no outer rule; append | outer(...) to it.
void wrong() { use(adapted | pr::displacement | pr::outer(pr::sgd{}) | pr::then(1, objective | pr::exact)); }
#endif

#if CASE == 29
// CASE 29: [priori:M521] then: the second description has no outer rule; append | outer(...) to it.
void wrong() { use(adapted | pr::displacement | pr::outer(pr::sgd{}) | pr::then(1, net)); }
#endif

#if CASE == 30
// CASE 30: [priori:M522] then: two phases are possible, a third is not.
void wrong() {
    constexpr auto tuning = objective | pr::exact | pr::outer(pr::sgd{});
    use(adapted | pr::displacement | pr::outer(pr::sgd{}) | pr::then(1, tuning) | pr::then(2, tuning));
}
#endif
