// SPDX-License-Identifier: BSL-1.0
// Reptile (Nichol et al. 2018) in the setting of the script published with it.
#include "algorithms.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/core/random.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/optim/schedule.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/concepts.hpp>

namespace sinusoid {

namespace {

// The script's waves on uniform points instead of its grid: a task source of one's own.
template <std::size_t Shots>
struct uniform_waves {
    template <class T>
    using episode_type = pr::episode_of<T, pr::shape<1>, pr::shape<1>, Shots, 100>;

    pr::sinusoid task(pr::key k) const noexcept { return pr::reptile_sinusoids<>{}.task(k); }

    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const noexcept {
        pr::random_stream stream(k, pr::purpose::user);
        sample(task(k), stream, out.support);
        sample(task(k), stream, out.query);
    }
    auto draw(pr::key k) const noexcept {
        episode_type<float> out;
        draw_into<float>(k, out);
        return out;
    }

private:
    template <class Batch>
    static void sample(const pr::sinusoid& function, pr::random_stream& stream, Batch& batch) noexcept {
        using T = typename Batch::scalar;
        for (std::size_t i = 0; i < Batch::count; ++i) {
            const double x = stream.uniform(-5.0, 5.0);
            batch.inputs.data()[i] = static_cast<T>(x);
            batch.targets.data()[i] = static_cast<T>(function(x));
        }
    }
};
static_assert(pr::TaskSource<uniform_waves<5>>);

struct script_tasks {
    template <std::size_t Shots>
    static constexpr uniform_waves<Shots> test{};
};

}  // namespace

// Training goes once through a permutation of 50 points, ten at a time; a test has fewer than that, and steps on all.
outcome reptile(const plan& p) {
    const auto net = pr::input<1> | pr::dense<64>.with(p.start) | pr::tanh | pr::dense<64>.with(p.start) | pr::tanh |
                     pr::dense<1>.with(p.start);
    const pr::linear_schedule rate{.from = 0.1, .to = 0.0, .steps = static_cast<std::size_t>(p.iterations)};
    const auto description = net | pr::mse | pr::adapt<5>(pr::sgd{.rate = p.rate}, pr::minibatch<10>) | pr::displacement |
                             pr::outer(pr::sgd{.rate = rate});
    outcome found = train_and_test<script_tasks>(description, pr::reptile_sinusoids{}, p, 1);
    found.shots = 50;
    found.steps = 5;
    found.outer = "sgd 0.1, linearly to 0";
    return found;
}

}  // namespace sinusoid
