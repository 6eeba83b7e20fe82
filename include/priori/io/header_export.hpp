// SPDX-License-Identifier: BSL-1.0
// header_export: trained numbers as a C++ header of constants, exact to the bit, for a program without files.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/identifier.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/files.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace priori {

struct exported_array {
    std::string name;  // a C++ identifier; dots, as in "dense_0.weight", become underscores
    std::span<const float> values;
};

namespace detail {

// -0x1.8p+1f: a literal of exactly this value.
inline void append_float_literal(std::string& out, float value) {
    char digits[32];
    char* const end = std::to_chars(digits, digits + sizeof digits, std::fabs(value), std::chars_format::hex).ptr;
    out += std::signbit(value) ? "-0x" : "0x";
    out.append(digits, end);
    out += 'f';
}

// A string literal; octal escapes, which end after three digits whatever follows.
inline std::string string_literal(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\' || c == '?') {  // '?' for the sake of trigraphs
            out += {'\\', c};
        } else if (code < 0x20 || code >= 0x7f) {
            out += {'\\', static_cast<char>('0' + (code >> 6)), static_cast<char>('0' + (code >> 3 & 7)),
                    static_cast<char>('0' + (code & 7))};
        } else {
            out += c;
        }
    }
    return out += '"';
}

inline void append_array(std::string& out, const std::string& name, const exported_array& array) {
    if (array.values.empty())
        fail(error_kind::bad_shape, "header_export: the array " + in_quotes(array.name) + " is empty; leave it out.");
    out += "\ninline constexpr float " + name + "[" + std::to_string(array.values.size()) + "] = {";
    for (std::size_t i = 0; i < array.values.size(); ++i) {
        if (!std::isfinite(array.values[i]))
            fail(error_kind::bad_value, "header_export: " + in_quotes(array.name) + " is not finite at position " +
                                            std::to_string(i) + "; a diverged learner is not exported.");
        out += i % 6 == 0 ? "\n    " : " ";
        append_float_literal(out, array.values[i]);
        out += ',';
    }
    out += "\n};\n";
}

}  // namespace detail

// The text of a header: `namespace NAME { inline constexpr char signature[] = "..."; inline constexpr float ARRAY[N] =
// {...}; }`. It includes nothing and compiles without an operating system. NAME may be nested: "robot::policy".
// Throws: error (bad_option) for names that are no identifiers, or meet each other; (bad_value) for numbers that are
// not finite; (bad_shape) for an empty array.
inline std::string header_of_constants(std::string_view namespace_name, std::string_view signature,
                                       std::span<const exported_array> arrays) {
    if (!detail::is_namespace_name(namespace_name))
        fail(error_kind::bad_option, "header_export: expected the name of a namespace, found " +
                                         detail::in_quotes(namespace_name) +
                                         "; write letters, digits and underscores.");
    std::string out = "// Written by Priori: trained parameters, exact to the bit.\n#pragma once\n\nnamespace ";
    out += namespace_name;
    out += " {\n\ninline constexpr char signature[] = " + detail::string_literal(signature) + ";\n";
    std::vector<std::string> names{"signature"};
    for (const exported_array& array : arrays) {
        names.push_back(detail::identifier_of(array.name));
        detail::append_array(out, names.back(), array);
        for (std::size_t i = 0; i + 1 < names.size(); ++i)
            if (names[i] == names.back())
                fail(error_kind::bad_option, "header_export: the name " + detail::in_quotes(names.back()) +
                                                 " would be given twice; rename " + detail::in_quotes(array.name) +
                                                 ".");
    }
    out += "\n}  // namespace ";
    out += namespace_name;
    return out += "\n";
}

// Throws: as header_of_constants; error (missing_file) when the file cannot be written.
inline void write_header(const std::filesystem::path& path, std::string_view namespace_name, std::string_view signature,
                         std::span<const exported_array> arrays) {
    write_file_atomically(path, header_of_constants(namespace_name, signature, arrays));
}

}  // namespace priori
