// SPDX-License-Identifier: BSL-1.0
// The sizes of an episode are part of the source's type, and the compiler says so in one sentence.
#include <priori/core/shape.hpp>
#include <priori/task/augment.hpp>
#include <priori/task/few_shot.hpp>
#include <priori/task/gaussian_blobs.hpp>
#include <priori/task/glyphs.hpp>
#include <priori/task/harmonic_mixtures.hpp>
#include <priori/task/labelled_data.hpp>
#include <priori/task/linear_maps.hpp>
#include <priori/task/quadratics.hpp>
#include <priori/task/sinusoids.hpp>
#include <priori/task/tabular_tasks.hpp>

#include <string>
#include <vector>

struct wide_images {
    template <class T>
    using episode_type = priori::episode_of<T, priori::shape<2, 3>, priori::labels<2>, 2, 2>;
};

int main() {
    std::vector<float> numbers(4);
    const std::vector<int> labels{0, 1};
#if CASE == 0
    const auto tasks = priori::sinusoids{.shots = priori::count<10>, .queries = priori::count<10>};
#elif CASE == 1
    // CASE 1: [priori:E101] sinusoids: shots and queries are part of the type; write .shots = count<10>.
    const auto tasks = priori::sinusoids{.shots = 10, .queries = priori::count<10>};
#elif CASE == 2
    // CASE 2: [priori:E102] reptile_sinusoids: shots are different points of a grid of 50; take at most 50.
    const auto tasks = priori::reptile_sinusoids{.shots = priori::count<51>};
#elif CASE == 3
    // CASE 3: [priori:E103] labelled_data: examples are made of numbers.
    std::vector<std::string> numbers_in_words(2);
    const priori::labelled_data tasks(priori::shape<1>{}, numbers_in_words, labels);
#elif CASE == 4
    // CASE 4: [priori:E104] labelled_data: labels are whole numbers, from 0 on.
    const priori::labelled_data tasks(priori::shape<2>{}, numbers, numbers);
#elif CASE == 5
    // CASE 5: [priori:E105] tabular_tasks: at most 16 inputs and 64 rows an episode are possible.
    using tasks_type = priori::tabular_tasks<priori::count_t<17>, priori::count_t<5>, priori::count_t<5>>;
    const int tasks = sizeof(tasks_type);
#elif CASE == 6
    // CASE 6: [priori:E101] gaussian_blobs: ways, shots, queries and dimension are part of the type; write
    const auto tasks = priori::gaussian_blobs{.ways = 5};
#elif CASE == 7
    // CASE 7: [priori:E101] way_shot: ways, shots and queries are part of the type; write .ways = count<5>.
    const auto tasks = priori::way_shot{.ways = 5, .shots = 1, .queries = 1};
#elif CASE == 8
    // CASE 8: [priori:E101] linear_maps: inputs, outputs, shots and queries are part of the type; write
    const auto tasks = priori::linear_maps{.inputs = 3, .outputs = 2};
#elif CASE == 9
    // CASE 9: [priori:E101] harmonic_mixtures: shots, queries and harmonics are part of the type; write
    const auto tasks = priori::harmonic_mixtures{.shots = 3};
#elif CASE == 10
    // CASE 10: [priori:E101] quadratics: the dimension is part of the type; write .dimension = count<10>.
    const auto tasks = priori::quadratics{.dimension = 3};
#elif CASE == 11
    // CASE 11: [priori:E101] row_shot: inputs, shots and queries are part of the type; write .inputs = count<2>.
    const auto tasks = priori::row_shot{.inputs = 3};
#elif CASE == 12
    // CASE 12: [priori:E101] glyphs: ways, shots and queries are part of the type; write .ways = count<5>.
    const auto tasks = priori::glyphs{.ways = 5};
#elif CASE == 13
    // CASE 13: [priori:E121] glyphs: an episode takes more classes than the range has; take fewer ways.
    const auto tasks = priori::glyphs{.ways = priori::count<5>, .classes = priori::glyph_range<0, 4>{}};
#elif CASE == 14
    // CASE 14: [priori:E122] augmented: images are wanted, shape<height, width> or shape<height, width, channels>.
    const auto tasks = priori::augmented(priori::sinusoids{}, priori::random_flip{});
#elif CASE == 15
    // CASE 15: [priori:E123] augmented: what is done to the images is written as random_rotation{}, random_shift{},
    const auto tasks = priori::augmented(priori::glyphs{}, 15);
#elif CASE == 16
    // CASE 16: [priori:E124] augmented: quarter turns want square images; take random_flip{} for others.
    const auto tasks = priori::augmented(wide_images{}, priori::random_quarter_turn{});
#endif
    static_cast<void>(tasks);
    static_cast<void>(labels);
}
