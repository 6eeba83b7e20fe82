// SPDX-License-Identifier: BSL-1.0
// tabular_tasks: few-shot regression on the rows of a table, a task being the rows with one task id.
#pragma once

#include <priori/config/config.hpp>

#if !defined(PRIORI_FREESTANDING)

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/concepts.hpp>
#include <priori/task/task_table.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace priori {

// The fixed sizes of the episodes of a table whose own sizes are known at run time.
template <class Inputs = count_t<1>, class Shots = count_t<5>, class Queries = count_t<5>>
struct row_shot {
    static_assert(Count<Inputs> && Count<Shots> && Count<Queries>,
                  "[priori:E101] row_shot: inputs, shots and queries are part of the type; write .inputs = count<2>.");

    [[no_unique_address]] Inputs inputs{};
    [[no_unique_address]] Shots shots{};
    [[no_unique_address]] Queries queries{};
};

// An episode draws one task of the list, each as often as any other, and shots + queries different rows of it.
// A table with fewer input columns than Inputs is padded with zeros: a program compiled for 16 serves every table.
// Shapes: inputs (shots, Inputs), targets (shots, 1); the query set likewise.
// The table is not copied: it has to outlive the source. Nothing is allocated after construction.
// Throws: error (bad_shape) where the table has more input columns than Inputs, (bad_option) where the list is empty,
// (bad_value) where a task does not exist, (mismatch) where a task is listed twice or has too few rows.
// Example: tabular_tasks(table, split.train, row_shot{.inputs = count<2>, .shots = count<5>, .queries = count<5>})
template <class Inputs, class Shots, class Queries>
class tabular_tasks {
public:
    static constexpr std::size_t rows_of_each = Shots::value + Queries::value;
    static_assert(Inputs::value <= task_table::most_inputs && rows_of_each <= task_table::most_rows,
                  "[priori:E105] tabular_tasks: at most 16 inputs and 64 rows an episode are possible.");

    template <class T>
    using episode_type = episode_of<T, shape<Inputs::value>, shape<1>, Shots::value, Queries::value>;

    tabular_tasks(const task_table& table, std::vector<std::size_t> tasks, row_shot<Inputs, Shots, Queries>)
        : table_(&table), tasks_(std::move(tasks)) {
        check();
    }
    tabular_tasks(task_table&&, std::vector<std::size_t>, row_shot<Inputs, Shots, Queries>) = delete;

    std::size_t task_count() const noexcept { return tasks_.size(); }

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k);
        const auto rows = table_->rows_of(tasks_[stream.index(static_cast<std::uint32_t>(tasks_.size()))]);
        std::array<std::uint32_t, rows_of_each> drawn{};
        stream.choose(static_cast<std::uint32_t>(rows.size()), std::span(drawn));
        for (std::size_t i = 0; i < Shots::value; ++i) put(rows[drawn[i]], i, out.support);
        for (std::size_t i = 0; i < Queries::value; ++i) put(rows[drawn[Shots::value + i]], i, out.query);
    }

    episode_type<float> draw(key k) const noexcept { return detail::drawn_episode<float>(*this, k); }

private:
    template <class Batch>
    void put(std::size_t row, std::size_t to, Batch& batch) const noexcept {
        using T = typename Batch::scalar;
        for (std::size_t i = 0; i < Inputs::value; ++i) {
            const double number = i < table_->input_count() ? table_->input(row, i) : 0.0;
            batch.inputs.data()[to * Inputs::value + i] = static_cast<T>(number);
        }
        batch.targets.data()[to] = static_cast<T>(table_->target(row));
    }

    void check() const {
        if (table_->input_count() > Inputs::value) {
            fail(error_kind::bad_shape, "tabular_tasks: the table has " + std::to_string(table_->input_count()) +
                                            " input columns, the episodes " + std::to_string(Inputs::value) +
                                            "; write .inputs = count<" + std::to_string(table_->input_count()) + ">.");
        }
        if (tasks_.empty()) {
            fail(error_kind::bad_option, "tabular_tasks: the list of tasks is empty; list at least one.");
        }
        std::vector<bool> seen(table_->task_count(), false);
        for (const std::size_t task : tasks_) {
            if (task >= seen.size()) {
                fail(error_kind::bad_value, "tabular_tasks: task number " + std::to_string(task) +
                                                " does not exist; the table has " + std::to_string(seen.size()) +
                                                " tasks, counted from 0.");
            }
            if (seen[task]) {
                fail(error_kind::mismatch,
                     "tabular_tasks: task number " + std::to_string(task) + " is listed twice; list it once.");
            }
            seen[task] = true;
            const std::size_t there = table_->rows_of(task).size();
            if (there < rows_of_each) {
                fail(error_kind::mismatch, "tabular_tasks: the task with id " + task_table::shown(table_->id(task)) +
                                               " has " + std::to_string(there) + " rows, an episode takes " +
                                               std::to_string(Shots::value) + " + " + std::to_string(Queries::value) +
                                               "; take fewer, or leave the task out of the list.");
            }
        }
    }

    const task_table* table_;
    std::vector<std::size_t> tasks_;
};

}  // namespace priori

#endif
