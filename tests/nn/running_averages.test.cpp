// SPDX-License-Identifier: BSL-1.0
// Running averages: what moves them in training, and what they do at evaluation; one set, or one for each inner step.
#include "catch.hpp"
#include "goldens/inputs.hpp"
#include "goldens/per_step.hpp"
#include "support/golden_run.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/encode.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/write.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/annealed_weights.hpp>
#include <priori/meta/check_gradient.hpp>
#include <priori/meta/program.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/residual.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/simd/pack.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pr = priori;
namespace goldens = pr::goldens;
using pr::tests::classification;
using pr::tests::golden_run;

namespace {

using images = pr::episode_of<double, pr::shape<3, 2, 2>, pr::labels<3>, 6, 9>;

// One task in training; parameters as the goldens have them, scales around 1.
template <class Episode, class Given>
golden_run<Given, Episode> trained(const Given& given) {
    using run_type = golden_run<Given, Episode>;
    run_type run(given);
    for (std::size_t b = 0; b < run_type::layout_type::count; ++b) {
        const std::size_t first = run_type::layout_type::offsets[b];
        if (run_type::layout_type::roles[b] != pr::role::learned) continue;
        for (std::size_t i = 0; i < run_type::layout_type::sizes[b]; ++i) {
            run.theta[first + i] = (run.theta[first + i] == 1) + goldens::parameter(static_cast<int>(i));
        }
    }
    const auto task = pr::tests::golden_episode<Episode>();
    using program_type = typename run_type::program_type;
    run.loss = program_type::loss_and_gradient(run.description, pr::view<double>(run.theta.data()), task,
                                               pr::pass{true, {}, 0}, pr::view<double>(run.gradient.data()),
                                               *run.space);
    return run;
}

struct moments {
    double mean = 0, variance = 0;
};
// Of channel c of the rows (count, channels).
moments moments_of(const double* rows, std::size_t count, std::size_t channels, std::size_t c) {
    moments m;
    for (std::size_t r = 0; r < count; ++r) m.mean += rows[r * channels + c] / double(count);
    for (std::size_t r = 0; r < count; ++r) m.variance += std::pow(rows[r * channels + c] - m.mean, 2) / double(count);
    return m;
}

// How far set `set` of the averages named `name` shall move from mean 0 and variance 1, in units of the momentum.
template <class Run>
moments moved(const Run& run, std::string_view name, std::size_t channels, std::size_t c, std::size_t set = 0) {
    using layout = typename Run::layout_type;
    const auto at = [&](const char* field) {
        const std::size_t first = layout::offset_of(std::string(name) + field);
        REQUIRE(first + (set + 1) * channels <= layout::size);
        return run.gradient[first + set * channels + c] / 0.1;
    };
    return {at(".mean"), at(".variance")};
}

void check_equal(const moments& found, const moments& wanted) {
    CHECK(found.mean == Approx(wanted.mean).epsilon(1e-11).margin(1e-13));
    CHECK(found.variance == Approx(wanted.variance).epsilon(1e-11).margin(1e-13));
}
moments toward(const moments& seen) { return {seen.mean, seen.variance - 1}; }
moments both(const moments& a, const moments& b) { return {a.mean + b.mean, a.variance + b.variance}; }

// What a dense layer of the same parameters gives.
std::vector<double> dense_of(const double* x, std::size_t rows, std::size_t in, std::size_t out, const double* p) {
    std::vector<double> y(rows * out);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t o = 0; o < out; ++o) {
            y[r * out + o] = p[in * out + o];
            for (std::size_t i = 0; i < in; ++i) y[r * out + o] += x[r * in + i] * p[i * out + o];
        }
    }
    return y;
}

constexpr auto inner = pr::adapt<2>(pr::sgd{.rate = 0.3});

}  // namespace

