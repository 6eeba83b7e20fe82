// SPDX-License-Identifier: BSL-1.0
// The signature changes with whatever changes what parameters mean, and with nothing else.
#include "catch.hpp"

#include <priori/adapt/adapt.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/huber.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/meta/signature.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/average_pool.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/max_pool.hpp>
#include <priori/nn/residual.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/field.hpp>
#include <priori/optim/sgd.hpp>

#include <string_view>
#include <type_traits>

namespace pr = priori;

namespace {

template <class T = float, std::size_t Shots = 5, class Description>
constexpr std::string_view of(const Description&) {
    using episode = pr::episode_of<T, pr::shape<1>, pr::shape<1>, Shots, 7>;
    return pr::signature_of<pr::adapter<T, Description, episode>>;
}

constexpr auto net = pr::input<1> | pr::dense<8> | pr::tanh | pr::dense<1>;
constexpr auto base = net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01}) | pr::exact;

}  // namespace

TEST_CASE("what the parameters do not depend on leaves the signature as it is") {
    CHECK(of(net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.5}) | pr::exact) == of(base));
    CHECK(of(net | pr::mse | pr::adapt<2>(pr::sgd{.rate = 0.01}) | pr::first_order) == of(base));
    CHECK(of(base | pr::outer(pr::adam{})) == of(base));
    CHECK(of<float, 9>(base) == of(base));
}

TEST_CASE("the layers inside a layer, the mode of a normalization and the kind of a sum are told apart") {
    const auto with = [](auto layer) {
        return of(pr::input<1> | pr::dense<4> | layer | pr::dense<1> | pr::mse | pr::adapt<2>(pr::sgd{}) | pr::exact);
    };
    CHECK(with(pr::residual(pr::dense<4> | pr::tanh)) != with(pr::residual(pr::dense<4> | pr::relu)));
    CHECK(with(pr::residual(pr::tanh)).find(" residual(4)[ tanh(4) ] dense(1);") != std::string_view::npos);
    CHECK(with(pr::batch_normalization<pr::transductive>) != with(pr::batch_normalization<pr::support_statistics>));
    CHECK(with(pr::batch_normalization<pr::transductive>).find(" batch_normalization:transductive(4) ") !=
          std::string_view::npos);
    using episode = pr::episode_of<float, pr::shape<1>, pr::labels<3>, 6, 6>;
    const auto labelled = [](auto loss) {
        const auto description = pr::input<1> | pr::dense<3> | loss | pr::adapt<2>(pr::sgd{}) | pr::exact;
        return pr::signature_of<pr::adapter<float, std::remove_cvref_t<decltype(description)>, episode>>;
    };
    CHECK(labelled(pr::cross_entropy) != labelled(pr::cross_entropy_sum_over_classes));
    CHECK(labelled(pr::cross_entropy).find("; cross_entropy;") != std::string_view::npos);
}

TEST_CASE("options of convolutions and pools that leave shapes alone are told apart") {
    using episode = pr::episode_of<float, pr::shape<21, 21, 1>, pr::labels<3>, 6, 6>;
    const auto of_images = [](auto layers) {
        const auto description = pr::input<21, 21, 1> | layers | pr::flatten | pr::dense<3> | pr::cross_entropy |
                                 pr::exact;
        return pr::signature_of<pr::adapter<float, std::remove_cvref_t<decltype(description)>, episode>>;
    };
    CHECK(of_images(pr::convolution<4>) != of_images(pr::convolution<4>.dilation<2>()));
    CHECK(of_images(pr::convolution<4>) == of_images(pr::convolution<4>.padding<1>().direct()));
    CHECK(of_images(pr::convolution<4>).find(" convolution(21,21,4) ") != std::string_view::npos);
    CHECK(of_images(pr::convolution<4>.stride<2>()).find(" convolution:stride2padding1dilation1groups1(11,11,4) ") !=
          std::string_view::npos);
    CHECK(of_images(pr::convolution<4>.kernel<3, 5>().dilation<2, 1>())
              .find(" convolution:stride1padding2dilation2x1groups1(21,21,4) ") != std::string_view::npos);
    CHECK(of_images(pr::convolution<4>.kernel<3, 5>()) == of_images(pr::convolution<4>.kernel<3, 5>().padding<1, 2>()));
    CHECK(of_images(pr::max_pool<2>) != of_images(pr::max_pool<3>.stride<2>()));
    CHECK(of_images(pr::max_pool<2>).find(" max_pool(10,10,1) ") != std::string_view::npos);
    constexpr auto normalized = pr::batch_normalization<pr::transductive>;
    CHECK(of_images(pr::max_pool<5> | normalized.max_pooled<3>()) !=
          of_images(pr::max_pool<5> | normalized.max_pooled<4>()));
    CHECK(of_images(pr::average_pool<2>) != of_images(pr::average_pool<3>.stride<2>()));
}

TEST_CASE("every change of sizes, layers, loss, steps, rule or scalar changes the signature") {
    const std::string_view others[] = {
        of<double>(base),
        of(pr::input<1> | pr::dense<9> | pr::tanh | pr::dense<1> | pr::mse | pr::adapt<2>(pr::sgd{}) | pr::exact),
        of(pr::input<1> | pr::dense<8> | pr::relu | pr::dense<1> | pr::mse | pr::adapt<2>(pr::sgd{}) | pr::exact),
        of(pr::input<1> | pr::dense<8> | pr::tanh | pr::named<"head">(pr::dense<1>) | pr::mse |
           pr::adapt<2>(pr::sgd{}) | pr::exact),
        of(pr::input<1> | pr::dense<8> | pr::tanh | pr::dense<1>.without_bias() | pr::mse | pr::adapt<2>(pr::sgd{}) |
           pr::exact),
        of(net | pr::huber | pr::adapt<2>(pr::sgd{}) | pr::exact),
        of(net | pr::mse | pr::adapt<3>(pr::sgd{}) | pr::exact),
        of(net | pr::mse | pr::adapt<2>(pr::adam{}) | pr::exact),
        of(net | pr::mse | pr::adapt<2>(pr::sgd{}, pr::only<"dense_1">) | pr::exact),
        of(net | pr::mse | pr::adapt<2>(pr::sgd{.rate = pr::learned(0.01)}) | pr::exact),
        of(net | pr::mse | pr::adapt<2>(pr::sgd{.rate = pr::learned_per<pr::step>(0.01)}) | pr::exact),
        of(net | pr::mse | pr::adapt<2>(pr::sgd{}) | pr::adapt<1>(pr::sgd{}) | pr::exact),
        of(net | pr::mse | pr::adapt<2>(pr::sgd{}, pr::minibatch<1>) | pr::exact),
        of(net | pr::mse | pr::adapt<2>(pr::sgd{}, pr::proximal{0.5}) | pr::exact),
        of(net | pr::mse | pr::adapt<2>(pr::sgd{}, pr::through(pr::adapt<1>(pr::sgd{}, pr::only<"dense_1">))) |
           pr::exact),
    };
    for (const auto& one : others) {
        CHECK(one != of(base));
        for (const auto& other : others) CHECK((&one == &other) == (one == other));
    }
}
