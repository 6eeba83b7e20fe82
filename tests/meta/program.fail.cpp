// SPDX-License-Identifier: BSL-1.0
#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

using episode = pr::episode_of<float, pr::shape<1>, pr::shape<1>, 5, 5>;
using pictures = pr::episode_of<float, pr::shape<28, 28>, pr::shape<1>, 5, 5>;

template <class Episode, class Description>
auto adapt_one(const Description& description) {
    return pr::adapter<float, Description, Episode>(description);
}

#if CASE == 0
auto right = adapt_one<episode>(pr::input<1> | pr::dense<4> | pr::relu | pr::named<"head">(pr::dense<1>) | pr::mse |
                                pr::adapt<1>(pr::sgd{}, pr::only<"head">) | pr::exact);
#endif

#if CASE == 1
// CASE 1: [priori:N103] dense: the input has shape (28, 28), dense wants a vector; put flatten before it.
auto wrong = adapt_one<pictures>(pr::input<28, 28> | pr::dense<1> | pr::mse | pr::adapt<1>(pr::sgd{}) | pr::exact);
#endif

#if CASE == 2
// CASE 2: [priori:A302] only: no parameter has the name hed; the names are dense_0, head; give a layer a name of its own
auto wrong = adapt_one<episode>(pr::input<1> | pr::dense<4> | pr::named<"head">(pr::dense<1>) | pr::mse |
                                pr::adapt<1>(pr::sgd{}, pr::only<"hed">) | pr::exact);
#endif

#if CASE == 3
// CASE 3: [priori:A301] input: the model begins with input<...> of shape (2), the inputs of the episode have shape (1)
auto wrong = adapt_one<episode>(pr::input<2> | pr::dense<1> | pr::mse | pr::adapt<1>(pr::sgd{}) | pr::exact);
#endif

#if CASE == 4
// CASE 4: [priori:T201] parameters: two blocks have the name a.bias, one of shape (2), one of shape (1)
auto wrong = adapt_one<episode>(pr::input<1> | pr::named<"a">(pr::dense<2>) | pr::named<"a">(pr::dense<1>) | pr::mse |
                                pr::adapt<1>(pr::sgd{}) | pr::exact);
#endif

#if CASE == 5
// CASE 5: [priori:T204] parameters: two layers have the name a and not the same parameters; give one of them another name
auto wrong = adapt_one<episode>(pr::input<1> | pr::named<"a">(pr::dense<1>.without_bias()) | pr::dense<1> |
                                pr::named<"a">(pr::dense<1>) | pr::mse | pr::adapt<1>(pr::sgd{}) | pr::exact);
#endif

#if CASE == 6
// CASE 6: [priori:T205] parameters: two blocks have the name a.weight, one scratch, one learned; a name is shared by blocks of one role
auto wrong = adapt_one<episode>(pr::input<1> | pr::scratch<"a">(pr::dense<1>) | pr::named<"a">(pr::dense<1>) | pr::mse |
                                pr::adapt<1>(pr::sgd{}, pr::only<"a">) | pr::exact);
#endif
