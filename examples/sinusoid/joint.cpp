// SPDX-License-Identifier: BSL-1.0
// Learning from several tasks without an inner loop: joint training, and model averaging.
#include "algorithms.hpp"
#include "fine_tuning.hpp"

#include <priori/task/concepts.hpp>

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace sinusoid {

namespace {

// A thousand tasks of the training, again and again.
template <class Source>
struct several {
    static constexpr std::uint32_t count = 1000;
    template <class T>
    using episode_type = typename Source::template episode_type<T>;

    Source all{};

    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const noexcept {
        const std::uint64_t number = k.iteration * std::uint64_t{25} + k.task;
        all.template draw_into<T>({k.seed, 0, static_cast<std::uint32_t>(number % count)}, out);
    }
    episode_type<float> draw(pr::key k) const noexcept {
        episode_type<float> out;
        draw_into<float>(k, out);
        return out;
    }
};
static_assert(pr::TaskSource<several<pr::sinusoids<>>>);

}  // namespace

outcome joint(const plan& p) {
    const auto net = paper_net(p.start);
    return p.shots == 5 ? train_jointly<paper_tasks>(net, paper_tasks::training<5>, p)
                        : train_jointly<paper_tasks>(net, paper_tasks::training<10>, p);
}

// A thousand nets start from one point, each is trained on the support set of a task of its own, and their parameters
// are averaged: one outer step of rate 1 on the displacement. The average is fine-tuned on the query sets of those
// tasks.
outcome averaging(const plan& p) {
    return with_sizes(p, [&](auto shots, auto steps) {
        const several<std::remove_const_t<decltype(paper_tasks::training<shots.value>)>> source;
        const auto net = paper_net(p.start);
        const auto average = net | pr::mse | pr::adapt<100 * steps.value>(pr::sgd{.rate = p.rate > 0 ? p.rate : 1e-3}) |
                             pr::displacement | pr::outer(pr::sgd{.rate = 1.0});
        const auto averaged = pr::make_learner(average, source, pr::seed{p.seed});
        pr::train(*averaged, source,
                  {.iterations = 1, .meta_batch = source.count, .threads = p.threads,
                   .on_divergence = pr::divergence::skip_task, .stop = p.stop})
            .throw_if_diverged();

        const auto tune = net | pr::mse | pr::exact | pr::outer(pr::adam{.rate = 1e-3});
        const auto learner = pr::make_learner(tune, source, pr::seed{p.seed});
        std::ranges::copy(averaged->parameters().all(), learner->parameters().all().begin());
        outcome found = train_and_fine_tune<paper_tasks>(net, *learner, source, p);
        found.steps = 100 * steps.value;
        return found;
    });
}

}  // namespace sinusoid
