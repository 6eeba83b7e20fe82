// SPDX-License-Identifier: BSL-1.0
// The smallest user of the library: it compiles, links and holds what it was given.
#include <priori/priori.hpp>

int main() {
    priori::episode_of<float, priori::shape<2>, priori::labels<3>, 4, 5> episode;
    episode.support.inputs.fill(1.0f);
    return episode.support.inputs(3, 1) == 1.0f && episode.query.count == 5 ? 0 : 1;
}
