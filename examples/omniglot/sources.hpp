// SPDX-License-Identifier: BSL-1.0
// What a run takes its episodes from.
#pragma once

#include "algorithms.hpp"
#include "data.hpp"
#include "given.hpp"
#include "settings.hpp"
#include "tester.hpp"

#include <cstddef>

namespace omniglot {

// All of it is read and checked before anything is computed: a run of two hours must not end at a bad row.
// Throws: priori::error, as episodes and read_given.
template <algorithm Algorithm, std::size_t Ways, std::size_t Shots>
struct sources {
    tasks_of<trained<Algorithm, Ways, Shots>> training;
    test_tasks<tasks_of<tested<Ways, Shots>>> validation, test;
    given_set given;

    sources(const settings& s, const characters& data)
        : training(episodes<trained<Algorithm, Ways, Shots>>(data, data.split.train, "training",
                                                             {.rotations = true, .reflections = s.chosen.reflections})),
          validation(tests<tested<Ways, Shots>>(data, data.split.validation, "validation", s.protocol)),
          test(tests<tested<Ways, Shots>>(data, data.split.test, "test", s.protocol)),
          given(read_given<Ways, Shots>(s, data)) {}
};

}  // namespace omniglot
