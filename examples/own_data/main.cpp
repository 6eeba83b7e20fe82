// SPDX-License-Identifier: BSL-1.0
// own_data: few-shot regression on a table of one's own, whose tasks are the rows with the same text in one column.
#include "example_data.hpp"
#include "few_shot.hpp"

#include <priori/core/error.hpp>
#include <priori/io/csv.hpp>
#include <priori/io/files.hpp>
#include <priori/io/json.hpp>
#include <priori/io/plot.hpp>
#include <priori/task/class_split.hpp>
#include <priori/train/interrupt.hpp>

#include <support/program.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace pr = priori;
using own_data::data;
using own_data::plan;
using own_data::result;
using own_data::results;

struct choices {
    std::string csv, example, task_column = "task", target_column = "target", shots = "5";
    std::optional<double> rate;
};

// The standardized copy of a table: each number minus its column's mean, over its column's deviation, both taken over
// the training tasks alone.
struct standardized {
    std::vector<double> values;
    double target_deviation = 1;
};

standardized standardize(const pr::csv_table& csv, const pr::task_table& table,
                         const std::vector<std::size_t>& training, const pr::table_columns& columns) {
    standardized result{csv.values, 1};
    const auto column = [&](std::size_t c) {
        double count = 0, sum = 0, squares = 0;
        for (const std::size_t task : training) {
            for (const std::size_t row : table.rows_of(task)) {
                ++count;
                sum += csv(row, c);
            }
        }
        const double mean = sum / count;
        for (const std::size_t task : training)
            for (const std::size_t row : table.rows_of(task)) squares += (csv(row, c) - mean) * (csv(row, c) - mean);
        const double found = std::sqrt(squares / count);
        const double deviation = found > 0 && std::isfinite(found) ? found : 1.0;
        for (std::size_t row = 0; row < csv.row_count(); ++row) {
            double& value = result.values[row * csv.column_count() + c];
            value = (value - mean) / deviation;
        }
        return deviation;
    };
    for (const std::size_t c : columns.inputs) column(c);
    result.target_deviation = column(columns.target);
    return result;
}

pr::table_columns columns_of(const pr::csv_table& csv, const choices& given) {
    pr::table_columns columns{
        .task = csv.column(given.task_column), .inputs = {}, .target = csv.column(given.target_column)};
    if (columns.task == columns.target)
        pr::fail(pr::error_kind::bad_option, "--task-column and --target-column are the same column; name two.");
    for (std::size_t c = 0; c < csv.column_count(); ++c)
        if (c != columns.task && c != columns.target) columns.inputs.push_back(c);
    if (columns.inputs.empty() || columns.inputs.size() > pr::task_table::most_inputs)
        pr::fail(pr::error_kind::bad_shape, "'" + csv.source + "' has " + std::to_string(columns.inputs.size()) +
                                                " input columns beside the task and the target; 1 to 16 are possible.");
    return columns;
}

// A task's rows are counted here and not by the table, so that the sentence has the file's own words.
void check_sizes(const pr::csv_table& csv, const pr::table_columns& columns, std::size_t wanted) {
    std::map<double, std::size_t> rows;
    for (std::size_t row = 0; row < csv.row_count(); ++row) {
        const std::size_t count = ++rows[csv(row, columns.task)];
        if (count > pr::task_table::most_rows)
            pr::fail(pr::error_kind::bad_shape, csv.place(row, columns.task) + ": this is row 65 of task '" +
                                                    csv.text(row, columns.task) +
                                                    "', at most 64 are possible; thin it out.");
    }
    for (const auto& [task, count] : rows) {
        if (count >= wanted) continue;
        pr::fail(pr::error_kind::bad_shape, "'" + csv.source + "': task '" +
                                                csv.texts[columns.task][static_cast<std::size_t>(task)] + "' has " +
                                                std::to_string(count) + " rows, " + std::to_string(wanted) +
                                                " are needed to give some and measure on others; remove the task.");
    }
    if (rows.size() < 5)
        pr::fail(pr::error_kind::bad_shape, "'" + csv.source + "' has " + std::to_string(rows.size()) +
                                                " tasks; at least 5 are needed to train on some and test on others.");
}

