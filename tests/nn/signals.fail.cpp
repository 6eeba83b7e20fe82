// SPDX-License-Identifier: BSL-1.0
// What is said does not depend on it, and it compiles three times as fast.
#define PRIORI_FREESTANDING

#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/average_pool.hpp>
#include <priori/nn/conv1d4.hpp>
#include <priori/nn/convolution_1d.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/global_mean.hpp>
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
auto right = adapt_one<16, 1>(pr::conv1d4<2>);
#endif

#if CASE == 1
// CASE 1: [priori:N128] convolution_1d: the input has shape (128), convolution_1d wants (length, channels); give input<128, 1>.
auto wrong = adapt_one<128>(pr::conv1d4<4>);
#endif

#if CASE == 2
// CASE 2: [priori:N128] max_pool_1d: the input has shape (8, 8, 1), max_pool_1d wants (length, channels)
auto wrong = adapt_one<8, 8, 1>(pr::max_pool_1d<2>);
#endif

#if CASE == 3
// CASE 3: [priori:N130] convolution_1d: filters, kernel, stride, dilation and groups are at least 1.
auto wrong = adapt_one<8, 1>(pr::convolution_1d<4>.kernel<0>());
#endif

#if CASE == 4
// CASE 4: [priori:N131] convolution_1d: the input has shape (4, 1), its kernel spans 5 places, and the padding adds 0
auto wrong = adapt_one<4, 1>(pr::convolution_1d<4>.kernel<5>().padding<0>());
#endif

#if CASE == 5
// CASE 5: [priori:N132] convolution_1d: 2 groups do not divide the 3 channels of the input and the 4 filters
auto wrong = adapt_one<8, 3>(pr::convolution_1d<4>.groups<2>());
#endif

#if CASE == 6
// CASE 6: [priori:N129] batch_normalization: the input has shape (1, 2), and no window of 2 places, 2 apart, fits into it
auto wrong = adapt_one<8, 1>(pr::conv1d4<2>);
#endif

#if CASE == 7
// CASE 7: [priori:N128] global_mean_1d: the input has shape (9), global_mean_1d wants (length, channels); give input<9, 1>.
auto wrong = adapt_one<9>(pr::global_mean_1d);
#endif

#if CASE == 8
// CASE 8: [priori:N129] average_pool_1d: the input has shape (2, 4), and no window of 3 places, 3 apart, fits into it
auto wrong = adapt_one<2, 4>(pr::average_pool_1d<3>);
#endif
