// SPDX-License-Identifier: BSL-1.0
// A learner whose tapes are tens of megabytes: nothing of it lies on the stack, and nothing is allocated per task.
#include "catch.hpp"
#include "support/allocation_counter.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/core/random.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/conv4.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>
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

struct images {
    template <class T>
    using episode_type = episode_of<T, shape<28, 28, 1>, labels<5>, 60, 80>;

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
            const auto label = static_cast<std::int32_t>(i % 5);
            batch.targets(i) = label;
            for (std::size_t j = 0; j < 28 * 28; ++j) {
                const auto stripes = std::sin(static_cast<float>(j) * (0.2f + 0.1f * static_cast<float>(label)));
                batch.inputs.data()[i * 28 * 28 + j] = stripes + 0.5f * stream.normal<float>();
            }
        }
    }
};

// On a thread whose stack has only 2 MiB.
void on_a_small_stack(void* (*f)(void*)) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    REQUIRE(pthread_attr_setstacksize(&attributes, 2 * 1024 * 1024) == 0);
    pthread_t thread;
    REQUIRE(pthread_create(&thread, &attributes, f, nullptr) == 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
}

struct outcome {
    std::uint64_t learning = 1, evaluating = 1;
    double loss = 0, accuracy = 0, alone = 0;
} seen;

template <class Mode>
void* learn(void*) {
    const auto learner = make_learner(input<28, 28, 1> | conv4<4, Mode> | dense<5> | cross_entropy |
                                          adapt<1>(sgd{.rate = 0.4f}) | exact | outer(sgd{.rate = 0.1f}),
                                      images{}, seed{1});
    using learner_type = std::remove_cvref_t<decltype(*learner)>;
    const auto task = std::make_unique<images::episode_type<float>>();
    images{}.draw_into<float>(key{1}, *task);
    std::vector<float> gradient(learner_type::size);
    const std::span<float, learner_type::size> all(gradient);
    std::uint64_t before = test::allocations();
    learner->loss_and_gradient(*task, key{}, all);
    learner->step(all);
    seen.learning = test::allocations() - before;

    evaluator<float, images, 1> judge({.tasks = 1});
    judge(*learner, images{}, query_accuracy{});
    before = test::allocations();
    seen.accuracy = judge(*learner, images{}, query_accuracy{})[0].mean;
    seen.evaluating = test::allocations() - before;

    // The same loss where no memory is lent.
    seen.loss = static_cast<double>(learner->loss_and_gradient(*task, key{}, all));
    seen.alone = static_cast<double>(learner->adapt(task->support).loss(task->query));
    return nullptr;
}

void check() {
    CHECK(seen.learning == 0);
    CHECK(seen.evaluating == 0);
    CHECK(seen.accuracy > 0.25);
    CHECK(seen.alone == Approx(seen.loss).epsilon(1e-4));
}

}  // namespace

TEST_CASE("a large convolutional learner learns and predicts on a small stack without the heap") {
    seen = {};
    on_a_small_stack(learn<transductive>);
    check();
}

TEST_CASE("it does so by the statistics of the support set") {
    seen = {};
    on_a_small_stack(learn<support_statistics>);
    check();
}
