// SPDX-License-Identifier: BSL-1.0
#include <priori/adapt/class_features.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/support_set.hpp>
#include <priori/adapt/transfer.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/loss/one_hot.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/attention.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/beside.hpp>
#include <priori/nn/context_attention.hpp>
#include <priori/nn/cosine_similarity.hpp>
#include <priori/nn/cross_sum.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/neighbours.hpp>
#include <priori/nn/per_class.hpp>

namespace pr = priori;

using episode = pr::episode_of<float, pr::shape<4>, pr::labels<3>, 6, 6>;
using one_shot = pr::episode_of<float, pr::shape<4>, pr::labels<3>, 3, 6>;
using numbers = pr::episode_of<float, pr::shape<4>, pr::shape<3>, 6, 6>;
using pictures = pr::episode_of<float, pr::shape<2, 2>, pr::labels<3>, 6, 6>;

template <class Episode, class Description>
auto adapt_one(const Description& description) {
    return pr::adapter<float, Description, Episode>(description);
}

[[maybe_unused]] constexpr auto matching = pr::input<4> | pr::named<"memory">(pr::attention<pr::ways>) |
                                           pr::cross_entropy | pr::solve<"memory">(pr::support_set{}) | pr::exact;
[[maybe_unused]] constexpr auto related = pr::input<4> | pr::scratch<"classes">(pr::beside<pr::ways>);
[[maybe_unused]] constexpr auto by_sums = pr::solve<"classes">(pr::class_sums{});

#if CASE == 0
auto a = adapt_one<episode>(matching);
auto b = adapt_one<episode>(related | pr::per_class(pr::dense<1>) | pr::one_hot(pr::mse) | by_sums | pr::exact);
#endif

#if CASE == 1
// CASE 1: [priori:A335] solve: head does not keep what class_means gives; class_means is for cosine_similarity<ways>, beside<ways>
auto wrong = adapt_one<episode>(pr::input<4> | pr::scratch<"head">(pr::dense<pr::ways>) | pr::cross_entropy |
                                pr::solve<"head">(pr::class_means{}) | pr::exact);
#endif

#if CASE == 2
// CASE 2: [priori:A335] solve: head does not keep what ridge gives; ridge is for dense<ways>.without_bias().
auto wrong = adapt_one<episode>(pr::input<4> | pr::scratch<"head">(pr::cosine_similarity<pr::ways>) |
                                pr::cross_entropy | pr::solve<"head">(pr::ridge{}) | pr::exact);
#endif

#if CASE == 3
// CASE 3: [priori:A334] solve: memory has 30 parameters, support_set gives 15; it is for attention<ways>, context_attention<k
void wrong(const one_shot& task) {
    auto adapter = adapt_one<episode>(matching);
    adapter.adapt(task.support);
}
#endif

#if CASE == 4
// CASE 4: [priori:A351] transfer: dense_0.weight is learned, and what it shall come from has no block of that name
void wrong() {
    auto from = adapt_one<episode>(matching);
    auto to = adapt_one<episode>(pr::input<4> | pr::dense<pr::ways> | pr::cross_entropy | pr::exact);
    pr::transfer(from, to);
}
#endif

#if CASE == 5
// CASE 5: [priori:A352] transfer: dense_0.weight has shape (4, 2) where it comes from, and shape (4, 3) here
void wrong() {
    auto from = adapt_one<episode>(pr::input<4> | pr::dense<2> | pr::dense<3> | pr::cross_entropy | pr::exact);
    auto to = adapt_one<episode>(pr::input<4> | pr::dense<pr::ways> | pr::cross_entropy | pr::exact);
    pr::transfer(from, to);
}
#endif

#if CASE == 20
// CASE 20: [priori:A353] transfer: batch_normalization_0.mean is a running average, and what it shall come from keeps none
void wrong() {
    auto from = adapt_one<episode>(pr::input<4> | pr::dense<3> | pr::batch_normalization<pr::transductive> |
                                   pr::cross_entropy | pr::exact);
    auto to = adapt_one<episode>(pr::input<4> | pr::dense<3> | pr::batch_normalization<pr::running> | pr::cross_entropy |
                                 pr::exact);
    pr::transfer(from, to);
}
#endif

#if CASE == 22
// CASE 22: [priori:A354] transfer: dense_0.weight is learned here, and scratch where it comes from, which holds the numbers of one task; name the layer with scratch<...> in both descriptions, or in neither.
void wrong() {
    auto from = adapt_one<episode>(pr::input<4> | pr::scratch<"dense_0">(pr::dense<3>) | pr::cross_entropy |
                                   pr::solve<"dense_0">(pr::prototypes{}) | pr::exact);
    auto to = adapt_one<episode>(pr::input<4> | pr::dense<3> | pr::cross_entropy | pr::exact);
    pr::transfer(from, to);
}
#endif

