// SPDX-License-Identifier: BSL-1.0
// csv: tables of numbers in text; texts in declared columns become whole numbers in order of first appearance.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/csv_cells.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/files.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace priori {

// Is the first row the names of the columns? `detected`: yes when none of its cells is a number.
enum class csv_header { detected, required, none };

struct csv_options {
    csv_header header = csv_header::detected;
    std::vector<std::string> text_columns{};  // names of the columns that hold texts, "column1", ... without a header
    char separator = ',';
    std::vector<std::string> columns{};  // names of those that are read, none: all; texts always are
};

// Shapes: values (rows, columns), row-major; lines (rows). Every value is finite; in columns that are not read, 0.
struct csv_table {
    std::string source;                // the file's name, for messages
    std::vector<std::string> columns;  // "column1", "column2", ... where there is no header
    std::vector<double> values;
    std::vector<std::size_t> lines;               // the line at which each row begins, counted from 1
    std::vector<std::vector<std::string>> texts;  // per column: text number i, for text columns; empty for the others

    std::size_t column_count() const { return columns.size(); }
    std::size_t row_count() const { return lines.size(); }
    double operator()(std::size_t row, std::size_t column) const { return values[row * columns.size() + column]; }

    bool has_column(std::string_view name) const { return std::ranges::find(columns, name) != columns.end(); }

    // Throws: error (mismatch) when there is no such column; the sentence lists those that there are.
    std::size_t column(std::string_view name) const {
        const auto found = std::ranges::find(columns, name);
        if (found == columns.end())
            fail(error_kind::mismatch, "'" + source + "' has no column " + detail::in_quotes(name) +
                                           "; its columns are " + detail::listed(columns) + ".");
        return static_cast<std::size_t>(found - columns.begin());
    }

    // The text of a cell in a text column.
    const std::string& text(std::size_t row, std::size_t column) const {
        return texts[column][static_cast<std::size_t>((*this)(row, column))];
    }

    // "'data.csv', line 7, column 'y'": where a cell stands, for the caller's own messages.
    std::string place(std::size_t row, std::size_t column) const {
        return detail::csv_place(source, lines[row]) + ", column " + detail::in_quotes(columns[column]);
    }
};

namespace detail {

inline bool is_header(const std::vector<std::string>& cells, csv_header wanted) {
    if (wanted != csv_header::detected) return wanted == csv_header::required;
    return std::ranges::none_of(cells, [](const std::string& cell) { return parse_number(cell).is_number; });
}

inline std::vector<std::string> column_names(std::string_view source, const csv_cells& first, bool is_header) {
    std::vector<std::string> names(first.cells.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        names[i] = is_header ? std::string(trimmed(first.cells[i])) : "";
        if (names[i].empty()) names[i] = "column" + std::to_string(i + 1);
        if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
            names.begin() + static_cast<std::ptrdiff_t>(i))
            fail(error_kind::bad_file, csv_place(source, first.line) + ": two columns are called " +
                                           in_quotes(names[i]) + "; give each column a name of its own.");
    }
    return names;
}

inline double finite_number(const csv_table& table, std::size_t line, std::size_t column, std::string_view cell) {
    const parsed_number parsed = parse_number(cell);
    if (parsed.is_number && std::isfinite(parsed.value)) return parsed.value;
    const std::string came = trimmed(cell).empty() ? "an empty cell" : in_quotes(trimmed(cell));
    fail(error_kind::bad_value, csv_place(table.source, line) + ", column " + in_quotes(table.columns[column]) +
                                    ": expected a finite number, found " + came + "; correct or remove the row.");
}

}  // namespace detail

