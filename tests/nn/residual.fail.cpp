// SPDX-License-Identifier: BSL-1.0
#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/residual.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

template <class Shape, class Description>
auto adapt_one(const Description& description) {
    return pr::adapter<float, Description, pr::episode_of<float, Shape, pr::shape<1>, 5, 5>>(description);
}

#if CASE == 0
auto right = adapt_one<pr::shape<4>>(pr::input<4> | pr::residual(pr::dense<4> | pr::relu) | pr::dense<1> | pr::mse |
                                     pr::adapt<1>(pr::sgd{}) | pr::exact);
#endif

#if CASE == 1
// CASE 1: [priori:N108] residual: the input has shape (4), the layers inside give shape (5), and their sum has none
auto wrong = adapt_one<pr::shape<4>>(pr::input<4> | pr::residual(pr::dense<5> | pr::relu) | pr::dense<1> | pr::mse |
                                     pr::adapt<1>(pr::sgd{}) | pr::exact);
#endif

#if CASE == 2
// CASE 2: [priori:N103] dense: the input has shape (2, 2), dense wants a vector; put flatten before it.
auto wrong = adapt_one<pr::shape<2, 2>>(pr::input<2, 2> | pr::residual(pr::relu | pr::dense<4>) | pr::dense<1> |
                                        pr::mse | pr::adapt<1>(pr::sgd{}) | pr::exact);
#endif

#if CASE == 3
// CASE 3: [priori:N109] residual: the layers inside give shape (5), the shortcut gives shape (3), and their sum has none
auto wrong = adapt_one<pr::shape<4>>(pr::input<4> | pr::residual(pr::dense<5> | pr::relu, pr::dense<3>) |
                                     pr::dense<1> | pr::mse | pr::adapt<1>(pr::sgd{}) | pr::exact);
#endif

#if CASE == 4
// CASE 4: [priori:N103] dense: the input has shape (2, 2), dense wants a vector; put flatten before it.
auto wrong = adapt_one<pr::shape<2, 2>>(pr::input<2, 2> | pr::residual(pr::flatten | pr::dense<4>, pr::dense<4>) |
                                        pr::dense<1> | pr::mse | pr::adapt<1>(pr::sgd{}) | pr::exact);
#endif
