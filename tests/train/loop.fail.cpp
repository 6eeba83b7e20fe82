// SPDX-License-Identifier: BSL-1.0
#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/sinusoids.hpp>
#include <priori/train/loop.hpp>
#include <priori/train/periodic_evaluation.hpp>

namespace pr = priori;

[[maybe_unused]] constexpr auto plain = pr::input<1> | pr::dense<1> | pr::mse | pr::exact;
[[maybe_unused]] constexpr pr::sinusoids tasks{.shots = pr::count<5>, .queries = pr::count<5>};
[[maybe_unused]] constexpr pr::sinusoids others{.shots = pr::count<6>, .queries = pr::count<5>};

template <class Description, class Tasks, class... Observers>
void use(const Description& description, const Tasks& source, const Observers&... observers) {
    auto learner = pr::learner(description, tasks);
    pr::train(learner, source, {.iterations = 1}, observers...);
}

struct nothing {};

#if CASE == 0
void right() { use(plain | pr::outer(pr::sgd{}), tasks); }
#endif

#if CASE == 1
// CASE 1: [priori:R601] train: the second argument is not a source of tasks; it wants episode_type<T> and draw_into<T>
void wrong() { use(plain | pr::outer(pr::sgd{}), nothing{}); }
#endif

#if CASE == 2
// CASE 2: [priori:R602] train: the description has no outer rule; append | outer(adam{...}).
void wrong() { use(plain, tasks); }
#endif

#if CASE == 3
// CASE 3: [priori:R603] train: the tasks have other shapes than those that the learner was made for
void wrong() { use(plain | pr::outer(pr::sgd{}), others); }
#endif

#if CASE == 4
// CASE 4: [priori:R604] train: an observer has no after_iteration(learner, progress) and cannot be called
void wrong() { use(plain | pr::outer(pr::sgd{}), tasks, nothing{}); }
#endif

#if CASE == 5
// CASE 5: [priori:A302] only: no parameter has the name hed; the names are dense_0
void wrong() {
    use(pr::input<1> | pr::dense<1> | pr::mse | pr::adapt<1>(pr::sgd{}, pr::only<"hed">) | pr::exact | pr::outer(pr::sgd{}),
        tasks);
}
#endif

#if CASE == 6
// CASE 6: [priori:R605] periodic_evaluation: the learner has another number than this evaluation
void wrong() {
    constexpr auto learning = plain | pr::outer(pr::sgd{});
    auto learner = pr::learner<double>(learning, tasks);
    pr::train(learner, tasks, {.iterations = 1}, pr::periodic_evaluation(tasks));
}
#endif
