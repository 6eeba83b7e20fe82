// SPDX-License-Identifier: BSL-1.0
// require_between: what a setting of a task source has to be, said where the source is built, for drawing cannot fail.
#pragma once

#include <priori/config/config.hpp>

#if !defined(PRIORI_FREESTANDING) && defined(__cpp_exceptions)
#include <priori/core/error.hpp>

#include <charconv>
#include <string>
#endif

namespace priori::detail {

#if !defined(PRIORI_FREESTANDING) && defined(__cpp_exceptions)

[[noreturn]] inline void refuse_setting(double value, double least, double most, const char* setting) {
    const auto shown = [](double number) {
        char digits[32];
        return std::string(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
    };
    fail(error_kind::bad_option, std::string(setting) + " is " + shown(value) + "; give a number from " + shown(least) +
                                     " to " + shown(most) + ".");
}

// Throws: error (bad_option) for another number and for NaN.
constexpr void require_between(double value, double least, double most, const char* setting) {
    if (!(value >= least && value <= most)) refuse_setting(value, least, most, setting);
}

#else

// Without exceptions nothing is checked: settings are constants of the program.
constexpr void require_between(double, double, double, const char*) noexcept {}

#endif

}  // namespace priori::detail
