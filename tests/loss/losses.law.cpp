// SPDX-License-Identifier: BSL-1.0
#include "loss/laws.hpp"

#include <priori/loss/loss.hpp>

#include <cstddef>
#include <cstdint>

namespace pr = priori;

TEST_CASE("losses of numbers obey the laws of a loss", "[law]") {
    const loss_laws::numbers far = loss_laws::far_targets(), near = loss_laws::near_targets();
    loss_laws::check(pr::mse, far.data());
    loss_laws::check(pr::mean_absolute, far.data());
    loss_laws::check(pr::huber, far.data());
    loss_laws::check(pr::huber, near.data());
    loss_laws::check(pr::huber_with(0.2), near.data());
}

TEST_CASE("losses of bits and labels obey the laws of a loss", "[law]") {
    loss_laws::numbers bits;
    std::int32_t labels[loss_laws::rows];
    for (std::size_t i = 0; i < loss_laws::size; ++i) bits[i] = static_cast<double>(i % 3 == 0);
    for (std::size_t r = 0; r < loss_laws::rows; ++r) labels[r] = static_cast<std::int32_t>(3 * r % loss_laws::outputs);
    loss_laws::check(pr::binary_cross_entropy, bits.data());
    loss_laws::check(pr::cross_entropy, labels);
    loss_laws::check(pr::cross_entropy_sum_over_classes, labels);
    loss_laws::check(pr::one_hot(pr::mse), labels);
    loss_laws::check(pr::one_hot(pr::binary_cross_entropy), labels);
}
