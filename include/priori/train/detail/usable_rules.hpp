// SPDX-License-Identifier: BSL-1.0
// Are the rates and other numbers of a description's rules such as its optimizers can use?
#pragma once

#include <priori/core/error.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/sentence.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/optim/field.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace priori::detail {

// What a field of this name, as the optimizers of optim/ have them, is expected to be; empty if it is that, or if nothing
// is known of the name.
inline const char* expected_of(std::string_view field, double value) noexcept {
    const bool finite = value <= std::numeric_limits<double>::max();  // false for NaN, too
    if (field == "rate" || field == "eps" || field == "decay")
        return value >= 0 && finite ? "" : "a finite number, at least 0";
    if (field == "beta1" || field == "beta2") return value >= 0 && value < 1 ? "" : "a number from 0 to below 1";
    if (field == "limit") return value > 0 ? "" : "a number above 0";
    return "";
}

inline void require_usable(std::string_view rule, std::string_view field, double value) {
    const std::string_view own = field.substr(field.rfind('.') + 1);  // of a chain: "clip_by_norm.limit"
    const std::string_view expected = expected_of(own, value);
    if (expected.empty()) return;
    fail(error_kind::bad_option, "train: " + std::string(field) + " of " + std::string(rule) + " is " +
                                     shown_number(value) + ", expected " + std::string(expected) + ".");
}

// Where schedules and learned fields start counts for all of them.
template <class Rule>
void require_usable_fields(const Rule& rule) {
    if constexpr (requires { typename Rule::field_names; rule.fields(); }) {
        const auto fields = rule.fields();
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (require_usable(Rule::kind.view(), Rule::field_names::views[I], field_value(get<I>(fields), 0)), ...);
        }(std::make_index_sequence<Rule::field_names::count>{});
    } else if constexpr (requires { rule.optimizer; }) {
        require_usable_fields(rule.optimizer);
    }
}

// Throws: error (bad_option) with the rule's name and the field's.
template <class Description>
void require_usable_rules(const Description& description) {
    if constexpr (is_said<Description>) {
        return;  // what is wrong has been said
    } else if constexpr (requires { description.second.outer; }) {
        require_usable_rules(description.first);
        require_usable_rules(description.second);
    } else {
        require_usable_fields(description.outer);
        each<tuple_size<decltype(Description::stages)>>(
            [&](auto i) { require_usable_fields(get<i>(description.stages)); });
    }
}

}  // namespace priori::detail
