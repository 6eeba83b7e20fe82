// SPDX-License-Identifier: BSL-1.0
// A text with the names and shapes at hand, as the compiler's error; said: what is left of a description then.
#pragma once

#include <priori/core/name.hpp>
#include <priori/core/shape.hpp>

#include <cstddef>
#include <string_view>

namespace priori {

namespace detail {

// A text in rows broken at words: clang prints 36 characters of an array and no more.
template <std::size_t Rows>
struct printed_text {
    static constexpr std::size_t width = 36;
    char rows[Rows][width]{};
};

struct text_breaker {
    static constexpr std::size_t width = 35;

    // Calls row(first, length) for each row; returns how many there are.
    template <class F>
    static constexpr std::size_t apply(std::string_view text, F&& row) {
        std::size_t count = 0;
        while (!text.empty()) {
            std::size_t length = text.size() < width ? text.size() : width;
            if (length < text.size()) {
                const std::size_t space = text.substr(0, length).rfind(' ');
                if (space != std::string_view::npos && space > 0) length = space + 1;
            }
            row(count++, text.substr(0, length));
            text.remove_prefix(length);
        }
        return count;
    }
};

#if defined(__clang__)
template <fixed_string Text>
requires(Text.length > 0) consteval auto printed() {
    constexpr std::size_t count = text_breaker::apply(Text.view(), [](std::size_t, std::string_view) {});
    printed_text<count> result;
    for (auto& row : result.rows) {
        for (std::size_t i = 0; i + 1 < result.width; ++i) row[i] = ' ';
    }
    text_breaker::apply(Text.view(), [&result](std::size_t i, std::string_view row) {
        for (std::size_t j = 0; j < row.size(); ++j) result.rows[i][j] = row[j];
    });
    return result;
}
#endif
template <fixed_string Text>
consteval auto printed() {
    return Text;
}

// No text.
inline constexpr fixed_string<1> accepted{};

}  // namespace detail

// static_assert(mistake<detail::printed<Text>()>::is_corrected) makes the compiler print the text, unless it is empty.
template <auto Text>
struct mistake {};
template <>
struct mistake<detail::accepted> {
    static constexpr bool is_corrected = true;
};

namespace detail {

// What is left of a description after a sentence was said; whatever follows says nothing more.
struct said {
    template <class Next>
    friend constexpr said operator|(said, const Next&) {
        return {};
    }
    template <class Before>
    friend constexpr said operator|(const Before&, said) {
        return {};
    }
    friend constexpr said operator|(said, said) { return {}; }
};

template <class D>
inline constexpr bool is_said = false;
template <>
inline constexpr bool is_said<said> = true;

// text_of<shape<28, 28, 1>> is "(28, 28, 1)".
template <class Shape>
inline constexpr auto text_of = fixed_string("?");
template <>
inline constexpr auto text_of<shape<>> = fixed_string("()");
template <std::size_t First, std::size_t... Rest>
inline constexpr auto text_of<shape<First, Rest...>> =
    join<"(", decimal<First>(), join<", ", decimal<Rest>()>()..., ")">();

// The different ones of Count names that Names::at(i) gives, no more than eight: "dense_0, dense_1".
template <class Names>
consteval auto listed() {
    constexpr auto write = [](auto&& put) {
        std::size_t shown = 0;
        for (std::size_t i = 0; i < Names::count; ++i) {
            bool is_new = !Names::at(i).empty();
            for (std::size_t j = 0; j < i; ++j) is_new = is_new && Names::at(j) != Names::at(i);
            if (!is_new) continue;
            if (shown == 8) {
                put(", ...");
                return;
            }
            if (shown++ > 0) put(", ");
            put(Names::at(i));
        }
        if (shown == 0) put("none");
    };
    constexpr std::size_t length = [write] {
        std::size_t total = 0;
        write([&total](std::string_view part) { total += part.size(); });
        return total;
    }();
    fixed_string<length + 1> result;
    std::size_t at = 0;
    write([&result, &at](std::string_view part) {
        for (const char c : part) result.characters[at++] = c;
    });
    return result;
}

}  // namespace detail

}  // namespace priori
