// SPDX-License-Identifier: BSL-1.0
// Episodes drawn without operating system are those drawn with one.
#include <priori/task/task.hpp>

#include <cstddef>
#include <cstdio>

namespace {

template <class Tensor>
void print(const Tensor& tensor) {
    for (std::size_t i = 0; i < tensor.size(); ++i) std::printf("%.9g\n", static_cast<double>(tensor.data()[i]));
}

template <class Source>
void print_episode(const Source& source) {
    const auto episode = source.draw(priori::key{1, 2, 3});
    print(episode.support.inputs);
    print(episode.support.targets);
    print(episode.query.inputs);
    print(episode.query.targets);
}

}  // namespace

int main() {
    using priori::count;
    print_episode(priori::sinusoids{.shots = count<5>, .queries = count<5>});
    print_episode(priori::reptile_sinusoids{.shots = count<10>});
    print_episode(priori::harmonic_mixtures{.shots = count<5>, .queries = count<5>, .noise = 0.1});
    print_episode(priori::linear_maps{.inputs = count<3>, .outputs = count<2>});
    print_episode(priori::quadratics{.dimension = count<4>});
    print_episode(priori::gaussian_blobs{.ways = count<3>, .queries = count<2>});
    print_episode(priori::glyphs{.ways = count<2>, .queries = count<1>});
    print_episode(priori::augmented(priori::glyphs{.ways = count<2>, .queries = count<1>}, priori::random_rotation{},
                                    priori::pixel_noise{}));
}