TEST_CASE("running averages of images move toward the queries' moments over all places", "[nn]") {
    const auto task = pr::tests::golden_episode<images>();
    const auto check = [&](auto normalization) {
        const auto run = trained<images>(pr::input<3, 2, 2> | normalization | pr::flatten | pr::dense<3> |
                                         pr::cross_entropy | inner | pr::exact);
        for (std::size_t c = 0; c < 2; ++c) {
            check_equal(moved(run, "batch_normalization_0", 2, c),
                        toward(moments_of(task.query.inputs.data(), 9 * 6, 2, c)));
        }
    };
    check(pr::batch_normalization<pr::running>);
    check(pr::batch_normalization<pr::running>.without_scale());
    check(pr::batch_normalization<pr::running>.max_pooled<2>());
}

TEST_CASE("each set of per-step averages moves by what is seen after its number of steps", "[nn]") {
    const auto task = pr::tests::golden_episode<classification>();
    const auto model = [](auto normalization) {
        return pr::input<4> | normalization | pr::dense<3> | pr::cross_entropy;
    };
    const auto by_support = [&](std::size_t c) { return toward(moments_of(task.support.inputs.data(), 6, 4, c)); };
    const auto by_query = [&](std::size_t c) { return toward(moments_of(task.query.inputs.data(), 9, 4, c)); };
    const auto three = [&](auto rule) {
        const auto run = trained<classification>(model(pr::batch_normalization<pr::per_step<3>>) | inner | rule);
        for (std::size_t c = 0; c < 4; ++c) {
            check_equal(moved(run, "batch_normalization_0", 4, c, 0), by_support(c));
            check_equal(moved(run, "batch_normalization_0", 4, c, 1), by_support(c));
            check_equal(moved(run, "batch_normalization_0", 4, c, 2), by_query(c));
        }
    };
    three(pr::exact);
    three(pr::first_order);
    three(pr::truncated<1>);
    // Two sets for two steps: the queries share the last. Five: two are not seen.
    const auto two = trained<classification>(model(pr::batch_normalization<pr::per_step<2>>) | inner | pr::exact);
    const auto five = trained<classification>(model(pr::batch_normalization<pr::per_step<5>>) | inner | pr::exact);
    const auto reptile =
        trained<classification>(model(pr::batch_normalization<pr::per_step<3>>) | inner | pr::displacement);
    for (std::size_t c = 0; c < 4; ++c) {
        check_equal(moved(two, "batch_normalization_0", 4, c, 0), by_support(c));
        check_equal(moved(two, "batch_normalization_0", 4, c, 1), both(by_support(c), by_query(c)));
        check_equal(moved(five, "batch_normalization_0", 4, c, 2), by_query(c));
        check_equal(moved(five, "batch_normalization_0", 4, c, 3), {0, 0});
        check_equal(moved(reptile, "batch_normalization_0", 4, c, 1), by_support(c));
        check_equal(moved(reptile, "batch_normalization_0", 4, c, 2), {0, 0});
    }
}

TEST_CASE("per-step averages move where the inner loop leaves their layer alone, inside a residual layer too", "[nn]") {
    const auto task = pr::tests::golden_episode<classification>();
    const auto check = [&](auto layers, auto stage, std::string_view dense, std::string_view name) {
        const auto run = trained<classification>(pr::input<4> | layers | pr::tanh | pr::dense<3> | pr::cross_entropy |
                                                 stage | pr::exact);
        using layout = typename std::remove_cvref_t<decltype(run)>::layout_type;
        const auto seen = dense_of(task.support.inputs.data(), 6, 4, 4, run.theta.data() + layout::offset_of(dense));
        double largest = 0;
        for (std::size_t c = 0; c < 4; ++c) {
            check_equal(moved(run, name, 4, c), toward(moments_of(seen.data(), 6, 4, c)));
            largest = pr::maximum(largest, std::abs(moved(run, name, 4, c, 1).mean - moved(run, name, 4, c).mean));
        }
        CHECK(largest > 1e-3);
    };
    constexpr auto normalization = pr::batch_normalization<pr::per_step<3>>;
    check(pr::dense<4> | normalization, pr::adapt<2>(pr::sgd{.rate = 0.3}, pr::except<"batch_normalization_0">),
          "dense_0.weight", "batch_normalization_0");
    check(pr::residual(pr::dense<4> | normalization), inner, "residual_0.dense_0.weight",
          "residual_0.batch_normalization_0");
}

