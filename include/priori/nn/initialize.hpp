// SPDX-License-Identifier: BSL-1.0
// initialize_network: every layer's parameters, each from a stream of its own name.
#pragma once

#include <priori/core/hana.hpp>
#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/nn/network.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>

namespace priori {

// theta is zero where it comes in; scratch layers stay so, but for a start of their own.
template <class Layout, class Network, class T>
void initialize_network(const Network& network, key k, T* theta) noexcept {
    each<Network::size>([&](auto i) {
        using in = typename Network::template shape_at<i>;
        constexpr auto name = Network::template name<i>;
        T* own = theta + Layout::offset_of(name.view());
        if constexpr (Network::template role_of<i> == role::learned && requires(random_stream & random) {
                          network.template layer<i>().template initialize<in>(own, random);
                      }) {
            k.task = detail::hash_of(name.view());
            random_stream random(k, purpose::parameters);
            network.template layer<i>().template initialize<in>(own, random);
        }
    });
}

}  // namespace priori
