// SPDX-License-Identifier: BSL-1.0
#include <priori/adapt/adapt.hpp>
#include <priori/adapt/encode.hpp>
#include <priori/adapt/prototypes.hpp>
#include <priori/adapt/ridge.hpp>
#include <priori/adapt/solve.hpp>
#include <priori/adapt/write.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/context.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

using episode = pr::episode_of<float, pr::shape<4>, pr::labels<3>, 6, 6>;
using numbers = pr::episode_of<float, pr::shape<4>, pr::shape<3>, 6, 6>;
using pictures = pr::episode_of<float, pr::shape<2, 2>, pr::labels<3>, 6, 6>;

template <class Episode, class Description>
auto adapt_one(const Description& description) {
    return pr::adapter<float, Description, Episode>(description);
}

[[maybe_unused]] constexpr auto model =
    pr::input<4> | pr::scratch<"head">(pr::dense<pr::ways>.without_bias()) | pr::cross_entropy;
[[maybe_unused]] constexpr auto encoder = pr::input_of<"encoder", 4> | pr::dense<2>;
[[maybe_unused]] constexpr auto decoder = pr::input_of<"decoder", 2> | pr::dense<4>;

#if CASE == 0
auto written = adapt_one<episode>(model | pr::encode<"code">(encoder, pr::input_of<"relation", 4> | pr::dense<2>) |
                                  pr::write<"head", "code">(decoder) | pr::exact);
auto solved = adapt_one<episode>(model | pr::solve<"head">(pr::ridge{}) | pr::exact);
#endif

#if CASE == 1
// CASE 1: [priori:A311] encode: the relation sees two encoded examples side by side, 4 numbers, its input has 2
auto wrong = adapt_one<episode>(model | pr::encode<"code">(encoder, pr::input_of<"relation", 2> | pr::dense<2>) |
                                pr::exact);
#endif

#if CASE == 2
// CASE 2: [priori:A312] encode: the encoder begins with an input of shape (5), the inputs of the episode have shape (4)
auto wrong = adapt_one<episode>(model | pr::encode<"code">(pr::input_of<"encoder", 5> | pr::dense<2>) | pr::exact);
#endif

#if CASE == 3
// CASE 3: [priori:A313] encode: the targets are numbers, so the encoder sees an example beside its target
auto wrong = adapt_one<numbers>(pr::input<4> | pr::context<2> | pr::dense<3> | pr::mse |
                                pr::encode<"context">(encoder) | pr::exact);
#endif

#if CASE == 4
// CASE 4: [priori:A321] write: the model has no layer with parameters named hed
auto wrong = adapt_one<episode>(model | pr::encode<"code">(encoder) | pr::write<"hed", "code">(decoder) | pr::exact);
#endif

#if CASE == 5
// CASE 5: [priori:A322] write: the decoder gives 5 numbers for each class, head has 4 for each of 3 classes
auto wrong = adapt_one<episode>(model | pr::encode<"code">(encoder) |
                                pr::write<"head", "code">(pr::input_of<"decoder", 2> | pr::dense<5>) | pr::exact);
#endif

#if CASE == 6
// CASE 6: [priori:A323] write: there is no code named code; put an encode of that name before it.
auto wrong = adapt_one<episode>(model | pr::write<"head", "code">(decoder) | pr::exact);
#endif

#if CASE == 7
// CASE 7: [priori:A324] write: the code has 2 numbers for each class, the decoder begins with an input of 3
auto wrong = adapt_one<episode>(model | pr::encode<"code">(encoder) |
                                pr::write<"head", "code">(pr::input_of<"decoder", 3> | pr::dense<4>) | pr::exact);
#endif

#if CASE == 8
// CASE 8: [priori:A331] solve: the model has no layer named hed
auto wrong = adapt_one<episode>(model | pr::solve<"hed">(pr::ridge{}) | pr::exact);
#endif

#if CASE == 9
// CASE 9: [priori:A332] solve: prototypes wants class labels, the targets of the episode are numbers; take ridge.
auto wrong = adapt_one<numbers>(pr::input<4> | pr::scratch<"head">(pr::dense<3>) | pr::mse |
                                pr::solve<"head">(pr::prototypes{}) | pr::exact);
#endif

#if CASE == 10
// CASE 10: [priori:A333] solve: head has 5 outputs, the episode has 3 classes or numbers in a target
auto wrong = adapt_one<episode>(pr::input<4> | pr::scratch<"head">(pr::dense<5>) | pr::dense<pr::ways> |
                                pr::cross_entropy | pr::solve<"head">(pr::prototypes{}) | pr::exact);
#endif

#if CASE == 11
// CASE 11: [priori:A334] solve: head has 12 parameters, prototypes gives 15
auto wrong = adapt_one<episode>(model | pr::solve<"head">(pr::prototypes{}) | pr::exact);
#endif

#if CASE == 12
// CASE 12: [priori:N151] context: the input has shape (2, 2), context wants a vector; put flatten before it.
auto wrong = adapt_one<pictures>(pr::input<2, 2> | pr::context<2> | pr::dense<pr::ways> | pr::cross_entropy |
                                 pr::adapt<1>(pr::sgd{}, pr::only<"context">) | pr::exact);
#endif

#if CASE == 13
// CASE 13: [priori:T204] parameters: two layers have the name a and not the same parameters; give one of them another name
auto wrong = adapt_one<episode>(
    pr::input<4> | pr::named<"a">(pr::dense<2>.without_bias()) | pr::scratch<"head">(pr::dense<pr::ways>) |
    pr::cross_entropy | pr::encode<"code">(pr::input<4> | pr::named<"a">(pr::dense<2>)) | pr::exact);
#endif

#if CASE == 14
// CASE 14: [priori:A318] solve: this is no closed form such as prototypes{}, class_means{}, support_set{} or ridge{}
auto wrong = adapt_one<episode>(model | pr::solve<"head">(pr::sgd{}) | pr::exact);
#endif

#if CASE == 15
// CASE 15: [priori:A316] encode: the encoder is a network with an input of its own
auto wrong = adapt_one<episode>(model | pr::encode<"code">(pr::dense<2> | pr::dense<2>) | pr::exact);
#endif

#if CASE == 16
// CASE 16: [priori:A317] write: the decoder is a network with an input of its own
auto wrong = adapt_one<episode>(model | pr::write<"head", "code">(pr::dense<2>) | pr::exact);
#endif

#if CASE == 17
// CASE 17: [priori:A319] encode: the model has a layer named head, whose parameters encode does not make; give the code a name of its own and put write<
auto wrong = adapt_one<episode>(model | pr::encode<"head">(pr::input_of<"encoder", 4> | pr::dense<4>) | pr::exact);
#endif
