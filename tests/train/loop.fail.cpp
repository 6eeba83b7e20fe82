// SPDX-License-Identifier: BSL-1.0
#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/sinusoids.hpp>
#include <priori/train/checkpoint.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/loop.hpp>
#include <priori/train/periodic_evaluation.hpp>

#include <cstdint>

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

// A source that keeps a generator and moves it on.
struct moving {
    std::uint32_t next = 0;
    template <class T>
    using episode_type = decltype(tasks)::episode_type<T>;
    template <class T>
    void draw_into(pr::key, episode_type<T>& out) noexcept {
        tasks.draw_into<T>({1, 1, next++}, out);
    }
};

#if CASE == 0
void right() {
    use(plain | pr::outer(pr::sgd{}), tasks);
    auto learner = pr::make_learner(plain | pr::outer(pr::sgd{}), tasks);
    pr::train(*learner, tasks);
    pr::evaluate(*learner, tasks);
}
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

#if CASE == 7
// CASE 7: [priori:R607] train: draw_into of the tasks is not const and noexcept, as it has to be
void wrong() { use(plain | pr::outer(pr::sgd{}), moving{}); }
#endif

#if CASE == 8
// CASE 8: [priori:R606] train: the first argument is no learner; what make_learner gives is a pointer to one, write *learner.
void wrong() {
    auto learner = pr::make_learner(plain | pr::outer(pr::sgd{}), tasks);
    pr::train(learner, tasks);
}
#endif

#if CASE == 9
// CASE 9: [priori:R606] evaluate: the first argument is no learner; what make_learner gives is a pointer to one
void wrong() {
    auto learner = pr::make_learner(plain | pr::outer(pr::sgd{}), tasks);
    pr::evaluate(learner, tasks);
}
#endif

#if CASE == 10
// CASE 10: [priori:R606] save: the first argument is no learner; what make_learner gives is a pointer to one
void wrong() {
    auto learner = pr::make_learner(plain | pr::outer(pr::sgd{}), tasks);
    pr::save(learner, "there");
}
#endif

#if CASE == 11
// CASE 11: [priori:R606] load: the first argument is no learner; what make_learner gives is a pointer to one
void wrong() {
    auto learner = pr::make_learner(plain | pr::outer(pr::sgd{}), tasks);
    pr::load(learner, "there");
}
#endif

#if CASE == 12
// CASE 12: [priori:M102]
void wrong() { use(pr::input<1> | pr::dense<1> | pr::adapt<1>(pr::sgd{}) | pr::mse, tasks); }
#endif

#if CASE == 13
// CASE 13: [priori:R608] write_header: the learner is not in float, as a header's numbers are; make one in float
void wrong() {
    constexpr auto description = plain | pr::outer(pr::sgd{});
    const auto learner = pr::learner<double>(description, tasks);
    pr::write_header(learner, "there", "here");
}
#endif
