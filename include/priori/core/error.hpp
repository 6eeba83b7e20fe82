// SPDX-License-Identifier: BSL-1.0
// error: what went wrong at a border, as a kind and one sentence; without exceptions only the kind (see result.hpp).
#pragma once

#include <cstdint>
#include <string_view>

#if !defined(PRIORI_FREESTANDING) && defined(__cpp_exceptions)
#include <exception>
#include <string>
#include <utility>
#endif

namespace priori {

enum class error_kind : std::uint8_t {
    bad_value,     // a number is not finite or out of its range
    bad_shape,     // the extents are not those that are wanted
    bad_file,      // a file is there, and its content is not what its format says
    missing_file,  // a file or folder is not there, or may not be read or written
    bad_option,    // an option of a program or a setting of a call is not one of those offered
    mismatch,      // two things that belong together do not fit: parameters and their description, images and labels
    diverged,      // a loss or gradient stopped being finite
};

constexpr std::string_view to_string(error_kind kind) noexcept {
    switch (kind) {
        case error_kind::bad_value:
            return "bad_value";
        case error_kind::bad_shape:
            return "bad_shape";
        case error_kind::bad_file:
            return "bad_file";
        case error_kind::missing_file:
            return "missing_file";
        case error_kind::bad_option:
            return "bad_option";
        case error_kind::mismatch:
            return "mismatch";
        case error_kind::diverged:
            return "diverged";
    }
    return "unknown";
}

#if !defined(PRIORI_FREESTANDING) && defined(__cpp_exceptions)

// The one exception type of the library. `what()` is a whole sentence: what was expected, what came, where, what to do.
class error : public std::exception {
public:
    error(error_kind kind, std::string sentence) : kind_(kind), sentence_(std::move(sentence)) {}

    error_kind kind() const noexcept { return kind_; }
    const char* what() const noexcept override { return sentence_.c_str(); }

private:
    error_kind kind_;
    std::string sentence_;
};

// Throws: error, always.
[[noreturn]] inline void fail(error_kind kind, std::string sentence) { throw error(kind, std::move(sentence)); }

#endif

}  // namespace priori