#if CASE == 6
// CASE 6: [priori:N161] cosine_similarity<ways>: the number of classes is not known
auto wrong = adapt_one<numbers>(pr::input<4> | pr::cosine_similarity<pr::ways> | pr::mse | pr::exact);
#endif

#if CASE == 7
// CASE 7: [priori:N162] cosine_similarity: the input has shape (2, 2), cosine_similarity wants a vector
auto wrong = adapt_one<pictures>(pr::input<2, 2> | pr::cosine_similarity<3> | pr::cross_entropy | pr::exact);
#endif

#if CASE == 8
// CASE 8: [priori:N163] attention: the classes and the number of examples are not known
auto wrong = adapt_one<numbers>(pr::input<4> | pr::named<"memory">(pr::attention<pr::ways>) | pr::mse | pr::exact);
#endif

#if CASE == 9
// CASE 9: [priori:N164] neighbours: the input has shape (2, 2), neighbours wants a vector; put flatten before it.
auto wrong = adapt_one<pictures>(pr::input<2, 2> | pr::scratch<"memory">(pr::neighbours<1, pr::ways>) |
                                 pr::cross_entropy | pr::solve<"memory">(pr::support_set{}) | pr::exact);
#endif

#if CASE == 10
// CASE 10: [priori:N165] neighbours: 7 neighbours of 6 examples
auto wrong = adapt_one<episode>(pr::input<4> | pr::scratch<"memory">(pr::neighbours<7, pr::ways>) |
                                pr::cross_entropy | pr::solve<"memory">(pr::support_set{}) | pr::exact);
#endif

#if CASE == 11
// CASE 11: [priori:N166] beside<ways>: the number of classes is not known
auto wrong = adapt_one<numbers>(related | pr::per_class(pr::dense<1>) | pr::mse | pr::exact);
#endif

#if CASE == 12
// CASE 12: [priori:N167] per_class: the input has shape (4), per_class wants parts of at least one dimension
auto wrong = adapt_one<episode>(pr::input<4> | pr::per_class(pr::dense<1>) | pr::cross_entropy | pr::exact);
#endif

#if CASE == 13
// CASE 13: [priori:L205] one_hot: cross_entropy wants class labels itself; write it alone.
auto wrong = adapt_one<episode>(pr::input<4> | pr::dense<pr::ways> | pr::one_hot(pr::cross_entropy) | pr::exact);
#endif

#if CASE == 14
// CASE 14: [priori:N103] dense: the input has shape (2, 4), dense wants a vector; put flatten before it.
auto wrong = adapt_one<pictures>(pr::input<2, 2> | pr::scratch<"classes">(pr::beside<pr::ways>) |
                                 pr::per_class(pr::dense<1>) | pr::one_hot(pr::mse) | by_sums | pr::exact);
#endif

#if CASE == 15
// CASE 15: [priori:A332] solve: class_sums wants class labels, the targets of the episode are numbers
auto wrong = adapt_one<numbers>(pr::input<4> | pr::scratch<"classes">(pr::beside<3>) | pr::per_class(pr::dense<1>) |
                                pr::mse | by_sums | pr::exact);
#endif

#if CASE == 16
// CASE 16: [priori:N168] cross_sum<ways>: the number of classes is not known
auto wrong = adapt_one<numbers>(pr::input<4> | pr::scratch<"classes">(pr::cross_sum<pr::ways>) |
                                pr::per_class(pr::dense<1>) | pr::mse | pr::exact);
#endif

#if CASE == 17
// CASE 17: [priori:N169] cross_sum: the input has shape (3), cross_sum wants two halves of its last dimension
auto wrong = adapt_one<episode>(pr::input<4> | pr::dense<3> | pr::scratch<"classes">(pr::cross_sum<pr::ways>) |
                                pr::per_class(pr::dense<1>) | pr::one_hot(pr::mse) | by_sums | pr::exact);
#endif

#if CASE == 18
// CASE 18: [priori:A336] solve: memory learns parameters of its own beside what is written; name it with named<...>
auto wrong = adapt_one<episode>(pr::input<4> | pr::scratch<"memory">(pr::context_attention<2, pr::ways>) |
                                pr::cross_entropy | pr::solve<"memory">(pr::support_set{}) | pr::exact);
#endif

#if CASE == 19
// CASE 19: [priori:N170] context_attention<0, ways>: it takes at least one step
auto wrong = adapt_one<episode>(pr::input<4> | pr::named<"memory">(pr::context_attention<0, pr::ways>) |
                                pr::cross_entropy | pr::solve<"memory">(pr::support_set{}) | pr::exact);
#endif

#if CASE == 21
// CASE 21: [priori:M516] description: nothing writes or moves attention_0, which is scratch and stays zero
auto wrong = adapt_one<episode>(pr::input<4> | pr::attention<pr::ways> | pr::cross_entropy | pr::exact);
#endif
