// SPDX-License-Identifier: BSL-1.0
#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/misuse.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

constexpr auto net = pr::input<1> | pr::dense<4> | pr::relu | pr::dense<1>;

#if CASE == 0
constexpr auto right = net | pr::mse | pr::adapt<1>(pr::sgd{}) | pr::exact | pr::outer(pr::sgd{});
#endif

#if CASE == 1
// CASE 1: [priori:M101] description: layers stand before it and no input; begin with input<shape...>.
constexpr auto wrong = pr::dense<4> | pr::relu | pr::mse | pr::adapt<1>(pr::sgd{}) | pr::exact;
#endif

#if CASE == 2
// CASE 2: [priori:M102] description: the model has no loss yet; put one after the model, such as | mse or | cross_entropy.
constexpr auto wrong = net | pr::adapt<1>(pr::sgd{}) | pr::mse | pr::exact | pr::outer(pr::sgd{});
#endif

#if CASE == 3
// CASE 3: [priori:M103] description: a layer or a loss comes after the loss
constexpr auto wrong = net | pr::mse | pr::dense<2> | pr::exact;
#endif

#if CASE == 4
// CASE 4: [priori:M104] description: outer(...) needs a meta-gradient before it
constexpr auto wrong = net | pr::mse | pr::adapt<1>(pr::sgd{}) | pr::outer(pr::sgd{});
#endif

#if CASE == 5
// CASE 5: [priori:M105] description: outer(...) ends a description; nothing comes after it.
constexpr auto wrong = net | pr::mse | pr::exact | pr::outer(pr::sgd{}) | pr::adapt<1>(pr::sgd{});
#endif

#if CASE == 6
// CASE 6: [priori:M106] description: a stage or a second meta-gradient comes after the meta-gradient
constexpr auto wrong = net | pr::mse | pr::exact | pr::adapt<1>(pr::sgd{});
#endif

#if CASE == 7
// CASE 7: [priori:A303] adapt<0>: an adaptation takes at least one step; leave it out for plain training.
constexpr auto wrong = net | pr::mse | pr::adapt<0>(pr::sgd{}) | pr::exact;
#endif

#if CASE == 8
// CASE 8: [priori:A304] adapt: an option is none of only<...>, except<...>, proximal{...}, through(stage), minibatch<n>, carried_state.
constexpr auto wrong = net | pr::mse | pr::adapt<1>(pr::sgd{}, pr::relu) | pr::exact;
#endif
