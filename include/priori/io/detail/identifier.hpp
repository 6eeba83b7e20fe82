// SPDX-License-Identifier: BSL-1.0
// What may be a name in C++: letters, digits, underscores, and no keyword.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/message.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace priori::detail {

// C++20, [lex.key] and the alternative tokens.
inline constexpr std::string_view keywords[] = {
    "alignas",     "alignof",  "and",        "and_eq",    "asm",       "auto",         "bitand",
    "bitor",       "bool",     "break",      "case",      "catch",     "char",         "char16_t",
    "char32_t",    "char8_t",  "class",      "co_await",  "co_return", "co_yield",     "compl",
    "concept",     "const",    "const_cast", "consteval", "constexpr", "constinit",    "continue",
    "decltype",    "default",  "delete",     "do",        "double",    "dynamic_cast", "else",
    "enum",        "explicit", "export",     "extern",    "false",     "float",        "for",
    "friend",      "goto",     "if",         "inline",    "int",       "long",         "mutable",
    "namespace",   "new",      "noexcept",   "not",       "not_eq",    "nullptr",      "operator",
    "or",          "or_eq",    "private",    "protected", "public",    "register",     "reinterpret_cast",
    "requires",    "return",   "short",      "signed",    "sizeof",    "static",       "static_assert",
    "static_cast", "struct",   "switch",     "template",  "this",      "thread_local", "throw",
    "true",        "try",      "typedef",    "typeid",    "typename",  "union",        "unsigned",
    "using",       "virtual",  "void",       "volatile",  "wchar_t",   "while",        "xor",
    "xor_eq"};

constexpr bool is_identifier(std::string_view name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
    return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_part) &&
           std::ranges::find(keywords, name) == std::ranges::end(keywords);
}

// One identifier or several with "::" between.
constexpr bool is_namespace_name(std::string_view name) {
    for (std::size_t at = name.find("::"); at != std::string_view::npos; at = name.find("::")) {
        if (!is_identifier(name.substr(0, at))) return false;
        name.remove_prefix(at + 2);
    }
    return is_identifier(name);
}

// "dense_0.weight" is dense_0_weight.
inline std::string identifier_of(std::string_view name) {
    std::string result(name);
    std::ranges::replace(result, '.', '_');
    if (!is_identifier(result))
        fail(error_kind::bad_option, "header_export: expected an array's name that C++ allows, found " +
                                         in_quotes(name) + "; write letters, digits and underscores, and no keyword.");
    return result;
}

}  // namespace priori::detail
