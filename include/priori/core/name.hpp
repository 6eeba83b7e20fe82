// SPDX-License-Identifier: BSL-1.0
// fixed_string: a name as a template argument; name<"..."> and the literal "..."_s: a name as a value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace priori {

template <std::size_t Size>
struct fixed_string {
    char characters[Size]{};

    constexpr fixed_string() = default;
    constexpr fixed_string(const char (&text)[Size]) { std::copy_n(text, Size, characters); }

    static constexpr std::size_t length = Size - 1;
    constexpr std::string_view view() const { return {characters, Size - 1}; }
};

// join<"a", ".", "b">() is "a.b".
template <fixed_string... Parts>
consteval auto join() {
    fixed_string<(std::size_t{1} + ... + Parts.length)> result;
    std::size_t at = 0;
    ((std::copy_n(Parts.characters, Parts.length, result.characters + at), at += Parts.length), ...);
    return result;
}

// decimal<12>() is "12".
template <std::size_t N>
consteval auto decimal() {
    constexpr std::size_t digits = [] {
        std::size_t count = 1;
        for (std::size_t n = N; n >= 10; n /= 10) ++count;
        return count;
    }();
    fixed_string<digits + 1> result;
    std::size_t n = N;
    for (std::size_t i = digits; i-- > 0; n /= 10) result.characters[i] = static_cast<char>('0' + n % 10);
    return result;
}

template <fixed_string Text>
struct name {
    static constexpr auto text = Text;
    static constexpr std::string_view view() { return Text.view(); }
};

// Is `whole` the name `part`, or something inside it: "head.weight" lies within "head".
constexpr bool lies_within(std::string_view whole, std::string_view part) {
    return whole == part || (whole.size() > part.size() && whole.starts_with(part) && whole[part.size()] == '.');
}

inline namespace literals {

template <fixed_string Text>
constexpr name<Text> operator""_s() {
    return {};
}

}  // namespace literals

}  // namespace priori