results learn(std::size_t inputs, const data& given, const plan& p) {
    if (inputs <= 1) return own_data::few_shot_1(given, p);
    if (inputs <= 2) return own_data::few_shot_2(given, p);
    if (inputs <= 4) return own_data::few_shot_4(given, p);
    if (inputs <= 8) return own_data::few_shot_8(given, p);
    return own_data::few_shot_16(given, p);
}

void print_table(const results& found, double unit, std::size_t shots) {
    std::printf("\nroot of the mean squared error on held-out tasks, %zu rows given, after\n\n%-16s", shots, "");
    for (const std::size_t i : {0, 1, 5, 10}) std::printf("%7zu step%s", i, i == 1 ? " " : "s");
    std::printf("\n");
    const auto row = [&](const char* name, const result& of) {
        std::printf("%-16s", name);
        for (const std::size_t i : {0, 1, 5, 10}) std::printf("%#13.4g", unit * std::sqrt(of.test[i].mean));
        std::printf("\n");
    };
    row("MAML", found.maml);
    row("joint training", found.joint);
}

std::string json_of(const results& found, const choices& given, const plan& p, const data& tasks, std::size_t inputs,
                    double unit) {
    pr::json_writer json;
    json.begin_object()
        .member("algorithm", "maml")
        .member("csv", given.csv)
        .member("seed", p.seed)
        .member("iterations", found.maml.report.iterations)
        .member("seconds", found.maml.report.seconds)
        .member("threads", p.threads)
        .member("parameter_count", found.maml.parameter_count);
    json.key("settings")
        .begin_object()
        .member("shots", p.shots)
        .member("queries", own_data::queries)
        .member("inputs", inputs)
        .member("training_tasks", tasks.training.size())
        .member("test_tasks", tasks.test.size())
        .member("rate", p.rate)
        .member("joint_rate", found.joint.rate)
        .member("meta_batch", own_data::meta_batch)
        .member("target_deviation", unit)
        .end_object();
    json.key("evaluation").begin_array();
    const auto add = [&](const char* name, const result& of) {
        json.begin_object().member("name", name).member("episodes", of.test.tasks).member("steps", own_data::steps);
        const auto column = [&](const char* key, double pr::evaluation_entry::*member, double factor) {
            json.key(key).begin_array();
            for (const auto& entry : of.test.at) json.value(factor * entry.*member);
            json.end_array();
        };
        column("mse", &pr::evaluation_entry::mean, unit * unit);
        column("median", &pr::evaluation_entry::median, unit * unit);
        column("ci95", &pr::evaluation_entry::ci95, unit * unit);
        column("diverged", &pr::evaluation_entry::diverged, 1);
        json.end_object();
    };
    add("maml", found.maml);
    add("joint", found.joint);
    json.end_array().end_object();
    return json.text() + "\n";
}

void draw(const std::string& folder, const results& found, double unit, std::size_t shots, bool quiet) {
    pr::line_plot plot{.title = "Error on held-out tasks, " + std::to_string(shots) + " rows given",
                       .x = {.label = "inner steps", .from = 0.0, .to = 10.0},
                       .y = {.label = "root of the mean squared error"}};
    const auto add = [&](const char* name, const result& of, pr::plot_style style) {
        pr::plot_series series{.name = name, .style = style};
        for (const auto& entry : of.test.at) {
            if (!std::isfinite(entry.mean) || !std::isfinite(entry.ci95)) continue;
            series.x.push_back(static_cast<double>(entry.steps));
            series.y.push_back(unit * std::sqrt(entry.mean));
            series.low.push_back(unit * std::sqrt(std::max(entry.mean - entry.ci95, 0.0)));
            series.high.push_back(unit * std::sqrt(entry.mean + entry.ci95));
        }
        if (!series.x.empty()) plot.series.push_back(series);
    };
    add("MAML", found.maml, pr::plot_style::line_and_points);
    add("joint training", found.joint, pr::plot_style::dashed);
    if (plot.series.empty()) return;
    const auto files = pr::write_plot(folder, "own_data_error_by_steps", plot);
    if (!quiet) std::printf("%s\n", (files.picture.empty() ? files.csv : files.picture).c_str());
}

