// SPDX-License-Identifier: BSL-1.0
// test_tasks: the episodes of a test, in which fewer drawings may be asked than the program is compiled for.
#pragma once

#include <priori/core/key.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace omniglot {

// Asks the first `asked` query drawings of an episode, a divisor of all that there are, and repeats them up to the end.
// Their predictions are those of an episode of them alone: a normalization finds the same mean and variance in whole
// copies, and without one a query does not depend on the others.
template <class Tasks>
class test_tasks {
public:
    template <class T>
    using episode_type = typename Tasks::template episode_type<T>;

    test_tasks(Tasks tasks, std::size_t asked) : tasks_(std::move(tasks)), asked_(asked) {}

    std::size_t asked() const noexcept { return asked_; }

    template <class T>
    void draw_into(priori::key k, episode_type<T>& out) const noexcept {
        tasks_.template draw_into<T>(k, out);
        constexpr std::size_t rows = decltype(out.query)::count;
        const std::size_t numbers = out.query.inputs.size() / rows;
        for (std::size_t row = asked_; row < rows; ++row) {
            std::copy_n(out.query.inputs.data() + (row - asked_) * numbers, numbers,
                        out.query.inputs.data() + row * numbers);
            out.query.targets.data()[row] = out.query.targets.data()[row - asked_];
        }
    }

private:
    Tasks tasks_;
    std::size_t asked_;
};

}  // namespace omniglot
