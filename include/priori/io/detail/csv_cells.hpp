// SPDX-License-Identifier: BSL-1.0
// The grammar of CSV: rows of cells, quotes, numbers.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/message.hpp>

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

namespace priori::detail {

inline std::string csv_place(std::string_view source, std::size_t line) {
    return "'" + std::string(source) + "', line " + std::to_string(line);
}

constexpr std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// `is_number` holds for nan and inf too: they are numbers that a table refuses, not names.
struct parsed_number {
    bool is_number = false;
    double value = 0;
};

inline parsed_number parse_number(std::string_view cell) {
    cell = trimmed(cell);
    if (cell.size() > 1 && cell.front() == '+' && cell[1] != '-') cell.remove_prefix(1);
    parsed_number result;
    const char* const end = cell.data() + cell.size();
    const auto [stop, code] = std::from_chars(cell.data(), end, result.value);
    result.is_number = !cell.empty() && stop == end && code == std::errc{};
    return result;
}

struct csv_cells {
    std::size_t line = 0;
    std::vector<std::string> cells;
};

// Walks over the rows of a text.
class csv_cursor {
public:
    csv_cursor(std::string_view text, std::string_view source, char separator)
        : rest_(text), source_(source), separator_(separator) {
        if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);  // a byte order mark
    }

    // False at the end. Empty lines are passed over.
    bool next(csv_cells& row) {
        while (!rest_.empty() && at_line_end()) end_line();
        if (rest_.empty()) return false;
        row.line = line_;
        row.cells.clear();
        for (;;) {
            row.cells.push_back(cell());
            if (rest_.empty()) return true;
            if (at_line_end()) {
                end_line();
                return true;
            }
            rest_.remove_prefix(1);  // the separator
        }
    }

private:
    bool at_line_end() const { return rest_.front() == '\n' || rest_.front() == '\r'; }

    void end_line() {
        rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : 1);
        ++line_;
    }

    // A tab that separates is no blank.
    void skip_blanks() {
        while (!rest_.empty() && rest_.front() != separator_ && (rest_.front() == ' ' || rest_.front() == '\t'))
            rest_.remove_prefix(1);
    }

    // Blanks around a cell are no part of it, for 'cat ' beside 'cat' would be another class; those in quotes are.
    std::string cell() {
        skip_blanks();
        if (!rest_.starts_with('"')) {
            const char ends[] = {separator_, '\n', '\r'};
            const std::string_view found = rest_.substr(0, rest_.find_first_of(std::string_view(ends, 3)));
            rest_.remove_prefix(found.size());
            return std::string(trimmed(found));
        }
        const std::size_t opened = line_;
        std::string found;
        rest_.remove_prefix(1);
        for (;;) {
            if (rest_.empty())
                fail(error_kind::bad_file,
                     csv_place(source_, opened) +
                         ": a quotation mark opens a cell and none closes it before the file ends.");
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '\n') ++line_;
            if (c != '"') {
                found += c;
                continue;
            }
            if (!rest_.starts_with('"')) break;
            found += '"';
            rest_.remove_prefix(1);
        }
        skip_blanks();
        if (!rest_.empty() && rest_.front() != separator_ && !at_line_end())
            fail(error_kind::bad_file, csv_place(source_, line_) + ": expected a separator after the quoted cell " +
                                           in_quotes(found) + ", found " + in_quotes(rest_.substr(0, 1)) +
                                           "; write a quotation mark inside of quotes twice.");
        return found;
    }

    std::string_view rest_;
    std::string_view source_;
    char separator_;
    std::size_t line_ = 1;
};

template <class Cell>
void append_csv_cell(std::string& text, const Cell& cell) {
    if constexpr (std::is_arithmetic_v<Cell>) {
        char digits[32];  // the shortest form that reads back to the same value
        if constexpr (std::is_same_v<Cell, bool>) {
            text += cell ? '1' : '0';
        } else {
            text.append(digits, std::to_chars(digits, digits + sizeof digits, cell).ptr);
        }
    } else {
        const std::string_view view(cell);
        if (view.find_first_of(",\"\n\r;\t") == std::string_view::npos && trimmed(view) == view) {
            text += view;
            return;
        }
        text += '"';
        for (const char c : view) text.append(c == '"' ? 2 : 1, c);
        text += '"';
    }
}

}  // namespace priori::detail
