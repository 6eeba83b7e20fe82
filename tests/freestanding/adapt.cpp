// SPDX-License-Identifier: BSL-1.0
// What runs on a device: adaptation and prediction with given parameters, and a meta-gradient for good measure.
#include <priori/adapt/adapt.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/optim/adam.hpp>
#include <priori/optim/sgd.hpp>

#include <array>
#include <cstdio>

namespace pr = priori;

using episode = pr::episode_of<float, pr::shape<1>, pr::shape<1>, 10, 10>;

constexpr auto maml = pr::input<1> | pr::dense<20> | pr::relu | pr::dense<20> | pr::tanh | pr::dense<1> | pr::mse |
                      pr::adapt<2>(pr::sgd{.rate = pr::learned(0.05f)}) | pr::exact;
using description = std::remove_const_t<decltype(maml)>;

static pr::adapter<float, description, episode> device(maml);
static pr::program<float, description, episode>::workspace space;

int main() {
    episode task;
    for (std::size_t i = 0; i < 10; ++i) {
        const float x = 0.5f * static_cast<float>(i) - 2.0f;
        task.support.inputs(i, 0) = x;
        task.support.targets(i, 0) = x * x - 1.0f;
        task.query.inputs(i, 0) = x + 0.25f;
        task.query.targets(i, 0) = (x + 0.25f) * (x + 0.25f) - 1.0f;
    }
    auto adapted = device.adapt<5>(task.support);
    std::printf("%.9g %.9g\n", adapted(0.3f), adapted.loss(task.query));

    using program = pr::program<float, description, episode>;
    std::array<float, program::size> gradient{};
    const float loss = program::loss_and_gradient(pr::resolved<episode>(maml),
                                                  pr::view<float>(device.parameters().all().data()), task, pr::pass{},
                                                  pr::view<float>(gradient.data()), space);
    float sum = 0;
    for (const float g : gradient) sum += g * g;
    std::printf("%.9g %.9g\n", loss, sum);
}
