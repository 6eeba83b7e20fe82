// SPDX-License-Identifier: BSL-1.0
// MAML on the convolutional net of the few-shot papers, with random images: what it costs the compiler.
#include <priori/priori.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace pr = priori;

struct random_images {
    template <class T>
    using episode_type = pr::episode_of<T, pr::shape<28, 28, 1>, pr::labels<5>, 5, 75>;

    template <class T>
    void draw_into(const pr::key& k, episode_type<T>& out) const noexcept {
        pr::random_stream stream(k, pr::purpose::user);
        const auto fill = [&](auto& batch) {
            for (T& pixel : batch.inputs) pixel = stream.normal<T>();
            for (std::size_t i = 0; i < batch.targets.size(); ++i) batch.targets(i) = static_cast<std::int32_t>(i % 5);
        };
        fill(out.support);
        fill(out.query);
    }
};

int main() {
    constexpr auto net = pr::input<28, 28, 1> | pr::conv4<64> | pr::dense<5> | pr::cross_entropy;
    constexpr auto maml = net | pr::adapt<1>(pr::sgd{.rate = 0.01}) | pr::exact | pr::outer(pr::adam{.rate = 1e-3});

    const random_images tasks;
    auto learner = pr::make_learner(maml, tasks, pr::seed{1});
    pr::train(*learner, tasks, {.iterations = 100, .meta_batch = 4});
    std::printf("%g\n", static_cast<double>(learner->parameters().all()[0]));
}
