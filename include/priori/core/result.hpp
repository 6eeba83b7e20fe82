// SPDX-License-Identifier: BSL-1.0
// result<T>: a value, or the reason why there is none; for code that must do without exceptions.
#pragma once

#include <priori/core/error.hpp>

#include <utility>

namespace priori {

// Why there is no value. The sentence is a string literal: it is kept by address and never freed.
struct failure {
    error_kind kind = error_kind::bad_value;
    const char* sentence = "";
};

namespace detail {

// A result was asked for what it does not hold: throws the failure where there are exceptions, stops the program
// elsewhere.
[[noreturn]] inline void refuse_access(const failure& reason) {
#if !defined(PRIORI_FREESTANDING) && defined(__cpp_exceptions)
    fail(reason.kind, reason.sentence);
#else
    static_cast<void>(reason);
    __builtin_trap();
#endif
}

inline constexpr failure holds_a_value{
    error_kind::bad_value, "result: error() was asked of a result that holds a value; test the result first."};

}  // namespace detail

// Shapes: T is default constructible; a result is trivially copyable when T is. No allocation of its own.
// Throws: value() of a failed result throws its failure as an `error`; without exceptions it stops the program.
// Example: `auto r = read_magic(bytes); if (!r) return r.error();`
template <class T>
class [[nodiscard]] result {
public:
    constexpr result(const T& value) : value_(value), holds_value_(true) {}
    constexpr result(T&& value) : value_(std::move(value)), holds_value_(true) {}
    constexpr result(failure reason) : reason_(reason) {}

    constexpr explicit operator bool() const noexcept { return holds_value_; }

    constexpr T& value() & { return require_value(), value_; }
    constexpr const T& value() const& { return require_value(), value_; }
    constexpr T&& value() && { return require_value(), std::move(value_); }

    constexpr const failure& error() const {
        if (holds_value_) detail::refuse_access(detail::holds_a_value);
        return reason_;
    }

private:
    constexpr void require_value() const {
        if (!holds_value_) detail::refuse_access(reason_);
    }

    T value_{};
    failure reason_{};
    bool holds_value_ = false;
};

// Success without a value, or the reason of the failure: `return {};` is success.
template <>
class [[nodiscard]] result<void> {
public:
    constexpr result() = default;
    constexpr result(failure reason) : reason_(reason), holds_value_(false) {}

    constexpr explicit operator bool() const noexcept { return holds_value_; }
    constexpr void value() const {
        if (!holds_value_) detail::refuse_access(reason_);
    }
    constexpr const failure& error() const {
        if (holds_value_) detail::refuse_access(detail::holds_a_value);
        return reason_;
    }

private:
    failure reason_{};
    bool holds_value_ = true;
};

}  // namespace priori