TEST_CASE("MAML through per-step normalization agrees with PyTorch", "[nn]") {
    const auto check = [](auto normalization, double loss, const auto& of_dense, const auto& of_scale,
                          const auto& of_shift) {
        const auto given = pr::input<4> | pr::dense<5> | normalization | pr::tanh | pr::dense<3> | pr::cross_entropy |
                           pr::adapt<3>(pr::sgd{.rate = 0.1}, pr::except<"batch_normalization_0">) | pr::exact;
        using run_type = golden_run<std::remove_const_t<decltype(given)>, classification>;
        run_type run(given);
        run.set("dense_0", 25).set("dense_1", 18, [](int i) { return goldens::parameter(25 + i); });
        run.set("batch_normalization_0.scale", of_scale.size(),
                [](int i) { return 0.6 + 0.3 * goldens::parameter(i); });
        run.set("batch_normalization_0.shift", of_shift.size());
        const auto task = pr::tests::golden_episode<classification>();
        run.loss = run_type::program_type::loss_and_gradient(run.description, pr::view<double>(run.theta.data()), task,
                                                             pr::pass{true, {}, 0},
                                                             pr::view<double>(run.gradient.data()), *run.space);
        CHECK(run.loss == Approx(loss).epsilon(1e-12));
        CHECK(run.gradient_error("dense_0", of_dense, 0, 25) < 1e-10);
        CHECK(run.gradient_error("dense_1", of_dense, 25, 18) < 1e-10);
        CHECK(run.gradient_error("batch_normalization_0.scale", of_scale) < 1e-10);
        CHECK(run.gradient_error("batch_normalization_0.shift", of_shift) < 1e-10);
    };
    {
        namespace g = goldens::per_step_3;
        check(pr::batch_normalization<pr::per_step<3>>, g::loss, g::gradient_of_dense, g::gradient_of_scale,
              g::gradient_of_shift);
    }
    {
        namespace g = goldens::per_step_4;
        check(pr::batch_normalization<pr::per_step<4>>, g::loss, g::gradient_of_dense, g::gradient_of_scale,
              g::gradient_of_shift);
    }
}

TEST_CASE("the meta-gradient through per-step normalization agrees with differences", "[nn]") {
    const auto task = pr::tests::golden_episode<classification>();
    const auto check = [&](const auto& given) {
        using run_type = golden_run<std::remove_cvref_t<decltype(given)>, classification>;
        std::vector<double> theta = run_type(given).theta;
        for (std::size_t i = 0; i < theta.size(); ++i) theta[i] += 0.5 * goldens::parameter(static_cast<int>(i));
        const auto report = pr::check_gradient(given, task, theta);
        CHECK(report.largest > 1e-3);
        CHECK(report.relative() < 1e-6);
    };
    const auto model = [](auto normalization) {
        return pr::input<4> | pr::dense<4> | normalization | pr::tanh | pr::dense<3> | pr::cross_entropy;
    };
    constexpr auto three = pr::batch_normalization<pr::per_step<3>>;
    check(model(three) | inner | pr::exact);
    check(model(three) | inner | pr::first_order);
    check(model(three.without_scale()) | inner | pr::every_step(0.2f, 0.3f, 0.5f) | pr::exact);
    check(model(pr::residual(three)) | pr::adapt<4>(pr::sgd{.rate = 0.1}) | pr::exact);
    // MAML++ whole, in the first of its iterations.
    constexpr auto rates = pr::sgd{.rate = pr::learned_per<pr::layer | pr::step>(0.3)};
    check(model(three) | pr::adapt<2>(rates) | pr::every_step(pr::annealed_weights<2>{.iterations = 9}) | pr::exact);
}

