// SPDX-License-Identifier: BSL-1.0
// Reptile (Nichol et al. 2018) in the setting of the script published with it, but for how the first biases start.
#include "algorithms.hpp"
#include "fine_tuning.hpp"

#include <priori/core/random.hpp>
#include <priori/optim/schedule.hpp>
#include <priori/task/concepts.hpp>

#include <cstddef>

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

// 1-64-64-1
constexpr auto script_net(pr::initializer start) {
    return pr::input<1> | pr::dense<64>.with(start) | pr::tanh | pr::dense<64>.with(start) | pr::tanh |
           pr::dense<1>.with(start);
}

// Weights and biases ~ U(-b, b), b = 1 / sqrt(fan_in), as the script's framework starts a layer; but the first biases
// with b = 3, as wide as w x is for |x| <= 5, so that the units bend at places all over the inputs. Where all biases
// are zero the net is odd in x, which the small steps of this setting are slow to change.
template <class Learner>
void start_with_biases(Learner& learner, const plan& p) {
    using layout = typename Learner::layout_type;
    pr::random_stream random(pr::key{p.seed}, pr::purpose::user);
    for (std::size_t b = 0; b < layout::count; ++b) {
        const double bound = layout::names[b] == "dense_0.bias"     ? 3.0
                             : layout::names[b] == "dense_0.weight" ? 1.0
                                                                    : 0.125;
        for (float& number : learner.parameters().all().subspan(layout::offsets[b], layout::sizes[b]))
            number = static_cast<float>(random.uniform(-bound, bound));
    }
}

}  // namespace

// Training goes once through a permutation of 50 points, ten at a time; a test has fewer than that, and steps on all.
outcome reptile(const plan& p) {
    const pr::linear_schedule rate{.from = 0.1, .to = 0.0, .steps = static_cast<std::size_t>(p.iterations)};
    const auto description = script_net(p.start) | pr::mse | pr::adapt<5>(pr::sgd{.rate = p.rate}, pr::minibatch<10>) |
                             pr::displacement | pr::outer(pr::sgd{.rate = rate});
    const pr::reptile_sinusoids source;
    const auto learner = pr::make_learner(description, source, pr::seed{p.seed});
    if (p.own_start) start_with_biases(*learner, p);
    outcome found = train_and_test<script_tasks>(*learner, source, p);
    found.shots = 50;
    found.steps = 5;
    found.outer = "sgd 0.1, linearly to 0";
    return found;
}

outcome joint_on_script_tasks(const plan& p) {
    return train_jointly<script_tasks>(script_net(p.start), pr::reptile_sinusoids{}, p);
}

}  // namespace sinusoid
