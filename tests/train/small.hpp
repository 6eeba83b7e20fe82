// SPDX-License-Identifier: BSL-1.0
// A small learner for the tests of train, and a source of tasks of which some are broken.
#pragma once

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/network.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/sinusoids.hpp>
#include <priori/train/keys.hpp>

#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace small {

namespace pr = priori;

// Wider than any register: a narrower net is compiled twice, for single tasks and for several at once (bundles.test.cpp).
inline constexpr auto net = pr::input<1> | pr::dense<16> | pr::tanh | pr::dense<1>;
inline constexpr auto maml =
    net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01f}) | pr::exact | pr::outer(pr::adam{.rate = 0.01f});
inline constexpr pr::sinusoids<pr::count_t<5>, pr::count_t<5>> tasks{};

inline auto learner(std::uint64_t seed = 1) { return pr::learner(maml, tasks, pr::seed{seed}); }
using learner_type = decltype(learner());

template <class Learner>
std::vector<float> parameters(const Learner& learner) {
    const auto all = learner.parameters().all();
    return {all.begin(), all.end()};
}

// Equal to the bit.
inline bool same(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// The targets of these tasks of one iteration, of the training from seed 1, are not a number.
struct broken_tasks {
    std::uint32_t iteration;
    std::uint32_t first;
    std::uint32_t last;

    template <class T>
    using episode_type = decltype(tasks)::episode_type<T>;

    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const noexcept {
        tasks.draw_into<T>(k, out);
        if (k.iteration != iteration || k.task < first || k.task > last) return;
        out.query.targets.data()[0] = std::numeric_limits<T>::quiet_NaN();
    }
    episode_type<float> draw(pr::key k) const noexcept { return pr::detail::drawn_episode<float>(*this, k); }
};

}  // namespace small
