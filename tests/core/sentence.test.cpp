// SPDX-License-Identifier: BSL-1.0
// Sentences: shapes and lists as text, and how clang's rows are broken.
#include "catch.hpp"

#include <priori/core/sentence.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pr = priori;

namespace {

std::vector<std::string> rows_of(std::string_view text) {
    std::vector<std::string> rows;
    const std::size_t count =
        pr::detail::text_breaker::apply(text, [&](std::size_t, std::string_view row) { rows.emplace_back(row); });
    CHECK(count == rows.size());
    return rows;
}

template <std::size_t Count>
struct numbered {
    static constexpr std::size_t count = Count;
    static constexpr std::string_view at(std::size_t i) { return std::string_view("abcdefghijklmnop").substr(i, 1); }
};
struct nameless {
    static constexpr std::size_t count = 2;
    static constexpr std::string_view at(std::size_t) { return {}; }
};
struct repeated {
    static constexpr std::size_t count = 5;
    static constexpr std::string_view at(std::size_t i) {
        constexpr std::string_view names[] = {"head", "", "body", "head", "body"};
        return names[i];
    }
};

}  // namespace

TEST_CASE("shapes are written as Python writes tuples, with a comma only between") {
    CHECK(pr::detail::text_of<pr::shape<>>.view() == "()");
    CHECK(pr::detail::text_of<pr::shape<7>>.view() == "(7)");
    CHECK(pr::detail::text_of<pr::shape<28, 28, 1>>.view() == "(28, 28, 1)");
    CHECK(pr::detail::text_of<int>.view() == "?");
}

TEST_CASE("a list names each thing once, leaves out empty names and ends after eight") {
    CHECK(pr::detail::listed<repeated>().view() == "head, body");
    CHECK(pr::detail::listed<nameless>().view() == "none");
    CHECK(pr::detail::listed<numbered<8>>().view() == "a, b, c, d, e, f, g, h");
    CHECK(pr::detail::listed<numbered<9>>().view() == "a, b, c, d, e, f, g, h, ...");
}

TEST_CASE("rows are at most 35 characters, end at words, and put together are the text") {
    const std::string text =
        "[priori:N103] dense: the input has shape (28, 28, 1), dense wants a vector; "
        "anextraordinarilylongwordthatdoesnotfitintoanyrowatall and more.";
    std::string together;
    const auto rows = rows_of(text);
    for (const auto& row : rows) {
        CHECK(row.size() <= 35);
        CHECK_FALSE(row.empty());
        together += row;
    }
    CHECK(together == text);
    CHECK(rows.front().back() == ' ');
    CHECK(rows_of("").empty());
    CHECK(rows_of(std::string(35, 'x')).size() == 1);
    CHECK(rows_of(std::string(36, 'x')).size() == 2);
}

TEST_CASE("no text is no mistake, and after a sentence nothing more is said") {
    static_assert(pr::mistake<pr::detail::printed<pr::detail::accepted>()>::is_corrected);
    const auto left = pr::detail::said{} | 3;
    const auto right = 3 | pr::detail::said{};
    static_assert(pr::detail::is_said<std::remove_const_t<decltype(left)>>);
    static_assert(pr::detail::is_said<std::remove_const_t<decltype(right)>>);
    static_assert(!pr::detail::is_said<int>);
    SUCCEED();
}
