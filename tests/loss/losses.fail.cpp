// SPDX-License-Identifier: BSL-1.0
#include <priori/adapt/adapt.hpp>
#include <priori/loss/loss.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

constexpr auto one_step = pr::adapt<1>(pr::sgd{});

template <class Target, class Description>
auto adapt_one(const Description& description) {
    return pr::adapter<float, Description, pr::episode_of<float, pr::shape<4>, Target, 5, 5>>(description);
}

#if CASE == 0
auto right = adapt_one<pr::labels<3>>(pr::input<4> | pr::dense<3> | pr::cross_entropy | one_step | pr::exact);
#endif

#if CASE == 1
// CASE 1: [priori:L201] cross_entropy: the targets are numbers of shape (3), cross_entropy wants class labels; use mse
auto wrong = adapt_one<pr::shape<3>>(pr::input<4> | pr::dense<3> | pr::cross_entropy | one_step | pr::exact);
#endif

#if CASE == 2
// CASE 2: [priori:L202] huber: the targets are labels of 3 classes, huber compares numbers; use cross_entropy
auto wrong = adapt_one<pr::labels<3>>(pr::input<4> | pr::dense<3> | pr::huber | one_step | pr::exact);
#endif

#if CASE == 3
// CASE 3: [priori:L203] binary_cross_entropy: the outputs of the model have shape (2), the targets have shape (3)
auto wrong = adapt_one<pr::shape<3>>(pr::input<4> | pr::dense<2> | pr::binary_cross_entropy | one_step | pr::exact);
#endif

#if CASE == 4
// CASE 4: [priori:L204] cross_entropy: the model has 2 outputs, the labels are of 3 classes
auto wrong = adapt_one<pr::labels<3>>(pr::input<4> | pr::dense<2> | pr::cross_entropy | one_step | pr::exact);
#endif
