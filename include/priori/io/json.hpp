// SPDX-License-Identifier: BSL-1.0
// json_writer: objects, arrays, numbers and texts as one line of JSON in a string.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/json_text.hpp>

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>

namespace priori {

// Numbers are written in the shortest form that reads back to the same value; what is not finite becomes null.
// Bytes that are not UTF-8 become U+FFFD. Every call returns the writer.
// Throws: error (bad_option) for a call that no JSON allows: a value without a key in an object, an end without a
// beginning.
// Example: `json_writer json; json.begin_object().member("seed", 1).member("mse", errors).end_object(); json.text();`
class json_writer {
public:
    json_writer& begin_object() { return open('{', '}'); }
    json_writer& end_object() { return close('}'); }
    json_writer& begin_array() { return open('[', ']'); }
    json_writer& end_array() { return close(']'); }

    json_writer& key(std::string_view name) {
        if (open_.empty() || open_.back() != '}' || after_key_)
            misuse("a key belongs into an object, followed by its value");
        separate();
        detail::append_json_text(text_, name);
        text_ += ": ";
        after_key_ = true;
        return *this;
    }

    template <class Number>
    requires std::is_arithmetic_v<Number> json_writer& value(Number number) {
        begin_value();
        if constexpr (std::same_as<Number, bool>) {
            text_ += number ? "true" : "false";
        } else {
            bool is_finite = true;
            if constexpr (std::floating_point<Number>) is_finite = std::isfinite(number);
            char digits[64];
            text_ += is_finite ? std::string_view(digits, std::to_chars(digits, digits + sizeof digits, number).ptr)
                               : "null";
        }
        return *this;
    }

    json_writer& value(std::string_view text) {
        begin_value();
        detail::append_json_text(text_, text);
        return *this;
    }
    json_writer& value(const std::string& text) { return value(std::string_view(text)); }
    json_writer& value(const char* text) { return value(std::string_view(text)); }

    json_writer& null() {
        begin_value();
        text_ += "null";
        return *this;
    }

    // An array of what `value` takes.
    template <std::ranges::input_range Range>
    requires(!std::convertible_to<const Range&, std::string_view>) json_writer& value(const Range& range) {
        begin_array();
        for (const auto& each : range) value(each);
        return end_array();
    }

    template <class Value>
    json_writer& member(std::string_view name, const Value& of) {
        key(name);
        return value(of);
    }

    // The whole text. Throws: error (bad_option) while something is open or nothing is written.
    const std::string& text() const {
        if (!open_.empty() || text_.empty()) misuse("the text is taken when everything that was begun has ended");
        return text_;
    }

    // Forgets everything, keeps the memory: for logs, one text a line.
    void clear() {
        text_.clear();
        open_.clear();
        after_key_ = false;
        is_first_ = true;
    }

private:
    [[noreturn]] static void misuse(const char* rule) {
        fail(error_kind::bad_option, std::string("json_writer: ") + rule + ".");
    }

    void separate() {
        if (!is_first_) text_ += ", ";
        is_first_ = false;
    }

    void begin_value() {
        if (open_.empty() ? !text_.empty() : open_.back() == '}' && !after_key_)
            misuse(open_.empty() ? "a text holds one value" : "a value in an object wants a key before it");
        if (!after_key_) separate();
        after_key_ = false;
    }

    json_writer& open(char begin, char end) {
        begin_value();
        text_ += begin;
        open_ += end;
        is_first_ = true;
        return *this;
    }

    json_writer& close(char end) {
        if (open_.empty() || open_.back() != end || after_key_) misuse("an end wants the beginning that belongs to it");
        text_ += end;
        open_.pop_back();
        is_first_ = false;
        return *this;
    }

    std::string text_;
    std::string open_;  // the ends that are still to come, innermost last
    bool after_key_ = false;
    bool is_first_ = true;
};

}  // namespace priori
