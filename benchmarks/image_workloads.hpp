// SPDX-License-Identifier: BSL-1.0
// The workloads on images of 28 x 28 x 1, drawn at random: 5 ways, 75 queries.
#pragma once

#include "workload.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/nn/conv4.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/batch.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace benchmarks {

// The numbers that there are episodes of: compiling conv4 for double as well takes long.
template <class... Numbers>
struct numbers {};

template <std::size_t Shots, class... Numbers>
struct gaussian_images {
    template <class T>
        requires(std::same_as<T, Numbers> || ...)
    using episode_type = pr::episode_of<T, pr::shape<28, 28, 1>, pr::labels<5>, 5 * Shots, 75>;

    template <class T>
        requires(std::same_as<T, Numbers> || ...)
    void draw_into(const pr::key& k, episode_type<T>& out) const noexcept {
        pr::random_stream stream(k, pr::purpose::user);
        fill(stream, out.support);
        fill(stream, out.query);
    }

private:
    template <class Batch>
    static void fill(pr::random_stream& stream, Batch& batch) noexcept {
        for (std::size_t i = 0; i < Batch::count * 28 * 28; ++i) {
            batch.inputs.data()[i] = stream.normal<typename Batch::scalar>();
        }
        for (std::size_t i = 0; i < Batch::count; ++i) batch.targets(i) = static_cast<std::int32_t>(i % 5);
    }
};

//   W3        MAML on conv4-64, 1 shot, one exact step: meta-gradient and outer step
//   W3-5      five exact steps
//   W3-fo     one step, first order
//   W3-anil   ANIL: five exact steps of the head alone
//   W3-32     W3 with 32 filters
//   W4        prototypical network, conv4-64, 5 shots
//   W5-conv   adaptation alone: conv4-64, 5 steps on 5 images
template <class Visitor, class... Numbers>
void each_image_workload(Visitor&& visit, numbers<Numbers...>) {
    constexpr auto net = pr::input<28, 28, 1> | pr::conv4<64> | pr::named<"head">(pr::dense<5>) | pr::cross_entropy;
    constexpr auto narrow = pr::input<28, 28, 1> | pr::conv4<32> | pr::named<"head">(pr::dense<5>) | pr::cross_entropy;
    constexpr auto embedding =
        pr::input<28, 28, 1> | pr::conv4<64> | pr::scratch<"head">(pr::dense<5>) | pr::cross_entropy;
    constexpr auto adam = pr::outer(pr::adam{.rate = 1e-3});
    constexpr auto sgd = pr::sgd{.rate = 0.01};
    constexpr auto once = pr::adapt<1>(sgd);
    constexpr auto five = pr::adapt<5>(sgd);
    constexpr gaussian_images<1, Numbers...> images;
    visit.learn(workload{"W3", 2, 5.3e9, 0.01, 1e-3}, net | once | pr::exact | adam, images);
    visit.learn(workload{"W3-5", 2, 8.8e9, 0.01, 1e-3}, net | five | pr::exact | adam, images);
    visit.learn(workload{"W3-fo", 2, 4.64e9, 0.01, 1e-3}, net | once | pr::first_order | adam, images);
    visit.learn(workload{"W3-anil", 2, 4.64e9, 0.01, 1e-3},
                net | pr::adapt<5>(sgd, pr::only<"head">) | pr::exact | adam, images);
    visit.learn(workload{"W3-32", 2, 1.35e9, 0.01, 1e-3}, narrow | once | pr::exact | adam, images);
    visit.learn(workload{"W4", 2, 5.8e9, 0.01, 1e-3},
                embedding | pr::solve<"head">(pr::prototypes{}) | pr::exact | adam, gaussian_images<5, Numbers...>{});
    visit.adapt(workload{"W5-conv", 1, 1.45e9, 0.01, 0}, net | five | pr::first_order, images);
}

}  // namespace benchmarks