// A table from text in memory; `source` names it in messages.
// Cells are separated by `separator`, may be quoted ("a ""b"", c"), rows end in LF, CRLF or CR; empty lines are
// skipped. Blanks around a cell are dropped, within quotes they are kept: cat and "cat " are two texts.
// Throws: error (bad_file) for no rows, ragged rows, open quotes, equal column names; (bad_value), where a column is
// read, for a cell that is not a finite number outside of the text columns, or empty inside; (mismatch) for a text
// column that is not there.
inline csv_table parse_csv(std::string_view text, std::string source, const csv_options& options = {}) {
    csv_table table;
    table.source = std::move(source);
    detail::csv_cursor cursor(text, table.source, options.separator);
    detail::csv_cells row;
    const std::string expected = options.text_columns.empty() ? "rows of numbers"
                                                               : "a header with the columns " +
                                                                     detail::listed(options.text_columns) +
                                                                     ", and rows below it";
    if (!cursor.next(row)) fail(error_kind::bad_file, "'" + table.source + "' is empty; expected " + expected + ".");

    const bool has_header = detail::is_header(row.cells, options.header);
    table.columns = detail::column_names(table.source, row, has_header);
    table.texts.resize(table.columns.size());
    std::vector<bool> is_text(table.columns.size(), false);
    for (const std::string& name : options.text_columns) is_text[table.column(name)] = true;
    std::vector<bool> is_read(table.columns.size());
    for (std::size_t i = 0; i < is_read.size(); ++i)
        is_read[i] = is_text[i] || options.columns.empty() ||
                     std::ranges::find(options.columns, table.columns[i]) != options.columns.end();
    std::vector<std::map<std::string, double, std::less<>>> numbers(table.columns.size());

    const std::size_t first_line = row.line;
    bool more = has_header ? cursor.next(row) : true;
    for (; more; more = cursor.next(row)) {
        if (row.cells.size() != table.columns.size())
            fail(error_kind::bad_file, detail::csv_place(table.source, row.line) + ": expected " +
                                           std::to_string(table.columns.size()) + " cells as in line " +
                                           std::to_string(first_line) + ", found " + std::to_string(row.cells.size()) +
                                           "; every row must have the same columns.");
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            if (!is_read[i]) {
                table.values.push_back(0);
                continue;
            }
            if (!is_text[i]) {
                table.values.push_back(detail::finite_number(table, row.line, i, row.cells[i]));
                continue;
            }
            if (row.cells[i].empty())
                fail(error_kind::bad_value, detail::csv_place(table.source, row.line) + ", column " +
                                                detail::in_quotes(table.columns[i]) +
                                                ": expected a text, found an empty cell; correct or remove the row.");
            const auto [entry, is_new] = numbers[i].try_emplace(row.cells[i], static_cast<double>(numbers[i].size()));
            if (is_new) table.texts[i].push_back(row.cells[i]);
            table.values.push_back(entry->second);
        }
        table.lines.push_back(row.line);
    }
    if (table.lines.empty())
        fail(error_kind::bad_file, "'" + table.source + "' has a header and no rows; expected " + expected + ".");
    return table;
}

// Throws: as parse_csv; error (missing_file) when the file cannot be read.
inline csv_table read_csv(const std::filesystem::path& path, const csv_options& options = {}) {
    return parse_csv(read_file(path), detail::shown_path(path), options);
}

// Rows of numbers and texts, written to memory. Numbers come back bit for bit; texts are quoted where they must be.
// Example: `csv_writer out({"steps", "mse"}); out.row(1, 0.5); out.save("errors.csv");`
class csv_writer {
public:
    explicit csv_writer(const std::vector<std::string>& columns) : column_count_(columns.size()) {
        for (const std::string& name : columns) append(name);
        end_row();
    }

    // Throws: error (mismatch) when there are not as many cells as columns.
    template <class... Cells>
    void row(const Cells&... cells) {
        if (sizeof...(Cells) != column_count_)
            fail(error_kind::mismatch, "csv_writer: expected " + std::to_string(column_count_) +
                                           " cells, one for each column, got " + std::to_string(sizeof...(Cells)) +
                                           ".");
        (append(cells), ...);
        end_row();
    }

    const std::string& text() const { return text_; }

    // Throws: error (missing_file) when the file cannot be written.
    void save(const std::filesystem::path& path) const { write_file_atomically(path, text_); }

private:
    template <class Cell>
    void append(const Cell& cell) {
        detail::append_csv_cell(text_, cell);
        text_ += ',';
    }
    void end_row() { text_.back() = '\n'; }

    std::size_t column_count_;
    std::string text_;
};

}  // namespace priori
