// SPDX-License-Identifier: BSL-1.0
// The header of an npy file: magic, version, length, and a Python dictionary of three keys.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/message.hpp>

#include <charconv>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace priori::detail {

struct npy_header {
    std::string type;  // as numpy writes it: "<f4"
    std::vector<std::size_t> shape;
    std::size_t count = 0;  // the product of the extents
    std::size_t data_offset = 0;
};

inline std::size_t npy_element_size(std::string_view type) {
    if (type == "|u1" || type == "|b1") return 1;
    if (type == "<i4" || type == "<f4") return 4;
    if (type == "<i8" || type == "<f8") return 8;
    return 0;
}

// Reads {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }; its keys come in any order.
class npy_dictionary {
public:
    npy_dictionary(std::string_view bytes, std::size_t begin, std::size_t end, const std::string& source)
        : bytes_(bytes.substr(0, end)), at_(begin), source_(source) {}

    npy_header read() {
        npy_header header;
        bool has_type = false;
        bool has_order = false;
        bool has_shape = false;
        want('{');
        while (!accept('}')) {
            const std::string_view key = text();
            want(':');
            skip_spaces();
            if (key == "descr" && !has_type) {
                has_type = true;
                const std::size_t begin = at_;
                header.type = text();
                if (npy_element_size(header.type) == 0)
                    refuse(begin, "expected elements of type '|u1', '|b1', '<i4', '<i8', '<f4' or '<f8', found " +
                                      in_quotes(header.type) + "; convert the array with numpy's astype");
            } else if (key == "fortran_order" && !has_order) {
                has_order = true;
                const std::size_t begin = at_;
                if (accept_word("True"))
                    refuse(begin,
                           "the array is in Fortran order, C order was expected; save numpy.ascontiguousarray(a)");
                if (!accept_word("False")) refuse(begin, "expected True or False");
            } else if (key == "shape" && !has_shape) {
                has_shape = true;
                want('(');
                bool has_comma = false;
                while (!accept(')')) {
                    header.shape.push_back(extent());
                    if (accept(','))
                        has_comma = true;
                    else if (peek() != ')')
                        refuse(at_, "expected ',' or ')' in the shape");
                }
                if (header.shape.size() == 1 && !has_comma)  // (3) is a number in Python, a tuple is (3,)
                    refuse(at_, "expected a comma in the shape of one extent");
            } else {
                refuse(at_, "the header has the unexpected or repeated key " + in_quotes(key));
            }
            if (!accept(',') && peek() != '}') refuse(at_, "expected ',' or '}' in the header");
        }
        skip_spaces();
        if (at_ != bytes_.size()) refuse(at_, "the header goes on after its closing brace");
        if (!has_type || !has_order || !has_shape)
            refuse(at_, "the header lacks one of its keys 'descr', 'fortran_order' and 'shape'");
        return header;
    }

private:
    [[noreturn]] void refuse(std::size_t offset, const std::string& reason) const {
        fail(error_kind::bad_file, "'" + source_ + "', offset " + std::to_string(offset) + ": " +
                                       with_advice(reason, "save the array anew with numpy.save") + ".");
    }

