// SPDX-License-Identifier: BSL-1.0
// LEO (Rusu et al. 2019) with deterministic codes: the support set becomes one code for each class; five steps move the
// codes, five more the weights that were decoded from them; networks, decoder and all rates are learned.
#include "probes.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/adapt/encode.hpp>
#include <priori/adapt/selection.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/adapt/write.hpp>
#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/meta/learner.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/initializer.hpp>
#include <priori/nn/network.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/loop.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>

namespace probes {

namespace {

constexpr pr::gaussian_blobs tasks{
    .ways = pr::count<5>, .shots = pr::count<1>, .queries = pr::count<15>, .dimension = pr::count<8>};
constexpr std::size_t test_tasks = 500;

constexpr auto encoder = pr::input_of<"encoder", 8> | pr::dense<16>.without_bias();
constexpr auto relation =
    pr::input_of<"relation", 32> | pr::dense<32> | pr::relu | pr::dense<32> | pr::relu | pr::dense<8>;
// From small weights, so that all classes are about as likely before the training.
constexpr auto decode = pr::write<"head", "code">(pr::input_of<"decoder", 8> |
                                                  pr::dense<8>.without_bias().with(pr::truncated_normal(0.05f)));

constexpr auto decoded =
    pr::input<8> | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::cross_entropy |
    pr::encode<"code">(encoder, relation) |
    pr::adapt<5>(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.1)}, pr::only<"code">, pr::through(decode)) | decode;
constexpr auto tuned = decoded | pr::adapt<5>(pr::sgd{.rate = pr::learned_per<pr::coordinate>(0.01)}, pr::only<"head">);
constexpr auto algorithm = tuned | pr::exact | pr::outer(pr::adam{.rate = 1e-3});

// What only decodes has the parameters of the whole but those of the last stage, which come last.
template <class Given, class Learner>
pr::evaluation_entry loss_of(const Given& given, const Learner& learner, std::size_t steps, const plan& p) {
    using part = pr::adapter<float, Given, typename Learner::episode_type>;
    constexpr std::size_t size = part::layout_type::size;
    const auto adapter = std::make_unique<part>(given);
    adapter->import_parameters(learner.parameters().all().template first<size>());
    return pr::evaluate(*adapter, tasks, {.tasks = test_tasks, .seed = {p.seed}}, std::array{steps})[0];
}

template <class Learner>
void measure(const Learner& learner, const std::string& when, const plan& p, outcome& found) {
    const pr::evaluation_entry losses[] = {loss_of(decoded | pr::exact, learner, 0, p),
                                           loss_of(decoded | pr::exact, learner, 5, p),
                                           loss_of(tuned | pr::exact, learner, pr::as_described, p)};
    const char* const names[] = {"0_steps", "5_steps", "5_5_steps"};
    pr::plot_series series{.name = when, .style = pr::plot_style::line_and_points};
    for (std::size_t i = 0; i < 3; ++i) {
        found.results.emplace_back(when + "_" + names[i], losses[i].mean);
        found.results.emplace_back(when + "_" + names[i] + "_ci95", losses[i].ci95);
        series.x.push_back(static_cast<double>(5 * i));
        series.y.push_back(losses[i].mean);
        series.low.push_back(losses[i].mean - losses[i].ci95);
        series.high.push_back(losses[i].mean + losses[i].ci95);
    }
    found.plot.series.push_back(series);
}

}  // namespace

outcome leo(const plan& p) {
    const auto learner = pr::make_learner(algorithm, tasks, pr::seed{p.seed});
    outcome found;
    found.plot = {.title = "Query loss on new blobs, by inner steps", .x = {.label = "steps"}, .y = {.label = "loss"}};
    measure(*learner, "before", p, found);
    found.report = pr::train(*learner, tasks, p.training(10), p.progress());
    measure(*learner, "after", p, found);
    return found;
}

}  // namespace probes
