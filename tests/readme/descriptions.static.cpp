// SPDX-License-Identifier: BSL-1.0
// What the README shows has to compile, word for word: tests/support/readme.sh looks for the code of each row of its
// table, and of its section "On a device", behind the comment "// README: <first cell, or section>", where `...` is
// anything. What a row leaves out is completed here; then its whole task, forward and back, is compiled.
#include <priori/meta/footprint.hpp>
#include <priori/priori.hpp>

#include <cstddef>
#include <span>
#include <type_traits>

namespace {

using namespace priori;

// sizeof asks every concept; the call compiles adaptation, pull-back and outer step.
template <class Description, class Tasks>
constexpr bool learns(const Description&, const Tasks&) {
    using learner_type = learner_for<float, Description, Tasks>;
    constexpr auto iteration = [](learner_type& learner, const typename learner_type::episode_type& task,
                                  std::span<float, learner_type::size> gradient) {
        learner.loss_and_gradient(task, key{}, gradient);
        learner.step(gradient);
        return learner.adapt(task.support).loss(task.query);
    };
    using loss = std::invoke_result_t<decltype(iteration), learner_type&, const typename learner_type::episode_type&,
                                      std::span<float, learner_type::size>>;
    return std::is_same_v<loss, float> && sizeof(learner_type) > 0;
}

constexpr auto net = input<1> | dense<40> | relu | dense<40> | relu | named<"head">(dense<1>);
constexpr auto tasks = sinusoids{.shots = count<10>, .queries = count<10>};
constexpr auto blobs = gaussian_blobs{.ways = count<5>, .shots = count<2>, .queries = count<4>, .dimension = count<8>};

namespace maml_row {
// README: MAML
constexpr auto description = net | mse | adapt<5>(sgd{.rate = 0.01f}) | exact | outer(adam{});
static_assert(learns(description, tasks));
}  // namespace maml_row

namespace fomaml_row {
// README: FOMAML
constexpr std::size_t k = 2;
static_assert(learns(net | mse | adapt<5>(sgd{.rate = 0.01f}) | first_order | outer(adam{}), tasks));
static_assert(learns(net | mse | adapt<5>(sgd{.rate = 0.01f}) | truncated<k> | outer(adam{}), tasks));
}  // namespace fomaml_row

namespace reptile_row {
// README: Reptile
constexpr auto description =
    net | mse | adapt<5>(sgd{.rate = 0.02f}, minibatch<10>) | displacement | outer(sgd{.rate = 0.1f});
static_assert(learns(description, reptile_sinusoids{}));
}  // namespace reptile_row

namespace partial_row {
// README: ANIL, BOIL
static_assert(learns(net | mse | adapt<5>(sgd{.rate = 0.01f}, only<"head">) | exact | outer(adam{}), tasks));
static_assert(learns(net | mse | adapt<5>(sgd{.rate = 0.01f}, except<"head">) | exact | outer(adam{}), tasks));
}  // namespace partial_row

namespace meta_sgd_row {
// README: Meta-SGD
static_assert(
    learns(net | mse | adapt<1>(sgd{.rate = learned_per<coordinate>(0.01f)}) | exact | outer(adam{}), tasks));
}  // namespace meta_sgd_row

namespace maml_plus_plus_row {
// README: MAML++ rates; multi-step loss
constexpr auto description = net | mse | adapt<5>(sgd{.rate = learned_per<layer | step>(0.01f)}) | exact
                             | every_step(0.f, .2f, .2f, .2f, .2f, .2f) | outer(adam{});
static_assert(learns(description, tasks));
}  // namespace maml_plus_plus_row

namespace whole_maml_plus_plus_row {
// README: MAML++ whole
constexpr auto normalized = input<8> | dense<16> | batch_normalization<per_step<6>> | relu | dense<ways> | cross_entropy;
constexpr auto description = normalized | adapt<5>(sgd{.rate = learned_per<layer | step>(0.1f)})
                             | exact_from(5000) | every_step(annealed_weights<5>{.iterations = 5000})
                             | outer(adam{.rate = cosine_schedule{.from = 1e-3, .to = 1e-5, .steps = 50'000}});
static_assert(learns(description, blobs));
}  // namespace whole_maml_plus_plus_row

namespace context_row {
// README: CAVIA
static_assert(learns(input<1> | context<5> | dense<40> | relu | dense<1> | mse
                     | adapt<5>(sgd{.rate = 1.f}, only<"context">) | exact | outer(adam{}), tasks));
}  // namespace context_row

namespace latent_row {
constexpr auto head = input<8> | scratch<"head">(dense<ways>.without_bias());
constexpr auto encoder = input_of<"encoder", 8> | dense<16>.without_bias();
constexpr auto relation = input_of<"relation", 32> | dense<16> | relu | dense<4>;
constexpr auto decode = write<"head", "code">(input_of<"decoder", 4> | dense<8>.without_bias());
// README: LEO
constexpr auto description =
    head | cross_entropy | encode<"code">(encoder, relation)
    | adapt<5>(sgd{.rate = learned(0.1f)}, only<"code">, through(decode)) | decode
    | adapt<5>(sgd{.rate = learned(0.01f)}, only<"head">) | exact;
static_assert(learns(description | outer(adam{}), blobs));
}  // namespace latent_row

constexpr auto embedding = input<8> | dense<16> | relu | dense<12>;

namespace closed_form_row {
// README: prototypes
constexpr auto nearest = embedding | scratch<"head">(dense<ways>) | cross_entropy | solve<"head">(prototypes{}) | exact;
// README: R2-D2
constexpr auto linear = embedding | scratch<"head">(dense<ways>.without_bias()) | affine | cross_entropy
                        | solve<"head">(ridge{.lambda = learned_positive(1.f)}) | exact;
static_assert(learns(nearest | outer(adam{}), blobs));
static_assert(learns(linear | outer(adam{}), blobs));
}  // namespace closed_form_row

namespace cosine_row {
// README: cosine prototypes
static_assert(learns(embedding | scratch<"head">(cosine_similarity<ways>) | learned_scale(10.f) | cross_entropy
                     | solve<"head">(class_means{}) | exact | outer(adam{}), blobs));
}  // namespace cosine_row

namespace matching_row {
// README: matching networks
static_assert(learns(embedding | named<"memory">(attention<ways>) | cross_entropy
                     | solve<"memory">(support_set{}) | exact | outer(adam{}), blobs));
static_assert(learns(embedding | named<"memory">(context_attention<5, ways>) | cross_entropy
                     | solve<"memory">(full_context{}) | exact | outer(adam{}), blobs));
}  // namespace matching_row

namespace relation_row {
// README: relation networks
static_assert(learns(embedding | scratch<"classes">(beside<ways>)
                     | per_class(dense<8> | relu | dense<1> | sigmoid) | one_hot(mse)
                     | solve<"classes">(class_sums{}) | exact | outer(adam{}), blobs));
}  // namespace relation_row

namespace ridge_row {
// README: MetaOptNet-RR
static_assert(learns(embedding | scratch<"head">(dense<ways>.without_bias()) | learned_scale(7.f) | cross_entropy
                     | solve<"head">(ridge{.lambda = 50.f}) | exact | outer(adam{}), blobs));
}  // namespace ridge_row

namespace baseline_row {
// README: nearest centroid, nearest neighbours
static_assert(learns(nearest_centroid(embedding) | outer(adam{}), blobs));
static_assert(learns(k_nearest_neighbours<5>(embedding) | outer(adam{}), blobs));
}  // namespace baseline_row

namespace proto_maml_row {
// README: Proto-MAML
static_assert(learns(embedding | scratch<"head">(dense<ways>) | cross_entropy
                     | solve<"head">(prototypes{}) | adapt<5>(sgd{.rate = 0.01f}) | exact | outer(adam{}), blobs));
}  // namespace proto_maml_row

namespace inner_rules_row {
// README: inner Adam, inner momentum
static_assert(learns(net | mse | adapt<5>(adam{.rate = 0.01f}) | exact | outer(adam{}), tasks));
static_assert(learns(net | mse | adapt<5>(momentum{.rate = 0.01f}) | exact | outer(adam{}), tasks));
}  // namespace inner_rules_row

namespace joint_row {
// README: joint training
static_assert(learns(net | mse | exact | outer(adam{}), tasks));
}  // namespace joint_row

namespace averaging_row {
// README: model averaging
constexpr auto description = net | mse | adapt<50>(sgd{}) | displacement | outer(sgd{.rate = 1.f})
                             | then(1, net | mse | exact | outer(adam{}));
static_assert(learns(description, same_tasks{tasks}));
}  // namespace averaging_row

namespace learned_optimizer_row {
// README: learned optimizer
constexpr auto description = input<10> | scratch<"x">(dense<1>.without_bias()) | mse
                             | adapt<20>(lstm_rule<20>{}) | exact | outer(adam{});
static_assert(learns(description, quadratics{.dimension = count<10>}));
}  // namespace learned_optimizer_row

namespace device {
constexpr auto maml = net | mse | adapt<5>(sgd{.rate = 0.01f}) | exact | outer(adam{});
static_assert(footprint<decltype(maml), decltype(tasks)>.adapter <= 64 * 1024);
// As write_header would write it.
namespace trained {
using learned_type = adapter<float, std::remove_const_t<decltype(maml)>, episode_of<float, shape<1>, shape<1>, 5, 5>>;
constexpr auto signature = signature_of<learned_type>;
constexpr float parameters[learned_type::layout_type::size] = {};
}  // namespace trained
// README: On a device
using episode = episode_of<float, shape<1>, shape<1>, 10, 10>;
using device_type = adapter<float, std::remove_const_t<decltype(maml)>, episode>;
static_assert(signature_of<device_type> == trained::signature);
static_assert(sizeof(device_type) <= 64 * 1024);
static device_type device(maml, trained::parameters);
[[maybe_unused]]
float at_half(const episode& task) { return device.adapt(task.support)(0.5f); }
}  // namespace device

}  // namespace
