// SPDX-License-Identifier: BSL-1.0
// only and except: which blocks an inner loop moves; running averages are never among them.
#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/context.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/residual.hpp>
#include <priori/optim/optim.hpp>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <type_traits>

namespace pr = priori;

namespace {

using model =
    pr::layout<pr::block<"body", "weight", pr::shape<6>>, pr::block<"norm", "scale", pr::shape<2>>,
               pr::block<"norm", "mean", pr::shape<2>, pr::role::buffer>, pr::block<"head", "weight", pr::shape<4>>,
               pr::block<"head", "bias", pr::shape<1>>, pr::block<"context", "", pr::shape<3>, pr::role::scratch>>;
using whole = pr::merged_layout<model, pr::layout<pr::block<"adapt_0", "rate", pr::shape<1>>,
                                                  pr::block<"code", "", pr::shape<2>, pr::role::scratch>>>;

// The names of the blocks that a selection takes, in their order.
template <class Chosen>
void takes(const Chosen&, std::initializer_list<std::string_view> names) {
    using picked = pr::picked<whole, model, Chosen>;
    REQUIRE(picked::segments.size() == names.size());
    std::size_t n = 0, start = 0;
    for (const auto name : names) {
        const std::size_t at = whole::find(name);
        CHECK(picked::segments[n].offset == whole::offsets[at]);
        CHECK(picked::segments[n].size == whole::sizes[at]);
        CHECK(picked::segments[n].start == start);
        start += whole::sizes[at];
        ++n;
    }
    CHECK(picked::size == start);
}

template <class Selection>
auto spoken(const Selection&) {
    return Selection::template refusal<whole, model>();
}

}  // namespace

TEST_CASE("everything is the model's blocks, without what rules and stages brought and without buffers") {
    takes(pr::everything, {"body.weight", "norm.scale", "head.weight", "head.bias", "context"});
}

TEST_CASE("only takes layers and single blocks, one or several, those of stages too") {
    takes(pr::only<"head">, {"head.weight", "head.bias"});
    takes(pr::only<"head.bias">, {"head.bias"});
    takes(pr::only<"context">, {"context"});
    takes(pr::only<"code">, {"code"});
    takes(pr::only<"head.bias", "body">, {"body.weight", "head.bias"});    // in the order of the buffer
    takes(pr::only<"head", "head.weight">, {"head.weight", "head.bias"});  // named twice, taken once
}

TEST_CASE("except takes the rest of the model") {
    takes(pr::except<"head">, {"body.weight", "norm.scale", "context"});
    takes(pr::except<"head.bias", "context", "norm">, {"body.weight", "head.weight"});
}

TEST_CASE("no selection takes running averages") {
    takes(pr::only<"norm">, {"norm.scale"});
    takes(pr::only<"norm.mean">, {});
    takes(pr::except<"body">, {"norm.scale", "head.weight", "head.bias", "context"});
}

TEST_CASE("layers are counted where the group changes, neighbours are one piece") {
    using chosen = std::remove_cvref_t<decltype(pr::except<"norm">)>;
    using picked = pr::picked<whole, model, chosen>;
    CHECK(picked::layers == 3);  // body, head, context
    CHECK(picked::segments[1].layer == 1);
    CHECK(picked::segments[2].layer == 1);
    CHECK(picked::segments[3].layer == 2);
    REQUIRE(picked::pieces.size() == 2);
    CHECK(picked::pieces[1].offset == whole::offset_of("head"));
    CHECK(picked::pieces[1].size == 4 + 1 + 3);
}

TEST_CASE("names that are not there are told with those that are, and a selection of nothing is told") {
    CHECK(spoken(pr::only<"head", "context">).view().empty());
    CHECK(spoken(pr::only<"hed">)
              .view()
              .find("[priori:A302] only: no parameter has the name hed; the names are body, "
                    "norm, head, context, adapt_0, code") == 0);
    CHECK(spoken(pr::except<"code">).view().find("[priori:A302] except") == 0);
    CHECK(spoken(pr::only<"hea">).view().find("[priori:A302]") == 0);
    using nothing = std::remove_cvref_t<decltype(pr::except<"body", "norm", "head", "context">)>;
    CHECK(pr::detail::selection_refusal<whole, model, nothing>().view().find("[priori:A306]") == 0);
}