int run(int argc, char** argv) {
    example::common_options common;
    choices given;
    example::options line("own_data",
                          "few-shot regression on a CSV file, each task being the rows with one text in a column");
    line.text("csv", given.csv, "FILE",
              "the table: a header, a task column, 1 to 16 inputs, a target, 64 rows a task at most", "")
        .text("task-column", given.task_column, "NAME", "which task a row belongs to: any texts", given.task_column)
        .text("target-column", given.target_column, "NAME", "what is predicted; all other columns are inputs",
              given.target_column)
        .choice("shots", given.shots, {"5", "10"}, "rows given of a new task")
        .positive("rate", given.rate, "rate of the inner rule, for standardized columns", "0.01")
        .text("write-example", given.example, "FILE", "write a table to try this with, and end", "");
    example::add_common_options(line, common, "5000");
    if (!line.parse(argc, argv)) return 0;

    example::check_different_files({{"--json", common.json}, {"--write-example", given.example}},
                                   {{"--csv", given.csv}});
    if (!given.example.empty()) {
        own_data::write_example(given.example);
        if (!common.quiet)
            std::printf("Now: own_data --csv %s --task-column sensor --target-column pressure\n",
                        given.example.c_str());
        return 0;
    }
    if (given.csv.empty()) line.fail("--csv FILE is missing; --write-example FILE makes a table to begin with.");
    example::check_output_places(common);

    const plan p{.shots = given.shots == "5" ? std::size_t{5} : std::size_t{10},
                 .rate = given.rate.value_or(0.01),
                 .seed = common.seed,
                 .iterations = common.iterations.value_or(5000),
                 .minutes = common.minutes.value_or(0),
                 .threads = static_cast<std::size_t>(common.threads),
                 .quiet = common.quiet,
                 .stop = pr::interrupt_token()};

    const pr::csv_table csv =
        pr::read_csv(given.csv, {.header = pr::csv_header::required, .text_columns = {given.task_column}});
    const pr::table_columns columns = columns_of(csv, given);
    check_sizes(csv, columns, p.shots + own_data::queries);
    const pr::task_table plain(csv.values, csv.column_count(), columns);
    const std::size_t tests = std::max<std::size_t>(plain.task_count() / 5, 1);
    const auto split =
        pr::random_split(plain.task_count(), {.train = plain.task_count() - tests, .test = tests}, {p.seed});
    const standardized scaled = standardize(csv, plain, split.train, columns);
    const pr::task_table table(scaled.values, csv.column_count(), columns);
    const data tasks{table, split.train, split.test};
    example::make_plot_folder(common);
    if (!p.quiet)
        std::printf("%zu tasks to train on, %zu held out, %zu inputs\n", split.train.size(), split.test.size(),
                    columns.inputs.size());

    const results found = learn(columns.inputs.size(), tasks, p);
    const double unit = scaled.target_deviation;
    if (!p.quiet) print_table(found, unit, p.shots);
    if (!common.plot.empty()) draw(common.plot, found, unit, p.shots, p.quiet);
    if (!common.json.empty())
        pr::write_file_atomically(common.json, json_of(found, given, p, tasks, columns.inputs.size(), unit));
    for (const auto* part : {&found.maml, &found.joint}) {
        if (part->report.reason != pr::ending::diverged) continue;
        std::fprintf(stderr, "own_data: %s\n", part->report.sentence.c_str());
        return 1;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run_program("own_data", [&] { return run(argc, argv); });
}
