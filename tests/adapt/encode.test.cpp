// SPDX-License-Identifier: BSL-1.0
// encode and write: LEO against PyTorch; codes of classes of any number and order; one code of a set of numbers.

#include "catch.hpp"
#include "goldens/latent_embedding.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/encode.hpp>
#include <priori/adapt/write.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/context.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>

#include <cstddef>
#include <type_traits>

namespace pr = priori;
namespace goldens = pr::goldens;
using pr::tests::classification;
using pr::tests::golden_run;

namespace {

constexpr auto encoder = pr::input_of<"encoder", 4> | pr::dense<5>.without_bias();
constexpr auto relation = pr::input_of<"relation", 10> | pr::dense<6> | pr::tanh | pr::dense<2>;
constexpr auto decode = pr::write<"head", "code">(pr::input_of<"decoder", 2> | pr::dense<4>.without_bias());
constexpr auto head = pr::input<4> | pr::scratch<"head">(pr::dense<pr::ways>.without_bias());
constexpr auto leo =
    head | pr::cross_entropy | pr::encode<"code">(encoder, relation) |
    pr::adapt<5>(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.5f)}, pr::only<"code">, pr::through(decode)) |
    decode | pr::adapt<5>(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.1f)}, pr::only<"head">) | pr::exact;

}  // namespace

TEST_CASE("latent embedding optimization gives PyTorch's loss and gradients", "[adapt]") {
    using run_type = golden_run<decltype(leo), classification>;
    run_type run(leo);
    run.set("encoder.dense_0", 20).set("relation.dense_0", 66).set("decoder.dense_0", 8);
    run.set("relation.dense_1", 14, [](int i) { return goldens::parameter(66 + i); });
    run.set("adapt_0.rate", 6, [](int i) { return goldens::coordinate_rate(0.5, i); });
    run.set("adapt_1.rate", 12, [](int i) { return goldens::coordinate_rate(0.1, i); });
    const auto task = pr::tests::golden_episode<classification>();
    run.run(task);
    CHECK(run.loss == Approx(goldens::leo::loss).epsilon(1e-13));
    CHECK(run.gradient_error("encoder.dense_0", goldens::leo::gradient_of_encoder) < 1e-10);
    CHECK(run.gradient_error("relation.dense_0", goldens::leo::gradient_of_relation, 0, 66) < 1e-10);
    CHECK(run.gradient_error("relation.dense_1", goldens::leo::gradient_of_relation, 66, 14) < 1e-10);
    CHECK(run.gradient_error("decoder.dense_0", goldens::leo::gradient_of_decoder) < 1e-10);
    CHECK(run.gradient_error("adapt_0.rate", goldens::leo::gradient_of_code_rates) < 1e-10);
    CHECK(run.gradient_error("adapt_1.rate", goldens::leo::gradient_of_head_rates) < 1e-10);

    const auto adapted = run.adapted(task);
    CHECK(run.error(adapted, "code", goldens::leo::adapted_code) < 1e-10);
    CHECK(run.error(adapted, "head", goldens::leo::adapted_head) < 1e-10);

    // The same without the second loop, and without both.
    constexpr auto coded = head | pr::cross_entropy | pr::encode<"code">(encoder, relation);
    constexpr auto codes_only = coded | decode | pr::exact;
    constexpr auto decoded =
        coded |
        pr::adapt<5>(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.5f)}, pr::only<"code">, pr::through(decode)) |
        decode | pr::exact;
    const auto part_of = [&](const auto& given) {
        golden_run<std::remove_cvref_t<decltype(given)>, classification> part(given);
        using part_type = typename decltype(part)::layout_type;
        for (std::size_t b = 0; b < part_type::count; ++b) {
            const std::size_t from = run_type::layout_type::offset_of(part_type::names[b]);
            part.set(part_type::names[b], part_type::sizes[b], [&](int i) { return run.theta[from + i]; });
        }
        return part;
    };
    auto first = part_of(codes_only);
    CHECK(first.error(first.adapted(task), "code", goldens::leo::code) < 1e-10);
    auto second = part_of(decoded);
    CHECK(second.error(second.adapted(task), "head", goldens::leo::decoded_head) < 1e-10);
}

