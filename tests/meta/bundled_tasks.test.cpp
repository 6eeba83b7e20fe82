// SPDX-License-Identifier: BSL-1.0
// Several tasks at once get the losses and gradients that each gets alone.
#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/huber.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/annealed_weights.hpp>
#include <priori/meta/bundled_tasks.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/dropout.hpp>
#include <priori/nn/network.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/clip.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/momentum.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/task/sinusoids.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace pr = priori;

namespace {

constexpr pr::sinusoids<pr::count_t<6>, pr::count_t<4>> tasks{};
constexpr auto net = pr::input<1> | pr::dense<2> | pr::tanh | pr::named<"head">(pr::dense<1>);

// Of a user, who compares as with numbers and packs.
struct lopsided {
    static constexpr pr::fixed_string kind{"lopsided"};
    template <class N, class T>
    N operator()(const N& y, const T& t) const noexcept {
        using pr::select;
        const N d = y - t;
        return select(t > T(0), N(2.0 * (d * d)), N(d * d));
    }
};
struct stepped {
    static constexpr pr::fixed_string kind{"stepped"};
    template <class N>
    N operator()(const N& x) const noexcept {
        return x;
    }
};
struct plain_stepped : stepped {
    static constexpr bool takes_bundles = false;
};

template <class Learner>
using bundled_of =
    pr::bundled_tasks<typename Learner::scalar, typename Learner::given_type, typename Learner::episode_type>;
template <class T, class Given>
using plan_of = pr::bundling<T, Given, typename decltype(tasks)::episode_type<T>>;

template <class T, class Given>
void check(const Given& given, T tolerance) {
    const auto learner = pr::make_learner<T>(given, tasks, pr::seed{3});
    using learner_type = typename decltype(learner)::element_type;
    constexpr std::size_t size = learner_type::size, count = pr::lanes<T>;
    if constexpr (plan_of<T, Given>::possible) {
        const auto several = std::make_unique<bundled_of<learner_type>>(learner->description());
        const pr::key k{1, 5, 0};
        several->start(learner->parameters().all().data());
        std::vector<typename learner_type::episode_type> drawn(count);
        for (std::size_t t = 0; t < count; ++t) {
            tasks.template draw_into<T>({9, 5, static_cast<std::uint32_t>(t)}, drawn[t]);
            several->put(drawn[t], t);
        }
        const auto losses = several->compute(k);
        std::vector<T> alone(size), own(size), sum(size), all(size);
        std::array<bool, count> counts{};
        for (std::size_t t = 0; t < count; ++t) {
            const T loss = learner->loss_and_gradient(drawn[t], k, std::span<T, size>(alone));
            several->gradient_of(t, std::span<T, size>(own));
            CHECK(losses[t] == Approx(loss).epsilon(static_cast<double>(tolerance)));
            counts[t] = t != 1;
            for (std::size_t i = 0; i < size; ++i) {
                REQUIRE(std::fabs(own[i] - alone[i]) <= tolerance * (1 + std::fabs(alone[i])));
                if (counts[t]) sum[i] += alone[i];
            }
        }
        several->sum(counts, std::span<T, size>(all));
        for (std::size_t i = 0; i < size; ++i)
            CHECK(std::fabs(all[i] - sum[i]) <= static_cast<T>(count) * tolerance * (1 + std::fabs(sum[i])));
    } else {
        CHECK(count == 1);
    }
}

template <class Given>
void check(const Given& given) {
    check<float>(given, 2e-5f);
    if constexpr (PRIORI_TEST_FULL) check<double>(given, 1e-13);
}

}  // namespace

TEST_CASE("as alone: MAML, first order and Reptile") {
    constexpr auto adapted = net | pr::mse | pr::adapt<3>(pr::sgd{.rate = 0.05});
    check(adapted | pr::exact | pr::outer(pr::adam{}));
    check<double>(adapted | pr::exact | pr::outer(pr::adam{}), 1e-13);
    check(adapted | pr::first_order | pr::outer(pr::adam{}));
    check(adapted | pr::truncated<1> | pr::outer(pr::adam{}));
    check(adapted | pr::displacement | pr::outer(pr::sgd{.rate = 0.1}));
    check(net | pr::mse | pr::exact | pr::outer(pr::adam{}));
}

TEST_CASE("as alone: other losses, optimizers, parts and steps") {
    check(net | pr::huber | pr::adapt<2>(pr::momentum{.rate = 0.05}) | pr::exact | pr::outer(pr::adam{}));
    check(net | pr::elementwise_loss<lopsided>{} | pr::adapt<2>(pr::sgd{.rate = 0.05}) | pr::first_order |
          pr::outer(pr::sgd{}));
    check(net | pr::mse | pr::adapt<2>(pr::adam{.rate = 0.01}) | pr::exact | pr::outer(pr::adam{}));
    check(net | pr::mse | pr::adapt<2>(pr::clip_by_norm{.limit = 0.5} | pr::sgd{.rate = 0.05}) | pr::exact |
          pr::outer(pr::adam{}));
    check(net | pr::mse | pr::adapt<2>(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.05)}) | pr::exact |
          pr::outer(pr::adam{}));
    check(net | pr::mse | pr::adapt<2>(pr::sgd{.rate = pr::learned_per<pr::layer | pr::step>(0.05)}) |
          pr::every_step(0.2f, 0.3f, 0.5f) | pr::exact_from(3) | pr::outer(pr::adam{}));
    check(net | pr::mse | pr::adapt<3>(pr::sgd{.rate = 0.05}, pr::only<"head">, pr::minibatch<2>) | pr::exact |
          pr::outer(pr::adam{}));
    check(net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.05}, pr::proximal{.strength = 0.3}) | pr::exact |
          pr::outer(pr::adam{}));
}

