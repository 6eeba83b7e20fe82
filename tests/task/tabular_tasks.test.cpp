// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/tabular_tasks.hpp>
#include <priori/task/task_table.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

using priori::count;
using priori::error;
using priori::error_kind;
using priori::key;
using priori::row_shot;
using priori::tabular_tasks;
using priori::task_table;

namespace {

template <class Make>
void require_refusal(Make make, error_kind kind, const std::string& sentence) {
    try {
        make();
        FAIL("not refused: " << sentence);
    } catch (const error& e) {
        REQUIRE(e.kind() == kind);
        REQUIRE(std::string(e.what()) == sentence);
    }
}

// Rows (target, input, task id, input): task ids 10, 11, .., and all numbers tell the row.
std::vector<double> rows_of_tasks(int tasks, int rows) {
    std::vector<double> values;
    for (int row = 0; row < rows; ++row) {
        for (int task = 0; task < tasks; ++task) {
            const double number = 100 * task + row;
            values.insert(values.end(), {-number, number, 10.0 + task, number + 0.5});
        }
    }
    return values;
}

const priori::table_columns columns{.task = 2, .inputs = {1, 3}, .target = 0};

}  // namespace

TEST_CASE("task_table groups the rows by task id, in order of appearance") {
    const std::vector<double> values = rows_of_tasks(3, 4);
    const task_table table(values, 4, columns);
    REQUIRE(table.task_count() == 3);
    REQUIRE(table.input_count() == 2);
    REQUIRE(table.id(2) == 12);
    REQUIRE(table.rows_of(1).size() == 4);
    REQUIRE(table.rows_of(1)[2] == 7);
    REQUIRE(table.input(7, 0) == 102);
    REQUIRE(table.input(7, 1) == 102.5);
    REQUIRE(table.target(7) == -102);
}

TEST_CASE("a tabular episode holds different rows of one task of the list, and pads inputs with zeros") {
    const std::vector<double> values = rows_of_tasks(5, 8);
    const task_table table(values, 4, columns);
    const tabular_tasks tasks(table, {0, 2, 3}, row_shot{.inputs = count<4>, .shots = count<3>, .queries = count<5>});
    std::set<int> reached;
    for (std::uint32_t t = 0; t < 100; ++t) {
        const auto episode = tasks.draw(key{1, 0, t});
        std::set<float> used;
        std::set<int> tasks_seen;
        const auto see = [&](const auto& batch, std::size_t rows) {
            for (std::size_t row = 0; row < rows; ++row) {
                const float number = batch.inputs.data()[row * 4];
                REQUIRE(used.insert(number).second);
                REQUIRE(batch.inputs.data()[row * 4 + 1] == number + 0.5f);
                REQUIRE(batch.inputs.data()[row * 4 + 2] == 0);
                REQUIRE(batch.inputs.data()[row * 4 + 3] == 0);
                REQUIRE(batch.targets.data()[row] == -number);
                tasks_seen.insert(static_cast<int>(number) / 100);
            }
        };
        see(episode.support, 3);
        see(episode.query, 5);
        REQUIRE(tasks_seen.size() == 1);
        reached.insert(*tasks_seen.begin());
    }
    REQUIRE(reached == std::set<int>{0, 2, 3});
}

TEST_CASE("task_table refuses what it cannot index, in one sentence") {
    const std::vector<double> values = rows_of_tasks(2, 3);
    require_refusal([&] { task_table(values, 5, columns); }, error_kind::bad_shape,
                    "task_table: 24 numbers are no whole number of rows of 5; look at the number of columns.");
    require_refusal([&] { task_table(values, 4, {.task = 2, .inputs = {}, .target = 0}); }, error_kind::bad_option,
                    "task_table: 0 input columns are named; 1 to 16 are possible.");
    require_refusal(
        [&] {
            task_table(values, 4, {.task = 2, .inputs = {1, 4}, .target = 0});
        },
        error_kind::bad_option, "task_table: the input is said to be column 4; there are 4 columns, counted from 0.");
    require_refusal([&] { task_table(values, 4, {.task = 2, .inputs = {0}, .target = 0}); }, error_kind::bad_option,
                    "task_table: column 0 is named as an input and as the task id or target; an input is neither of "
                    "them.");
    const std::vector<double> wide(18 * 2, 1.0);
    priori::table_columns seventeen{.task = 17, .inputs = {}, .target = 0};
    for (std::size_t i = 0; i < 17; ++i) seventeen.inputs.push_back(i);
    require_refusal([&] { task_table(wide, 18, seventeen); }, error_kind::bad_option,
                    "task_table: 17 input columns are named; 1 to 16 are possible.");
    std::vector<double> broken = values;
    broken[9] = std::numeric_limits<double>::quiet_NaN();
    require_refusal([&] { task_table(broken, 4, columns); }, error_kind::bad_value,
                    "task_table: row 2, column 1, counted from 0, is not a finite number; correct it or leave the row "
                    "out.");
    require_refusal([&] { task_table({}, 4, columns); }, error_kind::mismatch,
                    "task_table: there are no rows; give at least one task.");
    const std::vector<double> long_task = rows_of_tasks(1, 65);
    require_refusal([&] { task_table(long_task, 4, columns); }, error_kind::mismatch,
                    "task_table: task 10 has 65 rows, at most 64 are possible; thin it out.");
}

TEST_CASE("tabular_tasks refuses what it cannot draw from, in one sentence") {
    const std::vector<double> values = rows_of_tasks(2, 5);
    const task_table table(values, 4, columns);
    const row_shot sizes{.inputs = count<2>, .shots = count<2>, .queries = count<3>};
    require_refusal([&] { tabular_tasks(table, {0}, row_shot{.inputs = count<1>}); }, error_kind::bad_shape,
                    "tabular_tasks: the table has 2 input columns, the episodes 1; write .inputs = count<2>.");
    require_refusal([&] { tabular_tasks(table, {}, sizes); }, error_kind::bad_option,
                    "tabular_tasks: the list of tasks is empty; list at least one.");
    require_refusal(
        [&] {
            tabular_tasks(table, {0, 2}, sizes);
        },
        error_kind::bad_value, "tabular_tasks: task number 2 does not exist; the table has 2 tasks, counted from 0.");
    require_refusal(
        [&] {
            tabular_tasks(table, {1, 1}, sizes);
        },
        error_kind::mismatch, "tabular_tasks: task number 1 is listed twice; list it once.");
    require_refusal(
        [&] { tabular_tasks(table, {1}, row_shot{.inputs = count<2>, .shots = count<3>, .queries = count<3>}); },
        error_kind::mismatch,
        "tabular_tasks: the task with id 11 has 5 rows, an episode takes 3 + 3; take fewer, or leave the "
        "task out of the list.");
}