TEST_CASE("at evaluation a prediction goes by the averages of its number of steps", "[nn]") {
    const auto given = pr::input<4> | pr::named<"norm">(pr::batch_normalization<pr::per_step<3>>) |
                       pr::dense<3>.without_bias() | pr::cross_entropy | pr::adapt<2>(pr::sgd{.rate = 0}) | pr::exact;
    pr::adapter<double, std::remove_const_t<decltype(given)>, classification> adapter(given);
    using layout = decltype(adapter)::layout_type;
    std::vector<double> theta(layout::size, 0.0);
    const auto block = [&](std::string_view name) { return theta.data() + layout::offset_of(name); };
    for (std::size_t i = 0; i < 12; ++i) {
        const double x = double(i);
        block("norm.scale")[i] = 1 + 0.1 * x, block("norm.shift")[i] = 0.3 * x - 1;
        block("norm.mean")[i] = 0.2 * x - 0.5, block("norm.variance")[i] = 0.5 + 0.25 * x;
    }
    for (std::size_t i = 0; i < 3; ++i) block("dense_0.weight")[3 * i + i] = 1;
    adapter.import_parameters(std::span<const double, layout::size>(theta));
    const auto task = pr::tests::golden_episode<classification>();
    const auto check = [&](std::size_t steps, std::size_t set) {
        const auto adapted = adapter.adapt(task.support, steps);
        const auto y = adapted(task.query);
        for (std::size_t r = 0; r < 9; ++r) {
            for (std::size_t c = 0; c < 3; ++c) {
                const std::size_t at = 4 * set + c;
                const double z = (task.query.inputs(r, c) - block("norm.mean")[at]) /
                                 std::sqrt(block("norm.variance")[at] + 1e-5);
                CHECK(y(r, c) == Approx(block("norm.scale")[at] * z + block("norm.shift")[at]).epsilon(1e-12));
            }
        }
    };
    check(0, 0);
    check(1, 1);
    check(2, 2);
    check(7, 2);
    check(pr::as_described, 2);
}

TEST_CASE("running averages inside encoders and decoders move; a stage with the model itself moves none", "[nn]") {
    const auto task = pr::tests::golden_episode<classification>();
    constexpr auto norm = pr::batch_normalization<pr::running>;
    const auto run = trained<classification>(
        pr::input<4> | norm | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::cross_entropy |
        pr::encode<"code">(pr::input_of<"encoder", 4> | norm | pr::dense<2>,
                           pr::input_of<"relation", 4> | norm | pr::dense<2>) |
        pr::adapt<2>(pr::sgd{.rate = 0.1}, pr::only<"code">,
                     pr::through(pr::write<"head", "code">(pr::input_of<"decoder", 2> | norm | pr::dense<4>))) |
        pr::write<"head", "code">(pr::input_of<"decoder", 2> | norm | pr::dense<4>) | pr::exact);
    const auto seen = [&](std::size_t c) { return toward(moments_of(task.support.inputs.data(), 6, 4, c)); };
    for (std::size_t c = 0; c < 4; ++c) {
        check_equal(moved(run, "encoder.batch_normalization_0", 4, c), seen(c));
        check_equal(moved(run, "batch_normalization_0", 4, c), toward(moments_of(task.query.inputs.data(), 9, 4, c)));
    }
    // The decoder sees the codes after the inner loop.
    using layout = typename decltype(run)::layout_type;
    REQUIRE(layout::size_of("code") == 6);
    CHECK(std::abs(moved(run, "relation.batch_normalization_0", 4, 0).variance) > 1e-3);
    CHECK(std::abs(moved(run, "decoder.batch_normalization_0", 2, 0).variance) > 1e-3);
    CHECK(moved(run, "decoder.batch_normalization_0", 2, 0).variance > -1);

    const auto proto = trained<classification>(pr::input<4> | norm | pr::dense<4> | pr::tanh |
                                               pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                                               pr::solve<"head">(pr::prototypes{}) | pr::exact);
    for (std::size_t c = 0; c < 4; ++c) {
        check_equal(moved(proto, "batch_normalization_0", 4, c), toward(moments_of(task.query.inputs.data(), 9, 4, c)));
    }
}