TEST_CASE("a task that is not finite is told from the others") {
    constexpr auto maml = net | pr::mse | pr::adapt<1>(pr::sgd{.rate = 0.05}) | pr::exact | pr::outer(pr::adam{});
    const auto learner = pr::make_learner(maml, tasks, pr::seed{3});
    using learner_type = typename decltype(learner)::element_type;
    constexpr std::size_t count = pr::lanes<float>;
    if constexpr (count > 1) {
        const auto several = std::make_unique<bundled_of<learner_type>>(learner->description());
        several->start(learner->parameters().all().data());
        for (std::size_t t = 0; t < count; ++t) {
            auto task = tasks.draw({9, 5, static_cast<std::uint32_t>(t)});
            if (t == 2) task.query.targets.data()[0] = std::numeric_limits<float>::quiet_NaN();
            several->put(task, t);
        }
        const auto losses = several->compute({});
        const auto finite = several->finite();
        std::vector<float> sum(learner_type::size);
        several->sum(finite, std::span<float, learner_type::size>(sum));
        for (std::size_t t = 0; t < count; ++t) {
            CHECK(finite[t] == (t != 2));
            CHECK(std::isfinite(losses[t]) == (t != 2));
        }
        for (const float s : sum) CHECK(std::isfinite(s));
    }
}

TEST_CASE("several tasks at once where rows are short, and tasks enough") {
    constexpr auto narrow = net | pr::mse | pr::adapt<1>(pr::sgd{.rate = 0.05}) | pr::exact | pr::outer(pr::adam{});
    constexpr auto wide = pr::input<1> | pr::dense<40> | pr::relu | pr::dense<1> | pr::mse |
                          pr::adapt<1>(pr::sgd{.rate = 0.05}) | pr::exact | pr::outer(pr::adam{});
    constexpr auto random = pr::input<1> | pr::dense<2> | pr::dropout(0.5f) | pr::dense<1> | pr::mse |
                            pr::adapt<1>(pr::sgd{.rate = 0.05}) | pr::exact | pr::outer(pr::adam{});
    using plan = plan_of<float, std::remove_cvref_t<decltype(narrow)>>;
    constexpr std::size_t count = pr::lanes<float>;
    STATIC_REQUIRE(plan::possible == (count > 1));
    STATIC_REQUIRE(plan::widest == 2);
    STATIC_REQUIRE(plan::pays == (count >= 4));
    STATIC_REQUIRE(plan_of<float, std::remove_cvref_t<decltype(wide)>>::possible == (count > 1));
    STATIC_REQUIRE_FALSE(plan_of<float, std::remove_cvref_t<decltype(wide)>>::pays);
    STATIC_REQUIRE_FALSE(plan_of<float, std::remove_cvref_t<decltype(random)>>::possible);
    constexpr auto of_width = [](auto width) {
        return pr::input<1> | pr::dense<decltype(width)::value> | pr::relu | pr::dense<1> | pr::mse |
               pr::adapt<1>(pr::sgd{.rate = 0.05}) | pr::exact | pr::outer(pr::adam{});
    };
    STATIC_REQUIRE(plan_of<float, decltype(of_width(pr::count<12>))>::pays == (count == 8 || count == 16));
    STATIC_REQUIRE_FALSE(plan_of<float, decltype(of_width(pr::count<16>))>::pays);
    if (count > 4) {
        CHECK(plan::fill(count));
        CHECK(plan::fill(count + count / 4));
        CHECK_FALSE(plan::fill(1));
    }
}

TEST_CASE("a function that says so has numbers alone") {
    constexpr auto with = [](auto function) {
        return pr::input<1> | pr::dense<2> | pr::activation_layer<decltype(function)>{} | pr::dense<1> | pr::mse |
               pr::adapt<1>(pr::sgd{.rate = 0.05}) | pr::exact | pr::outer(pr::adam{});
    };
    STATIC_REQUIRE(plan_of<float, decltype(with(stepped{}))>::possible == (pr::lanes<float> > 1));
    STATIC_REQUIRE_FALSE(plan_of<float, decltype(with(plain_stepped{}))>::possible);
}

TEST_CASE("labels are indices, which no bundle has") {
    constexpr pr::gaussian_blobs<pr::count_t<2>> blobs{};
    constexpr auto maml = pr::input<2> | pr::dense<2> | pr::cross_entropy | pr::adapt<1>(pr::sgd{.rate = 0.05}) |
                          pr::exact | pr::outer(pr::adam{});
    using plan = pr::bundling<float, std::remove_cvref_t<decltype(maml)>,
                              typename std::remove_cvref_t<decltype(blobs)>::template episode_type<float>>;
    STATIC_REQUIRE_FALSE(plan::possible);
}
