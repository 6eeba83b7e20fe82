// SPDX-License-Identifier: BSL-1.0
// options: a command line of --name value, --name=value and --name, checked before anything runs.
#pragma once

#include <priori/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace example {

// Each kind of option writes to a variable of the program's own, which holds the default before.
class options {
public:
    options(std::string program, std::string purpose) : program_(std::move(program)), purpose_(std::move(purpose)) {}

    const std::string& program() const { return program_; }

    // One of the listed values: what they choose are template arguments, so there are no others.
    options& choice(std::string name, std::string& to, std::vector<std::string> values, std::string help) {
        std::string list;
        for (const std::string& value : values) list += (list.empty() ? "" : "|") + value;
        return add({name, list, to, std::move(help), [this, name, &to, values](const std::string& text) {
                        if (std::ranges::find(values, text) == values.end())
                            fail(dashed(name) + " " + text + " is not offered; choose one of " + joined(values) + ".");
                        to = text;
                    }});
    }

    // A whole number from `least` to `most`. An optional variable stays empty where the option is not given.
    options& whole(std::string name, std::optional<std::uint64_t>& to, std::uint64_t least, std::string help,
                   std::string otherwise, std::uint64_t most = any) {
        return add(
            {name, "N", std::move(otherwise), std::move(help), [this, name, &to, least, most](const std::string& text) {
                 to = number<std::uint64_t>(name, text, least, most, "a whole number");
             }});
    }
    options& whole(std::string name, std::uint64_t& to, std::uint64_t least, std::string help,
                   std::uint64_t most = any) {
        return add(
            {name, "N", std::to_string(to), std::move(help), [this, name, &to, least, most](const std::string& text) {
                 to = number<std::uint64_t>(name, text, least, most, "a whole number");
             }});
    }

    // A finite number above zero.
    options& positive(std::string name, std::optional<double>& to, std::string help, std::string otherwise) {
        return real(std::move(name), to, std::numeric_limits<double>::denorm_min(), "a number above 0", std::move(help),
                    std::move(otherwise));
    }
    // A finite number, zero or above it.
    options& not_negative(std::string name, std::optional<double>& to, std::string help, std::string otherwise) {
        return real(std::move(name), to, 0, "a number from 0", std::move(help), std::move(otherwise));
    }

    options& text(std::string name, std::string& to, std::string what, std::string help, std::string otherwise) {
        return add(
            {name, std::move(what), std::move(otherwise), std::move(help), [this, name, &to](const std::string& text) {
                 if (text.empty()) fail(dashed(name) + " is empty; give a value, or leave the option out.");
                 to = text;
             }});
    }

    options& flag(std::string name, bool& to, std::string help) {
        return add({std::move(name), "", "", std::move(help), [&to](const std::string&) { to = true; }});
    }

    bool given(std::string_view name) const { return std::ranges::find(given_, name) != given_.end(); }

    // False when --help was asked for, and printed.
    // Throws: priori::error (bad_option).
    bool parse(int count, const char* const* arguments) {
        for (int i = 1; i < count; ++i) {
            const std::string argument = arguments[i];
            if (argument == "--help" || argument == "-h") {
                print_help();
                return false;
            }
            const std::size_t equals = argument.find('=');
            const std::string name = argument.substr(0, equals);
            const entry* const found = find(name);
            if (found == nullptr)
                fail("there is no option " + shown(name) + "; " + program_ + " --help lists those that there are.");
            if (given(found->name)) fail(name + " is given twice; give it once.");
            given_.push_back(found->name);
            std::string value;
            if (found->what.empty()) {
                if (equals != std::string::npos) fail(name + " takes no value; write it alone.");
            } else if (equals != std::string::npos) {
                value = argument.substr(equals + 1);
            } else {
                if (i + 1 >= count || std::string_view(arguments[i + 1]).starts_with("--"))
                    fail(name + " wants a value: " + name + " " + found->what + ".");
                value = arguments[++i];
            }
            found->take(value);
        }
        return true;
    }

    [[noreturn]] void fail(const std::string& sentence) const {
        priori::fail(priori::error_kind::bad_option, sentence);
    }

private:
    options& real(std::string name, std::optional<double>& to, double least, const char* kind, std::string help,
                  std::string otherwise) {
        const auto read = [this, name, &to, least, kind](const std::string& text) {
            to = number<double>(name, text, least, std::numeric_limits<double>::max(), kind);
        };
        return add({name, "X", std::move(otherwise), std::move(help), read});
    }

    static constexpr std::uint64_t any = std::numeric_limits<std::uint64_t>::max();

    struct entry {
        std::string name, what, otherwise, help;
        std::function<void(const std::string&)> take;
    };

    options& add(entry option) {
        entries_.push_back(std::move(option));
        return *this;
    }

    const entry* find(std::string_view argument) const {
        const auto found = std::ranges::find_if(entries_, [&](const entry& e) { return dashed(e.name) == argument; });
        return found == entries_.end() ? nullptr : &*found;
    }

    template <class Number>
    Number number(const std::string& name, const std::string& text, Number least, Number most,
                  const char* wanted) const {
        Number value{};
        const char* const end = text.data() + text.size();
        const auto [stop, code] = std::from_chars(text.data(), end, value);
        if (code == std::errc{} && stop == end && value >= least && value <= most) return value;
        std::string range;
        if constexpr (!std::is_floating_point_v<Number>) {
            if (most < std::numeric_limits<Number>::max())
                range = " from " + std::to_string(least) + " to " + std::to_string(most);
            else if (least > 0)
                range = " from " + std::to_string(least) + " on";
        }
        fail(dashed(name) + " wants " + wanted + range + ", not " + shown(text) + ".");
    }

    static std::string dashed(std::string_view name) { return std::string("--").append(name); }

    static std::string joined(const std::vector<std::string>& values) {
        std::string list;
        for (std::size_t i = 0; i < values.size(); ++i)
            list += (i == 0 ? "" : i + 1 == values.size() ? " or " : ", ") + values[i];
        return list;
    }

    // Foreign text, fit to print on one line.
    static std::string shown(std::string_view text) {
        std::string result = "'";
        for (const char c : text.substr(0, 60)) result += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        return result + (text.size() > 60 ? "...'" : "'");
    }

    void print_help() const {
        std::printf("%s: %s\n\n", program_.c_str(), purpose_.c_str());
        for (const entry& e : entries_) {
            std::string left = dashed(e.name);
            if (!e.what.empty()) left += " " + e.what;
            const std::string standard = e.otherwise.empty() ? "" : " [" + e.otherwise + "]";
            const char* const gap = left.size() > 24 ? "\n" : "";
            std::printf("  %-24s%s%*s  %s%s\n", left.c_str(), gap, *gap != '\0' ? 26 : 0, "", e.help.c_str(),
                        standard.c_str());
        }
        std::printf("  %-24s  %s\n", "--help", "this list");
    }

    std::string program_, purpose_;
    std::vector<entry> entries_;
    std::vector<std::string> given_;
};

}  // namespace example