TEST_CASE("the order of the support examples does not change the codes", "[adapt]") {
    constexpr auto coded = head | pr::cross_entropy | pr::encode<"code">(encoder, relation) | decode | pr::exact;
    golden_run<decltype(coded), classification> run(coded);
    const auto task = pr::tests::golden_episode<classification>();
    auto shuffled = task;
    const int order[6] = {4, 2, 5, 0, 1, 3};
    for (int i = 0; i < 6; ++i) {
        for (int d = 0; d < 4; ++d) shuffled.support.inputs(i, d) = task.support.inputs(order[i], d);
        shuffled.support.targets(i) = task.support.targets(order[i]);
    }
    const auto plain = run.adapted(task), other = run.adapted(shuffled);
    for (std::size_t i = 0; i < plain.size(); ++i) CHECK(other[i] == Approx(plain[i]).epsilon(1e-12));
}

TEST_CASE("without a relation a code is the mean of a class of any size, and zero for an empty class", "[adapt]") {
    constexpr auto encoded = pr::input_of<"encoder", 4> | pr::dense<2>.without_bias();
    constexpr auto coded = head | pr::cross_entropy | pr::encode<"code">(encoded) | decode | pr::exact;
    golden_run<decltype(coded), classification> run(coded);
    run.set("encoder.dense_0", 8);
    auto task = pr::tests::golden_episode<classification>();
    const int labels[6] = {0, 2, 0, 0, 2, 0};
    for (int i = 0; i < 6; ++i) task.support.targets(i) = labels[i];
    const auto adapted = run.adapted(task);
    const std::size_t code = decltype(run)::layout_type::offset_of("code");
    for (int n = 0; n < 3; ++n) {
        for (int z = 0; z < 2; ++z) {
            double sum = 0, count = 0;
            for (int i = 0; i < 6; ++i) {
                if (labels[i] != n) continue;
                count += 1;
                for (int d = 0; d < 4; ++d) sum += task.support.inputs(i, d) * goldens::parameter(d * 2 + z);
            }
            CHECK(adapted[code + n * 2 + z] == Approx(count > 0 ? sum / count : 0).margin(1e-14));
        }
    }
}

TEST_CASE("a set of numbers has one code, of examples beside their targets", "[adapt]") {
    using regression = pr::episode_of<double, pr::shape<1>, pr::shape<1>, 5, 7>;
    constexpr auto encoded = pr::input_of<"encoder", 2> | pr::dense<3>.without_bias();
    constexpr auto neural_process = pr::input<1> | pr::context<3> | pr::dense<4> | pr::tanh | pr::dense<1> | pr::mse |
                                    pr::encode<"context">(encoded) | pr::exact;
    golden_run<decltype(neural_process), regression> run(neural_process);
    run.set("encoder.dense_0", 6);
    const auto task = pr::tests::golden_episode<regression>();
    const auto adapted = run.adapted(task);
    for (int z = 0; z < 3; ++z) {
        double sum = 0;
        for (int i = 0; i < 5; ++i) {
            sum += goldens::support_input(i) * goldens::parameter(z);
            sum += goldens::support_target(i) * goldens::parameter(3 + z);
        }
        CHECK(adapted[decltype(run)::layout_type::offset_of("context") + z] == Approx(sum / 5));
    }
}

TEST_CASE("what a stage writes over gets no cotangent", "[adapt]") {
    constexpr auto first = pr::input_of<"first", 4> | pr::dense<2>;
    constexpr auto second = pr::input_of<"second", 4> | pr::dense<2>;
    constexpr auto twice = pr::input<4> | pr::named<"head">(pr::dense<pr::ways>.without_bias()) | pr::cross_entropy |
                           pr::encode<"code">(first) | pr::encode<"code">(second) | decode | pr::exact;
    const auto task = pr::tests::golden_episode<classification>();
    golden_run<decltype(twice), classification> run(twice, task);
    using layout = typename decltype(run)::layout_type;
    for (std::size_t i = 0; i < 12; ++i) CHECK(run.gradient[layout::offset_of("head") + i] == 0.0);
    for (std::size_t i = 0; i < 10; ++i) CHECK(run.gradient[layout::offset_of("first.dense_0") + i] == 0.0);
    // A shift of all codes shifts all logits alike, so the bias has no gradient but rounding.
    for (std::size_t i = 0; i < 8; ++i) CHECK(run.gradient[layout::offset_of("second.dense_0") + i] != 0.0);
}
