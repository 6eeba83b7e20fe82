// SPDX-License-Identifier: BSL-1.0
// Pieces of error sentences: foreign text made fit to print, lists of names, shapes.
#pragma once

#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace priori::detail {

// Text from outside in single quotes: cut to 40 bytes, control characters shown as '?'.
inline std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 40;
    std::string result = "'";
    for (const char c : text.substr(0, longest)) {
        const auto code = static_cast<unsigned char>(c);
        result += code < 0x20 || code == 0x7f ? '?' : c;
    }
    if (text.size() > longest) result += "...";
    return result += "'";
}

// 'a', 'b' and 'c'
inline std::string listed(std::span<const std::string> names) {
    std::string result;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) result += i + 1 == names.size() ? " and " : ", ";
        result += in_quotes(names[i]);
    }
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

// 2.5, 7, 1e-300: the shortest text that reads back to the same value.
inline std::string shown_number(double value) {
    char digits[32];
    return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace priori::detail
