// SPDX-License-Identifier: BSL-1.0
// What is said does not depend on it, and it compiles three times as fast.
#define PRIORI_FREESTANDING

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/average_pool.hpp>
#include <priori/nn/conv4.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/group_normalization.hpp>
#include <priori/nn/max_pool.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

template <std::size_t... Extents, class Layers>
auto adapt_one(const Layers& layers) {
    using shape = pr::shape<Extents...>;
    return pr::adapter<float, decltype(pr::input<Extents...> | layers | pr::flatten | pr::dense<1> | pr::mse |
                                       pr::adapt<1>(pr::sgd{}) | pr::exact),
                       pr::episode_of<float, shape, pr::shape<1>, 2, 2>>(
        pr::input<Extents...> | layers | pr::flatten | pr::dense<1> | pr::mse | pr::adapt<1>(pr::sgd{}) | pr::exact);
}

#if CASE == 0
auto right = adapt_one<16, 16, 1>(pr::conv4<2>);
#endif

#if CASE == 1
// CASE 1: [priori:N120] convolution: the input has shape (28, 28), convolution wants (height, width, channels); give input<28, 28, 1>.
auto wrong = adapt_one<28, 28>(pr::conv4<4>);
#endif

#if CASE == 2
// CASE 2: [priori:N120] max_pool: the input has shape (784), max_pool wants (height, width, channels)
auto wrong = adapt_one<784>(pr::max_pool<2>);
#endif

#if CASE == 3
// CASE 3: [priori:N121] convolution: filters, kernel, stride, dilation and groups are at least 1.
auto wrong = adapt_one<8, 8, 1>(pr::convolution<4>.stride<0>());
#endif

#if CASE == 4
// CASE 4: [priori:N122] convolution: the input has shape (4, 8, 1), its kernel spans 5 places, and the padding adds 0
auto wrong = adapt_one<4, 8, 1>(pr::convolution<4>.kernel<5>().padding<0>());
#endif

#if CASE == 13
// CASE 13: [priori:N122] convolution: the input has shape (4, 8, 1), its kernel spans 7 x 3 places, and the padding adds 1 x 0
auto wrong = adapt_one<4, 8, 1>(pr::convolution<4>.kernel<7, 3>().padding<1, 0>());
#endif

#if CASE == 14
// CASE 14: [priori:N121] convolution: filters, kernel, stride, dilation and groups are at least 1.
auto wrong = adapt_one<4, 8, 1>(pr::convolution<4>.stride<1, 0>());
#endif

#if CASE == 5
// CASE 5: [priori:N123] convolution: 2 groups do not divide the 3 channels of the input and the 4 filters
auto wrong = adapt_one<8, 8, 3>(pr::convolution<4>.groups<2>());
#endif

#if CASE == 6
// CASE 6: [priori:N124] batch_normalization: the input has shape (1, 1, 2), and no window of 2 x 2 places, 2 apart, fits into it
auto wrong = adapt_one<8, 8, 1>(pr::conv4<2>);
#endif

#if CASE == 7
// CASE 7: [priori:N120] global_mean: the input has shape (28, 28), global_mean wants (height, width, channels)
auto wrong = adapt_one<28, 28>(pr::global_mean);
#endif

#if CASE == 8
// CASE 8: [priori:N124] average_pool: the input has shape (2, 4, 1), and no window of 3 x 3 places, 3 apart, fits into it
auto wrong = adapt_one<2, 4, 1>(pr::average_pool<3>);
#endif

#if CASE == 9
// CASE 9: [priori:A307] predict: the activations of so many examples at once are too large for the stack
void wrong() {
    auto adapter = adapt_one<28, 28, 1>(pr::conv4<8>);
    auto adapted = adapter.adapt(pr::batch<float, 2, pr::shape<28, 28, 1>, pr::shape<1>>{});
    adapted(pr::batch<float, 75, pr::shape<28, 28, 1>, pr::shape<1>>{});
}
#endif

#if CASE == 10
// CASE 10: [priori:N125] batch_normalization: per_step<0> keeps no numbers; give it the number of inner steps.
auto wrong = adapt_one<8, 8, 1>(pr::batch_normalization<pr::per_step<0>>);
#endif

#if CASE == 11
// CASE 11: [priori:N126] group_normalization: 3 groups do not divide the 4 channels of the input; take a number that does.
auto wrong = adapt_one<8, 8, 4>(pr::group_normalization<3>);
#endif

#if CASE == 12
// CASE 12: [priori:N127] instance_normalization: the input has shape (1, 1, 2), a group of it is one number
auto wrong = adapt_one<1, 1, 2>(pr::instance_normalization);
#endif