    void skip_spaces() {
        while (at_ < bytes_.size() && (bytes_[at_] == ' ' || bytes_[at_] == '\n')) ++at_;
    }
    char peek() {
        skip_spaces();
        return at_ < bytes_.size() ? bytes_[at_] : '\0';
    }
    bool accept(char c) {
        if (peek() != c || at_ == bytes_.size()) return false;
        ++at_;
        return true;
    }
    bool accept_word(std::string_view word) {
        if (!bytes_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }
    void want(char c) {
        if (!accept(c)) refuse(at_, std::string("expected '") + c + "' in the header");
    }

    std::string_view text() {
        const char mark = peek();
        if (mark != '\'' && mark != '"') refuse(at_, "expected a quoted text in the header");
        const std::size_t begin = at_ + 1;
        const std::size_t end = bytes_.find(mark, begin);
        if (end == std::string_view::npos) refuse(at_, "a quoted text does not end in the header");
        at_ = end + 1;
        return bytes_.substr(begin, end - begin);
    }

    std::size_t extent() {
        skip_spaces();
        std::size_t value = 0;
        const auto [stop, code] = std::from_chars(bytes_.data() + at_, bytes_.data() + bytes_.size(), value);
        if (code != std::errc{}) refuse(at_, "expected an extent of the shape: a whole number from 0 on");
        at_ = static_cast<std::size_t>(stop - bytes_.data());
        return value;
    }

    std::string_view bytes_;
    std::size_t at_;
    const std::string& source_;
};

// Checks everything but the element type's fitness for the caller: afterwards exactly `count` elements follow
// `data_offset`.
inline npy_header parse_npy_header(std::string_view bytes, const std::string& source) {
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
    const std::string name = "'" + source + "'";
    if (!bytes.starts_with("\x93NUMPY"))
        fail(error_kind::bad_file, name + ", offset 0: expected the npy magic \\x93NUMPY; this is not an npy file.");
    if (bytes.size() < 10 || (byte(6) == 2 && bytes.size() < 12))
        fail(error_kind::bad_file,
             name + " is cut off in its header, at byte " + std::to_string(bytes.size()) + "; get the file anew.");
    if (byte(6) != 1 && byte(6) != 2)
        fail(error_kind::bad_file, name + ", offset 6: expected version 1 or 2 of the npy format, found " +
                                       std::to_string(byte(6)) + "; save the array anew with numpy.save.");
    const std::size_t begin = byte(6) == 1 ? 10 : 12;
    std::size_t length = byte(8) | byte(9) << 8;
    if (begin == 12) length |= byte(10) << 16 | byte(11) << 24;
    if (length > bytes.size() - begin)
        fail(error_kind::bad_file, name + " is cut off in its header: expected " + std::to_string(begin + length) +
                                       " bytes of header, the file ends at byte " + std::to_string(bytes.size()) +
                                       "; get the file anew.");

    npy_header header = npy_dictionary(bytes, begin, begin + length, source).read();
    header.data_offset = begin + length;
    const std::size_t size = npy_element_size(header.type);
    const std::size_t present = bytes.size() - header.data_offset;
    header.count = 1;
    bool too_large = false;
    for (const std::size_t extent : header.shape) {
        const std::size_t most = std::numeric_limits<std::size_t>::max() / size;
        too_large = too_large || (extent != 0 && header.count > most / extent);
        header.count = too_large ? 0 : header.count * extent;
    }
    if (too_large || header.count * size != present)
        fail(error_kind::bad_file,
             name + ", offset " + std::to_string(header.data_offset) + ": expected " +
                 (too_large ? "more bytes than there can be" : std::to_string(header.count * size) + " bytes") +
                 " for the shape " + shown_shape(header.shape) + " of '" + header.type + "', found " +
                 std::to_string(present) + "; the file is " +
                 (too_large || header.count * size > present ? "cut off" : "too long") + ", get it anew.");
    return header;
}

inline std::string npy_header_bytes(std::string_view type, std::span<const std::size_t> shape) {
    std::string extents = shown_shape(shape);
    if (shape.size() == 1) extents.insert(extents.size() - 1, ",");  // Python's tuple of one
    std::string dictionary =
        "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': " + extents + ", }";
    while ((10 + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
    dictionary += '\n';
    if (dictionary.size() > 0xffff) fail(error_kind::bad_shape, "npy: the shape has too many extents for a header.");
    std::string bytes = "\x93NUMPY";
    bytes.append({'\1', '\0', static_cast<char>(dictionary.size() & 0xff), static_cast<char>(dictionary.size() >> 8)});
    return bytes + dictionary;
}

}  // namespace priori::detail
