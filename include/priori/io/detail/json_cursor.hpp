// SPDX-License-Identifier: BSL-1.0
// A strict reader for the part of JSON that safetensors headers use: objects, arrays, texts, whole numbers.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/json_text.hpp>
#include <priori/io/detail/message.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace priori::detail {

// Every reading function moves on, or refuses with the file's name and the offset in the file.
class json_cursor {
public:
    // `offset`: where `text` stands in the file.
    json_cursor(std::string_view text, std::size_t offset, const std::string& source)
        : text_(text), offset_(offset), source_(source) {}

    [[noreturn]] void refuse(const std::string& reason) const {
        fail(error_kind::bad_file, "'" + source_ + "', offset " + std::to_string(offset_ + at_) + ": " +
                                       with_advice(reason, "get the file anew or save it again") + ".");
    }

    bool accept(char c) {
        skip_spaces();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void want(char c) {
        if (!accept(c)) refuse(std::string("expected '") + c + "' in the header");
    }
    void want_end() {
        skip_spaces();
        if (at_ != text_.size()) refuse("the header goes on after its closing brace");
    }

    // Calls read(key) for each member; `read` reads the value.
    template <class Read>
    void object(Read&& read) {
        want('{');
        if (accept('}')) return;
        do {
            std::string key = text();
            want(':');
            read(std::move(key));
        } while (accept(','));
        want('}');
    }

    // Calls read() for each element.
    template <class Read>
    void array(Read&& read) {
        want('[');
        if (accept(']')) return;
        do read();
        while (accept(','));
        want(']');
    }

    std::size_t whole_number() {
        skip_spaces();
        const std::size_t begin = at_;
        std::size_t value = 0;
        for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
            const auto digit = static_cast<std::size_t>(text_[at_] - '0');
            if (value > (std::numeric_limits<std::size_t>::max() - digit) / 10) refuse("a number is too large");
            value = value * 10 + digit;
        }
        if (at_ == begin || (text_[begin] == '0' && at_ > begin + 1)) refuse("expected a whole number from 0 on");
        return value;
    }

    std::string text() {
        if (!accept('"')) refuse("expected a quoted text in the header");
        std::string result;
        for (;;) {
            if (at_ == text_.size()) refuse("a quoted text does not end in the header");
            const char c = text_[at_];
            if (c == '"') break;
            if (static_cast<unsigned char>(c) < 0x20) refuse("a control character stands in a quoted text");
            if (c == '\\') {
                ++at_;
                append_escape(result);
                continue;
            }
            const std::size_t length = utf8_length(text_.substr(at_));
            if (length == 0) refuse("a quoted text is not UTF-8");
            result += text_.substr(at_, length);
            at_ += length;
        }
        ++at_;
        return result;
    }

private:
    void skip_spaces() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
    }

    void append_escape(std::string& result) {
        constexpr std::string_view names = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        const char c = at_ < text_.size() ? text_[at_] : '\0';
        const std::size_t which = names.find(c);
        if (c != 'u' && (c == '\0' || which == std::string_view::npos))
            refuse("an escape in a quoted text is not one of JSON's");
        ++at_;
        if (c != 'u') {
            result += meanings[which];
            return;
        }
        std::uint32_t code = four_digits();
        if (code >= 0xd800 && code < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
            at_ += 2;
            const std::uint32_t low = four_digits();
            if (low < 0xdc00 || low > 0xdfff) refuse("half of a surrogate pair stands alone in a quoted text");
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
        if (code >= 0xd800 && code <= 0xdfff) refuse("half of a surrogate pair stands alone in a quoted text");
        append_utf8(result, code);
    }

    std::uint32_t four_digits() {
        std::uint32_t code = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = at_ < text_.size() ? text_[at_] : '\0';
            const bool is_digit = c >= '0' && c <= '9';
            const char lower = static_cast<char>(c | 0x20);
            if (!is_digit && !(lower >= 'a' && lower <= 'f'))
                refuse("expected four hexadecimal digits in a quoted text");
            code = code * 16 + static_cast<std::uint32_t>(is_digit ? c - '0' : lower - 'a' + 10);
        }
        return code;
    }

    static void append_utf8(std::string& out, std::uint32_t code) {
        const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
        if (code < 0x80) {
            out += static_cast<char>(code);
        } else if (code < 0x800) {
            out += {static_cast<char>(0xc0 | (code >> 6)), tail(0)};
        } else if (code < 0x10000) {
            out += {static_cast<char>(0xe0 | (code >> 12)), tail(6), tail(0)};
        } else {
            out += {static_cast<char>(0xf0 | (code >> 18)), tail(12), tail(6), tail(0)};
        }
    }

    std::string_view text_;
    std::size_t offset_;
    const std::string& source_;
    std::size_t at_ = 0;
};

}  // namespace priori::detail
