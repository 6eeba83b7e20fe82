// SPDX-License-Identifier: BSL-1.0
// task_table: rows of numbers in memory, each with the id of its task, some inputs and one target.
#pragma once

#include <priori/config/config.hpp>

#if !defined(PRIORI_FREESTANDING)

#include <priori/core/error.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace priori {

// Where things stand in a row. The input columns may come in any order.
struct table_columns {
    std::size_t task = 0;
    std::vector<std::size_t> inputs;
    std::size_t target = 0;
};

// The table is not copied: it has to outlive this object and what is made of it.
// Shapes: values (rows, column_count), row-major. Tasks are numbered from 0, in the order in which their ids appear.
// Cost: at construction one pass over the table, and 4 bytes a row for the index; nothing is allocated later.
// Throws: error (bad_shape) where the numbers are no whole number of rows, (bad_option) where a column does not exist,
// there are no input columns or more than 16, (bad_value) where a number is not finite, (mismatch) where there are no
// rows or a task has more than 64.
class task_table {
public:
    static constexpr std::size_t most_inputs = 16;
    static constexpr std::size_t most_rows = 64;

    task_table(std::span<const double> values, std::size_t column_count, table_columns columns)
        : values_(values), column_count_(column_count), columns_(std::move(columns)) {
        check_columns();
        index();
    }

    std::size_t task_count() const noexcept { return rows_.size(); }
    std::size_t input_count() const noexcept { return columns_.inputs.size(); }

    // The rows of a task, in the table's order.
    std::span<const std::uint32_t> rows_of(std::size_t task) const noexcept { return rows_[task]; }
    double input(std::size_t row, std::size_t i) const noexcept { return at(row, columns_.inputs[i]); }
    double target(std::size_t row) const noexcept { return at(row, columns_.target); }
    // What stands in the task column.
    double id(std::size_t task) const noexcept { return at(rows_[task].front(), columns_.task); }

    // An id as a message shows it.
    static std::string shown(double id) {
        const bool whole = std::floor(id) == id && std::fabs(id) < 1e15;
        return whole ? std::to_string(static_cast<std::int64_t>(id)) : std::to_string(id);
    }

private:
    double at(std::size_t row, std::size_t column) const noexcept { return values_[row * column_count_ + column]; }

    void check_columns() const {
        const std::size_t inputs = columns_.inputs.size();
        if (inputs == 0 || inputs > most_inputs) {
            fail(error_kind::bad_option, "task_table: " + std::to_string(inputs) + " input columns are named; 1 to " +
                                             std::to_string(most_inputs) + " are possible.");
        }
        const auto check = [&](std::size_t column, const char* what) {
            if (column < column_count_) return;
            fail(error_kind::bad_option, std::string("task_table: the ") + what + " is said to be column " +
                                             std::to_string(column) + "; there are " + std::to_string(column_count_) +
                                             " columns, counted from 0.");
        };
        check(columns_.task, "task id");
        check(columns_.target, "target");
        for (const std::size_t column : columns_.inputs) {
            check(column, "input");
            if (column == columns_.target || column == columns_.task) {
                fail(error_kind::bad_option, "task_table: column " + std::to_string(column) +
                                                 " is named as an input and as the task id or target; an input is "
                                                 "neither of them.");
            }
        }
        if (values_.size() % column_count_ != 0) {
            fail(error_kind::bad_shape, "task_table: " + std::to_string(values_.size()) +
                                            " numbers are no whole number of rows of " + std::to_string(column_count_) +
                                            "; look at the number of columns.");
        }
    }

    void check_number(std::size_t row, std::size_t column) const {
        if (std::isfinite(at(row, column))) return;
        fail(error_kind::bad_value, "task_table: row " + std::to_string(row) + ", column " + std::to_string(column) +
                                        ", counted from 0, is not a finite number; correct it or leave the row out.");
    }

    void index() {
        std::map<double, std::size_t> number_of;
        const std::size_t row_count = values_.size() / column_count_;
        for (std::size_t row = 0; row < row_count; ++row) {
            check_number(row, columns_.task);
            check_number(row, columns_.target);
            for (const std::size_t column : columns_.inputs) check_number(row, column);
            const auto [place, is_new] = number_of.try_emplace(at(row, columns_.task), rows_.size());
            if (is_new) rows_.emplace_back();
            rows_[place->second].push_back(static_cast<std::uint32_t>(row));
        }
        if (rows_.empty()) fail(error_kind::mismatch, "task_table: there are no rows; give at least one task.");
        for (std::size_t task = 0; task < rows_.size(); ++task) {
            if (rows_[task].size() <= most_rows) continue;
            fail(error_kind::mismatch, "task_table: task " + shown(id(task)) + " has " +
                                           std::to_string(rows_[task].size()) + " rows, at most " +
                                           std::to_string(most_rows) + " are possible; thin it out.");
        }
    }

    std::span<const double> values_;
    std::size_t column_count_;
    table_columns columns_;
    std::vector<std::vector<std::uint32_t>> rows_;  // of each task
};

}  // namespace priori

#endif
