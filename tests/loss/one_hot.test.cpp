// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/ad/view.hpp>
#include <priori/core/shape.hpp>
#include <priori/loss/binary_cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/loss/one_hot.hpp>

#include <cstddef>
#include <cstdint>

namespace pr = priori;

TEST_CASE("one_hot(loss) is the loss on targets of zeros and ones", "[loss]") {
    const double y[6] = {0.25, 0.5, -1, 2, 0.75, 0};
    const double targets[6] = {0, 0, 1, 0, 1, 0};
    const std::int32_t labels[2] = {2, 1};
    const auto compare = [&](const auto& loss) {
        double bar[6], wanted_bar[6];
        const auto on_labels = pr::one_hot(loss);
        const double value =
            on_labels.template gradient<2, pr::shape<3>>(pr::view<double>(y), labels, pr::view<double>(bar));
        const double wanted =
            loss.template gradient<2, pr::shape<3>>(pr::view<double>(y), targets, pr::view<double>(wanted_bar));
        CHECK(value == Approx(wanted).epsilon(1e-14));
        for (std::size_t i = 0; i < 6; ++i) CHECK(bar[i] == Approx(wanted_bar[i]).epsilon(1e-14));
    };
    compare(pr::mse);
    compare(pr::binary_cross_entropy);
    static_assert(decltype(pr::one_hot(pr::mse))::kind.view() == "one_hot_mse");
}
