// SPDX-License-Identifier: BSL-1.0
// Pieces of error sentences: foreign text made fit to print, lists of names, shapes.
#pragma once

#include <priori/io/detail/json_text.hpp>

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace priori::detail {

// The characters of a text from outside that fit into `most` bytes, none of them halved; control characters and what is
// no UTF-8 are shown as '?', so that a sentence stays one line.
inline std::string printable(std::string_view text, std::size_t most) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (result.size() + (length == 0 ? 1 : length) > most) break;
        const auto code = static_cast<unsigned char>(text.front());
        if (length == 0 || code < 0x20 || code == 0x7f)
            result += '?';
        else
            result += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result;
}

// Text from outside in single quotes, cut to 40 bytes.
inline std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 40;
    return "'" + printable(text, longest) + (text.size() > longest ? "...'" : "'");
}

// The whole name of a file, for a sentence: a name may hold the end of a line.
inline std::string shown_path(const std::filesystem::path& path) {
    const std::string name = path.string();
    return printable(name, name.size());
}

// What is wrong, and after it what to do, unless it says so itself.
inline std::string with_advice(const std::string& reason, const char* advice) {
    return reason.find("; ") == std::string::npos ? reason + "; " + advice : reason;
}

// 'a', 'b' and 'c'; of more than ten the first nine, and how many there are besides.
inline std::string listed(std::span<const std::string> names) {
    constexpr std::size_t most = 10;
    const std::size_t shown = names.size() > most ? most - 1 : names.size();
    std::string result;
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) result += i + 1 == names.size() ? " and " : ", ";
        result += in_quotes(names[i]);
    }
    if (shown < names.size()) result += " and " + std::to_string(names.size() - shown) + " more";
    return result;
}

// (1623, 20, 98)
inline std::string shown_shape(std::span<const std::size_t> extents) {
    std::string result = "(";
    for (std::size_t i = 0; i < extents.size(); ++i) {
        if (i > 0) result += ", ";
        result += std::to_string(extents[i]);
    }
    return result += ")";
}

// How many numbers a shape holds, extent by extent; nothing where that is more than can be counted.
inline std::optional<std::size_t> numbers_in(std::span<const std::size_t> extents) {
    std::size_t count = 1;
    for (const std::size_t extent : extents) {
        if (extent != 0 && count > std::numeric_limits<std::size_t>::max() / extent) return std::nullopt;
        count *= extent;
    }
    return count;
}

// The end of a refusal to write values in a shape that does not hold as many.
inline std::string shape_mismatch(std::span<const std::size_t> extents, std::size_t value_count) {
    const auto count = numbers_in(extents);
    return " holds " + (count ? std::to_string(*count) : "more") + " numbers" + (count ? "" : " than there can be") +
           ", got " + std::to_string(value_count) + "; give the shape that the values have.";
}

// 2.5, 7, 1e-300: the shortest text that reads back to the same value.
inline std::string shown_number(double value) {
    char digits[32];
    return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace priori::detail
