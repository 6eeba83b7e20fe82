// SPDX-License-Identifier: BSL-1.0
// No stage and no learned optimizer asks for memory, in meta-gradients or in adaptation.

#include "catch.hpp"
#include "support/allocation_counter.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/encode.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/write.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/affine.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/lstm_rule.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/task/quadratics.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace pr = priori;

namespace {

// Ten meta-gradients and one adaptation; returns how often memory was asked for.
template <class Description, class Tasks>
std::uint64_t count(const Description& description, const Tasks& tasks) {
    const auto learner = pr::make_learner(description, tasks, pr::seed{1});
    using learner_type = typename decltype(learner)::element_type;
    std::vector<float> gradient(learner_type::size);
    typename Tasks::template episode_type<float> task;
    const auto before = pr::test::allocations();
    for (std::uint32_t i = 0; i < 10; ++i) {
        const pr::key key{1, i, 0};
        tasks.draw_into(key, task);
        learner->loss_and_gradient(task, key, std::span<float, learner_type::size>(gradient));
        learner->step(std::span<const float, learner_type::size>(gradient));
    }
    const auto adapted = learner->adapt(task.support);
    static_cast<void>(adapted);
    return pr::test::allocations() - before;
}

constexpr auto blobs = pr::gaussian_blobs{.ways = pr::count<3>, .shots = pr::count<2>, .queries = pr::count<3>,
                                          .dimension = pr::count<4>};

}  // namespace

TEST_CASE("latent embedding optimization allocates nothing", "[adapt]") {
    constexpr auto decode = pr::write<"head", "code">(pr::input_of<"decoder", 2> | pr::dense<4>.without_bias());
    constexpr auto leo = pr::input<4> | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::cross_entropy |
                         pr::encode<"code">(pr::input_of<"encoder", 4> | pr::dense<5>,
                                            pr::input_of<"relation", 10> | pr::dense<6> | pr::tanh | pr::dense<2>) |
                         pr::adapt<5>(pr::sgd{.rate = pr::learned(0.5)}, pr::only<"code">, pr::through(decode)) |
                         decode | pr::adapt<5>(pr::sgd{.rate = pr::learned(0.1)}, pr::only<"head">) | pr::exact |
                         pr::outer(pr::adam{.rate = 1e-2f});
    CHECK(count(leo, blobs) == 0);
}

TEST_CASE("an adaptation through a closed form allocates nothing", "[adapt]") {
    constexpr auto by_ridge = pr::solve<"head">(pr::ridge{.lambda = pr::learned(1.0)});
    constexpr auto ridged = pr::input<4> | pr::dense<8> | pr::tanh |
                            pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::affine | pr::cross_entropy |
                            pr::adapt<2>(pr::sgd{.rate = 0.1f}, pr::except<"head">, pr::through(by_ridge)) | by_ridge |
                            pr::exact | pr::outer(pr::adam{.rate = 1e-2f});
    CHECK(count(ridged, blobs) == 0);
}

TEST_CASE("a learned optimizer allocates nothing", "[adapt]") {
    constexpr auto learned = pr::input<10> | pr::scratch<"x">(pr::dense<1>.without_bias()) | pr::mse |
                             pr::adapt<5>(pr::lstm_rule<8>{}) | pr::exact | pr::outer(pr::adam{.rate = 1e-3f});
    CHECK(count(learned, pr::quadratics{.dimension = pr::count<10>}) == 0);
}
