// SPDX-License-Identifier: BSL-1.0
// Trains a description on one, two and three threads: the same bits, and no memory asked for after the first iteration.
#pragma once

#include "catch.hpp"
#include "support/allocation_counter.hpp"
#include "train/small.hpp"

#include <priori/core/random.hpp>
#include <priori/train/train.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace priori::tests {

// Three classes that differ in the mean of their first channel.
template <class Shape, std::size_t Count = 6>
struct noise {
    template <class T>
    using episode_type = episode_of<T, Shape, labels<3>, Count, Count>;

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

template <class Description, class Tasks>
void trains_alike_without_memory(const Description& description, const Tasks& tasks) {
    std::vector<float> alone;
    for (const std::size_t threads : {1, 2, 3}) {
        INFO(threads << " threads");
        const auto learner = make_learner(description, tasks, seed{3});
        const auto start = small::parameters(*learner);
        std::uint64_t before = 0;
        std::uint64_t after = 1;
        train(*learner, tasks, {.iterations = 10, .meta_batch = 5, .threads = threads}, counting{before, after});
        CHECK(after == before);
        const auto end = small::parameters(*learner);
        CHECK_FALSE(small::same(start, end));
        if (threads == 1) alone = end;
        CHECK(small::same(alone, end));
    }
}

}  // namespace priori::tests
