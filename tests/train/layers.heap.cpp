// SPDX-License-Identifier: BSL-1.0
// Nets of all layers of images and of signals train to the same bits on one, two and three threads, and ask for no
// memory meanwhile.
#include "catch.hpp"
#include "support/allocation_counter.hpp"
#include "train/small.hpp"

#include <priori/core/random.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/nn/nn.hpp>
#include <priori/train/train.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace priori;

// Three classes that differ in the mean of their first channel.
template <class Shape>
struct noise {
    template <class T>
    using episode_type = episode_of<T, Shape, labels<3>, 6, 6>;

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k, purpose::user);
        fill<T>(stream, out.support);
        fill<T>(stream, out.query);
    }

private:
    template <class T, class Batch>
    static void fill(random_stream& stream, Batch& batch) noexcept {
        const std::size_t size = batch.inputs.size() / Batch::count;
        for (std::size_t i = 0; i < Batch::count; ++i) {
            const auto label = static_cast<std::int32_t>(i % 3);
            batch.targets(i) = label;
            for (std::size_t j = 0; j < size; ++j) {
                const T shift = j % 4 == 0 ? static_cast<T>(label) : T(0);
                batch.inputs.data()[i * size + j] = shift + stream.normal<T>();
            }
        }
    }
};

struct counting {
    std::uint64_t& before;
    std::uint64_t& after;

    template <class Learner>
    void after_iteration(const Learner&, training_progress& now) {
        after = test::allocations();
        if (now.done == 1) before = after;
    }
};

// Not in the template: clang deduces the type of `sgd{.rate = 0.1f}` in one from the defaults.
constexpr auto inner = adapt<2>(sgd{.rate = 0.1f});
constexpr auto with_adam = outer(adam{.rate = 1e-2f});

template <class Shape, class Net>
void trains_alike_without_memory(const Net& net) {
    constexpr noise<Shape> tasks{};
    const auto description = net | cross_entropy | inner | exact | with_adam;
    std::vector<float> alone;
    for (const std::size_t threads : {1, 2, 3}) {
        auto learner = priori::learner(description, tasks, seed{3});
        const auto start = small::parameters(learner);
        std::uint64_t before = 0;
        std::uint64_t after = 1;
        train(learner, tasks, {.iterations = 10, .meta_batch = 5, .threads = threads}, counting{before, after});
        CHECK(after == before);
        const auto end = small::parameters(learner);
        CHECK_FALSE(small::same(start, end));
        if (threads == 1) alone = end;
        CHECK(small::same(alone, end));
    }
}

}  // namespace

TEST_CASE("convolutions with their options, group and per-step normalization, residual layers", "[nn]") {
    constexpr auto within = convolution<4>.without_bias() | batch_normalization<per_step<2>>;
    trains_alike_without_memory<shape<8, 8, 2>>(
        input<8, 8, 2> | convolution<4>.groups<2>() | group_normalization<2> | relu | max_pool<2> | residual(within) |
        relu | convolution<6>.kernel<2>().dilation<2>().stride<2>() | instance_normalization | priori::tanh |
        average_pool<2> | flatten | dropout(0.2f) | dense<3>);
}

TEST_CASE("normalization by the support set and by running averages, a residual layer with a shortcut", "[nn]") {
    constexpr auto first = convolution<4>.without_bias() | batch_normalization<support_statistics>.max_pooled<2>() | relu;
    constexpr auto second = convolution<6>.without_bias() | batch_normalization<running> | elu | convolution<6>;
    trains_alike_without_memory<shape<8, 8, 1>>(input<8, 8, 1> | first | residual(second, convolution<6>.kernel<1>()) |
                                                global_mean | dense<3>);
}

TEST_CASE("layers of signals", "[nn]") {
    trains_alike_without_memory<shape<16, 2>>(
        input<16, 2> | convolution_1d<4>.stride<2>() | instance_normalization | relu | max_pool_1d<2> |
        convolution_1d<4>.groups<4>() | batch_normalization<transductive> | priori::tanh | average_pool_1d<2> |
        convolution_1d<4> | layer_normalization | gelu | global_mean_1d | dense<3>);
}