TEST_CASE("an inner loop whose rule decays what it moves leaves the running averages alone") {
    using episode = pr::episode_of<double, pr::shape<3>, pr::shape<1>, 6, 4>;
    const auto description =
        pr::input<3> | pr::batch_normalization<pr::running> | pr::dense<1> | pr::mse |
        pr::adapt<3>(pr::weight_decay{0.5} | pr::momentum{.rate = 0.1}, pr::only<"batch_normalization_0">) | pr::exact;
    using description_type = std::remove_cvref_t<decltype(description)>;
    using program = pr::program<double, description_type, episode>;
    using layout = program::layout_type;
    const auto resolved = program::resolve(description);
    episode task;
    for (std::size_t i = 0; i < 18; ++i) task.support.inputs.data()[i] = std::sin(1.0 + static_cast<double>(i));
    for (std::size_t i = 0; i < 12; ++i) task.query.inputs.data()[i] = std::cos(static_cast<double>(i));
    for (std::size_t i = 0; i < 6; ++i) task.support.targets.data()[i] = static_cast<double>(i);
    for (std::size_t i = 0; i < 4; ++i) task.query.targets.data()[i] = 1;

    const auto adapter = std::make_unique<pr::adapter<double, description_type, episode>>(description);
    std::vector<double> start(adapter->parameters().all().begin(), adapter->parameters().all().end());
    auto adapted = adapter->adapt(task.support);
    const auto at = [](std::string_view name) { return layout::offset_of(name); };
    for (std::size_t i = 0; i < 3; ++i) {
        const double* after = adapted.parameters().all().data();
        CHECK(after[at("batch_normalization_0.scale") + i] != start[at("batch_normalization_0.scale") + i]);
        CHECK(after[at("batch_normalization_0.mean") + i] == 0);
        CHECK(after[at("batch_normalization_0.variance") + i] == 1);
        CHECK(after[at("dense_0.weight") + i] == start[at("dense_0.weight") + i]);
    }

    // Their place in the meta-gradient is the update that the query batch wants, whatever the inner rule does.
    std::vector<double> gradient(program::size);
    const auto space = std::make_unique<program::workspace>();
    program::loss_and_gradient(resolved, pr::view<double>(start.data()), task, pr::pass{true},
                               pr::view<double>(gradient.data()), *space);
    for (std::size_t c = 0; c < 3; ++c) {
        double mean = 0, square = 0;
        for (std::size_t r = 0; r < 4; ++r) {
            mean += task.query.inputs(r, c) / 4;
            square += task.query.inputs(r, c) * task.query.inputs(r, c) / 4;
        }
        CHECK(gradient[at("batch_normalization_0.mean") + c] == Approx(0.1 * mean));
        CHECK(gradient[at("batch_normalization_0.variance") + c] == Approx(0.1 * (square - mean * mean - 1)));
    }
}

TEST_CASE("each layer inside of a residual block is a layer, with a rate of its own") {
    constexpr auto net = pr::input<2> | pr::dense<3> |
                         pr::residual(pr::dense<4> | pr::relu | pr::dense<2>, pr::dense<2>.without_bias()) |
                         pr::context<1> | pr::dense<2>;
    using blocks = std::remove_const_t<decltype(net)>::blocks;
    using picked = pr::picked<blocks, blocks, pr::all_blocks>;
    CHECK(picked::layers == 6);
    const std::size_t wanted[] = {0, 0, 1, 1, 2, 2, 3, 4, 5, 5};
    REQUIRE(picked::segments.size() == 10);
    for (std::size_t i = 0; i < 10; ++i) CHECK(picked::segments[i].layer == wanted[i]);
    using stage = decltype(pr::adapt<2>(pr::sgd{.rate = pr::learned_per<pr::layer>(0.1)}));
    using support = pr::batch_view<double, 4, pr::shape<2>, pr::shape<2>>;
    using objective = std::remove_const_t<decltype(net | pr::mse)>;
    using bound = stage::bound<"adapt_0", blocks, objective, support>;
    CHECK(bound::layout_after::size_of("adapt_0.rate") == 6);
}
