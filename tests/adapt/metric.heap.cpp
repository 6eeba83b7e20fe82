// SPDX-License-Identifier: BSL-1.0
// No metric learner, ridge head or baseline asks for memory, in meta-gradients or in adaptation; what is large does not
// lie on the stack.
#include "catch.hpp"
#include "support/allocation_counter.hpp"

#include <priori/adapt/class_features.hpp>
#include <priori/adapt/full_context.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/support_set.hpp>
#include <priori/adapt/transfer.hpp>
#include <priori/core/random.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/loss/one_hot.hpp>
#include <priori/meta/baselines.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/nn.hpp>
#include <priori/optim/adam.hpp>
#include <priori/train/evaluate.hpp>

#include <pthread.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

using namespace priori;

namespace {

// 20 ways, 5 shots and 15 queries of each class: stripes that grow narrower from class to class, and noise.
struct images {
    template <class T>
    using episode_type = episode_of<T, shape<8, 8, 1>, labels<20>, 100, 300>;

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k, purpose::user);
        fill(stream, out.support);
        fill(stream, out.query);
    }

private:
    template <class Batch>
    static void fill(random_stream& stream, Batch& batch) noexcept {
        for (std::size_t i = 0; i < Batch::count; ++i) {
            const auto label = static_cast<std::int32_t>(i % 20);
            batch.targets(i) = label;
            for (std::size_t j = 0; j < 64; ++j) {
                const auto stripes = std::sin(static_cast<float>(j) * (0.2f + 0.1f * static_cast<float>(label)));
                batch.inputs.data()[i * 64 + j] = stripes + 0.2f * stream.normal<float>();
            }
        }
    }
};

constexpr auto maps = input<8, 8, 1> | convolution<4>.without_bias() | batch_normalization<transductive> | relu |
                      max_pool<2>;
constexpr auto embedding = maps | flatten;

struct outcome {
    std::uint64_t learning = 1, evaluating = 1;
    double accuracy = 0;
} seen;

// On a thread whose stack has only 2 MiB.
void on_a_small_stack(void* (*f)(void*)) {
    seen = {};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    REQUIRE(pthread_attr_setstacksize(&attributes, 2 * 1024 * 1024) == 0);
    pthread_t thread;
    REQUIRE(pthread_create(&thread, &attributes, f, nullptr) == 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    CHECK(seen.learning == 0);
    CHECK(seen.evaluating == 0);
    CHECK(seen.accuracy > 0.04);  // one of 20 is 0.05; untrained relations may miss it by a little
}

template <class Learner>
void evaluate_twice(Learner& learner) {
    evaluator<float, images, 1> judge({.tasks = 1});
    judge(learner, images{}, query_accuracy{});
    const std::uint64_t before = test::allocations();
    seen.accuracy = judge(learner, images{}, query_accuracy{})[0].mean;
    seen.evaluating = test::allocations() - before;
}

template <class Description>
void* learn(const Description& description) {
    const auto learner = make_learner(description, images{}, seed{1});
    using learner_type = std::remove_cvref_t<decltype(*learner)>;
    const auto task = std::make_unique<images::episode_type<float>>();
    images{}.draw_into<float>(key{1}, *task);
    std::vector<float> gradient(learner_type::size);
    const std::span<float, learner_type::size> all(gradient);
    const std::uint64_t before = test::allocations();
    learner->loss_and_gradient(*task, key{}, all);
    learner->step(all);
    seen.learning = test::allocations() - before;
    evaluate_twice(*learner);
    return nullptr;
}

template <class Description>
void* carry_over(const Description& description) {
    using adapter_type = adapter<float, Description, images::episode_type<float>>;
    const auto from = std::make_unique<adapter_type>(description);
    const auto to = std::make_unique<adapter_type>(description);
    const std::uint64_t before = test::allocations();
    transfer(*from, *to);
    seen.learning = test::allocations() - before;
    evaluate_twice(*to);
    return nullptr;
}

}  // namespace

TEST_CASE("prototypes of 20 ways learn on a small stack without the heap", "[adapt]") {
    on_a_small_stack([](void*) {
        return learn(embedding | scratch<"head">(cosine_similarity<ways>) | learned_scale(10.0f) | cross_entropy |
                     solve<"head">(class_means{}) | exact | outer(adam{}));
    });
    CHECK(seen.accuracy > 0.5);
}

TEST_CASE("matching networks of 20 ways learn on a small stack without the heap", "[adapt]") {
    on_a_small_stack([](void*) {
        return learn(embedding | named<"memory">(attention<ways>) | cross_entropy | solve<"memory">(support_set{}) |
                     exact | outer(adam{}));
    });
    CHECK(seen.accuracy > 0.5);
}

TEST_CASE("full context embeddings of 20 ways learn on a small stack without the heap", "[adapt]") {
    on_a_small_stack([](void*) {
        return learn(embedding | dense<16> | named<"memory">(context_attention<3, ways>) | cross_entropy |
                     solve<"memory">(full_context{}) | exact | outer(adam{}));
    });
}

TEST_CASE("relation networks of 20 ways learn on a small stack without the heap", "[adapt]") {
    on_a_small_stack([](void*) {
        return learn(maps | convolution<8>.without_bias() | scratch<"classes">(cross_sum<ways>) |
                     per_class(batch_normalization<transductive> | relu | max_pool<2> | flatten | dense<8> | relu |
                               dense<1> | sigmoid) |
                     one_hot(mse) | solve<"classes">(class_sums{}) | exact | outer(adam{}));
    });
}

TEST_CASE("ridge heads of 20 ways learn on a small stack without the heap", "[adapt]") {
    on_a_small_stack([](void*) {
        return learn(embedding | scratch<"head">(dense<ways>.without_bias()) | affine | cross_entropy |
                     solve<"head">(ridge{.lambda = learned_positive(1.0)}) | exact | outer(adam{}));
    });
    CHECK(seen.accuracy > 0.5);
}

TEST_CASE("baselines and what is carried over to them ask for no memory", "[adapt]") {
    on_a_small_stack([](void*) { return carry_over(k_nearest_neighbours<3>(embedding)); });
    on_a_small_stack([](void*) { return carry_over(nearest_centroid(embedding)); });
}
